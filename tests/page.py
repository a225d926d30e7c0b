"""A test client that reads every HTML page it gets like a strict proof-reader, and fills in forms as a browser would."""

import re
import secrets
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import clock
from app.db import db, transaction
from app.staff.models import Officer, StaffSession

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
UNSEEN = {"script", "style", "svg"}
UNLABELLED = {"hidden", "submit", "button", "reset", "image"}
# The browser would complain about these in its own language.
NATIVE_CHECKS = {"email", "url", "number", "date", "time", "month", "datetime-local"}
LEAKS = re.compile(r"\{\{|\{%|%\(\w+\)s|\bUndefined\b|&(?:amp|lt|gt|nbsp|#\d+);|</?[a-z][a-z0-9]*(?: [^<>]*)?>|<\w+ object at")
PYTHON = {"None", "True", "False"}


@dataclass(eq=False)
class Element:
    tag: str
    attrs: dict[str, str]
    parent: "Element | None" = None
    content: "list[str | Element]" = field(default_factory=list)
    named: bool = False  # holds an image or label with words of its own

    @property
    def text(self) -> str:
        return "".join(part if isinstance(part, str) else part.text for part in self.content)

    @property
    def words(self) -> str:
        return " ".join(self.text.split())

    def up(self, tag: str) -> "Element | None":
        above = self.parent
        while above is not None and above.tag != tag:
            above = above.parent
        return above


@dataclass
class Form:
    element: Element
    controls: list[Element] = field(default_factory=list)

    @property
    def action(self) -> str:
        return self.element.attrs.get("action", "")

    @property
    def method(self) -> str:
        return self.element.attrs.get("method", "").lower()

    def names(self) -> set[str]:
        return {control.attrs["name"] for control in self.controls if "name" in control.attrs}

    def values(self) -> dict[str, list[str]]:
        """What a browser would send if the reader pressed the button at once."""
        sent: dict[str, list[str]] = {}
        for control in self.controls:
            value = _value(control)
            if value is not None and "name" in control.attrs:
                sent.setdefault(control.attrs["name"], []).append(value)
        return sent


def _value(control: Element) -> str | None:
    kind = control.attrs.get("type", "text")
    if control.tag == "textarea":
        return control.text.removeprefix("\r").removeprefix("\n")  # a browser drops the first line end
    if control.tag == "option":
        return control.attrs.get("value", control.words) if "selected" in control.attrs else None
    if control.tag != "input" or kind in {"submit", "button"}:
        return None
    if kind in {"radio", "checkbox"}:
        return control.attrs.get("value", "on") if "checked" in control.attrs else None
    return control.attrs.get("value", "")


class Page(HTMLParser):
    """One page's elements, its forms, and what is wrong with it."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self.forms: list[Form] = []
        self.texts: list[str] = []
        self.faults: list[str] = []
        self._open: list[Element] = []
        self._options: dict[Element, list[Element]] = {}  # by their select
        self.markup = markup
        self.feed(markup)
        self.close()
        for element in self._open:
            self.faults.append(f"<{element.tag}> is never closed")
        for select, options in self._options.items():
            if "multiple" not in select.attrs and not any("selected" in option.attrs for option in options):
                options[0].attrs["selected"] = ""  # what a browser sends when none is marked

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = Counter(name for name, _ in attrs)
        self.faults += [f"<{tag}> has {name} twice" for name, count in names.items() if count > 1]
        element = Element(tag, {name: value or "" for name, value in attrs}, self._open[-1] if self._open else None)
        self.elements.append(element)
        if element.parent:
            element.parent.content.append(element)
        select = element.up("select") if tag == "option" else None
        if select:
            self._options.setdefault(select, []).append(element)
        if tag == "form":
            self.forms.append(Form(element))
        elif tag in {"input", "textarea", "select", "button"} and element.up("form"):
            self.forms[-1].controls.append(element)
        elif tag == "option" and element.up("form"):
            element.attrs["name"] = select.attrs.get("name", "") if select else ""
            self.forms[-1].controls.append(element)
        if element.attrs.get("alt") or element.attrs.get("aria-label"):
            for above in [element, *self._open]:
                above.named = True
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1].tag != tag:
            self.faults.append(f"</{tag}> closes nothing, inside <{self._open[-1].tag if self._open else ''}>")
            return
        self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._open:
            self._open[-1].content.append(data)
        if data.strip() and not any(element.tag in UNSEEN for element in self._open):
            self.texts.append(" ".join(data.split()))

    def all(self, *tags: str) -> list[Element]:
        return [element for element in self.elements if element.tag in tags]

    def links(self) -> list[str]:
        return [link.attrs.get("href", "") for link in self.all("a")]

    def form(self, action: str | None = None, having: str | None = None) -> Form:
        """The only form, or the one whose action contains `action`, or that has a control named `having`."""
        found = [f for f in self.forms if (action is None or action in f.action) and (having is None or having in f.names())]
        if action is None and having is None and len(found) > 1:
            found = [f for f in found if f.element.up("main")]
        assert len(found) == 1, f"{len(found)} forms fit; actions: {[f.action for f in self.forms]}"
        return found[0]

    # -- what is wrong ---------------------------------------------------------

    def problems(self, language: str = "vi") -> list[str]:
        found = list(self.faults)
        for check in (self._frame, self._ids, self._controls, self._forms, self._policy, self._links, self._leaks):
            found += check(language)
        return found

    def _frame(self, language: str) -> Iterator[str]:
        if not self.markup.lstrip().lower().startswith("<!doctype html>"):
            yield "no doctype"
        roots, titles, heads = self.all("html"), self.all("title"), self.all("h1")
        if [root.attrs.get("lang") for root in roots] != [language]:
            yield f"html lang is not {language}"
        if len(heads) != 1 or not heads[0].words:
            yield f"{len(heads)} h1, or an empty one"
        elif not titles or heads[0].words not in titles[0].words:
            yield f"title “{titles[0].words if titles else ''}” does not hold the h1 “{heads[0].words}”"
        if len(self.all("main")) != 1:
            yield "not exactly one main"

    def _ids(self, _language: str) -> Iterator[str]:
        ids = Counter(element.attrs["id"] for element in self.elements if "id" in element.attrs)
        yield from (f"id {name!r} stands {count} times" for name, count in ids.items() if count > 1 or not name)
        for element in self.elements:
            for name in ("for", "aria-describedby", "aria-labelledby", "list", "aria-controls"):
                for target in element.attrs.get(name, "").split():
                    if target not in ids:
                        yield f"{name}={target!r} points nowhere"
            href = element.attrs.get("href", "")
            if element.tag == "a" and href.startswith("#") and href[1:] not in ids:
                yield f"link {href!r} points nowhere"

    def _controls(self, _language: str) -> Iterator[str]:
        labelled = {label.attrs.get("for") for label in self.all("label") if label.words}
        for control in self.all("input", "select", "textarea"):
            attrs = control.attrs
            if control.tag == "input" and attrs.get("type", "text") in UNLABELLED:
                continue
            if attrs.get("id") not in labelled and not control.up("label") and not {"aria-label", "aria-labelledby"} & set(attrs):
                yield f"no label for {attrs.get('name') or attrs}"
        for button in self.all("button"):
            if not button.words and not button.named:
                yield f"a button without words: {button.attrs}"
        for fieldset in self.all("fieldset"):
            if not any(legend.up("fieldset") is fieldset and legend.words for legend in self.all("legend")):
                yield "a fieldset without a legend"

    def _forms(self, _language: str) -> Iterator[str]:
        for form in self.forms:
            where = f"form {form.action!r}"
            if form.method not in {"get", "post"}:
                yield f"{where} does not say its method"
            if not form.action:
                yield f"{where} does not say its action"
            if not any(control.tag == "button" or control.attrs.get("type") == "submit" for control in form.controls):
                yield f"{where} has no button"
            if form.method != "post":
                continue
            if not any(control.attrs.get("name") == "csrf_token" and control.attrs.get("value") for control in form.controls):
                yield f"{where} has no csrf_token"
            if any(c.attrs.get("type") == "file" for c in form.controls) and "multipart" not in form.element.attrs.get(
                "enctype", ""
            ):
                yield f"{where} would send a file's name and not the file"
            native = [c for c in form.controls if c.attrs.get("type") in NATIVE_CHECKS or {"required", "pattern"} & set(c.attrs)]
            if native and "novalidate" not in form.element.attrs:
                yield f"{where} lets the browser refuse in its own words: write novalidate"

    def _policy(self, _language: str) -> Iterator[str]:
        for element in self.elements:
            if element.tag == "style" or "style" in element.attrs:
                yield f"inline style on <{element.tag}>"
            if element.tag == "script" and ("src" not in element.attrs or element.words):
                yield "inline script"
            yield from (f"{name} on <{element.tag}>" for name in element.attrs if name.startswith("on"))
            # What microdata links to is named, not fetched.
            for name in ("src", "href") if element.tag != "a" and "itemprop" not in element.attrs else ():
                if urlsplit(element.attrs.get(name, "")).netloc:
                    yield f"<{element.tag}> asks a foreign host: {element.attrs[name]}"

    def _links(self, _language: str) -> Iterator[str]:
        for link in self.all("a"):
            href = link.attrs.get("href", "")
            if not href or href == "#" or href.startswith("javascript:"):
                yield f"link “{link.words}” goes nowhere"
            if not link.words and not link.named:
                yield f"link {href!r} has no words"
        for image in self.all("img"):
            if "alt" not in image.attrs:
                yield f"image without alt: {image.attrs.get('src')}"

    def _leaks(self, _language: str) -> Iterator[str]:
        values = [control.attrs.get("value", "") for control in self.all("input", "option")]
        for text in self.texts:
            if LEAKS.search(text):
                yield f"the machine shows through: “{text[:80]}”"
        for text in [*self.texts, *values]:
            if text in PYTHON or " None" in text or text.startswith("None "):
                yield f"the machine shows through: “{text[:80]}”"


class Client(FlaskClient):
    """`get`, `post` and `submit`; a page with a fault fails the test that asked for it."""

    last: TestResponse

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        # A request of its own: nothing it keeps for itself leaks into the test or the next request.
        db.session.rollback()
        with self.application.app_context():
            answer = super().open(*args, **kwargs)
        self.last = answer
        bare = answer.status_code in {301, 302, 303, 307, 308} or answer.request.method in {"HEAD", "OPTIONS"}
        if answer.mimetype == "text/html" and not bare:
            english = answer.request.path.startswith("/en/") or answer.request.root_path == "/en"
            faults = page(answer).problems("en" if english else "vi")
            assert not faults, f"{answer.request.path} ({answer.status_code}):\n  " + "\n  ".join(faults)
        return answer

    def submit(
        self,
        shown: TestResponse | str,
        values: Mapping[str, object] | None = None,
        *,
        action: str | None = None,
        having: str | None = None,
        **kwargs: Any,
    ) -> TestResponse:
        """Fills in and sends a form of a page (an answer, or an address to open first), with everything it already holds."""
        answer = self.get(shown) if isinstance(shown, str) else shown
        form = page(answer).form(action, having)
        unknown = set(values or {}) - form.names()
        assert not unknown, f"no such fields: {unknown}; the form has {form.names()}"
        data: dict[str, Any] = form.values() | dict(values or {})
        data = {name: value for name, value in data.items() if value is not None}
        if form.method == "get":
            return self.get(form.action, query_string=data, **kwargs)
        return self.post(form.action, data=data, **kwargs)

    def sign_in(self, role: str = "admin", office_id: int | None = None) -> int:
        """This browser is an officer's from now on; returns the officer's number."""
        key = secrets.token_hex(16)
        with transaction() as session:
            officer = Officer(email=f"{key}@hen.example", name="Nguyễn Thị Út", role=role, office_id=office_id)
            session.add(officer)
            session.flush()
            session.add(StaffSession(key=key, officer_id=officer.id, started_at=clock.now(), seen_at=clock.now()))
            number = officer.id
        with self.session_transaction() as cookie:
            cookie["_user_id"] = key
            cookie["_fresh"] = True
        return number


def page(answer: TestResponse) -> Page:
    return Page(answer.get_data(as_text=True))


@contextmanager
def count_queries() -> Iterator[list[str]]:
    """Every statement sent to the database meanwhile, without the bookkeeping of transactions."""
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT")):
            seen.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
