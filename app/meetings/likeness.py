"""How alike two questions are, by the words they share. Pure functions on texts that were folded (app.text.fold)."""

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise
from typing import TypeVar

ALIKE = 0.4  # worth showing to who is about to ask: "is it this one?"
SAME = 0.7  # the same question, whoever asks
MOST = 3  # shown at once: more would not be read
Row = TypeVar("Row")

# Words that any question may hold: they say nothing about what it is about. Folded, as the texts are.
_EMPTY_WORDS = """
    ai anh ban bao bay ben bi biet boi ca cac cach cai can cho chi chua chung co con cua cung da dang day de den deu di do duoc
    em gi giup ho hoi hon hoac khi khong la lai lam len lau ma may minh moi mot muon nao nay nen neu ngay nhieu nho nhu nhung
    noi nua o phai qua ra rang rat roi sao se ta tai the theo thi tien toi trong tu tung va vao vay ve vi viec voi vua xin xem
    yeu
"""
_EMPTY = frozenset(_EMPTY_WORDS.split())


@lru_cache(maxsize=8192)
def words(folded: str) -> frozenset[str]:
    """What a text is about: its words, and each with its neighbour, because most Vietnamese words have two syllables."""
    said = [word for word in re.findall(r"[a-z0-9]+", folded) if word not in _EMPTY]
    return frozenset(said) | {f"{first} {second}" for first, second in pairwise(said)}


def similarity(one: str, other: str) -> float:
    """0 (nothing in common) to 1 (the same words): how much the shorter is held by the longer, tempered by what each adds."""
    first, second = words(one), words(other)
    if not first or not second:
        return 0.0
    shared = len(first & second)
    held, whole = shared / min(len(first), len(second)), shared / len(first | second)
    return (held + whole) / 2


def alike(folded: str, rows: Iterable[tuple[str, Row]], least: float = ALIKE) -> list[Row]:
    """The rows whose text is most like this one, the likest first. `rows`: folded text and what to give back."""
    found = [(similarity(folded, text), -place, row) for place, (text, row) in enumerate(rows)]
    likest = sorted((one for one in found if one[0] >= least), key=lambda one: one[:2], reverse=True)
    return [row for _score, _place, row in likest[:MOST]]
