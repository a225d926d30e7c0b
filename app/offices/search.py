"""Which procedures a search means."""

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

from app.offices.catalogue import Procedure
from app.text import fold

_WORD = re.compile(r"\w+(?:\.\w+)*")
_LONGEST = 200  # of a query
_SHORT = 2  # letters
# Words people wrap around what they are looking for.
_FILLERS = frozenset(
    ("lam", "xin", "can", "muon", "toi", "tui", "em", "minh", "cho", "con", "chau", "o", "tai", "de", "giay", "to", "tho", "thu",
     "tuc", "ho", "so", "dich", "vu", "ve", "the", "for", "of", "get")
)  # fmt: skip


def matching(procedures: Iterable[Procedure], query: str) -> list[Procedure]:
    """The procedures a search means, best first: marks and case do not count, every word must occur.

    When nothing has every word, the ones people wrap around a matter ("làm giấy … cho con") are left out.
    """
    wanted = words(query)
    if not wanted:
        return []
    everything = list(procedures)
    core = tuple(word for word in wanted if word not in _FILLERS)
    return _ranked(everything, wanted) or (
        _ranked(everything, core) if core != wanted and any(len(word) > _SHORT for word in core) else []
    )


def words(text: str) -> tuple[str, ...]:
    """The folded words of a text; "1.001193" is one."""
    return tuple(_WORD.findall(fold(text[:_LONGEST])))


def _ranked(procedures: Iterable[Procedure], wanted: tuple[str, ...]) -> list[Procedure]:
    found = [(rank, procedure) for procedure in procedures if (rank := _rank(procedure, wanted)) is not None]
    return [procedure for rank, procedure in sorted(found, key=lambda item: item[0])]


def _rank(procedure: Procedure, wanted: tuple[str, ...]) -> tuple[int, int, int] | None:
    """None: not meant. Else the smaller the better: by how it is said, then the most asked, then the shortest name."""
    names, others, known = _known(procedure)
    phrase = " ".join(wanted)
    everything = f" {' | '.join((*names, *others))} "
    if not all(_occurs(word, known) for word in wanted) or not _beside(wanted, everything):
        return None
    signs = (
        any(name.startswith(phrase) for name in names),
        phrase in others,
        any(f" {phrase} " in f" {name} " for name in names),
        any(all(_occurs(word, frozenset(name.split())) for word in wanted) for name in names),
        f" {phrase} " in everything,
        True,
    )
    return signs.index(True), procedure.common or 1_000, len(names[0])


@lru_cache(maxsize=2_000)
def _known(procedure: Procedure) -> tuple[tuple[str, ...], tuple[str, ...], frozenset[str]]:
    """Its folded names, the other ways it is said, and every word of them."""
    names = tuple(" ".join(words(name)) for name in (procedure.name, procedure.name_en) if name)
    others = tuple(" ".join(_WORD.findall(part)) for part in procedure.search_key.split(";"))
    return names, others, frozenset(" ".join((procedure.code.casefold(), *names, *others)).split())


def _occurs(word: str, known: frozenset[str]) -> bool:
    """As a whole word, or from three letters on as the beginning of one."""
    return word in known or (len(word) > _SHORT and any(other.startswith(word) for other in known))


def _beside(wanted: tuple[str, ...], text: str) -> bool:
    """Short syllables are everywhere: one counts only next to its neighbour ("sổ đỏ" is not the "sổ" and "độ" of two places)."""
    pairs = list(pairwise(wanted))
    for place, word in enumerate(wanted):
        around = pairs[max(place - 1, 0) : place + 1]
        if len(word) <= _SHORT and around and not any(_together(a, b, text) for a, b in around):
            return False
    return True


def _together(first: str, second: str, text: str) -> bool:
    return f" {first} {second}{' ' if len(second) <= _SHORT else ''}" in text
