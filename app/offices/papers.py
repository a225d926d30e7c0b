"""What to bring: the lines of a procedure's list, read as a checklist."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Paper:
    """One thing to bring. `kinds`: show (only to show), original, form (blanks lie there), if_any, ask (unverified)."""

    name: str
    kinds: tuple[str, ...]
    note: str


ASK = "hỏi lại tại quầy"
_MARKS = (
    ("xuất trình", "show"),
    ("nộp bản chính", "original"),
    ("bản chính", "original"),
    ("nếu có", "if_any"),
    (ASK, "ask"),
)
_FORMS = ("tờ khai", "đơn ", "giấy đề nghị", "phiếu đề nghị", "văn bản đề nghị", "phiếu thu thập")


def paper(text: str) -> Paper:
    """A line of the list as the checklist shows it: what stands in brackets becomes a tag if known, else a note."""
    kinds, notes = [], []
    for bracket in re.findall(r"\(([^()]*)\)", text):
        found = next((mark for mark in _MARKS if bracket.strip().casefold().startswith(mark[0])), None)
        rest = bracket.strip()[len(found[0]) :].strip(" ,") if found else bracket.strip()
        if found:
            kinds.append(found[1])
        if rest:
            notes.append(rest[0].upper() + rest[1:])
    name = " ".join(re.sub(r"\([^()]*\)", " ", text).split()) or text
    if name.casefold().startswith(_FORMS):
        kinds.append("form")
    return Paper(name[0].upper() + name[1:] if name else text, tuple(kinds), ". ".join(notes))
