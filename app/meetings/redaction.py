"""What in an asker's words shows who they are, found and taken out: phones, e-mail addresses, their own names. Pure functions."""

import re
from collections.abc import Iterable, Iterator

from app.text import fold

GAP = "…"
_PHONE = re.compile(r"(?:\+?84|0)(?:[ .\-]?\d){8,10}(?!\d)")
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[a-z]{2,}", re.IGNORECASE)
_WORD = re.compile(r"\w+")
Span = tuple[int, int]


def phones(text: str) -> list[Span]:
    return [found.span() for found in _PHONE.finditer(text)]


def emails(text: str) -> list[Span]:
    return [found.span() for found in _EMAIL.finditer(text)]


def names(text: str, known: Iterable[str]) -> list[Span]:
    """Where one of these names stands, with or without its marks: whole, or its last two words, which people are called by."""
    words = [(found.start(), found.end(), fold(found.group())) for found in _WORD.finditer(text)]
    return [span for name in known if name for called in _called(name) for span in _runs(words, called)]


def redacted(text: str, known: Iterable[str]) -> str:
    """The text without any of them."""
    for start, end in reversed(_joined(sorted([*phones(text), *emails(text), *names(text, known)]))):
        text = text[:start] + GAP + text[end:]
    return re.sub(rf"{GAP}(?:\W*{GAP})+", GAP, text)


def _joined(spans: Iterable[Span]) -> list[Span]:
    """Those that overlap as one: a whole name and its last words."""
    joined: list[Span] = []
    for start, end in spans:
        if joined and start < joined[-1][1]:
            start, end = joined[-1][0], max(end, joined.pop()[1])
        joined.append((start, end))
    return joined


def _called(name: str) -> list[list[str]]:
    """What follows a comma is where a firm is ("Sạp cá Năm Lành, chợ Ô Môn"), not what it is called."""
    whole = _WORD.findall(fold(name.partition(",")[0]))
    return [run for run in (whole, whole[-2:]) if len("".join(run)) > 3]


def _runs(words: list[tuple[int, int, str]], called: list[str]) -> Iterator[Span]:
    for at in range(len(words) - len(called) + 1):
        if [word for _start, _end, word in words[at : at + len(called)]] == called:
            yield words[at][0], words[at + len(called) - 1][1]
