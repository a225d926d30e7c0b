"""The one letter: how was it?"""

from sqlalchemy.orm import Session

from app import links, survey
from app.asking import rules
from app.asking.rules import Finished
from app.offices import queries as offices
from app.outbox import actions as outbox
from app.text import named


def ask(session: Session, one: Finished) -> None:
    """Says no procedure and no code: others may read over a shoulder."""
    office, due = offices.catalogue().office_of.get(one.office_id or 0), rules.due(one.day)
    token = survey.token(one.subject, one.code, one.office_id, one.field, one.happened)
    letter = outbox.Letter(
        about=one.about, kind="survey", version=one.day.toordinal(), template="asking/survey",
        facts={
            "name": one.name, "after": one.subject, "day": one.day.isoformat(),
            "office": named(office, one.locale) if office else "",
            "link": links.absolute("feedback.show", one.locale, token=token),
        },
        due_at=due, useful_until=due + rules.USEFUL,
    )  # fmt: skip
    outbox.post(session, letter, email=one.email, phone="", locale=one.locale)
