"""Sign-up, the waiting line, seats given back, messages, meetings made and decided; on both databases."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from sqlalchemy.exc import IntegrityError

from app import clock
from app.audit import Audit
from app.db import db, transaction
from app.meetings import actions, days, messages, queries, rules, schedule
from app.meetings.models import Meeting, Question, SignUp
from app.offices import actions as offices
from app.offices.models import Holiday
from app.outbox.models import Message
from app.refusal import Conflict, Refusal
from tests.meetings import make


def now_of(meeting: Meeting) -> Meeting:
    db.session.rollback()
    return db.session.get_one(Meeting, meeting.id, populate_existing=True)


def row_of(row: SignUp) -> SignUp:
    db.session.rollback()
    return db.session.get_one(SignUp, row.id, populate_existing=True)


def letters(row: SignUp, state: str = "waiting") -> list[str]:
    db.session.rollback()
    mine = (Message.about == row.about, Message.state == state)
    return list(db.session.scalars(sa.select(Message.kind).where(*mine).order_by(Message.due_at, Message.id)))


def acts() -> list[str]:
    return list(db.session.scalars(sa.select(Audit.act).order_by(Audit.id)))


def count(model: Any) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


# -- sign-up


def test_a_place_is_kept_with_its_code_its_question_and_its_messages(meeting: Meeting) -> None:
    row = make.sign_up(meeting, seats=2, question="Xin phép mở rộng kho cần giấy gì?", tax_code="0100109106")
    assert row.code.startswith("TB-")
    assert (row.state, row.seats, row.line) == ("seated", 2, None)
    assert now_of(meeting).taken == 2
    assert [one.text for one in queries.questions_of(row.id)] == ["Xin phép mở rộng kho cần giấy gì?"]
    assert letters(row) == ["signed_up", "reminder_week", "reminder_day"]
    assert acts()[-1] == "signed_up"


def test_the_trail_holds_no_name_and_no_number(meeting: Meeting) -> None:
    make.sign_up(meeting, name="Cơ sở Bí Mật")
    for line in db.session.scalars(sa.select(Audit)):
        assert "Bí Mật" not in str(line.after)
        assert "912" not in str(line.after)


def test_when_seats_run_out_businesses_queue_in_order(meeting: Meeting) -> None:
    rows = make.full(meeting, waiting=3)
    assert [row.state for row in rows] == ["seated"] * 20 + ["waiting"] * 3
    assert [row.line for row in rows[20:]] == [1, 2, 3]
    assert queries.ahead_of(rows[22]) == 2
    assert letters(rows[22]) == ["waiting"]
    assert now_of(meeting).taken == 20


def test_newcomers_queue_behind_a_business_that_needs_more_seats_than_are_free(meeting: Meeting) -> None:
    make.full(meeting)
    actions.give_up(queries.registrations(meeting.id)[0].code)
    large = make.sign_up(meeting, 50, seats=2)
    small = make.sign_up(meeting, 51, seats=1)
    assert now_of(meeting).free == 1
    assert (large.state, small.state, small.line) == ("waiting", "waiting", 2)


def test_the_same_form_sent_twice_is_one_place(meeting: Meeting) -> None:
    first, second = make.sign_up(meeting, 1), make.sign_up(meeting, 1)
    assert first.code == second.code
    assert now_of(meeting).taken == 1
    assert acts().count("signed_up") == 1


def test_another_form_with_the_same_phone_makes_no_second_row_and_tells_nothing(meeting: Meeting) -> None:
    row = make.sign_up(meeting, 1, name="Cơ sở Bí Mật")
    for key in ("another", ""):
        with pytest.raises(rules.AlreadySignedUp) as refused:
            make.sign_up(meeting, 1, request_key=key)
        assert row.code not in refused.value.sentence
        assert "Bí Mật" not in refused.value.sentence
    assert count(SignUp) == 1


def test_the_same_form_with_another_phone_is_another_business(meeting: Meeting) -> None:
    first = make.sign_up(meeting, 1, request_key="one form")
    second = make.sign_up(meeting, 2, request_key="one form")
    assert first.code != second.code


def test_who_gave_up_may_come_back(meeting: Meeting) -> None:
    row = make.sign_up(meeting)
    actions.give_up(row.code)
    again = make.sign_up(meeting)
    assert again.code != row.code
    assert again.state == "seated"


@pytest.mark.parametrize("facts", [{"sign_up_from": timedelta(days=1)}, {"sign_up_until": timedelta(0)}])
def test_outside_its_window_only_an_officer_signs_people_up(meeting: Meeting, facts: dict[str, timedelta]) -> None:
    with transaction() as session:
        for name, ahead in facts.items():
            setattr(session.get_one(Meeting, meeting.id), name, clock.now() + ahead)
    with pytest.raises(Refusal):
        make.sign_up(meeting)
    assert actions.sign_up(meeting.id, make.applicant(), by_officer=True).state == "seated"


def test_nobody_signs_up_for_a_meeting_that_is_proposed_cancelled_or_unknown(meeting: Meeting) -> None:
    proposed = db.session.scalars(sa.select(Meeting).where(Meeting.state == "proposed")).first()
    assert proposed is not None
    schedule.cancel_meeting(meeting.id, "Bão số 9")
    for meeting_id in (proposed.id, meeting.id, 9999):
        with pytest.raises(Refusal):
            actions.sign_up(meeting_id, make.applicant(), by_officer=True)
    assert count(SignUp) == 0


def test_the_database_itself_refuses_to_oversell(meeting: Meeting) -> None:
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(sa.update(Meeting).where(Meeting.id == meeting.id).values(taken=21))
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(sa.update(Meeting).where(Meeting.id == meeting.id).values(taken=-1))


def test_the_database_itself_refuses_a_second_row_of_a_phone_that_did_not_give_up(meeting: Meeting) -> None:
    row = make.sign_up(meeting)
    again = {
        "code": "TB-000-000-000", "meeting_id": meeting.id, "name": "x", "search_key": "x", "contact": "x", "phone": row.phone,
        "seats": 1, "state": "seated", "signed_at": clock.now(), "email": "", "kind": "", "tax_code": "", "request_key": "",
        "locale": "vi", "sequence": 0, "sample": False, "tax_code_doubtful": False,
    }  # fmt: skip
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(sa.insert(SignUp).values(again))
    with transaction() as session:
        session.execute(sa.insert(SignUp).values(again | {"state": "given_up"}))


@pytest.mark.parametrize("broken", ["signed_up", "waiting"])
def test_a_fault_in_the_middle_leaves_nothing_behind(meeting: Meeting, monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    if broken == "waiting":
        make.full(meeting)

    def fail(*_args: Any) -> None:
        raise RuntimeError("power cut")

    before = (now_of(meeting).taken, now_of(meeting).last_line, count(SignUp), count(Message), count(Audit), count(Question))
    monkeypatch.setattr(messages, broken, fail)
    with pytest.raises(RuntimeError):
        make.sign_up(meeting, 77, question="Còn gì không?")
    after = (now_of(meeting).taken, now_of(meeting).last_line, count(SignUp), count(Message), count(Audit), count(Question))
    assert after == before


# -- changes


def test_giving_up_seats_the_head_of_the_line_in_the_same_transaction_and_tells_both(meeting: Meeting) -> None:
    rows = make.full(meeting, waiting=2)
    actions.give_up(rows[0].code)
    gone, head, next_one = row_of(rows[0]), row_of(rows[20]), row_of(rows[21])
    assert (gone.state, head.state, next_one.state) == ("given_up", "seated", "waiting")
    assert queries.ahead_of(next_one) == 0
    assert now_of(meeting).taken == 20
    assert letters(gone) == ["given_up"]
    assert sorted(letters(gone, "withdrawn")) == ["reminder_day", "reminder_week", "signed_up"]
    assert letters(head) == ["promoted", "reminder_week", "reminder_day"]
    assert letters(next_one) == ["waiting"]
    assert acts()[-2:] == ["gave_up", "promoted"]
    assert queries.oversold() == []


def test_giving_up_twice_is_giving_up_once(meeting: Meeting) -> None:
    rows = make.full(meeting, waiting=2)
    actions.give_up(rows[0].code)
    actions.give_up(rows[0].code)
    assert row_of(rows[21]).state == "waiting"
    assert acts().count("gave_up") == 1


def test_the_head_of_the_line_is_not_overtaken(meeting: Meeting) -> None:
    rows = make.full(meeting)
    large, small = make.sign_up(meeting, 50, seats=3), make.sign_up(meeting, 51, seats=1)
    actions.give_up(rows[0].code)
    actions.give_up(rows[1].code)
    assert (row_of(large).state, row_of(small).state) == ("waiting", "waiting")
    assert now_of(meeting).free == 2
    actions.give_up(rows[2].code)
    assert (row_of(large).state, row_of(small).state) == ("seated", "waiting")
    actions.give_up(rows[3].code)
    assert row_of(small).state == "seated"
    assert now_of(meeting).taken == 20


def test_a_head_that_leaves_or_shrinks_lets_the_line_move(meeting: Meeting) -> None:
    rows = make.full(meeting)
    large, middle, small = (make.sign_up(meeting, 50 + n, seats=3 - n) for n in range(3))
    actions.give_up(rows[0].code)
    actions.give_up(large.code)
    assert row_of(middle).state == "waiting"
    actions.change_seats(middle.code, 1)
    assert (row_of(middle).state, row_of(small).state) == ("seated", "waiting")
    assert now_of(meeting).taken == 20


def test_fewer_people_free_seats_for_the_line(meeting: Meeting) -> None:
    rows = make.full(meeting, waiting=2, seats=2)
    actions.change_seats(rows[0].code, 1)
    assert row_of(rows[10]).state == "waiting"
    actions.change_seats(rows[1].code, 1)
    assert (row_of(rows[10]).state, row_of(rows[11]).state) == ("seated", "waiting")
    assert letters(rows[0]) == ["seats_changed", "reminder_week", "reminder_day"]
    assert now_of(meeting).taken == 20


def test_more_people_while_seats_are_free_and_nobody_waits(meeting: Meeting) -> None:
    row = make.sign_up(meeting)
    assert actions.change_seats(row.code, 3).seats == 3
    assert now_of(meeting).taken == 3
    facts = db.session.scalars(sa.select(Message.facts).where(Message.kind == "reminder_day", Message.state == "waiting")).one()
    assert facts["seats"] == 3
    assert facts["event"]["sequence"] == 1


def test_more_people_are_refused_when_seats_are_gone_or_somebody_waits(meeting: Meeting) -> None:
    rows = make.full(meeting)
    with pytest.raises(Conflict):
        actions.change_seats(rows[0].code, 2)
    make.sign_up(meeting, 60, seats=3)
    actions.give_up(rows[1].code)
    with pytest.raises(Conflict):
        actions.change_seats(rows[0].code, 2)
    assert row_of(rows[0]).seats == 1
    assert now_of(meeting).taken == 19


def test_who_waits_may_change_the_number_and_keeps_the_place_in_line(meeting: Meeting) -> None:
    rows = make.full(meeting, waiting=2)
    actions.change_seats(rows[20].code, 3)
    assert (row_of(rows[20]).line, row_of(rows[20]).seats, row_of(rows[20]).state) == (1, 3, "waiting")


@pytest.mark.parametrize("seats", [0, 4, -2])
def test_an_impossible_number_changes_nothing(meeting: Meeting, seats: int) -> None:
    row = make.sign_up(meeting)
    with pytest.raises(Refusal):
        actions.change_seats(row.code, seats)
    assert now_of(meeting).taken == 1


def test_nothing_changes_once_the_meeting_began(meeting: Meeting, travel: time_machine.Traveller) -> None:
    rows = make.full(meeting, waiting=1)
    travel.move_to(meeting.starts_at)
    for act in (actions.give_up, actions.coming, lambda code: actions.change_seats(code, 2)):
        with pytest.raises(Refusal):
            act(rows[0].code)
    assert row_of(rows[20]).state == "waiting"


def test_coming_is_said_once(meeting: Meeting, travel: time_machine.Traveller) -> None:
    row = make.sign_up(meeting)
    first = actions.coming(row.code).coming_at
    travel.shift(3600)
    assert actions.coming(row.code).coming_at == first
    assert acts().count("coming") == 1


def test_who_waits_cannot_say_they_come(meeting: Meeting) -> None:
    with pytest.raises(Refusal):
        actions.coming(make.full(meeting, waiting=1)[20].code)


def test_an_unknown_code(meeting: Meeting) -> None:
    for act in (actions.give_up, actions.coming, lambda code: actions.change_seats(code, 2)):
        with pytest.raises(Refusal):
            act("TB-111-111-111")


# -- messages


def test_without_e_mail_somebody_telephones_when_it_matters(meeting: Meeting) -> None:
    rows = [make.sign_up(meeting, number, email="") for number in range(1, 22)]
    actions.give_up(rows[0].code)
    calls = sa.select(Message.kind).where(Message.channel == "call", Message.about == rows[20].about, Message.state == "waiting")
    assert sorted(db.session.scalars(calls)) == ["promoted", "reminder_day"]


def test_only_an_answer_to_the_person_s_own_act_ignores_the_polite_hours(meeting: Meeting) -> None:
    rows = make.full(meeting, waiting=1)
    actions.change_seats(rows[1].code, 1)
    actions.give_up(rows[0].code)
    schedule.cancel_meeting(meeting.id, "Bão số 9")
    found = db.session.execute(sa.select(Message.kind, Message.polite).distinct()).all()
    assert {kind for kind, polite in found if not polite} == {"signed_up", "waiting", "given_up"}
    assert {kind for kind, polite in found if polite} == {"promoted", "cancelled", "reminder_week", "reminder_day"}


# -- meetings


def test_coming_meetings_are_made_once_and_a_colliding_day_is_only_proposed(meeting: Meeting) -> None:
    found = list(db.session.scalars(sa.select(Meeting).order_by(Meeting.rule_day)))
    assert [(one.rule_day.isoformat(), one.day.isoformat(), one.state, one.collision) for one in found] == [
        ("2026-12-05", "2026-12-05", "open", ""),
        ("2027-01-02", "2027-01-09", "proposed", "long_weekend"),
        ("2027-02-06", "2027-02-13", "proposed", "holiday"),
        ("2027-03-06", "2027-03-06", "open", ""),
        ("2027-04-03", "2027-04-03", "open", ""),
        ("2027-05-01", "2027-05-08", "proposed", "holiday"),
        ("2027-06-05", "2027-06-05", "open", ""),
        ("2027-07-03", "2027-07-03", "open", ""),
    ]
    assert schedule.ensure_meetings() == 0
    assert clock.local(found[0].starts_at).strftime("%H:%M") == "08:00"
    assert clock.local(found[0].questions_until).isoformat()[:16] == "2026-12-01T00:00"


def test_a_month_later_one_more_meeting_is_made(meeting: Meeting, travel: time_machine.Traveller) -> None:
    travel.move_to(datetime.fromisoformat("2026-12-06T09:00+07:00"))
    assert schedule.ensure_meetings() == 1
    assert db.session.scalar(sa.select(sa.func.max(Meeting.rule_day))) == date(2027, 8, 7)


def test_a_meeting_of_today_that_began_is_not_made_after_the_fact(app: Flask, travel: time_machine.Traveller) -> None:
    travel.move_to(datetime.fromisoformat("2026-12-05T09:00+07:00"))
    offices.seed_holidays([2026, 2027])
    make.series()
    schedule.ensure_meetings()
    assert db.session.scalar(sa.select(sa.func.min(Meeting.rule_day))) == date(2027, 1, 2)


def test_a_year_whose_holidays_nobody_entered_waits_for_an_officer(app: Flask, travel: Any) -> None:
    offices.seed_holidays([2026])
    make.series()
    schedule.ensure_meetings()
    found = db.session.execute(sa.select(Meeting.day, Meeting.state, Meeting.collision).order_by(Meeting.day)).all()
    assert found[0] == (date(2026, 12, 5), "open", "")
    assert found[1] == (date(2027, 1, 2), "proposed", "unknown")
    assert schedule.accept_proposal(2, date(2027, 1, 2)).state == "open"


def proposed() -> Meeting:
    return db.session.scalars(sa.select(Meeting).where(Meeting.rule_day == make.AFTER_NEW_YEAR)).one()


def test_an_officer_accepts_the_proposed_day(meeting: Meeting) -> None:
    schedule.accept_proposal(proposed().id, date(2027, 1, 9))
    schedule.accept_proposal(proposed().id, date(2027, 1, 9))
    made = now_of(proposed())
    assert (made.state, made.day) == ("open", date(2027, 1, 9))
    assert acts().count("meeting_accepted") == 1
    with pytest.raises(Conflict):
        schedule.accept_proposal(made.id, date(2027, 1, 16))


def test_an_officer_chooses_another_day_and_everything_follows(meeting: Meeting) -> None:
    made = schedule.accept_proposal(proposed().id, date(2027, 1, 16))
    assert made.day == date(2027, 1, 16)
    assert clock.local(made.starts_at).isoformat()[:16] == "2027-01-16T08:00"
    assert made.sign_up_until == made.starts_at - timedelta(hours=12)
    assert made.sign_up_from == clock.midnight(date(2026, 12, 2))


@pytest.mark.parametrize(
    "day",
    [
        date(2027, 1, 1),  # a holiday
        date(2027, 1, 2),  # its long weekend
        date(2026, 11, 20),  # past
        date(2026, 12, 5),  # another meeting's
        date(2027, 2, 6),  # Tet
        date(2028, 1, 8),  # a year away
        date(1, 1, 1),
    ],
)
def test_a_chosen_day_is_checked_too(meeting: Meeting, day: date) -> None:
    with pytest.raises(Refusal) as refused:
        schedule.accept_proposal(proposed().id, day)
    assert refused.value.field == "day"
    assert now_of(proposed()).state == "proposed"


def test_a_make_up_working_day_is_no_day_for_a_meeting(meeting: Meeting) -> None:
    with transaction() as session:
        session.add(Holiday(day=date(2027, 1, 9), name="Ngày làm bù", works=True))
        offices.changed(session)
    with pytest.raises(Refusal, match="làm bù"):
        schedule.accept_proposal(proposed().id, date(2027, 1, 9))


def test_calling_a_meeting_off_tells_everybody_who_holds_or_awaits_a_place(meeting: Meeting) -> None:
    rows = make.full(meeting, waiting=1)
    actions.give_up(rows[1].code)
    schedule.cancel_meeting(meeting.id, "Bão số 9")
    schedule.cancel_meeting(meeting.id, "Lần hai")
    off = now_of(meeting)
    assert (off.state, off.cancel_reason, off.sequence) == ("cancelled", "Bão số 9", 1)
    assert letters(rows[0]) == letters(rows[20]) == ["cancelled"]
    assert letters(rows[1]) == ["given_up"]
    facts = db.session.scalars(sa.select(Message.facts).where(Message.kind == "cancelled")).first()
    assert facts is not None
    assert facts["event"]["cancelled"] is True
    assert facts["reason"] == "Bão số 9"


def test_a_meeting_is_called_off_only_with_a_reason(meeting: Meeting) -> None:
    with pytest.raises(Refusal):
        schedule.cancel_meeting(meeting.id, "")
    assert now_of(meeting).state == "open"


def test_the_calendar_event_keeps_its_uid_and_its_sequence_grows(meeting: Meeting) -> None:
    row = make.sign_up(meeting)
    actions.change_seats(row.code, 2)
    actions.give_up(row.code)
    found = db.session.scalars(sa.select(Message).where(Message.about == row.about).order_by(Message.id)).all()
    events = [one.facts["event"] for one in found if one.kind in {"signed_up", "seats_changed", "given_up"}]
    assert len({event["uid"] for event in events}) == 1
    assert [event["sequence"] for event in events] == [0, 1, 2]
    assert [event["cancelled"] for event in events] == [False, False, True]


def test_why_reads_as_a_sentence(app: Flask) -> None:
    for kind in ("holiday", "long_weekend", "worked", "busy", "unknown"):
        sentence = days.why(days.Collision(kind, "Tết"))
        assert sentence.endswith(".")
        assert "%" not in sentence
