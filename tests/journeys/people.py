"""What people of a story do: follow links, press buttons, read their letters."""

from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import urlsplit

from icalendar import Calendar, Event
from werkzeug.test import TestResponse

from app.outbox import actions as outbox
from app.staff import actions as staff
from tests.outbox.post import Post
from tests.page import Client, Form, page

HOUSE = "https://hen.example"
PASSWORD = "ba con cò bay lả bay la"


class Browser(Client):
    """Goes where links lead; a redirect is followed as browsers do."""

    def visit(self, address: str) -> TestResponse:
        answer = self.get(address.removeprefix(HOUSE))
        while answer.location:
            answer = self.get(answer.location)
        assert answer.status_code == 200, (address, answer.status_code)
        return answer

    def follow(self, shown: TestResponse, to: str) -> TestResponse:
        """The first link of the page's main part that leads to such an address."""
        for link in page(shown).all("a"):
            href = link.attrs["href"]
            if link.up("main") and to in href:
                return self.visit(shown.request.path + href if href.startswith("?") else href)
        raise AssertionError(f"no link to {to!r} on {shown.request.path}")

    def fill_in(self, shown: TestResponse, having: str, **typed: str) -> TestResponse:
        """Types into the form with such a field, sends it and goes on to where the answer leads."""
        return self._sent(self.submit(shown, typed, having=having))

    def choose(self, shown: TestResponse, name: str, value: str) -> TestResponse:
        """Marks this one of the choices a form offers, and sends the form."""
        for form in page(shown).forms:
            if any(
                c.attrs.get("type") == "radio" and (c.attrs["name"], c.attrs["value"]) == (name, value) for c in form.controls
            ):
                return self._sent(self.post(form.action, data=form.values() | {name: value}))
        raise AssertionError(f"no choice {value!r} on {shown.request.path}")

    def press(self, shown: TestResponse, button: str, near: str = "") -> TestResponse:
        """Presses the button whose words begin so; `near` is part of the form's address, where several have the same."""
        return self._sent(self.push(shown, button, near))

    def push(self, shown: TestResponse, button: str, near: str = "") -> TestResponse:
        """Presses, and stays for the answer."""
        form = self._form(shown, button, near)
        return self.post(form.action.partition("#")[0], data=form.values())

    def _form(self, shown: TestResponse, button: str, near: str) -> Form:
        for form in page(shown).forms:
            if near in form.action and any(one.tag == "button" and one.words.startswith(button) for one in form.controls):
                return form
        raise AssertionError(f"no button “{button}” near {near!r} on {shown.request.path}")

    def _sent(self, answer: TestResponse) -> TestResponse:
        if answer.status_code == 200:
            return answer
        assert answer.status_code == 303, (answer.status_code, answer.text)
        return self.visit(answer.location)

    def become_officer(self, role: str) -> TestResponse:
        """By the one-time link of a new account, a password of one's own, and signing in."""
        email = f"{role}@hen.example"
        link = url_for_token(staff.add_officer(email, role, "Phan Thanh Tùng"))
        shown = self.fill_in(self.visit(link), "password", password=PASSWORD)
        return self.fill_in(shown, "password", email=email, password=PASSWORD)


def url_for_token(token: str) -> str:
    return f"/can-bo/lien-ket/{token}"


@dataclass
class LetterBox:
    """The other end of the line."""

    post: Post
    read: int = 0

    def arrive(self) -> list[EmailMessage]:
        """One beat of the scheduler; what it brought."""
        count = outbox.deliver()
        found = self.post.messages[self.read :]
        self.read = len(self.post.messages)
        assert count == len(found)
        assert outbox.deliver() == 0
        return found

    def one(self) -> EmailMessage:
        found = self.arrive()
        assert len(found) == 1, [str(letter["Subject"]) for letter in found]
        return found[0]


def text(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def rich(letter: EmailMessage) -> str:
    body = letter.get_body(("html",))
    assert body is not None
    return str(body.get_content())


def link(letter: EmailMessage, words: str) -> str:
    """The address that follows these words in the letter; the same stands in its HTML."""
    line = next(line for line in text(letter).splitlines() if line.startswith(words))
    address = line.rsplit(" ", 1)[1]
    assert address.startswith(f"{HOUSE}/")
    assert address in rich(letter).replace("&amp;", "&")
    return address


def links_leave_the_house_by_its_own_name(letter: EmailMessage) -> None:
    found = [word for word in (text(letter) + rich(letter)).replace('"', " ").split() if "://" in word]
    assert found
    assert {urlsplit(address[address.index("http") :]).netloc for address in found} == {"hen.example"}


def entry(letter: EmailMessage) -> tuple[str, Event]:
    """METHOD and event of the attached calendar file."""
    (part,) = [part for part in letter.walk() if part.get_content_type() == "text/calendar"]
    calendar = Calendar.from_ical(part.get_content())
    (event,) = calendar.walk("VEVENT")
    assert part.get_param("method") == calendar["METHOD"]
    return str(calendar["METHOD"]), event
