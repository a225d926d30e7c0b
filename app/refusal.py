"""How a rule says no: a sentence for the person, and the field it belongs to."""


class Refusal(Exception):
    """A rule's no. `sentence` says what to do, in the reader's language; `field` names the form field, if one is meant."""

    status = 422  # of the page that says it

    def __init__(self, sentence: object, field: str | None = None) -> None:
        super().__init__(str(sentence))
        self.sentence = str(sentence)
        self.field = field


class Conflict(Refusal):
    """Somebody else was faster: what the person saw is no longer so."""

    status = 409
