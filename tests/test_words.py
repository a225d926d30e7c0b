"""Every sentence has its English, and pages, forms and letters under /en show no Vietnamese but names that have no other."""

import gettext
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
import wtforms
from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from flask import Flask
from werkzeug.test import TestResponse

from app.db import Base, db, transaction
from app.forms import Form, LineField
from app.meetings.models import Meeting, Series
from app.outbox import rendering
from app.outbox.models import Message as Letter
from app.staff.models import Unit
from tests import words, world
from tests.page import VOID, Client
from tests.world import World

# Names that stay as they are in English, and the words a spreadsheet really holds.
KEPT = ("Ô Môn", "“làm bù”")
BRAND = ("Hẹn", "hẹn", "ẹ", "Tiếng Việt")
SEEN_ATTRIBUTES = {"alt", "aria-label", "placeholder", "title", "data-copy-label", "data-copy-done"}
VIETNAMESE = re.compile(r"[^\W\d_a-zA-Z]")  # a letter with a mark
ENGLISH = re.compile(
    r"\b(?:the|and|your|you|of|for|is|are|not|please|with|from|error|back|next|save|cancel|search|sign|book|name|phone|day|date)\b",
    re.IGNORECASE,
)
PARTS = re.compile(r"%\(\w+\)s|%%|</?\w+>")


def ids(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def known() -> list[Message]:
    return [message for message in words.catalogue() if message.id]


# The catalogue ---------------------------------------------------------------------------------------------------------


def test_every_sentence_has_its_english() -> None:
    assert [ids(one)[0] for one in words.missing(words.catalogue())] == []
    assert len(known()) > 500  # an extraction that finds nothing would pass all else


def test_the_catalogue_is_what_is_said_now() -> None:
    said = {ids(one) for one in words.said() if one.id}
    have = {ids(one) for one in known()}
    assert said - have == set(), "new sentences: make words, then write their English"
    assert have - said == set(), "nobody says these any more: make words"
    assert not words.catalogue().obsolete
    assert words.merged(words.catalogue(), words.said()) == words.ENGLISH.read_bytes(), "make words"


def test_a_new_sentence_is_asked_for_and_an_old_one_goes() -> None:
    catalog, found = words.catalogue(), words.said()
    found.add("Câu mới %(n)s", locations=[("x.py", 1)])
    found.delete("Trong ngày")
    file = words.merged(catalog, found).decode()
    assert 'msgid "Câu mới %(n)s"\nmsgstr ""' in file
    assert "Trong ngày" not in file
    assert [one.id for one in words.missing(catalog)] == ["Câu mới %(n)s"]


def test_the_gaps_and_tags_of_a_sentence_are_kept() -> None:
    for one in known():
        for said in (*ids(one), *words.strings(one)):
            assert sorted(PARTS.findall(said)) == sorted(PARTS.findall(ids(one)[0])), said
        assert '"' not in "".join(words.strings(one)), ids(one)  # it may stand in an attribute


def test_the_english_is_english_and_the_vietnamese_vietnamese() -> None:
    for one in known():
        for said in words.strings(one):
            assert not VIETNAMESE.search(without(said, KEPT)), said
        source = PARTS.sub("", ids(one)[0])
        assert VIETNAMESE.search(source) or not ENGLISH.search(source), f"an English msgid: {source}"


def test_phones_get_plain_letters() -> None:
    texts = [one for one in words.said() if any(path.endswith(".sms.txt") for path, _ in one.locations)]
    assert texts
    for one in texts:
        assert "".join((*ids(one), *words.strings(words.catalogue()[one.id]))).isascii()


def test_no_page_says_anything_past_the_catalogue(app: Flask) -> None:
    wrong = []
    for path in sorted((words.ROOT / "templates").rglob("*.*")):
        for line, kind, text in app.jinja_env.lex(path.read_text(encoding="utf-8")):
            if kind == "data" and VIETNAMESE.search(without(text, BRAND)):
                wrong.append(f"{path.relative_to(words.ROOT)}:{line} {text.strip()[:60]}")
    assert wrong == []


def test_the_compiled_words_are_these() -> None:
    with words.ENGLISH.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for one in known():
        for count, said in enumerate(words.strings(one), 1):
            got = compiled.ngettext(*one.id, count) if one.pluralizable else compiled.gettext(one.id)
            assert got == said, "make .venv/.words"


# WTForms' own sentences ------------------------------------------------------------------------------------------------


def test_wtforms_speaks_vietnamese() -> None:
    with (Path(wtforms.__file__).parent / "locale" / "wtforms.pot").open("rb") as file:
        wanted = {ids(one): one for one in read_po(file) if one.id}
    have = {ids(one): one for one in words.catalogue(words.TRANSLATIONS / "vi" / "LC_MESSAGES" / "wtforms.po") if one.id}
    assert set(have) == set(wanted)
    for one in have.values():
        for said in words.strings(one):
            assert said
            assert VIETNAMESE.search(said)
            assert sorted(re.findall(r"%(?:\(\w+\))?[sd]", said)) == sorted(re.findall(r"%(?:\(\w+\))?[sd]", ids(one)[0]))


@pytest.mark.parametrize(
    ("root", "sentence"), [("", "Ghi nhiều nhất 5 ký tự."), ("/en", "Field cannot be longer than 5 characters.")]
)
def test_a_form_complains_in_the_pages_language(app: Flask, root: str, sentence: str) -> None:
    class Short(Form):
        name = LineField("", most=5)

    with app.test_request_context(f"{root}/", base_url=f"http://localhost{root}", method="POST", data={"name": "quá dài"}):
        form = Short()
        form.validate()
        assert list(form.name.errors) == [sentence]


# Under /en -------------------------------------------------------------------------------------------------------------


class Reader(HTMLParser):
    """What a page says in English: its text and the attributes people meet, but for what is marked lang="vi"."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self._languages = [""]
        self.said: list[str] = []
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        language = dict(attrs).get("lang") or self._languages[-1]
        if language == "en":
            self.said += [value or "" for name, value in attrs if name in SEEN_ATTRIBUTES]
        if tag not in VOID:
            self._languages.append("" if tag in {"script", "style"} else language)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            self._languages.pop()

    def handle_data(self, data: str) -> None:
        if self._languages[-1] == "en":
            self.said.append(" ".join(data.split()))


def without(text: str, names: Any) -> str:
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, "")
    return text


def leftovers(markup: str, names: set[str]) -> list[str]:
    said = Reader(markup).said
    assert said, "nothing in English at all"
    return [text for text in said if VIETNAMESE.search(without(text, names))]


def typed(value: Any) -> Iterator[str]:
    """Every piece of text in a value of the database."""
    if isinstance(value, str) and value:
        yield from (" ".join(line.split()) for line in (value, *value.splitlines()))
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from typed(one)


def names(app: Flask) -> set[str]:
    """Data without an English twin: people, businesses, what they wrote; and whose installation this is."""
    found = {*BRAND, *KEPT, app.config["SITE_NAME"], app.config["SITE_PLACE"], *app.config["SITE_PLACE"].split(",", 1)}
    for mapper in Base.registry.mappers:
        if mapper.class_ is Letter:
            continue
        columns = set(mapper.columns.keys())
        for row in db.session.scalars(sa.select(mapper.class_)):
            for column in columns:
                if not (f"{column}_en" in columns and getattr(row, f"{column}_en")):
                    found.update(typed(getattr(row, column)))
    db.session.rollback()
    return found


@pytest.fixture
def here(app: Flask) -> Iterator[World]:
    with time_machine.travel(world.TUESDAY, tick=False):
        built = world.build(app)
        with transaction() as session:
            for table in (Series, Meeting):
                session.execute(sa.update(table).values(place_en="Hall of the district office", chair_en="The chairman"))
            session.execute(sa.update(Series).values(name_en="Saturday business meeting"))
            session.execute(sa.update(Unit).values(name_en="Tax branch"))
        yield built


def pages(app: Flask, client: Client, here: World) -> Iterator[TestResponse]:
    """Every address that shows a page, and some with a question or a mistake in them."""
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and not rule.endpoint.endswith("static"):
            yield client.get("/en" + here.address(rule))
    for path in ("/thu-tuc?q=khai+sinh", "/thu-tuc?q=zzz", f"/dat-hen/1.001193/thoi-an?ngay={world.VISIT[:10]}", "/khong-co"):
        yield client.get("/en" + path)
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or ()) and rule.endpoint != "staff.sign_out":
            yield client.post("/en" + here.address(rule), data={"phone": "12", "email": "x", "code": "TA-1", "seats": "99"})


@pytest.mark.parametrize("visitor", ["stranger", "owner", "admin"])
def test_pages_under_en_are_english(app: Flask, client: Client, here: World, visitor: str) -> None:
    if visitor == "admin":
        client.sign_in("admin")
    if visitor != "stranger":
        here.prove(client)
    kept, wrong, count = names(app), [], 0
    for answer in pages(app, client, here):
        if answer.mimetype == "text/html" and answer.status_code not in {301, 302, 303}:
            count += 1
            wrong += [f"{answer.request.path}: {text[:100]}" for text in leftovers(answer.text, kept)]
    assert not wrong, "\n".join(wrong)
    assert count > 30


def test_letters_in_english_are_english(app: Flask, here: World) -> None:
    templates = {
        path.relative_to(words.ROOT / "templates" / "mail").with_suffix("").as_posix()
        for path in (words.ROOT / "templates" / "mail").glob("*/[a-z]*.html")
    }
    facts: dict[str, dict[str, Any]] = {}
    for letter in db.session.scalars(sa.select(Letter)):
        facts.setdefault(letter.template.split("/")[0], {}).update(letter.facts)
    assert templates
    for template in templates:
        seen = _complete(facts.get(template.split("/")[0], {}))
        subject, plain, rich = rendering.letter(template, "x", seen, "en")
        kept = names(app) | set(typed(seen))
        assert [line for line in (subject, *plain.splitlines()) if VIETNAMESE.search(without(line, kept))] == [], template
        assert leftovers(rich, kept) == [], template


def _complete(facts: dict[str, Any]) -> dict[str, Any]:
    """What only some letters of a room are told."""
    links = dict.fromkeys(
        ("again", "meeting_link", "series_link", "change_link", "coming_link", "ledger_link", "link"), "https://hen.example/"
    )
    return {"ahead": 2, "waiting": True, "reason": "", **links, **SOME} | facts


# Facts that only some letters have.
SOME: dict[str, Any] = {
    "was_at": "2026-12-05T01:00:00+00:00", "was_place": "", "state": "seated", "until": "2026-12-01T17:00:00+00:00",
    "seated_unread": True, "name": "Tax office", "units": [{"name": "Tax office", "count": 2, "due_on": "2026-12-03"}],
    "at": "2026-12-05T01:30:00+00:00", "known": "2026-12-05T01:00:00+00:00", "item": "Tax", "comes": True,
    "meeting": "the Saturday meeting", "day": "2026-11-07", "minutes_link": "https://hen.example/", "contact": "An",
    "code": "CH-482-716-305", "due": "2026-11-11", "late": 2,
    "filed_at": "2026-11-24T02:00:00+00:00", "unit": "Tax office", "count": 2, "due_on": "2026-12-03",
    "week": "2026-11-23", "before": "2026-11-24T01:00:00+00:00", "unclicked": 2, "nothing": 1, "items": [], "head": "",
    "pause": "supplement", "how": "withdrawn", "tracking": "1", "after": "visit", "office": "Ward office",
    "questions": [
        {
            "text": "?", "code": "CH", "link": "https://hen.example/", "outcome": outcome, "forwarded_to": "them",
            "promises": [
                {"what": "it", "number": 1, "unit": "Tax", "due": "2026-12-18", "withdrawn": withdrawn, "why": why}
                for withdrawn, why in ((False, ""), (True, "so"), (False, "so"))
            ],
        }
        for outcome in ("spot", "writing", "beyond", "noted", "")
    ],
}  # fmt: skip


def test_a_text_letter_shows_names_as_they_are_and_a_page_keeps_them_harmless(app: Flask) -> None:
    source = "{{ _('Chào %(name)s,', name=name) }}"
    plain = app.jinja_env.overlay(autoescape=False).from_string(source).render(name="Lò gạch A & B <1>")
    rich = app.jinja_env.overlay(autoescape=True).from_string(source).render(name="Lò gạch A & B <1>")
    assert plain == "Chào Lò gạch A & B <1>,"
    assert rich == "Chào Lò gạch A &amp; B &lt;1&gt;,"


def test_one_and_many(app: Flask) -> None:
    source = app.jinja_env.from_string("{{ ngettext('Thấy %(num)s thủ tục.', 'Thấy %(num)s thủ tục.', count) }}")
    for count, said in ((1, "1 procedure found."), (0, "0 procedures found."), (7, "7 procedures found.")):
        with app.app_context(), app.test_request_context("/", base_url="http://localhost/en"):
            assert source.render(count=count) == said
    with app.app_context(), app.test_request_context("/"):
        assert source.render(count=1) == "Thấy 1 thủ tục."
