"""Moving a meeting, changing it, it and those after it, the series: whom it tells, what follows, what is refused."""

import email
import email.policy
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from sqlalchemy.exc import IntegrityError

from app import clock, selfcheck
from app.audit import Audit
from app.calendars import Event
from app.db import db, transaction
from app.meetings import actions, changes, concerned, plan, queries, schedule, series
from app.meetings.models import FormerDay, Meeting, Series, SignUp
from app.meetings.plan import Plan
from app.outbox import actions as outbox
from app.outbox import rendering
from app.outbox.models import Message
from app.refusal import Conflict, Refusal
from tests.meetings import make
from tests.outbox.post import Post, Server

NEXT = date(2026, 12, 12)


def fresh(meeting: Meeting) -> Meeting:
    db.session.rollback()
    return db.session.get_one(Meeting, meeting.id, populate_existing=True)


def change(meeting: Meeting, following: bool = False, **facts: Any) -> Meeting:
    present = fresh(meeting)
    return changes.edit(meeting.id, replace(plan.of(present), **facts), present.revision, following)


def row_of(row: SignUp) -> SignUp:
    db.session.rollback()
    return db.session.get_one(SignUp, row.id, populate_existing=True)


def messages_of(row: SignUp, state: str = "waiting") -> list[Message]:
    db.session.rollback()
    mine = (Message.about == row.about, Message.state == state)
    return list(db.session.scalars(sa.select(Message).where(*mine).order_by(Message.due_at, Message.id)))


def kinds(row: SignUp, state: str = "waiting") -> list[str]:
    return [message.kind for message in messages_of(row, state)]


def broken() -> dict[str, Any]:
    """What selfcheck finds; the catalogue has no version here."""
    return {result.says: result.broken for result in selfcheck.run() if result.broken}


def later(count: int = 8) -> list[Meeting]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Meeting).order_by(Meeting.rule_day)))[1:count]


def the_series() -> Series:
    db.session.rollback()
    return db.session.scalars(sa.select(Series)).one()


def rule(coming: bool = True, **facts: Any) -> Series:
    present = the_series()
    return series.edit(present.id, replace(plan.of_series(present), **facts), present.revision, coming)


# -- moving


def test_moving_a_meeting_rewrites_every_message_and_everything_that_follows_from_the_day(meeting: Meeting) -> None:
    rows = make.full(meeting, waiting=1)
    change(meeting, day=NEXT)
    moved = fresh(meeting)
    assert clock.local(moved.starts_at).isoformat()[:16] == "2026-12-12T08:00"
    assert moved.sign_up_until == moved.starts_at - timedelta(hours=12)
    assert moved.sign_up_from == clock.midnight(NEXT - timedelta(days=45))
    assert clock.local(moved.questions_until).isoformat()[:16] == "2026-12-08T00:00"  # 5 working days, that one included
    assert (moved.sequence, moved.revision) == (1, 1)
    assert clock.local(moved.moved_from).isoformat()[:16] == "2026-12-05T08:00"
    assert kinds(rows[0]) == ["moved", "reminder_week", "reminder_day"]
    assert sorted(kinds(rows[0], "withdrawn")) == ["reminder_day", "reminder_week", "signed_up"]
    assert kinds(rows[20]) == ["moved"]
    for message in messages_of(rows[0]):
        assert message.facts["starts_at"] == moved.starts_at.isoformat()
    assert broken().keys() <= {"the catalogue has its version"}


def test_the_letter_carries_the_same_calendar_entry_with_a_higher_sequence(meeting: Meeting) -> None:
    row = make.sign_up(meeting)
    first = Event.from_facts(messages_of(row)[0].facts["event"])
    change(meeting, day=NEXT)
    change(meeting, opens=time(9))
    letters = [message for message in messages_of(row) if message.kind == "moved"]
    second = Event.from_facts(letters[-1].facts["event"])
    assert len(letters) == 1  # the first letter had not left: the second stands for both
    assert (second.uid, second.cancelled) == (first.uid, False)  # sent as a REQUEST: see outbox.delivery
    assert second.sequence == first.sequence + 2
    assert second.starts == clock.at(NEXT, time(9))


def test_reminders_are_reckoned_anew_and_none_is_left_of_the_old_day(meeting: Meeting, travel: time_machine.Traveller) -> None:
    row = make.sign_up(meeting)
    travel.move_to(datetime.fromisoformat("2026-12-04T16:30+07:00"))  # half an hour before the last reminder
    change(meeting, day=NEXT)
    due = {message.kind: clock.local(message.due_at).isoformat()[:16] for message in messages_of(row)}
    assert due == {"moved": "2026-12-04T16:30", "reminder_week": "2026-12-05T17:00", "reminder_day": "2026-12-11T17:00"}


@pytest.mark.parametrize("facts", [{"opens": time(7, 30)}, {"closes": time(12)}, {"place": "Nhà văn hoá"}])
def test_another_hour_or_place_is_told_too_and_the_address_stays(meeting: Meeting, facts: dict[str, Any]) -> None:
    row = make.sign_up(meeting)
    change(meeting, **facts)
    assert "moved" in kinds(row)
    assert fresh(meeting).day == meeting.day
    assert db.session.scalar(sa.select(sa.func.count()).select_from(FormerDay)) == 0


def test_a_change_of_the_chair_is_no_news_but_reminders_say_it_right(meeting: Meeting) -> None:
    row = make.sign_up(meeting)
    change(meeting, chair="Phó Chủ tịch", theme="Thuế")
    assert kinds(row) == ["signed_up", "reminder_week", "reminder_day"]
    assert [message.facts["chair"] for message in messages_of(row)] == ["Chủ tịch UBND quận", "Phó Chủ tịch", "Phó Chủ tịch"]
    assert fresh(meeting).sequence == 0


def test_who_gave_up_hears_nothing_and_who_has_no_address_is_called(meeting: Meeting) -> None:
    gone, silent = make.sign_up(meeting, 1), make.sign_up(meeting, 2, email="")
    actions.give_up(gone.code)
    change(meeting, day=NEXT)
    assert kinds(gone) == ["given_up"]
    assert [(message.kind, message.channel) for message in messages_of(silent)] == [("moved", "call"), ("reminder_day", "call")]


@pytest.mark.parametrize("hour", ["22:10", "05:59", "12:00"])
def test_at_night_nobody_is_told_that_a_meeting_moved_grew_or_is_off(
    meeting: Meeting, travel: time_machine.Traveller, hour: str
) -> None:
    rows = make.full(meeting, waiting=2)
    invited = actions.reserve(later()[2].id, make.applicant(70), clock.now() + timedelta(hours=3))
    travel.move_to(datetime.fromisoformat(f"2026-11-26T{hour}+07:00"))
    change(meeting, capacity=21, day=NEXT)
    actions.release_reserved()
    change(meeting, capacity=22)
    schedule.cancel_meeting(later()[2].id, "Bão")
    db.session.rollback()
    written = db.session.scalars(sa.select(Message).where(Message.written_at == clock.now())).all()
    assert {message.kind for message in written} == {"moved", "promoted", "reminder_week", "reminder_day"}
    assert all(message.polite for message in written)
    assert outbox.polite() is (hour == "12:00")
    assert row_of(rows[20]).state == row_of(rows[21]).state == "seated"
    assert row_of(invited).state == "given_up"


def test_a_letter_written_at_night_leaves_in_the_morning_as_an_updated_invitation(
    app: Flask, meeting: Meeting, travel: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = make.sign_up(meeting)
    with Server(Post()) as post:
        for name, value in post.address.items():
            monkeypatch.setitem(app.config, name, value)
        assert outbox.deliver(["email"]) == 1
        travel.move_to(datetime.fromisoformat("2026-11-26T22:00+07:00"))
        change(meeting, day=NEXT)
        assert outbox.deliver(["email"]) == 0
        travel.move_to(datetime.fromisoformat("2026-11-27T07:00+07:00"))
        assert outbox.deliver(["email"]) == 1
    entries = [_calendar(raw) for raw in post.raw]
    assert [entry["method"] for entry in entries] == ["REQUEST", "REQUEST"]
    assert [entry["sequence"] for entry in entries] == ["0", "1"]
    assert len({entry["uid"] for entry in entries}) == 1
    assert [entry["dtstart"] for entry in entries] == ["20261205T010000Z", "20261212T010000Z"]
    assert kinds(row, "sent") == ["signed_up", "moved"]


def _calendar(raw: bytes) -> dict[str, str]:
    """The lines of a letter's calendar part."""
    letter = email.message_from_bytes(raw, policy=email.policy.default)
    part = next(part for part in letter.walk() if part.get_content_type() == "text/calendar")
    lines = str(part.get_content()).splitlines()
    found = {line.partition(":")[0].partition(";")[0].lower(): line.partition(":")[2] for line in lines}
    return found | {"method": part.get_param("method")}


def test_who_got_a_seat_and_had_not_read_of_it_reads_it_in_the_same_letter(meeting: Meeting) -> None:
    rows = make.full(meeting, waiting=2)
    actions.give_up(rows[0].code)
    change(meeting, day=NEXT)
    assert kinds(rows[20]) == ["moved", "reminder_week", "reminder_day"]
    told = [messages_of(row)[0].facts for row in (rows[20], rows[21], rows[1])]
    assert [facts["seated_unread"] for facts in told] == [True, False, False]
    texts = [rendering.letter("meetings/moved", "moved", facts, "vi")[1] for facts in told]
    assert "Có chỗ cho bạn rồi" in texts[0]
    assert "vẫn ở trong hàng chờ" in texts[1]
    assert "Chỗ của bạn vẫn giữ" in texts[2]


def test_an_invited_business_hears_of_it_and_its_time_to_answer_ends_with_the_start(meeting: Meeting) -> None:
    row = actions.reserve(meeting.id, make.applicant(5), meeting.starts_at)
    change(meeting, day=date(2026, 11, 28))
    kept = row_of(row)
    assert (kept.state, kept.reserved_until) == ("reserved", fresh(meeting).starts_at)
    assert kinds(row) == ["moved"]
    assert "event" not in messages_of(row)[0].facts
    schedule.cancel_meeting(meeting.id, "Bão")
    assert kinds(row) == ["cancelled"]


def test_windows_set_by_hand_stay_where_they_were_put(meeting: Meeting) -> None:
    shut = clock.at(date(2026, 12, 3), time(17))
    change(meeting, sign_up_until=shut)
    change(meeting, day=NEXT)
    assert fresh(meeting).sign_up_until == shut
    change(meeting, sign_up_until=None)
    assert fresh(meeting).sign_up_until == fresh(meeting).starts_at - timedelta(hours=12)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"opens": time(11)}, "closes"),
        ({"sign_up_until": clock.at(NEXT, time(8))}, "sign_up_until"),
        ({"sign_up_from": clock.at(date(2026, 12, 4), time(21))}, "sign_up_from"),
        ({"questions_until": clock.at(date(2026, 12, 5), time(9))}, "questions_until"),
        ({"day": date(2026, 11, 21)}, "day"),
        ({"day": date(2027, 3, 13)}, "day"),
        ({"day": date(2027, 1, 9)}, "day"),  # the next meeting is proposed for it
        ({"day": date(2027, 1, 1)}, "day"),
    ],
)
def test_what_makes_no_sense_is_refused_beside_its_field(meeting: Meeting, facts: dict[str, Any], field: str) -> None:
    row = make.sign_up(meeting)
    with pytest.raises(Refusal) as refused:
        change(meeting, **facts)
    assert refused.value.field == field
    assert plan.of(fresh(meeting)) == plan.of(meeting)
    assert kinds(row) == ["signed_up", "reminder_week", "reminder_day"]


def test_a_cancelled_or_past_meeting_is_not_changed(meeting: Meeting, travel: time_machine.Traveller) -> None:
    travel.move_to(meeting.starts_at + timedelta(minutes=5))
    change(meeting, capacity=25)  # somebody brings chairs
    with pytest.raises(Refusal):
        change(meeting, opens=time(9))
    travel.move_to(meeting.ends_at)
    with pytest.raises(Refusal):
        change(meeting, theme="Thuế")
    other = later()[2]
    schedule.cancel_meeting(other.id, "Bão")
    with pytest.raises(Refusal):
        change(other, theme="Thuế")


# -- a day that is no good


def test_a_day_off_is_refused_with_the_next_good_one_and_an_officer_may_insist(meeting: Meeting) -> None:
    with pytest.raises(schedule.Collides) as refused:
        change(meeting, day=date(2027, 1, 2))
    assert refused.value.proposed == date(2027, 1, 16)  # the 9th is the January meeting's
    assert "Ngày gần nhất họp được: thứ\xa0Bảy 16/01/2027" in refused.value.sentence
    change(meeting, day=date(2027, 1, 2), insisted="Bà con về quê ăn Tết đông")
    assert fresh(meeting).insisted == "Bà con về quê ăn Tết đông"
    trail = db.session.scalars(sa.select(Audit).where(Audit.act == "meeting_moved")).one()
    assert trail.after["insisted"] == "Bà con về quê ăn Tết đông"
    change(meeting, day=NEXT, insisted="")
    assert fresh(meeting).insisted == ""


def test_nobody_insists_on_a_day_that_is_good(meeting: Meeting) -> None:
    assert change(meeting, day=NEXT, insisted="Thích").insisted == ""


def test_a_proposed_meeting_may_be_held_on_its_holiday_with_a_reason(meeting: Meeting) -> None:
    january = later()[0]
    with pytest.raises(Refusal):
        schedule.accept_proposal(january.id, date(2027, 1, 2))
    change(january, day=date(2027, 1, 2), insisted="Chợ họp ngày ấy")
    assert fresh(january).state == "proposed"
    schedule.accept_proposal(january.id, date(2027, 1, 2))
    assert (fresh(january).state, fresh(january).day) == ("open", date(2027, 1, 2))


# -- old addresses


def test_the_days_it_left_lead_to_it_and_a_live_meeting_wins(meeting: Meeting) -> None:
    change(meeting, day=NEXT)
    change(meeting, day=date(2026, 12, 19))
    for day in (date(2026, 12, 5), NEXT):
        assert queries.of_former_day(day).meeting.id == meeting.id
    january = later()[0]
    assert queries.of_former_day(january.rule_day).meeting.id == january.id
    schedule.accept_proposal(january.id, january.day)
    change(january, day=NEXT)
    assert queries.of_former_day(NEXT) is None
    change(january, day=date(2027, 1, 16))
    assert queries.of_former_day(NEXT).meeting.id == january.id  # the last to leave it
    assert queries.of_former_day(date(2027, 1, 9)).meeting.id == january.id
    assert queries.of_former_day(date(2026, 12, 26)) is None


def test_the_database_itself_keeps_one_meeting_for_a_left_day(meeting: Meeting) -> None:
    values = {"day": NEXT, "meeting_id": meeting.id, "left_at": clock.now()}
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(sa.insert(FormerDay), [values, values])


def test_the_feed_follows_under_the_same_name(meeting: Meeting) -> None:
    change(meeting, day=NEXT)
    (moved, *_rest) = queries.published(clock.now())
    assert (moved.day, moved.rule_day, moved.sequence) == (NEXT, date(2026, 12, 5), 1)


# -- seats


def test_more_places_go_to_the_line_in_order_in_the_same_act(meeting: Meeting) -> None:
    rows = make.full(meeting)
    line = [make.sign_up(meeting, 50 + number, seats=seats) for number, seats in enumerate((2, 3, 1))]
    change(meeting, capacity=24)
    assert [row_of(row).state for row in line] == ["seated", "waiting", "waiting"]  # the third is not let past the second
    assert (fresh(meeting).taken, fresh(meeting).free) == (22, 2)
    change(meeting, capacity=26)
    assert [row_of(row).state for row in line] == ["seated", "seated", "seated"]
    assert kinds(line[0]) == ["promoted", "reminder_week", "reminder_day"]
    assert kinds(rows[0]) == ["signed_up", "reminder_week", "reminder_day"]
    assert broken().keys() <= {"the catalogue has its version"}


def test_places_are_never_fewer_than_the_seats_people_hold(meeting: Meeting) -> None:
    make.sign_up(meeting, seats=3)
    actions.reserve(meeting.id, make.applicant(2, seats=2), meeting.starts_at)
    with pytest.raises(Refusal, match="đã có 5 chỗ") as refused:
        change(meeting, capacity=4)
    assert refused.value.field == "capacity"
    assert change(meeting, capacity=5).free == 0
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(sa.update(Meeting).where(Meeting.id == meeting.id).values(capacity=4))


# -- two officers, two presses


def test_the_second_officer_is_stopped_and_the_second_press_is_not(meeting: Meeting) -> None:
    row, seen = make.sign_up(meeting), plan.of(meeting)
    changes.edit(meeting.id, replace(seen, day=NEXT), 0)
    changes.edit(meeting.id, replace(seen, day=NEXT), 0)  # the same form again
    assert kinds(row).count("moved") == 1
    with pytest.raises(Conflict):
        changes.edit(meeting.id, replace(seen, capacity=30), 0)
    assert (fresh(meeting).capacity, fresh(meeting).revision) == (20, 1)


def test_calling_off_what_another_officer_just_moved_is_stopped(meeting: Meeting) -> None:
    change(meeting, day=NEXT)
    with pytest.raises(Conflict, match="12/12/2026"):
        schedule.cancel_meeting(meeting.id, "Bão", revision=0)
    assert schedule.cancel_meeting(meeting.id, "Bão", revision=1).state == "cancelled"


# -- this one and those after it


def test_this_and_following_changes_the_later_ones_and_the_default(meeting: Meeting) -> None:
    later_rows = [make.sign_up(meeting, 1), actions.sign_up(later()[2].id, make.applicant(2), by_officer=True)]
    change(meeting, following=True, opens=time(8, 30), place="Nhà văn hoá", capacity=30, day=NEXT, theme="Thuế")
    assert [one.day for one in later()] == [
        date(2027, 1, 9), date(2027, 2, 13), date(2027, 3, 6), date(2027, 4, 3), date(2027, 5, 8), date(2027, 6, 5),
        date(2027, 7, 3),
    ]  # fmt: skip
    for one in later():
        assert clock.local(one.starts_at).time() == time(8, 30)
        assert (one.place, one.capacity, one.theme) == ("Nhà văn hoá", 30, "")
        assert one.sign_up_until == one.starts_at - timedelta(hours=12)
    default = the_series()
    assert (default.opens, default.place, default.capacity, default.closes) == (time(8, 30), "Nhà văn hoá", 30, time(11))
    assert ["moved" in kinds(row) for row in later_rows] == [True, True]
    assert {one.state for one in later()} == {"open", "proposed"}


def test_what_was_given_to_one_meeting_alone_stays_its_own(meeting: Meeting) -> None:
    march = later()[2]
    change(march, place="Chợ Ô Môn")
    change(meeting, following=True, place="Nhà văn hoá", chair="Phó Chủ tịch")
    assert (fresh(march).place, fresh(march).chair) == ("Chợ Ô Môn", "Phó Chủ tịch")
    rows = concerned.to_change(meeting.day, following=True)
    found = changes.review(rows, replace(plan.of(fresh(meeting)), place="Hội trường B"))
    assert {one.change.meeting.id: one.change.kept for one in found}[march.id] == ("place",)


def test_only_this_one_leaves_the_others_alone(meeting: Meeting) -> None:
    before = [plan.of(one) for one in later()]
    change(meeting, place="Nhà văn hoá", opens=time(9))
    assert [plan.of(one) for one in later()] == before
    assert the_series().place == "Hội trường UBND quận Ô Môn"


def test_a_later_meeting_that_would_lose_seats_stops_it_all(meeting: Meeting) -> None:
    march = later()[2]
    for number in range(1, 4):
        actions.sign_up(march.id, make.applicant(number, seats=3), by_officer=True)
    with pytest.raises(Refusal, match="Kỳ 06/3 đã có 9 chỗ"):
        change(meeting, following=True, capacity=8)
    assert fresh(meeting).capacity == fresh(march).capacity == the_series().capacity == 20


# -- the series


def test_a_changed_default_reaches_meetings_to_come_or_only_new_ones(meeting: Meeting) -> None:
    rule(coming=False, capacity=50)
    assert {one.capacity for one in later()} == {20}
    rule(capacity=60, opens_days=30, questions_days=3)
    assert {one.capacity for one in later()} == {20}  # none of them has the series' old default any more
    assert fresh(meeting).sign_up_from == clock.midnight(date(2026, 11, 5))
    rule(closes_hours=24)
    assert fresh(meeting).sign_up_until == fresh(meeting).starts_at - timedelta(hours=24)


def test_another_rule_moves_only_meetings_nobody_counts_on(meeting: Meeting, travel: time_machine.Traveller) -> None:
    row = make.sign_up(meeting)
    march, april = later()[2], later()[3]
    asked = actions.sign_up(april.id, make.applicant(9), by_officer=True)
    rule(nth=2)
    assert fresh(meeting).day == date(2026, 12, 5)
    assert fresh(march).day == date(2027, 3, 13)
    assert fresh(april).day == date(2027, 4, 3)
    assert kinds(row) == ["signed_up", "reminder_week", "reminder_day"]
    assert "moved" not in kinds(asked)
    assert queries.of_former_day(date(2027, 3, 6)).meeting.id == march.id
    days = {one.rule_day: (one.day, one.state, one.collision) for one in later()}
    assert days[date(2027, 1, 2)] == (date(2027, 1, 9), "proposed", "long_weekend")  # that is the second Saturday: as it was
    assert days[date(2027, 2, 6)] == (date(2027, 2, 13), "proposed", "holiday")
    assert days[date(2027, 5, 1)] == (date(2027, 5, 8), "proposed", "holiday")
    assert schedule.ensure_meetings() == 0  # no month is made twice under the new rule
    travel.move_to(datetime.fromisoformat("2027-01-20T09:00+07:00"))
    assert schedule.ensure_meetings() == 2
    assert db.session.scalar(sa.select(sa.func.max(Meeting.rule_day))) == date(2027, 9, 11)


def test_a_new_rule_whose_day_collides_waits_for_an_officer(meeting: Meeting) -> None:
    rule(weekday=4, nth=1)  # Fridays: 1 January is one
    days = {one.rule_day: (one.day, one.state, one.collision) for one in later()}
    assert days[date(2027, 1, 2)] == (date(2027, 1, 8), "proposed", "holiday")
    assert days[date(2027, 3, 6)] == (date(2027, 3, 5), "open", "")


def test_a_new_name_is_told_in_reminders_still_to_leave(meeting: Meeting) -> None:
    row = make.sign_up(meeting)
    rule(name="Cà phê doanh nghiệp")
    assert [message.facts["meeting"] for message in messages_of(row)][1:] == ["Cà phê doanh nghiệp"] * 2


def test_two_officers_and_two_presses_on_a_series(meeting: Meeting) -> None:
    present = the_series()
    wanted = replace(plan.of_series(present), capacity=30)
    series.edit(present.id, wanted, 0, True)
    series.edit(present.id, wanted, 0, True)
    with pytest.raises(Conflict):
        series.edit(present.id, replace(wanted, place="Chợ"), 0, True)
    assert the_series().revision == 1


def test_a_name_that_another_series_has_is_refused(meeting: Meeting) -> None:
    make.series(name="Cà phê doanh nghiệp", active=False)
    present = db.session.scalars(sa.select(Series).order_by(Series.id)).first()
    assert present is not None
    with pytest.raises(Conflict) as refused:
        series.edit(present.id, replace(plan.of_series(present), name="Cà phê doanh nghiệp"), 0, True)
    assert refused.value.field == "name"


# -- a year


def test_a_year_of_twelve_meetings_with_tet(app: Flask, travel: time_machine.Traveller) -> None:
    """From September 2026 on: every month has one meeting, none on a day off, and moving one moves no other."""
    travel.move_to(datetime.fromisoformat("2026-08-25T09:00+07:00"))
    make.meetings()
    held: list[date] = []
    while len(held) < 12:
        schedule.ensure_meetings()
        db.session.rollback()
        for one in db.session.scalars(sa.select(Meeting).where(Meeting.state == "proposed")).all():
            schedule.accept_proposal(one.id, one.day)
        figures = queries.upcoming()
        assert figures is not None
        meeting = figures.meeting
        if meeting.rule_day.month == 11:
            change(meeting, day=meeting.day + timedelta(days=7))
        held.append(meeting.day)
        travel.move_to(fresh(meeting).ends_at + timedelta(days=1))
    assert [day.isoformat() for day in held] == [
        "2026-09-05", "2026-10-03", "2026-11-14", "2026-12-05", "2027-01-09", "2027-02-13", "2027-03-06", "2027-04-03",
        "2027-05-08", "2027-06-05", "2027-07-03", "2027-08-07",
    ]  # fmt: skip


def wanted(meeting: Meeting, **facts: Any) -> Plan:
    return replace(plan.of(meeting), **facts)


def test_the_review_says_whom_it_touches_and_what_would_be_done(meeting: Meeting) -> None:
    make.full(meeting, waiting=2)
    make.sign_up(meeting, 60, email="", question="Sổ thuế?")
    (one,) = changes.review(concerned.to_change(meeting.day, False), wanted(meeting, day=NEXT, capacity=21))
    assert (one.people.seated, one.people.waiting, one.people.questions) == (20, 3, 1)
    assert (one.told, one.called, one.promoted) == (23, 1, 1)
    (one,) = changes.review(concerned.to_change(meeting.day, False), wanted(meeting, theme="Thuế"))
    assert not one.worth_a_look
