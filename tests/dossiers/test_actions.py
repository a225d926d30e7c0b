"""A dossier's life: its promise, pauses, the one extension, the hand-over; two clocks, and nothing set back."""

from collections.abc import Iterator
from datetime import date, datetime

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from app import clock
from app.db import db
from app.dossiers import actions, queries, rules
from app.dossiers.actions import Proof
from app.dossiers.models import Dossier, DossierEvent
from app.outbox.models import Message
from app.refusal import Conflict, Refusal
from tests import make as basics
from tests.dossiers import make

CODE = make.CODE
SIGNED = Proof("signature", "tr. 12", "Lê Thị Bé")


@pytest.fixture
def travel(app: Flask) -> Iterator[time_machine.Traveller]:
    """Tuesday 1 December 2026, 10:00."""
    with time_machine.travel(basics.local("2026-12-01T10:00"), tick=False) as clock_at:
        make.office()
        yield clock_at


def at(text: str) -> datetime:
    return basics.local(text)


def due() -> str:
    db.session.rollback()
    row = queries.by_code(CODE)
    assert row is not None
    return clock.local(row.due_at).strftime("%Y-%m-%dT%H:%M")


def kinds() -> list[str]:
    return list(db.session.scalars(sa.select(DossierEvent.kind).order_by(DossierEvent.id)))


def letters() -> list[str]:
    return list(db.session.scalars(sa.select(Message.kind).order_by(Message.id)))


@pytest.mark.parametrize(
    ("received", "facts", "promised"),
    [
        ("2026-12-01T10:00", {}, "2026-12-04T10:00"),
        ("2026-12-01T10:00", {"channel": "online"}, "2026-12-03T16:00"),  # two days and a half
        ("2026-12-01T10:00", {"channel": "post"}, "2026-12-04T10:00"),  # has no duration of its own
        ("2026-12-01T09:00", {"procedure": basics.BIRTH}, "2026-12-01T17:00"),
        ("2026-11-30T15:30", {"procedure": basics.BIRTH}, "2026-12-01T17:00"),  # after the cut-off
        ("2026-11-29T09:00", {}, "2026-12-02T17:00"),  # Sunday
    ],
)
def test_the_promise_is_reckoned_from_the_receipt(
    travel: time_machine.Traveller, received: str, facts: dict[str, str], promised: str
) -> None:
    make.dossier(received=at(received), **facts)
    assert due() == promised


def test_the_same_receipt_twice_is_one_dossier_another_with_its_code_is_refused(travel: time_machine.Traveller) -> None:
    make.dossier()
    make.dossier()
    assert kinds() == ["received"]
    with pytest.raises(Refusal, match="hồ sơ khác"):
        make.dossier(owner="Người Khác")
    assert len(db.session.scalars(sa.select(Dossier)).all()) == 1


@pytest.mark.parametrize("code", ["TA-482-716-305", "H15", ""])
def test_a_code_that_is_none_is_refused(travel: time_machine.Traveller, code: str) -> None:
    with pytest.raises(Refusal) as no:
        make.dossier(code=code)
    assert no.value.field == "code"


def test_a_pause_moves_the_promise_by_its_working_time(travel: time_machine.Traveller) -> None:
    make.dossier()
    travel.move_to(at("2026-12-02T10:00"))
    actions.pause(CODE, "supplement", at("2026-12-02T10:00"), "Giấy uỷ quyền\nBản vẽ")
    travel.move_to(at("2026-12-07T10:00"))  # Monday: three working days later
    actions.resume(CODE, at("2026-12-07T10:00"))
    actions.resume(CODE, at("2026-12-07T10:00"))
    assert due() == "2026-12-09T10:00"
    assert kinds() == ["received", "supplement", "resumed"]
    row = queries.by_code(CODE)
    assert row is not None
    assert clock.local(row.promised_at).strftime("%d/%m %H:%M") == "04/12 10:00"  # what was printed stays


def test_what_is_missing_is_asked_for_once_as_a_whole(travel: time_machine.Traveller) -> None:
    make.dossier()
    actions.pause(CODE, "supplement", clock.now(), "Giấy uỷ quyền")
    with pytest.raises(Refusal, match="tạm dừng rồi"):
        actions.pause(CODE, "duty", clock.now(), "Lệ phí")
    travel.shift(60)
    actions.resume(CODE, clock.now())
    with pytest.raises(Refusal, match="một lần"):
        actions.pause(CODE, "supplement", clock.now(), "Còn giấy nữa")
    actions.pause(CODE, "duty", clock.now(), "Lệ phí")


def test_one_extension_with_its_apology_at_least_a_day_before(travel: time_machine.Traveller) -> None:
    make.dossier()
    for day, sentence in ((date(2026, 12, 6), "không làm việc"), (date(2026, 12, 3), "phải sau ngày")):
        with pytest.raises(Refusal, match=sentence):
            actions.extend(CODE, day, "Chờ đo đạc")
    actions.extend(CODE, date(2026, 12, 8), "Chờ đo đạc")
    actions.extend(CODE, date(2026, 12, 8), "Chờ đo đạc")
    assert due() == "2026-12-08T10:00"
    with pytest.raises(Refusal, match="một lần"):
        actions.extend(CODE, date(2026, 12, 10), "Lại chờ")
    assert letters() == ["received", "extended"]


def test_on_the_promised_day_it_is_too_late_to_extend(travel: time_machine.Traveller) -> None:
    make.dossier()
    travel.move_to(at("2026-12-04T07:00"))
    with pytest.raises(Refusal, match="một ngày trước"):
        actions.extend(CODE, date(2026, 12, 8), "Chờ đo đạc")


def test_handed_over_in_time_and_recorded_days_later_is_in_time(travel: time_machine.Traveller) -> None:
    """The 108: the paper's day counts, and both clocks are kept."""
    make.dossier()
    travel.move_to(at("2026-12-15T09:00"))
    row = queries.by_code(CODE)
    assert row is not None
    assert rules.standing(actions.state_of(row), clock.today()) == "overdue"
    actions.hand_over(CODE, at("2026-12-04T09:30"), SIGNED)
    row = queries.by_code(CODE)
    assert row is not None
    assert rules.standing(actions.state_of(row), clock.today()) == "on_time"
    event = db.session.scalars(sa.select(DossierEvent).where(DossierEvent.kind == "handed_over")).one()
    assert (event.happened_at, event.recorded_at) == (at("2026-12-04T09:30"), at("2026-12-15T09:00"))
    assert (event.evidence, event.proof, event.recipient) == ("signature", "tr. 12", "Lê Thị Bé")


def test_a_hand_over_needs_evidence_and_a_possible_time(travel: time_machine.Traveller) -> None:
    make.dossier()
    travel.move_to(at("2026-12-04T09:00"))
    actions.finish(CODE, at("2026-12-03T16:00"))
    for happened, proof, sentence in (
        ("2026-12-04T08:00", Proof(), "chứng cứ"), ("2026-12-05T08:00", SIGNED, "chưa tới"),
        ("2026-11-30T08:00", SIGNED, "trước lúc nhận"), ("2026-12-03T15:00", SIGNED, "trước lúc có kết quả"),
    ):  # fmt: skip
        with pytest.raises(Refusal, match=sentence):
            actions.hand_over(CODE, at(happened), proof)
    actions.hand_over(CODE, at("2026-12-04T08:00"), SIGNED)
    with pytest.raises(Conflict, match="đã ghi trả"):
        actions.hand_over(CODE, at("2026-12-04T08:30"), SIGNED)
    assert letters() == ["received", "ready"]


def test_what_ended_without_a_result_counts_as_on_time(travel: time_machine.Traveller) -> None:
    make.dossier()
    travel.move_to(at("2026-12-15T09:00"))
    actions.end(CODE, "withdrawn", clock.now(), "Xin rút")
    row = queries.by_code(CODE)
    assert row is not None
    assert rules.standing(actions.state_of(row), clock.today()) == "on_time"
    with pytest.raises(Refusal):
        actions.hand_over(CODE, clock.now(), SIGNED)


def test_finishing_ends_a_pause(travel: time_machine.Traveller) -> None:
    make.dossier()
    actions.pause(CODE, "agency", clock.now(), "Xác minh")
    travel.move_to(at("2026-12-02T10:00"))
    actions.finish(CODE, clock.now())
    assert due() == "2026-12-07T10:00"
    assert kinds() == ["received", "agency", "resumed", "finished"]


def test_citizens_hear_the_day_before_and_when_it_is_late_once_each(travel: time_machine.Traveller) -> None:
    make.dossier()
    for day in ("2026-12-02", "2026-12-03", "2026-12-04", "2026-12-05", "2026-12-06"):
        for hour in ("07:00", "15:00"):
            travel.move_to(at(f"{day}T{hour}"))
            actions.remind()
    assert letters() == ["received", "due_tomorrow", "late"]
    actions.finish(CODE, clock.now())
    waiting = sa.select(Message.kind).where(Message.state == "waiting")
    assert list(db.session.scalars(waiting)) == ["received", "ready"]  # nothing else leaves any more


def test_everybody_late_has_their_turn(travel: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand a beat: the next beat takes those who come after, not the same again."""
    for number in range(5):
        make.dossier(code=f"H15.50.05.13-261201-{number:04d}")
    monkeypatch.setattr(queries.overdue, "__defaults__", (2,))
    travel.move_to(at("2026-12-07T08:00"))
    assert [actions.remind() for _beat in range(4)] == [2, 2, 1, 0]


def test_how_the_result_comes_home_changes_until_it_has_left(travel: time_machine.Traveller) -> None:
    make.dossier()
    actions.return_by(CODE, "post")
    actions.return_by(CODE, "post")
    assert kinds() == ["received", "return_by"]
    actions.hand_over(CODE, clock.now(), SIGNED)
    with pytest.raises(Refusal):
        actions.return_by(CODE, "desk")


def test_the_history_cannot_be_changed(travel: time_machine.Traveller) -> None:
    make.dossier()
    for statement in ("UPDATE dossier_event SET happened_at = recorded_at, kind = 'finished'", "DELETE FROM dossier_event"):
        with pytest.raises(sa.exc.DBAPIError), db.engine.begin() as connection:
            connection.execute(sa.text(statement))
