"""The officers' pages: from the programme to published minutes through forms, two writers at once, roles, prints, queries."""

from datetime import date

import pytest
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from app.minutes import actions, arranging, publishing, queries
from app.refusal import Conflict
from tests import make as house
from tests.minutes import make
from tests.minutes.make import STAFF, Held
from tests.minutes.test_actions import acts, promises
from tests.minutes.test_pages import SECRET, crowd
from tests.page import Client, count_queries, page

PATHS = ("", "/in", "/thong-bao")


@pytest.fixture
def office(app: Flask, held: Held) -> Client:
    return browser(app, "secretary")


def browser(app: Flask, role: str) -> Client:
    client = Client(app, app.response_class)
    client.sign_in(role)
    return client


def text(client: Client) -> str:
    return client.last.get_data(as_text=True).replace("\xa0", " ")


def item_of(held: Held, name: str) -> str:
    return f"{STAFF}/muc/{make.entries(held)[name].item.id}"


def sent(answer: TestResponse) -> dict[str, str]:
    """What pressing the button would send; a text begins with a line end that browsers drop."""
    return {name: values[-1].strip() for name, values in page(answer).form(having="title").values().items()}


def fill(client: Client, address: str, shown: TestResponse | None = None, **typed: str) -> TestResponse:
    """Types into an item's form; dots in names stand for dashes."""
    values = {name.replace("__", "-"): value for name, value in typed.items()}
    return client.submit(shown or address, values, having="title")


# -- the order


def press(client: Client, shown: TestResponse, item_id: int, way: str) -> TestResponse:
    return client.submit(shown, action=f"{STAFF}/muc/{item_id}/{way}")


def test_items_are_put_in_another_order_by_buttons(office: Client, held: Held) -> None:
    actions.begin(held.meeting.id)
    opening, tax, rest, private = (entry.item.id for entry in make.entries(held).values())
    shown = office.get(STAFF)
    for _press in range(2):  # pressed twice it is where the button said
        answer = press(office, shown, tax, "len")
        assert (answer.status_code, answer.location) == (303, f"{STAFF}#muc-{tax}")
        assert order(held) == [tax, opening, rest, private]
    ways = {form.action.removeprefix(f"{STAFF}/muc/") for form in page(office.get(STAFF)).forms if "/muc/" in form.action}
    assert {f"{tax}/len", f"{private}/xuong"} & ways == set()
    assert {f"{tax}/xuong", f"{opening}/len", f"{opening}/xuong", f"{private}/len"} <= ways
    fill(office, item_of(held, "tax"), said="Đã ghi.", outcome="spot")  # a form may be open meanwhile
    press(office, shown, private, "len")
    assert order(held) == [tax, opening, private, rest]
    assert make.entries(held)["tax"].item.said == "Đã ghi."
    assert acts().count("minute_item_moved") == 2


def order(held: Held) -> list[int]:
    return [entry.item.id for entry in make.entries(held).values()]


def test_moving_is_refused_when_the_minutes_changed(office: Client, held: Held) -> None:
    draft = make.ready(held)
    opening, tax, *_rest = order(held)
    shown = office.get(STAFF)
    seen = draft.changes
    press(office, shown, tax, "len")
    with pytest.raises(Conflict):  # who reviewed the other order publishes nothing unseen
        publishing.finalise(held.meeting.id, 1, seen, make.SECRETARY)
    arranging.remove(opening)
    assert press(office, shown, opening, "xuong").status_code == 409
    publishing.finalise(held.meeting.id, 1, queries.versions(held.meeting.id)[0].changes, make.SECRETARY)
    assert press(office, shown, tax, "xuong").status_code == 409
    assert order(held)[0] == tax


# -- the way through


def test_from_the_programme_to_published_minutes(office: Client, held: Held, client: Client) -> None:
    shown = office.get(STAFF)
    assert "hạn công bố thứ Tư 09/12/2026" in text(office)
    begun = office.submit(shown)
    assert begun.status_code == 303
    office.get(STAFF)
    for words in ("Thuế và tiền thuê đất", "2 câu hỏi", "chưa có kết quả", "chỉ lãnh đạo đọc"):
        assert words in text(office), words
    address = item_of(held, "tax")
    answer = fill(
        office, address, said="Đã giải thích.", outcome="spot", dong__moi__what="Gửi hướng dẫn", dong__moi__due_on="2026-12-18",
        dong__moi__question=str(held.asked["named"].id), next="1",
    )  # fmt: skip
    assert answer.status_code == 303
    assert answer.location == item_of(held, "private")
    assert fill(office, answer.location, outcome="noted").location == answer.location
    shown = office.get(f"{STAFF}/cong-bo")
    assert "1 mục được công bố" in text(office)
    assert "Đã giải thích." in text(office)
    assert office.submit(shown, having="changes").status_code == 303
    assert [one.what for one in promises()] == ["Gửi hướng dẫn"]
    client.get(make.PAGE)
    assert "Gửi hướng dẫn" in text(client)
    office.get(STAFF)
    assert "Lập bản sửa" in text(office)


def test_what_is_missing_leads_to_its_item(office: Client, held: Held) -> None:
    actions.begin(held.meeting.id)
    shown = office.get(f"{STAFF}/cong-bo")
    assert "Còn thiếu 2 chỗ" in text(office)
    assert item_of(held, "tax") in page(shown).links()
    answer = office.submit(shown, having="changes")
    assert answer.status_code == 422
    assert promises() == []


def test_a_day_off_is_offered_as_the_next_working_day_in_one_tap(office: Client, held: Held) -> None:
    actions.begin(held.meeting.id)
    address = item_of(held, "tax")
    answer = fill(office, address, said="Lời đã gõ", dong__moi__what="Nâng đường", dong__moi__due_on="2026-12-12")
    assert answer.status_code == 422
    for words in ("Thứ Bảy 12/12/2026 không phải ngày làm việc.", "Lấy thứ Hai 14/12/2026 rồi lưu", "Lời đã gõ", "Nâng đường"):
        assert words in text(office), words
    assert fill(office, address, answer, workdays="1").status_code == 303
    (line,) = make.entries(held)["tax"].promises
    assert line.due_on == date(2026, 12, 14)
    assert make.entries(held)["tax"].item.said == "Lời đã gõ"


def test_a_double_click_adds_one(office: Client, held: Held) -> None:
    actions.begin(held.meeting.id)
    form = page(office.get(item_of(held, "tax"))).form(having="title")
    values = form.values() | {"dong-moi-what": "Một việc"}
    assert [office.post(form.action, data=values).status_code for _press in range(2)] == [303, 303]
    assert len(make.entries(held)["tax"].promises) == 1
    new = page(office.get(STAFF)).form("/muc", having="title")
    assert {office.post(new.action, data=new.values() | {"title": "Việc khác"}).location for _press in range(2)} == {
        item_of(held, "Việc khác")
    }


def test_questions_without_an_item_are_sorted_into_one(office: Client, held: Held) -> None:
    question = make.ask(held.meeting, 9, None, text="Đường ngập thì ai lo?")
    actions.begin(held.meeting.id)
    shown = office.get(STAFF)
    assert "Câu hỏi chưa nằm trong mục nào (1)" in text(office)
    assert office.submit(shown, having="question").status_code == 422
    tax = make.entries(held)["tax"].item.id
    assert office.submit(office.get(STAFF), {"minute_item": str(tax)}, having="question").status_code == 303
    assert question.id in {dealt.question.id for dealt in make.entries(held)["tax"].questions}


# -- two at once


def test_two_secretaries_see_both_texts_and_lose_nothing(app: Flask, office: Client, held: Held) -> None:
    actions.begin(held.meeting.id)
    address, other = item_of(held, "tax"), browser(app, "secretary")
    make.write(make.entries(held)["tax"], make.line(held, what="Dòng cũ"), said="Câu đầu.")
    mine, theirs = office.get(address), other.get(address)
    assert (
        fill(
            other, address, theirs, said="Câu đầu.\nNgười kia thêm.", forwarded_to="", dong__moi__what="Lời hẹn người kia"
        ).status_code
        == 303
    )
    key = make.entries(held)["tax"].promises[0].id
    conflict = fill(
        office, address, mine, said="Câu đầu.\nTôi thêm.", outcome="noted", **{f"dong__{key}__what": "Dòng cũ, tôi sửa"},
        dong__moi__what="Lời hẹn của tôi",
    )  # fmt: skip
    assert conflict.status_code == 409
    for words in (
        "Hai người cùng ghi mục này",
        "Nguyễn Thị Út vừa lưu lúc 12:00",
        "Bản của bạn, chưa lưu",
        "Người kia thêm.",
        "Tôi thêm.",
    ):
        assert words in text(office), words
    values = sent(conflict)
    assert values["said"] == "Câu đầu.\nNgười kia thêm.\nTôi thêm."
    assert (values["outcome"], values[f"dong-{key}-what"]) == ("noted", "Dòng cũ, tôi sửa")
    assert fill(office, address, conflict).status_code == 303
    entry = make.entries(held)["tax"]
    assert sorted(line.what for line in entry.promises) == ["Dòng cũ, tôi sửa", "Lời hẹn của tôi", "Lời hẹn người kia"]
    assert (entry.item.said, entry.item.outcome) == ("Câu đầu.\nNgười kia thêm.\nTôi thêm.", "noted")


def test_what_only_one_changed_is_taken_from_that_one(app: Flask, office: Client, held: Held) -> None:
    actions.begin(held.meeting.id)
    address, other = item_of(held, "tax"), browser(app, "secretary")
    mine = office.get(address)
    fill(other, address, said="Chỉ người kia ghi lời.", title="Thuế")
    conflict = fill(office, address, mine, outcome="writing")
    values = sent(conflict)
    assert (values["said"], values["title"], values["outcome"]) == ("Chỉ người kia ghi lời.", "Thuế", "writing")


def test_a_line_the_other_removed_comes_back_only_if_i_had_worked_on_it(app: Flask, office: Client, held: Held) -> None:
    actions.begin(held.meeting.id)
    make.write(make.entries(held)["tax"], make.line(held, what="Giữ"), make.line(held, "moi1", what="Sửa"))
    address, other = item_of(held, "tax"), browser(app, "secretary")
    kept, changed = (line.id for line in make.entries(held)["tax"].promises)
    mine = office.get(address)
    assert fill(other, address, **{f"dong__{kept}__drop": "y", f"dong__{changed}__drop": "y"}).status_code == 303
    conflict = fill(office, address, mine, **{f"dong__{changed}__what": "Sửa rồi"})
    assert conflict.status_code == 409
    fill(office, address, conflict)
    assert [line.what for line in make.entries(held)["tax"].promises] == ["Sửa rồi"]


def test_writing_on_while_somebody_publishes_keeps_the_words_on_the_page(office: Client, held: Held) -> None:
    make.ready(held)
    address = item_of(held, "tax")
    mine = office.get(address)
    make.publish(held)
    answer = fill(office, address, mine, said="Câu viết dở", dong__moi__what="Lời hẹn viết dở")
    assert answer.status_code == 409
    for words in ("hoặc đã công bố", "Câu viết dở", "Lời hẹn viết dở"):
        assert words in text(office), words


def test_an_item_removed_meanwhile_keeps_the_words_on_the_page(office: Client, held: Held) -> None:
    actions.begin(held.meeting.id)
    address = item_of(held, "tax")
    mine = office.get(address)
    arranging.remove(int(address.rsplit("/", 1)[1]))
    answer = fill(office, address, mine, said="Câu viết dở", dong__moi__what="Lời hẹn viết dở")
    assert answer.status_code == 409
    assert "Câu viết dở" in text(office)
    assert "Lời hẹn viết dở" in text(office)
    assert office.get(address).status_code == 302


def test_the_papers_details_meet_too(app: Flask, office: Client, held: Held) -> None:
    actions.begin(held.meeting.id)
    address, other = f"{STAFF}/van-ban", browser(app, "secretary")
    mine = office.get(address)
    assert other.submit(address, {"signer_name": "Trần Văn Kia"}, having="signer_name").status_code == 303
    conflict = office.submit(mine, {"document_number": "12/TB-UBND", "signer_name": "Lê Thị Tôi"}, having="signer_name")
    assert conflict.status_code == 409
    assert "Trần Văn Kia" in text(office)
    assert page(conflict).form(having="signer_name").values()["signer_name"] == ["Lê Thị Tôi"]
    assert office.submit(conflict, having="signer_name").status_code == 303
    assert queries.versions(held.meeting.id)[0].document_number == "12/TB-UBND"


def test_what_changed_since_the_review_is_shown_before_publishing(office: Client, held: Held) -> None:
    make.ready(held)
    shown = office.get(f"{STAFF}/cong-bo")
    make.write(make.entries(held)["tax"], said="Sửa phút chót")
    conflict = office.submit(shown, having="changes")
    assert conflict.status_code == 409
    assert "Sửa phút chót" in text(office)
    assert promises() == []
    assert office.submit(conflict, having="changes").status_code == 303
    assert len(promises()) == 3
    assert office.submit(conflict, having="changes").status_code == 303  # pressed once more
    assert len(promises()) == 3


# -- amending


def test_an_amendment_through_the_pages(office: Client, held: Held, client: Client) -> None:
    make.published(held)
    assert office.submit(f"{STAFF}/sua", having="why").status_code == 422
    assert office.submit(f"{STAFF}/sua", {"why": "Ghi sai ngày"}, having="why").status_code == 303
    address = item_of(held, "tax")
    key = make.entries(held)["tax"].promises[0].id
    shown = office.get(address)
    assert f"dong-{key}-what" not in page(shown).form(having="title").names()  # locked
    put_off = {f"dong__{key}__put_off_to": "2026-12-20"}
    refused = fill(office, address, shown, **put_off)
    assert refused.status_code == 422
    assert "Ghi lý do" in text(office)
    refused = fill(office, address, refused, **{f"dong__{key}__change_why": "Chờ mẫu mới"})
    assert "Lấy thứ Hai 21/12/2026 rồi lưu" in text(office)
    assert fill(office, address, refused, workdays="1").status_code == 303
    office.submit(f"{STAFF}/cong-bo", having="changes")
    assert (promises()[0].due, promises()[0].postponed) == (date(2026, 12, 21), 1)
    client.get(make.PAGE)
    assert "lùi đến thứ Hai 21/12/2026" in text(client)


def test_an_amendment_begun_by_mistake_is_dropped(office: Client, held: Held) -> None:
    make.published(held)
    publishing.amend(held.meeting.id, "Nhầm")
    assert office.submit(STAFF, action="/bo").status_code == 303
    assert [one.number for one in queries.versions(held.meeting.id)] == [1]


# -- who, and what they may read


@pytest.mark.parametrize("role", ["counter", "reception"])
def test_other_officers_have_the_public_page(app: Flask, held: Held, role: str) -> None:
    make.published(held)
    other = browser(app, role)
    for path in PATHS:
        assert other.get(STAFF + path).status_code == 403
    other.get("/can-bo/thu-bay/")
    assert make.PAGE in page(other.last).links()


@pytest.mark.parametrize("role", ["secretary", "admin"])
def test_the_private_item_is_written_without_being_read(app: Flask, held: Held, role: str) -> None:
    make.ready(held)
    other, address = browser(app, role), item_of(held, "private")
    for path in ("", "/cong-bo", *PATHS[1:]):
        other.get(STAFF + path)
        assert [word for word in ("đòi tiền", "Quán Kín Đáo") if word in text(other)] == [], path
    form = page(other.get(address)).form(having="title")
    assert [word for word in ("đòi tiền", "Quán Kín Đáo") if word in text(other)] == []
    assert "said" not in form.names()
    values = form.values() | {"said": "ghi đè", "outcome": "writing"}
    assert other.post(form.action, data=values).status_code == 303
    entry = make.entries(held)["private"]
    assert (entry.item.said, entry.item.outcome) == ("Chủ tịch nghe chuyện đòi tiền.", "writing")
    stale = other.post(form.action, data=values | {"request_key": "khac"})
    assert stale.status_code == 409
    assert "đòi tiền" not in text(other)


def test_the_leader_reads_everything_and_writes_what_is_private(app: Flask, held: Held) -> None:
    make.ready(held)
    leader = browser(app, "leader")
    leader.get(STAFF)
    assert "Chủ tịch nghe chuyện đòi tiền." in text(leader)
    address = item_of(held, "private")
    leader.get(address)
    assert "Bị cán bộ đòi tiền" in text(leader)
    assert fill(leader, address, said="Đã ghi lại.").status_code == 303
    other = item_of(held, "tax")
    assert leader.get(other).status_code == 302
    token = page(leader.get(address)).form(having="title").values()["csrf_token"][0]
    before = make.entries(held)["tax"].item.said
    refused = leader.post(other, data={"title": "x", "said": "x", "revision": "1", "csrf_token": token})
    assert refused.status_code == 403
    assert make.entries(held)["tax"].item.said == before
    for path in ("", "/muc", "/xep", "/cong-bo", "/sua", "/bo", "/van-ban"):
        assert leader.post(STAFF + path).status_code == 403, path


def test_paper_holds_no_hidden_name_and_nothing_private(app: Flask, office: Client, held: Held) -> None:
    make.ready(held)
    for who in (office, browser(app, "leader")):
        for path in PATHS[1:]:
            who.get(STAFF + path)
            assert [word for word in SECRET if word in text(who)] == [], path


def test_the_papers_have_the_form_of_state_documents(office: Client, held: Held) -> None:
    draft = make.ready(held)
    paper = {name: getattr(draft, name) for name in actions.PAPER}
    paper |= {"document_number": "12/TB-UBND", "signed_on": make.MONDAY, "signer_title": "KT. CHỦ TỊCH\nPHÓ CHỦ TỊCH"}
    paper |= {"signer_name": "Trần Quốc Thái", "recorder": "Phan Thanh Tùng", "recipients": "Chi cục Thuế;\nLưu: VT."}
    actions.describe(held.meeting.id, paper, 0, "k")
    office.get(f"{STAFF}/thong-bao")
    for words in (
        "Uỷ ban nhân dân quận Ô Môn", "Cộng hòa xã hội chủ nghĩa Việt Nam", "Độc lập - Tự do - Hạnh phúc", "Số: 12/TB-UBND",
        "Ô Môn, ngày 07 tháng 12 năm 2026", "Thông báo", "Nơi nhận:", "Lưu: VT.", "PHÓ CHỦ TỊCH", "Trần Quốc Thái",
        "Chi cục Thuế: Gửi hướng dẫn quyết toán, xong chậm nhất ngày 18 tháng 12 năm 2026",
    ):  # fmt: skip
        assert words in text(office), words
    office.get(f"{STAFF}/in")
    for words in (
        "Biên bản",
        "/BB-UBND",
        "Thư ký",
        "Phan Thanh Tùng",
        "Sổ thuế cũ tính sao?",
        "Xay xát Phước Lợi",
        "Dự thảo bản 1",
    ):
        assert words in text(office), words


# -- the list of meetings, the trail of lateness


def test_the_list_of_meetings_says_how_minutes_stand(office: Client, held: Held, travel: time_machine.Traveller) -> None:
    office.get("/can-bo/thu-bay/")
    assert "chưa công bố" in text(office)
    assert "trễ" not in text(office)
    assert STAFF in page(office.last).links()
    travel.move_to(house.local("2026-12-11T08:00"))
    late = browser(office.application, "secretary")
    late.get("/can-bo/thu-bay/")
    assert "trễ 2 ngày làm việc" in text(late)
    late.get(STAFF)
    assert "trễ hạn công bố 2 ngày làm việc" in text(late)
    make.published(held)
    late.get("/can-bo/thu-bay/")
    assert "trễ" not in text(late)


# -- what it costs


@pytest.mark.parametrize("path", ["", "/muc/{tax}", "/cong-bo", "/van-ban", "/sua", "/in", "/thong-bao"])
def test_five_queries_with_two_hundred_questions_and_three_hundred_promises(office: Client, held: Held, path: str) -> None:
    crowd(held, publish=False)
    path = path.format(tax=make.entries(held)["tax"].item.id)
    assert office.get(STAFF + path).status_code == 200
    with count_queries() as seen:
        office.get(STAFF + path)
    assert len(seen) <= 5, "\n".join(seen)


@pytest.mark.parametrize("path", ["", "/in", "/thong-bao"])
def test_five_queries_when_published_too(office: Client, held: Held, path: str) -> None:
    crowd(held)
    office.get(STAFF + path)
    with count_queries() as seen:
        office.get(STAFF + path)
    assert len(seen) <= 5, "\n".join(seen)


def test_a_form_of_three_hundred_promises_can_be_sent(office: Client, held: Held) -> None:
    crowd(held, publish=False)
    address = item_of(held, "tax")
    assert fill(office, address, said="Vẫn lưu được").status_code == 303
    entry = make.entries(held)["tax"]
    assert (entry.item.said, len(entry.promises)) == ("Vẫn lưu được", 300)
