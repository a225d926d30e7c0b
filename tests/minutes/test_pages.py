"""The public minutes: before, in force, earlier versions; names and private matters; few queries."""

import pytest
import time_machine
from flask import Flask

from app.db import transaction
from app.meetings import schedule
from app.meetings.models import Question
from app.minutes import actions, publishing
from app.outbox import rendering
from app.promises.models import Promise
from tests import make as house
from tests.minutes import make
from tests.minutes.make import Held
from tests.minutes.test_actions import letters
from tests.page import Client, count_queries

# Nobody but the askers themselves, the leader and those who write back may find these anywhere.
SECRET = ("Tiệm Giấu Tên", "Lò Gộp", "Quán Kín Đáo", "Bị cán bộ đòi tiền", "đòi tiền", "Xem lại một vụ việc", "Gặp riêng",
          "Người Hỏi", "+84913", "0913", "hoi1@", "hoi2@")  # fmt: skip


def text(client: Client) -> str:
    return client.last.get_data(as_text=True).replace("\xa0", " ")


def test_before_they_are_published_the_page_says_when(client: Client, held: Held, travel: time_machine.Traveller) -> None:
    travel.move_to(make.BEFORE)
    assert client.get(make.PAGE).status_code == 200
    assert "Biên bản có trước thứ Tư 09/12/2026." in text(client)
    assert "chưa diễn ra" in text(client)
    travel.move_to(make.AFTER)
    make.ready(held)  # a draft changes nothing
    client.get(make.PAGE)
    assert "Biên bản có trước thứ Tư 09/12/2026." in text(client)
    assert "chưa diễn ra" not in text(client)
    assert "Chi cục Thuế giải thích" not in text(client)
    travel.move_to(house.local("2026-12-10T08:00"))
    client.get(make.PAGE)
    assert "lẽ ra có trước thứ Tư 09/12/2026, nay chưa có" in text(client)


def test_a_cancelled_meeting_has_none(client: Client, held: Held, travel: time_machine.Traveller) -> None:
    travel.move_to(make.BEFORE)
    schedule.cancel_meeting(held.meeting.id, "Bão số 9")
    client.get(make.PAGE)
    assert "đã huỷ nên không có biên bản" in text(client)


@pytest.mark.parametrize("day", ["2026-12-12", "2027-01-09", "hom-nay", "20261205"])
def test_other_days_are_not_found(client: Client, held: Held, day: str) -> None:
    assert client.get(f"/thu-bay/{day}/bien-ban").status_code == 404


def test_what_was_said_promised_and_by_when(client: Client, held: Held) -> None:
    make.published(held)
    assert client.get(make.PAGE).status_code == 200
    for words in (
        "Thuế và tiền thuê đất", "Sổ thuế cũ tính sao?", "Xay xát Phước Lợi", "Tiền thuê đất có giảm không?",
        "Trả lời tại chỗ", "Chi cục Thuế giải thích cách chuyển sổ.", "Gửi hướng dẫn quyết toán",
        "lời hẹn số 1", "Hẹn thứ Sáu 18/12/2026", "đang làm",
    ):  # fmt: skip
        assert words in text(client), words


@pytest.mark.parametrize("path", [make.PAGE, f"/en{make.PAGE}", f"{make.PAGE}?ban=1"])
def test_a_hidden_name_and_private_matters_are_nowhere_in_the_source(client: Client, held: Held, path: str) -> None:
    make.published(held)
    publishing.amend(held.meeting.id, "Sót một ý")
    make.publish(held)
    assert client.get(path).status_code == 200
    assert [word for word in SECRET if word in client.last.get_data(as_text=True)] == []


def test_letters_to_others_hold_no_secrets(held: Held, travel: time_machine.Traveller) -> None:
    travel.move_to(make.BEFORE)
    make.came(held.meeting, 1)
    travel.move_to(make.AFTER)
    make.published(held)
    own = {f"hoi{number}@example.vn" for number in (1, 2, 3, 4)}
    for letter in letters("concluded") + letters("minutes"):
        said = " ".join(rendering.letter(letter.template, letter.kind, letter.facts, letter.locale))
        others = [word for word in SECRET if not (letter.recipient in own and word == "Người Hỏi")]
        assert [word for word in others if word in said] == [], letter.recipient


def test_a_question_taken_off_the_public_page_leaves_the_minutes(client: Client, held: Held) -> None:
    make.published(held)
    with transaction() as session:
        session.get_one(Question, held.asked["named"].id).shown_at = None
    client.get(make.PAGE)
    assert "Sổ thuế cũ tính sao?" not in text(client)
    assert "Xay xát" not in text(client)


def test_versions_are_linked_both_ways(client: Client, held: Held) -> None:
    make.published(held)
    publishing.amend(held.meeting.id, "Ghi sai ngày")
    entry = make.entries(held)["tax"]
    later = make.date(2026, 12, 22)
    make.write(entry, actions.Line(str(entry.promises[0].id), put_off_to=later, change_why="Chờ mẫu mới"), said="Bản mới.")
    make.publish(held)
    client.get(make.PAGE)
    for words in ("Bản này sửa bản trước", "Ghi sai ngày", "Bản mới.", "lùi đến thứ Ba 22/12/2026", "Chờ mẫu mới", "?ban=1"):
        assert words in text(client), words
    client.get(f"{make.PAGE}?ban=1")
    assert "Đây là bản cũ" in text(client)
    assert "Chi cục Thuế giải thích" in text(client)
    assert 'content="noindex"' in text(client)
    for wanted in ("3", "0", "x", "١"):
        assert client.get(f"{make.PAGE}?ban={wanted}").status_code == 404


def test_how_a_promise_stands_today(client: Client, held: Held, travel: time_machine.Traveller) -> None:
    make.published(held)
    travel.move_to(house.local("2026-12-19T08:00"))
    client.get(make.PAGE)
    assert text(client).count("trễ hẹn") == 2
    with transaction() as session:
        promise = session.get_one(Promise, 1)
        promise.done_on, promise.done_recorded_at = make.FRIDAY, make.AFTER
    client.get(make.PAGE)
    assert "xong đúng hẹn" in text(client)


def test_three_queries_with_two_hundred_questions_and_three_hundred_promises(app: Flask, client: Client, held: Held) -> None:
    crowd(held)
    client.get(make.PAGE)
    with count_queries() as seen:
        client.get(make.PAGE)
    assert len(seen) <= 3
    assert text(client).count("lời hẹn số") == 300


def crowd(held: Held, publish: bool = True) -> None:
    """Two hundred questions and three hundred promises in one meeting."""
    with transaction() as session:
        session.add_all(
            Question(
                code=f"CH-{n:03d}-000-000", meeting_id=held.meeting.id, agenda_item_id=held.items["tax"].id, text=f"Câu {n}",
                name="x", contact="x", phone=f"+8491400{n:04d}", filed_at=make.BEFORE, shown_at=make.BEFORE, openness="named",
            )
            for n in range(196)
        )  # fmt: skip
    actions.begin(held.meeting.id)
    entry = make.entries(held)["tax"]
    make.write(entry, *(make.line(held, f"moi{n}", what=f"Việc {n}") for n in range(300)), outcome="spot")
    make.write(make.entries(held)["private"], outcome="noted")
    if publish:
        make.publish(held)
