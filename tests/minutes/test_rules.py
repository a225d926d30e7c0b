"""Who may read what, what must stand in minutes, how two texts become one: no database, no clock."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.meetings import days
from app.meetings.models import Meeting, Question
from app.minutes import rules
from app.minutes.models import MinuteItem, MinutePromise
from app.minutes.rules import Dealt, Entry
from app.promises.models import Promise
from app.refusal import Refusal
from app.text import joined

CALENDAR = days.Calendar({date(2027, 1, 1): "Tết Dương lịch", date(2026, 12, 9): "Ngày nghỉ"}, {date(2026, 12, 12): "làm bù"})
SATURDAY = date(2026, 12, 5)
NOON = datetime(2026, 12, 5, 5, tzinfo=UTC)


def question(number: int = 1, openness: str = "hidden", **facts: object) -> Question:
    known = {
        "id": number,
        "openness": openness,
        "text": f"Câu {number}",
        "public_text": "",
        "name": f"Cơ sở {number}",
        "answer": "",
    }
    return Question(**(known | {"shown_at": None if openness == "private" else NOON} | facts))


def entry(*questions: Question, promises: tuple[MinutePromise, ...] = (), **facts: object) -> Entry:
    known = {"id": 1, "kind": "business", "title": "Thuế", "said": "", "outcome": "spot", "forwarded_to": ""}
    return Entry(MinuteItem(**(known | facts)), tuple(Dealt(one) for one in questions), promises)


def line(**facts: object) -> MinutePromise:
    return MinutePromise(**({"what": "Gửi hướng dẫn", "unit_id": 1, "due_on": date(2026, 12, 10), "withdrawn": False} | facts))


def meeting(**facts: object) -> Meeting:
    return Meeting(**({"day": SATURDAY, "state": "open", "starts_at": NOON - timedelta(hours=4), "ends_at": NOON} | facts))


def said(*entries: Entry) -> list[str]:
    return [one.sentence for one in rules.problems(entries, meeting(), CALENDAR, SATURDAY)]


# -- who may read what


def test_an_item_is_private_when_all_its_questions_are() -> None:
    assert entry(question(openness="private")).private
    assert not entry(question(openness="private"), question(2)).private
    assert not entry().private


@pytest.mark.parametrize(
    ("role", "reads", "writes"),
    [("leader", True, True), ("secretary", False, True), ("admin", False, True), ("counter", False, False)],
)
def test_what_was_said_in_private_is_for_the_leader(role: str, reads: bool, writes: bool) -> None:
    private = entry(question(openness="private"))
    assert (rules.may_read_said(private, role), rules.may_write(private, role)) == (reads, writes)
    assert rules.may_read_said(entry(question()), role)
    assert rules.may_write(entry(question()), role) == (role in {"secretary", "admin"})


def test_the_room_sees_nothing_of_private_questions() -> None:
    private = question(3, "private")
    mixed = entry(question(1), private, promises=(line(question=private), line(question=None)))
    (shown,) = rules.in_room([mixed, entry(private), entry(kind="break", outcome="")])
    assert [one.question.id for one in shown.questions] == [1]
    assert [one.question for one in shown.promises] == [None]


def test_a_promise_the_ledger_keeps_to_itself_is_kept_here_too() -> None:
    hidden = line(question=None, promise=Promise(public=False))
    assert rules.in_room([entry(question(), promises=(hidden,))])[0].promises == ()


def test_the_public_reads_only_what_officers_have_put_there() -> None:
    (shown,) = rules.public(
        [entry(question(1), question(2, shown_at=None), question(3, withdrawn_at=NOON), question(4, merged_into_id=1))]
    )
    assert [one.question.id for one in shown.questions] == [1]


def test_names_by_the_askers_choice() -> None:
    assert [Dealt(question(openness=kind)).name for kind in ("named", "hidden", "private")] == ["Cơ sở 1", "", ""]


@pytest.mark.parametrize(("facts", "shown"), [({}, False), ({"said": "Chào"}, True), ({"outcome": "noted"}, True)])
def test_an_opening_of_which_nothing_is_told_is_left_out(facts: dict[str, str], shown: bool) -> None:
    assert bool(rules.public([entry(kind="office", **({"outcome": ""} | facts))])) is shown


# -- what must stand in them


def test_complete_minutes_lack_nothing() -> None:
    assert said(entry(question(), promises=(line(),)), entry(kind="office", outcome=""), entry(kind="break", outcome="")) == []


@pytest.mark.parametrize(
    ("one", "sentence"),
    [
        (entry(outcome=""), "Mục “Thuế”: chọn kết quả."),
        (entry(question(), kind="office", outcome=""), "Mục “Thuế”: chọn kết quả."),
        (entry(outcome="beyond"), "Mục “Thuế”: ghi nơi đã chuyển."),
        (entry(promises=(line(unit_id=None),)), "Lời hẹn “Gửi hướng dẫn”: chọn đơn vị."),
        (entry(promises=(line(due_on=None),)), "Lời hẹn “Gửi hướng dẫn”: chọn ngày."),
        (entry(promises=(line(due_on=date(2026, 12, 4)),)), "Ngày hẹn phải từ ngày họp 05/12 trở đi."),
        (entry(promises=(line(due_on=date(2026, 12, 9)),)), "không phải ngày làm việc."),
    ],
)
def test_what_is_missing_is_said(one: Entry, sentence: str) -> None:
    (found,) = said(one)
    assert sentence in found


def test_minutes_without_items_are_none() -> None:
    assert said() == ["Biên bản chưa có mục nào."]


def test_questions_with_outcomes_of_their_own_need_none_of_the_item() -> None:
    own = Entry(
        MinuteItem(id=1, kind="business", title="x", outcome="", said=""),
        (Dealt(question(1), "spot"), Dealt(question(2), "noted")),
    )
    assert said(own) == []
    assert said(Entry(own.item, (*own.questions, Dealt(question(3))))) == ["Mục “x”: chọn kết quả."]


def test_a_make_up_saturday_is_a_working_day() -> None:
    assert rules.bad_day(date(2026, 12, 12), SATURDAY, CALENDAR) == ""
    assert rules.bad_day(SATURDAY, SATURDAY, CALENDAR) != ""


@pytest.mark.parametrize(
    ("facts", "day", "fine"),
    [({}, date(2026, 12, 11), True), ({}, date(2026, 12, 10), False), ({"done_on": SATURDAY}, date(2026, 12, 11), False),
     ({"withdrawn_on": SATURDAY}, date(2026, 12, 11), False), ({}, date(2026, 12, 13), False),
     ({"waiting_since": SATURDAY}, date(2026, 12, 11), False), ({"due": date(2026, 12, 1)}, date(2026, 12, 4), False)],
)  # fmt: skip
def test_only_an_open_promise_is_put_off_and_only_to_a_later_working_day(facts: dict[str, date], day: date, fine: bool) -> None:
    promise = Promise(**({"id": 4, "due": date(2026, 12, 10), "made_on": SATURDAY} | facts))
    assert (rules.cannot_put_off(promise, day, CALENDAR, SATURDAY) == "") is fine


@pytest.mark.parametrize(
    ("facts", "how"),
    [({}, "open"), ({"due": date(2026, 12, 1)}, "late"), ({"waiting_since": SATURDAY}, "waiting"),
     ({"done_on": date(2026, 12, 10)}, "done"),
     ({"done_on": date(2026, 12, 11)}, "done_late"), ({"withdrawn_on": SATURDAY, "done_on": SATURDAY}, "withdrawn")],
)  # fmt: skip
def test_standing(facts: dict[str, date], how: str) -> None:
    assert rules.standing(Promise(**({"due": date(2026, 12, 10)} | facts)), SATURDAY) == how


# -- when


def test_minutes_are_due_three_working_days_after() -> None:
    assert days.minutes_due(SATURDAY, CALENDAR) == date(2026, 12, 10)  # the Wednesday is a day off
    late = [days.minutes_late(SATURDAY, date(2026, 12, day), CALENDAR) for day in range(8, 16)]
    assert late == [0, 0, 0, 1, 2, 2, 3, 4]  # the Saturday is worked, the Sunday is not


@given(st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.integers(0, 60))
def test_days_after_and_days_between_agree(first: date, count: int) -> None:
    last = days.working_days_after(first, count, CALENDAR)
    assert days.working_days_between(first, last, CALENDAR) == count
    assert count == 0 or not CALENDAR.is_off(last)
    assert days.next_working_day(last, CALENDAR) >= last


@pytest.mark.parametrize(("at", "fine"), [(time(23, 59), False), (time(0), True)])
def test_minutes_begin_the_day_before(at: time, fine: bool) -> None:
    now = datetime.combine(date(2026, 12, 3 if at.hour else 4), at, UTC) - timedelta(hours=7)
    if fine:
        rules.check_begin(meeting(), now)
    else:
        with pytest.raises(Refusal):
            rules.check_begin(meeting(), now)


# -- words

TEXT = st.lists(st.text("abc", min_size=1, max_size=2), max_size=6)


@given(TEXT, TEXT, TEXT)
def test_nothing_either_wrote_is_lost(base: list[str], theirs: list[str], mine: list[str]) -> None:
    first, second = "\n".join([*base, *theirs]), "\n".join([*base, *mine])
    both = joined(first, second).splitlines()
    assert set(both) == set(first.splitlines()) | set(second.splitlines())
    assert len(both) <= len(first.splitlines()) + len(second.splitlines())


def test_common_lines_stand_once_and_in_order() -> None:
    assert joined("Một\nHai\nBa", "Một\nHai rưỡi\nBa\nBốn") == "Một\nHai\nHai rưỡi\nBa\nBốn"
    assert joined("Một", "Một") == "Một"


def test_answers_given_before_begin_the_text_and_fit_the_column() -> None:
    answered = [question(1, answer="Có.", answer_unit_id=5), question(2), question(3, answer="Không.")]
    assert rules.answers_before(answered, {5: "Chi cục Thuế"}) == "Chi cục Thuế: Có.\nKhông."
    assert len(rules.answers_before([question(n, answer="x" * 900) for n in range(9)], {})) <= 4000


@pytest.mark.parametrize(("number", "symbol"), [("12/TB-UBND", "/BB-UBND"), ("", "/BB"), ("12", "/BB")])
def test_the_minutes_take_their_symbol_from_the_notice(number: str, symbol: str) -> None:
    assert rules.minutes_symbol(number) == symbol
