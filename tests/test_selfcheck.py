"""`flask selfcheck`: silent after a busy day, and loud about every promise that somebody broke past the house."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from app import selfcheck
from app.appointments import actions
from app.appointments.models import Appointment, Hold
from app.db import db, transaction
from app.meetings import actions as places
from app.meetings import agenda, schedule
from app.meetings import queries as meetings
from app.meetings.models import Meeting, SignUp
from app.offices.catalogue import Catalogue
from app.outbox import actions as outbox
from app.questions import actions as asking
from app.questions import editing
from tests import make
from tests.answers import make as written
from tests.meetings import make as business
from tests.page import count_queries
from tests.questions import make as difficulties


@pytest.fixture
def busy(app: Flask) -> Catalogue:
    """A morning of everything people do: holds, bookings, moves, cancellations, officers' acts, a full meeting with a line."""
    with time_machine.travel(make.MONDAY, tick=False) as travel:
        catalogue = make.office(counters=2)
        codes = [_book(catalogue, n, email=f"nguoi{n}@example.vn" if n % 2 else "") for n in range(8)]
        _hold(catalogue, "expires", "2026-12-02T07:20")
        travel.shift(timedelta(minutes=11))
        _hold(catalogue, "stays", "2026-12-02T07:00")
        _hold(catalogue, "takes over", "2026-12-02T07:20")
        actions.answer(token := _hold(catalogue, "books", "2026-12-02T07:40"), make.person(phone="+84912000099").__dict__)
        actions.book_held(token)
        actions.move(codes[1], make.local("2026-12-03T09:00"))
        actions.move(codes[2], make.local("2026-12-03T09:20"))
        actions.cancel(codes[3])
        actions.cancel(codes[4])
        actions.come(codes[5])
        actions.mark(codes[5], "arrived", "booked")
        actions.mark(codes[5], "served", "arrived")
        actions.mark(codes[7], "served", "booked")
        actions.undo(codes[7], "served")
        meeting = business.meetings(capacity=4)
        seats = business.full(meeting, waiting=3)
        places.change_seats(seats[1].code, 2) if meetings.waiting(meeting.id) == 0 else places.give_up(seats[0].code)
        places.change_seats(seats[-1].code, 2)
        _difficulties(meeting)
        written.question(meeting, 60, written.item(meeting))
        agenda.publish(meeting.id)
        actions.release_expired()
        travel.shift(timedelta(minutes=1))
        yield catalogue


def _difficulties(meeting: Meeting) -> None:
    """Shown, merged, kept for the leader, taken back."""
    head, part, private, gone = (difficulties.question(meeting, number) for number in range(1, 5))
    editing.show(head.id)
    editing.merge(part.id, head.id)
    asking.change_openness(private.code, "private")
    asking.withdraw(gone.code)


def _book(catalogue: Catalogue, number: int, moment: str = "", **facts: str) -> str:
    office, procedure = catalogue.by_slug[make.PLACE], catalogue.by_code[make.BIRTH]
    when = make.local(moment or f"2026-12-01T{8 + number // 3:02d}:{20 * (number % 3):02d}")
    return actions.book(office, procedure, when, make.person(phone=f"+84912000{number:03d}", **facts)).code


def _hold(catalogue: Catalogue, browser: str, moment: str) -> str:
    office, procedure = catalogue.by_slug[make.PLACE], catalogue.by_code[make.BIRTH]
    return actions.hold(office, procedure, make.local(moment), browser)


def broken() -> dict[str, list[str]]:
    return {result.says: list(result.broken) for result in selfcheck.run() if result.broken}


def spoil(statement: str) -> None:
    """What no act of the house does, not even committed: foreign keys are looked at only then."""
    off = {"sqlite": "PRAGMA defer_foreign_keys=ON", "postgresql": "SET LOCAL session_replication_role = replica"}
    db.session.rollback()
    db.session.execute(sa.text(off[db.engine.dialect.name]))
    db.session.execute(sa.text(statement))


def test_after_a_busy_day_every_promise_holds(busy: Catalogue, app: Flask) -> None:
    answer = app.test_cli_runner().invoke(args=["selfcheck"])
    assert answer.exit_code == 0, answer.output
    assert answer.output.count("ok ") == len(selfcheck.CHECKS) == len(answer.output.splitlines())


def test_an_empty_database_only_lacks_its_catalogue(app: Flask) -> None:
    assert broken() == {"the catalogue has its version": ["catalogue_version"]}


def test_the_number_of_statements_does_not_grow(busy: Catalogue) -> None:
    with count_queries() as seen:
        selfcheck.run()
    assert len(seen) <= 39


def test_called_off_and_given_up_are_explained(busy: Catalogue) -> None:
    meeting = meetings.upcoming().meeting
    schedule.cancel_meeting(meeting.id, "Bão")
    assert broken() == {}


TICKS, VERSION = "every appointment has exactly its ticks at its counter", "the catalogue has its version"
OWNER = "every claim has an owner, and a hold's claims end with it"
CANCELLED = "no cancelled appointment keeps a claim"
SERVICES = "every coming appointment is at a counter of its office that serves its procedure"
SEATS = "no meeting is oversold: seats taken are the seats of the seated"
LINE, HEAD = "numbers of the waiting line are unique and known", "nobody waits in line while their seats are free"
ARRIVALS = "whoever came did so after signing up and before the end, and it was entered afterwards"
LETTERS, REMINDERS = "everybody with an e-mail address was written how things stand", "everybody expected has their reminders"
MINUTES = "every asker knows the minute of their question in a published programme"
STUCK, TRAIL = "no message is stuck on its way out", "every appointment and seat has its trail"
SHOWN, MERGED = (
    "no question for the leader alone, and none taken back, is shown",
    "a merged question ends in one that stands by itself",
)
FILED = "every question has its trail"
ONE = "(SELECT id FROM appointment WHERE state = 'booked' AND email <> '' AND sequence = 0 ORDER BY id LIMIT 1)"
LAST = "(SELECT max(id) FROM sign_up WHERE state = 'seated')"


def came(arrived: str, recorded: str = "2026-12-05 09:00:00+00:00") -> str:
    """Past the house, so that nothing of it stands in the trail."""
    return f"UPDATE sign_up SET arrived_at = '{arrived}', arrival_recorded_at = '{recorded}', came = 1 WHERE id = {LAST}"


BREAKAGES = (
    (f"DELETE FROM claim WHERE tick = (SELECT max(tick) FROM claim WHERE appointment_id = {ONE})", {TICKS}, "appointment:"),
    (f"DELETE FROM claim WHERE appointment_id = {ONE}", {TICKS}, "appointment:"),
    (f"UPDATE appointment SET minutes = 25 WHERE id = {ONE}", {TICKS}, "appointment:"),
    (f"UPDATE claim SET tick = tick + 1000 WHERE appointment_id = {ONE}", {TICKS}, "appointment:"),
    (f"UPDATE claim SET counter_id = 3 - counter_id, tick = tick + 9 WHERE appointment_id = {ONE}", {TICKS}, "appointment:"),
    (f"INSERT INTO claim (counter_id, tick, appointment_id) SELECT 1, 1, {ONE}", {TICKS}, "appointment:"),
    ("INSERT INTO claim (counter_id, tick, appointment_id) SELECT 1, 2, min(id) FROM appointment WHERE state = 'cancelled'",
     {CANCELLED}, "appointment:"),
    ("INSERT INTO claim (counter_id, tick, appointment_id) VALUES (1, 3, 999)", {OWNER}, "claim:1/3"),
    ("DELETE FROM hold WHERE browser = 'stays'", {OWNER}, "claim:"),
    ("UPDATE claim SET expires_at = '2030-01-01 00:00:00' WHERE hold_id IS NOT NULL", {OWNER}, "claim:"),
    (f"UPDATE hold SET appointment_id = {ONE} WHERE browser = 'stays'", {OWNER}, "claim:"),
    ("DELETE FROM service WHERE counter_id = 1", {SERVICES}, "appointment:"),
    ("UPDATE counter SET office_id = 99 WHERE id = 1", {SERVICES}, "appointment:"),
    ("UPDATE question SET withdrawn_at = filed_at WHERE shown_at IS NOT NULL", {SHOWN, MERGED}, "question:1"),
    ("UPDATE question SET merged_into_id = 4 WHERE id = 2", {MERGED}, "question:2"),
    ("UPDATE question SET meeting_id = 2 WHERE id = 1", {MERGED}, "question:2"),
    ("UPDATE question SET merged_into_id = 2 WHERE id = 3", {MERGED}, "question:3"),
    ("INSERT INTO question (code, meeting_id, text, public_text, search_key, field, wish, openness, name, contact, phone, email,"
     " locale, channel, request_key, sequence, filed_at, answer, outcome, sample) SELECT 'CH-1', meeting_id, text, '', '', '',"
     " wish, openness, name, contact, phone, '', 'vi', '', 'past the house', 0, filed_at, '', '', sample FROM question"
     " WHERE id = 1",
     {FILED}, "question:6"),
    ("DELETE FROM catalogue_version", {VERSION}, "catalogue_version"),
    ("UPDATE meeting SET taken = taken - 1 WHERE taken = 4", {SEATS, HEAD}, "meeting:"),
    (f"UPDATE sign_up SET seats = seats + 1 WHERE id = {LAST}", {SEATS}, "meeting:"),
    ("UPDATE sign_up SET line = line + 50 WHERE state = 'waiting'", {LINE}, "meeting:"),
    ("UPDATE meeting SET capacity = capacity + 4 WHERE taken = 4", {HEAD}, "seat:"),
    (came("2026-12-05 01:00:00+00:00"), {TRAIL}, "seat:"),
    (came("2026-12-05 07:00:00+00:00"), {TRAIL, ARRIVALS}, "seat:"),
    (came("2026-11-30 00:00:00+00:00"), {TRAIL, ARRIVALS}, "seat:"),
    (came("2026-12-05 01:00:00+00:00", "2026-12-05 00:30:00+00:00"), {TRAIL, ARRIVALS}, "seat:"),
    ("UPDATE question SET told_for = NULL", {MINUTES}, "question:"),
    (f"DELETE FROM message WHERE about = 'appointment:' || {ONE} AND kind = 'booked'", {LETTERS}, "appointment:"),
    (f"DELETE FROM message WHERE about = 'seat:' || {LAST} AND kind NOT LIKE 'reminder%'", {LETTERS}, "seat:"),
    ("DELETE FROM message WHERE kind = 'cancelled' AND about LIKE 'appointment%'", {LETTERS}, "appointment:"),
    (f"DELETE FROM message WHERE about = 'appointment:' || {ONE} AND kind = 'reminder_same_day'", {REMINDERS}, "appointment:"),
    ("DELETE FROM message WHERE channel = 'call'", {REMINDERS}, "appointment:1"),
    ("UPDATE message SET state = 'withdrawn' WHERE kind = 'reminder_day_before'", {REMINDERS}, "appointment:"),
    (f"DELETE FROM message WHERE about = 'seat:' || {LAST} AND kind = 'reminder_day'", {REMINDERS}, "seat:"),
    ("UPDATE message SET state = 'handing', lease_until = '2026-11-30 01:00:00+00:00' WHERE id = 1", {STUCK}, "message:1"),
    ("UPDATE message SET state = 'sending' WHERE id = 1", {STUCK}, "message:1"),
    ("UPDATE appointment SET state = 'missed' WHERE id = 1", {TRAIL}, "appointment:1"),
    ("INSERT INTO appointment SELECT 1000, 'TA-0', office_id, counter_id, procedure_id, starts_at, minutes, name, search_key,"
     " phone, email, locale, needs, note, booked_by, 'cancelled', sequence, booked_at, told_at, NULL, NULL, NULL, NULL, NULL, ''"
     " FROM appointment WHERE id = 1", {TRAIL}, "appointment:1000"),
)  # fmt: skip


def test_each_broken_promise_is_reported(busy: Catalogue, subtests: pytest.Subtests) -> None:
    for statement, says, name in BREAKAGES:
        with subtests.test(statement):
            spoil(statement)
            found = broken()
            assert set(found) == says, found
            assert all(names for names in found.values())
            assert any(one.startswith(name) for names in found.values() for one in names)


def test_the_command_says_so_and_fails(busy: Catalogue, app: Flask) -> None:
    with transaction() as session:
        session.execute(sa.text("DELETE FROM catalogue_version"))
    answer = app.test_cli_runner().invoke(args=["selfcheck"])
    assert answer.exit_code == 1
    assert f"BROKEN  {VERSION}: 1, first: catalogue_version\n" in answer.output
    assert answer.output.count("BROKEN") == 1


def test_a_long_list_shows_its_length_and_its_beginning(busy: Catalogue) -> None:
    spoil("DELETE FROM claim WHERE appointment_id IS NOT NULL")
    (line,) = [result.line for result in selfcheck.run() if result.says == TICKS]
    assert line.startswith(f"BROKEN  {TICKS}: 6, first: appointment:1, ")
    assert line.endswith(", …")


# -- messages that wait ------------------------------------------------------------------------------------------------

WAITS = "no message is held up without a reason"


@pytest.fixture
def served(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """A mail server is configured; nothing sends."""
    return lambda: monkeypatch.setitem(app.config, "MAIL_SERVER", "mail.example")


def test_without_a_mail_server_nothing_can_be_held_up(busy: Catalogue, served: Callable[[], None]) -> None:
    with time_machine.travel(make.local("2026-11-30T17:30"), tick=False):
        assert WAITS not in broken()
        served()
        assert len(broken()[WAITS]) >= 6  # confirmations of the morning, reminders due at 17:00


@pytest.mark.parametrize(
    ("moment", "reminders"), [("17:14", False), ("17:16", True), ("20:31", False), ("23:00", False), ("07:05", False)]
)
def test_reminders_wait_for_the_sending_hours(busy: Catalogue, served: Callable[[], None], moment: str, reminders: bool) -> None:
    served()
    day = "2026-12-01" if moment == "07:05" else "2026-11-30"
    with time_machine.travel(make.local(f"{day}T{moment}"), tick=False):
        with transaction() as session:
            session.execute(sa.text("UPDATE message SET state = 'sent' WHERE kind NOT LIKE 'reminder%'"))
            session.execute(sa.text("UPDATE message SET useful_until = NULL"))
        assert bool(broken().get(WAITS)) is reminders


def test_the_call_list_waits_for_people(busy: Catalogue, served: Callable[[], None]) -> None:
    served()
    with transaction() as session:
        session.execute(sa.text("UPDATE message SET state = 'sent' WHERE channel <> 'call'"))
    with time_machine.travel(make.local("2026-11-30T18:00"), tick=False):
        assert WAITS not in broken()


def test_what_is_no_longer_of_use_is_not_held_up(busy: Catalogue, served: Callable[[], None]) -> None:
    served()
    outbox.sweep()
    with time_machine.travel(make.local("2027-02-01T08:00"), tick=False):
        useless = sa.text("SELECT count(*) FROM message WHERE state = 'waiting' AND useful_until IS NOT NULL")
        assert db.session.scalar(useless)
        kinds = sa.text("SELECT count(*) FROM message WHERE useful_until IS NULL AND state = 'waiting' AND channel = 'email'")
        assert len(broken()[WAITS]) == db.session.scalar(kinds)  # cancellations are always of use


def test_the_fixture_is_as_rich_as_it_says(busy: Catalogue) -> None:
    states = set(db.session.scalars(sa.select(Appointment.state)))
    assert states == {"booked", "served", "cancelled"}
    assert set(db.session.scalars(sa.select(SignUp.state))) == {"seated", "waiting", "given_up"}
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Hold)) == 4
