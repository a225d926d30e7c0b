"""Who the field at the door means, who gets a chair and whose is handed on, how far behind a meeting is."""

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app import codes
from app.attendance import course, finding, forms, rules
from app.meetings.models import AgendaItem, Meeting, Question, SignUp
from app.refusal import Refusal
from app.text import fold, national
from tests.attendance.make import DAY, at

CODE = "TB-482-716-307"


@pytest.fixture(autouse=True)
def _language(app: Flask) -> None:
    """Sentences are made in somebody's language."""


def meeting(**facts: Any) -> Meeting:
    known: dict[str, Any] = {
        "day": DAY, "state": "open", "capacity": 4, "taken": 0, "last_line": 9, "starts_at": at(8), "ends_at": at(11),
        "attendance_closed_at": None,
    }  # fmt: skip
    return Meeting(**(known | facts))


def place(number: int, state: str = "seated", here: datetime | None = None, **facts: Any) -> SignUp:
    known: dict[str, Any] = {
        "id": number, "code": codes.new("TB"), "name": f"Cơ sở {number}", "state": state, "seats": 1, "line": None,
        "phone": f"+84912{number:06d}", "tax_code": "", "arrived_at": here, "arrival_recorded_at": here, "came": 1 if here else 0,
        "signed_at": at(8) - timedelta(days=9), "seated_at": None, "coming_at": None, "reserved_until": None,
    }  # fmt: skip
    row = SignUp(**(known | facts))
    row.search_key = fold(" ".join((row.name, national(row.phone), row.tax_code, row.code)))
    return row


# -- the field


ROWS = [
    place(1, code=CODE, name="Cơ sở xay xát Phước Lợi", tax_code="1800278630"),
    place(2, name="Tiệm may Hồng Thắm", phone="+84907111222"),
    place(3, name="Tiệm may Hồng Phước"),
    place(4, "given_up", name="Lò gạch Tư Hiếm", phone="+84987654321"),
]


@pytest.mark.parametrize(
    "typed",
    [
        CODE, CODE.lower(), CODE.replace("-", ""), CODE.replace("-", " "), CODE[3:].replace("-", ""), f"https://hen.example/cho/{CODE}",
        f"https://hen.example/en/cho/{CODE}?t=abc.def", f"HTTPS://HEN.EXAMPLE/CHO/{CODE}", f"]Q1https://hen.example/cho/{CODE}/",
        "1800278630", "18 0027 8630", "0912 000 001", "0912000001", "+84 912 000 001", "84912000001", "phuoc loi", "PHƯỚC LỢI",
        "lợi xay", "000001",
    ],
)  # fmt: skip
def test_the_field_takes_anything_that_names_one_business(typed: str) -> None:
    found = finding.find(ROWS, finding.read(typed))
    assert (found.kind, found.row.id) == ("one", 1)


def test_several_none_given_up_and_nothing() -> None:
    assert [row.id for row in finding.find(ROWS, "phuoc").rows] == [1, 3]
    assert finding.find(ROWS, "phuoc").kind == "several"
    assert finding.find(ROWS, "tu hiem").kind == "given_up"
    for typed in ("không có ai", "0999 999 999", "12", "%", "_", codes.new("TB")):
        assert finding.find(ROWS, typed).kind == "none", typed
    assert finding.find(ROWS, "").kind == ""
    assert finding.find(ROWS, "Z").kind == "undo"


def test_a_long_list_is_cut_and_says_so() -> None:
    found = finding.find([place(number, name="Sạp vải") for number in range(1, 21)], "sap vai")
    assert (len(found.rows), found.more) == (finding.SHOWN, 20 - finding.SHOWN)


def test_a_wrong_digit_is_named_before_anything_is_looked_up() -> None:
    wrong = CODE[:-1] + ("1" if CODE[-1] != "1" else "2")
    assert "gõ sai một số" in finding.find(ROWS, wrong).fault


def test_what_was_looked_for_in_vain_is_not_typed_twice() -> None:
    assert (finding.find(ROWS, "0999 999 999").phone, finding.find(ROWS, "0999 999 999").name) == ("0999 999 999", "")
    assert (finding.find(ROWS, "Sạp cá Năm").phone, finding.find(ROWS, "Sạp cá Năm").name) == ("", "Sạp cá Năm")
    for code in ("TB-912-345-671", "TB-002-560-273"):  # the second's digits begin like a telephone number's
        nobody = finding.find(ROWS, code)
        assert (nobody.phone, nobody.name) == ("", "")


@given(st.text(max_size=400))
def test_whatever_is_typed_is_an_answer(typed: str) -> None:
    found = finding.find(ROWS, finding.read(typed))
    assert found.kind in {"", "undo", "one", "several", "given_up", "none"}
    assert (found.kind in {"one", "several"}) == bool(found.rows) or found.kind == "given_up"


# -- the door


@pytest.mark.parametrize(
    ("now", "facts", "door"),
    [
        (at(23) - timedelta(days=1), {}, "early"), (at(0), {}, "open"), (at(10, 59), {}, "open"), (at(11), {}, "over"),
        (at(9), {"state": "cancelled"}, "off"), (at(9), {"state": "proposed"}, "off"),
        (at(12), {"attendance_closed_at": at(12)}, "closed"),
    ],
)  # fmt: skip
def test_when_the_door_is_open(now: datetime, facts: dict[str, Any], door: str) -> None:
    here = meeting(**facts)
    assert rules.door(here, now) == door
    if door == "open":
        rules.check_door(here, now)
    else:
        with pytest.raises(Refusal):
            rules.check_door(here, now)


def test_paper_is_entered_when_the_meeting_is_over_and_after_it_was_closed_too() -> None:
    with pytest.raises(Refusal):
        rules.check_paper(meeting(), at(10, 59))
    rules.check_paper(meeting(), at(11))
    rules.check_paper(meeting(attendance_closed_at=at(12)), at(13))
    with pytest.raises(Refusal):
        rules.check_paper(meeting(state="cancelled"), at(13))


def test_the_true_time_of_the_paper() -> None:
    row = place(1, here=at(7, 52) + timedelta(seconds=17))
    assert rules.moment(meeting(), None) == at(8)
    assert rules.moment(meeting(), None, row) == rules.moment(meeting(), time(7, 52), row) == row.arrived_at
    assert rules.moment(meeting(), time(8, 5), row) == at(8, 5)
    for late, known in ((time(11, 1), row), (time(23), None)):
        with pytest.raises(Refusal):
            rules.moment(meeting(), late, known)
    with pytest.raises(Refusal, match="trước lúc đăng ký"):
        rules.moment(meeting(), time(6), place(1, signed_at=at(7)))


# -- chairs


def seated(rows: list[SignUp], now: datetime, **facts: Any) -> tuple[list[int], list[int]]:
    plan = rules.seating(meeting(**facts), rows, now)
    return [row.id for row in plan.seated], [row.id for row in plan.handed_on]


def waiting(number: int, line: int, here: datetime | None = at(7, 50), **facts: Any) -> SignUp:  # noqa: B008
    return place(number, "waiting", here, line=line, **facts)


def test_before_the_beginning_only_free_chairs_strictly_along_the_line() -> None:
    line = [waiting(1, 1, None, seats=2), waiting(2, 2)]
    assert seated(line, at(7, 59), taken=3) == ([], [])  # the head is at home and needs two: nobody overtakes it
    assert seated(line, at(8), taken=3) == ([2], [])  # from the beginning who is not here is passed over
    assert seated([waiting(3, 5), waiting(4, 4)], at(7, 55), taken=3) == ([4], [])


def test_seats_of_the_absent_are_kept_ten_minutes_and_then_handed_on_no_more_than_needed() -> None:
    rows = [place(1), place(2, seats=2), place(3, here=at(7, 50)), waiting(8, 1), waiting(9, 2, came=1)]
    assert seated(rows, at(8, 9), taken=4) == ([], [])
    assert seated(rows, at(8, 10), taken=4) == ([8, 9], [2])  # the youngest first: its two seats are enough
    assert seated(rows, at(8, 10), taken=3) == ([8, 9], [2])
    assert seated(rows, at(8, 10), taken=2) == ([8, 9], [])


def test_whose_seat_goes_first() -> None:
    rows = [
        place(1), place(2, coming_at=at(7)), place(3), place(4, "reserved", reserved_until=at(8)),
        *(waiting(number, number) for number in (11, 12, 13, 14, 15)),
    ]  # fmt: skip
    assert seated(rows, at(8, 15), taken=4) == ([11, 12, 13, 14], [4, 3, 1, 2])
    assert seated([*rows[:4], waiting(11, 1, seats=5)], at(8, 15), taken=4) == ([], [])  # not enough: nobody loses a seat


def test_those_who_stand_get_chairs_in_their_turn() -> None:
    rows = [place(1), place(2, "standing", at(7, 50), line=1), waiting(3, 2)]
    assert seated(rows, at(8, 20), taken=4) == ([2], [1])


@given(
    st.lists(
        st.tuples(st.sampled_from(["seated", "waiting", "standing", "reserved"]), st.integers(1, 3), st.booleans()), max_size=12
    ),
    st.integers(-30, 60),
)
def test_never_more_chairs_than_there_are(facts: list[tuple[str, int, bool]], minutes: int) -> None:
    rows, taken = [], 0
    for number, (state, seats, here) in enumerate(facts, 1):
        if state in {"seated", "reserved"} and taken + seats > 10:
            continue
        taken += seats if state in {"seated", "reserved"} else 0
        came = at(7, 40) if (here and state != "reserved") or state == "standing" else None
        rows.append(place(number, state, came, seats=seats, line=number, reserved_until=at(8)))
    plan = rules.seating(meeting(capacity=10, taken=taken), rows, at(8) + timedelta(minutes=minutes))
    after = taken - sum(row.seats for row in plan.handed_on) + sum(row.seats for row in plan.seated)
    assert 0 <= after <= 10
    assert all(row.arrived_at is not None for row in plan.seated)
    assert all(row.arrived_at is None for row in plan.handed_on)
    assert minutes >= 10 or not plan.handed_on
    line = [row for row in rows if row.state in {"waiting", "standing"} and row.arrived_at is not None]
    assert list(plan.seated) == line[: len(plan.seated)]  # nobody is overtaken


def test_would_they_sit() -> None:
    full, free = meeting(taken=4), meeting(taken=3)
    rows = [place(1), waiting(2, 1, None)]
    assert rules.would_sit(full, rows, 1, at(7, 50), rows[0])
    assert not rules.would_sit(full, rows, 1, at(7, 50), rows[1])
    assert rules.would_sit(free, rows, 1, at(7, 50), rows[1])
    assert not rules.would_sit(free, rows, 1, at(7, 50))  # a walk-in stands behind the line
    assert rules.would_sit(free, rows, 1, at(8, 1))
    assert rules.would_sit(full, rows, 1, at(8, 10))


def test_taking_back_knows_what_arriving_had_brought() -> None:
    come, before = at(7, 50), at(6) - timedelta(days=3)
    assert rules.undone(place(1, here=come)) == "seated"
    assert rules.undone(place(1, here=come, line=3, seated_at=before)) == "seated"  # promoted days ago
    assert rules.undone(place(1, here=come, line=3, seated_at=come)) == "waiting"
    assert rules.undone(place(1, "standing", come, line=3)) == "waiting"
    assert rules.undone(place(1, here=come, seated_at=come, reserved_until=at(8))) == "reserved"
    assert rules.undone(place(1, here=come, line=3, seated_at=come, signed_at=come)) == "given_up"


def test_counts_are_of_people() -> None:
    rows = [
        place(1, seats=2, here=at(7, 50), came=3), place(2, seats=2), place(3, "reserved"), waiting(4, 1), waiting(5, 2, None),
        place(6, "standing", at(8), line=3, came=2),
    ]  # fmt: skip
    found = rules.counts(rows)
    assert (found.expected, found.came, found.still, found.standing, found.at_door) == (5, 6, 3, 3, 1)


@pytest.mark.parametrize(("typed", "read"), [("8:05", time(8, 5)), ("08h05", time(8, 5)), ("8.5", None), ("", None)])
def test_times_as_people_write_them(typed: str, read: time | None) -> None:
    if typed == "8.5":
        with pytest.raises(Refusal):
            forms.read_time(typed)
    else:
        assert forms.read_time(typed) == read


# -- the running agenda


def item(number: int, minutes: int = 20, begun: datetime | None = None, ended: datetime | None = None) -> AgendaItem:
    return AgendaItem(
        id=number, position=number, title=f"Mục {number}", kind="business", minutes=minutes, begun_at=begun, ended_at=ended
    )  # fmt: skip


def test_before_on_between_and_done() -> None:
    here = meeting()
    assert course.course(here, [], at(8)).state == "empty"
    before = course.course(here, [item(1), item(2)], at(7, 55))
    assert (before.state, before.seen, before.behind, before.following.item.id) == ("before", "before", 0, 1)
    assert course.course(here, [item(1)], at(8, 7)).behind == 7
    on = course.course(here, [item(1, begun=at(8, 4)), item(2)], at(8, 14))
    assert (on.state, on.seen, on.used, on.left, on.behind) == ("on", "1", 10, 10, 4)
    assert on.following.expected_at == at(8, 24)
    assert on.ends_at == at(8, 44)
    gap = course.course(here, [item(1, begun=at(8), ended=at(8, 20)), item(2)], at(8, 25))
    assert (gap.state, gap.behind) == ("between", 5)
    done = course.course(here, [item(1, begun=at(8), ended=at(8, 15))], at(9))
    assert (done.state, done.behind, done.following) == ("done", -5, None)


def test_too_long_pushes_everything_and_early_pulls_it() -> None:
    over = course.course(meeting(), [item(1, begun=at(8)), item(2)], at(8, 27))
    assert (over.left, over.behind, over.following.expected_at) == (-7, 7, at(8, 27))
    early = course.course(meeting(), [item(1, begun=at(8), ended=at(8, 12)), item(2, begun=at(8, 12)), item(3)], at(8, 15))
    assert (early.behind, early.following.expected_at) == (-8, at(8, 32))


def test_a_name_stays_hidden_and_a_private_question_with_the_leader() -> None:
    facts: dict[str, Any] = {"agenda_item_id": 1, "public_text": "", "name": "Lò gạch Tư Hiếm"}
    here = place(1, here=at(7, 50))
    asked = [
        Question(text="Tên được nêu", openness="named", sign_up=here, **facts),
        Question(text="Tên được giấu", openness="hidden", sign_up=here, **facts),
        Question(text="Chỉ lãnh đạo", openness="private", sign_up=None, **facts),
        Question(text="Mục khác", openness="named", sign_up=None, **(facts | {"agenda_item_id": 2})),
    ]
    leader, more = course.asked_under(item(1), asked, "leader")
    assert [(one.text, one.name, one.here, one.private) for one in leader] == [
        ("Tên được nêu", "Lò gạch Tư Hiếm", True, False), ("Tên được giấu", "", True, False), ("Chỉ lãnh đạo", "", False, True),
    ]  # fmt: skip
    assert more == 0
    secretary, more = course.asked_under(item(1), asked, "secretary")
    assert ([one.text for one in secretary], more) == (["Tên được nêu", "Tên được giấu"], 1)
    assert course.asked_under(None, asked, "leader") == ((), 0)
