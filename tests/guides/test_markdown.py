"""What staff write is shown, never run: hostile texts, invented texts, headings, links, and time."""

import re
import time
from html.parser import HTMLParser
from itertools import pairwise
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import markdown

HOSTILE = (
    "<script>alert(1)</script>",
    "<ScRiPt src=//x.example>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<a href='javascript:alert(1)'>x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](&#x6A;avascript&colon;alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](vbscript:msgbox(1))",
    "[x](file:///etc/passwd)",
    "<javascript:alert(1)>",
    "![x](https://x.example/pixel.png)",
    '![x](https://x.example/p.png "onerror=alert(1)")',
    '[x](https://x.example "\\" onmouseover=\\"alert(1)")',
    "[x]: javascript:alert(1)\n\n[x]",
    "`<script>alert(1)</script>`",
    "```html\n<script>alert(1)</script>\n```",
    "    <script>alert(1)</script>",
    "<style>*{display:none}</style>",
    "<form action=https://x.example><input name=password></form>",
    "<base href=https://x.example>",
    "<meta http-equiv=refresh content='0;url=https://x.example'>",
    "<!--<img src=--><img src=x onerror=alert(1)//>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<p id=noi-dung class=h-error style='position:fixed'>x</p>",
    "| a | b |\n|---|---|\n| <img src=x onerror=alert(1)> | [y](javascript:1) |",
    "# <script>alert(1)</script>",
    "> <object data=x>",
    "\x00<\x00script>",
    "<a href=https://x.example onclick=alert(1) target=_blank>x</a>",
)
ATTRIBUTES = {("a", "href"), ("a", "title"), ("a", "rel")}


class Tags(HTMLParser):
    """Every tag a browser would see, with its attributes."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str]]] = []
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, {name: value or "" for name, value in attrs}))


def faults(markup: str) -> list[str]:
    """Whatever in it could do something."""
    found = []
    for tag, attrs in Tags(markup).seen:
        found += [] if tag in markdown.TAGS else [f"<{tag}>"]
        found += [f"{tag} {name}" for name in attrs if (tag, name) not in ATTRIBUTES]
        if tag == "a":
            scheme = urlsplit(re.sub(r"[\x00-\x20]", "", attrs.get("href", ""))).scheme.lower()
            found += [] if scheme in {"", *markdown.SCHEMES} else [f"{scheme}:"]
            found += [] if attrs.get("rel") == "noopener noreferrer" else ["a without rel"]
    return found


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_hostile_survives(text: str) -> None:
    assert faults(markdown.html(text)) == []


def test_the_check_itself_sees_what_could_run() -> None:
    for text in ("<script>", "<p onclick=x>", "<a href='javascript:x' rel='noopener noreferrer'>", "<a href='/x'>", "<img>"):
        assert faults(text)


PIECES = st.sampled_from([*HOSTILE, "#", "[", "](", ")", "<", ">", "`", "\n", "\n\n", "- ", "|", "&#", ";", "//", "**", "Ô Môn"])


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES | st.text(max_size=6), max_size=8).map("".join))
def test_nor_anything_made_of_it(text: str) -> None:
    assert faults(markdown.html(text)) == []


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(1, 6), min_size=1, max_size=8))
def test_headings_begin_below_the_title_and_skip_nothing(levels: list[int]) -> None:
    seen = [int(tag[1]) for tag, _attrs in Tags(markdown.html("\n\n".join("#" * level + " x" for level in levels))).seen]
    assert seen[0] == 2
    assert all(2 <= after <= min(before + 1, markdown.DEEPEST) for before, after in pairwise(seen))
    assert len(seen) == len(levels)


def test_what_writers_need_works() -> None:
    shown = markdown.html("## Đề mục\n\nChữ **đậm**, *nghiêng*.\n\n- một\n\n1. hai\n\n|a|b|\n|---|---|\n|c|d|\n\n[x](/thu-tuc)")
    for tag in ("h2", "strong", "em", "ul", "ol", "table", "th", "td"):
        assert f"<{tag}>" in shown
    assert '<a href="/thu-tuc" rel="noopener noreferrer">x</a>' in shown
    assert markdown.plain("## Đề mục\n\nChữ **đậm** <b>") == "Đề mục Chữ đậm <b>"


@pytest.mark.parametrize("text", ["[" * 20_000, ">" * 20_000, "*a " * 6_000, "`" * 20_000, "- " * 10_000, "|a" * 10_000])
def test_no_text_takes_long(text: str) -> None:
    began = time.perf_counter()
    markdown.html(text)
    assert time.perf_counter() - began < 5
