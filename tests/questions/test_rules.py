"""How alike questions are, what shows who asked, what may be changed: values in, answers out."""

import pytest

from app.meetings import likeness
from app.meetings.models import Question
from app.questions import rules
from app.text import fold
from tests.questions.make import LOAN, ROAD, ROAD_AGAIN, SIGN

SAME = [
    (ROAD, ROAD_AGAIN),
    ("Tiền thuê đất năm nay có được giảm không, làm đơn ở đâu?", "Muốn xin giảm tiền thuê đất thì làm đơn gửi cho ai?"),
    ("Hộ kinh doanh muốn lên doanh nghiệp thì sổ thuế cũ tính sao?",
     "Lên doanh nghiệp rồi sổ thuế cũ của hộ kinh doanh xử lý thế nào?"),
    (LOAN, "Xoài mất mùa do hạn mặn, xin giãn nợ vay ngân hàng"),
    (SIGN, "Treo bảng hiệu trước cửa tiệm phải xin phép ở đâu"),
    ("Chợ dời chỗ tạm trong lúc sửa, sạp của tiểu thương xếp ở đâu?", "Sửa chợ thì tiểu thương dời sạp đi đâu tạm?"),
    ("Xin phép mở rộng kho trên đất vườn cần những giấy gì?", "mo rong kho tren dat vuon can giay to gi"),
    ("Máy tính tiền nối với cơ quan thuế hư thì lập hoá đơn cách nào?", "Máy tính tiền hư thì xuất hóa đơn thế nào"),
    ("Điện ba pha cho kho lạnh bao giờ có?", "Kho lạnh chờ điện ba pha lâu quá"),
]  # fmt: skip
DIFFERENT = [
    (ROAD, "Hồ sơ chuyển mục đích đất làm xưởng bị trả bổ sung hai lần"),
    ("Tiền thuê đất năm nay có được giảm không, làm đơn ở đâu?", "Xin phép mở rộng kho trên đất vườn cần những giấy gì?"),
    ("Hộ kinh doanh muốn lên doanh nghiệp thì sổ thuế cũ tính sao?", "Vay vốn cho hộ kinh doanh nhỏ cần thế chấp gì?"),
    ("Hộ kinh doanh có phải nộp thuế môn bài không?", "Hộ kinh doanh có phải đóng bảo hiểm xã hội không?"),
    ("Doanh nghiệp nhỏ có được giảm thuế không?", "Doanh nghiệp nhỏ có được vay vốn ưu đãi không?"),
    (SIGN, "Xin phép mở rộng kho trên đất vườn cần những giấy gì?"),
    ("Làm sao để được?", "Xin hỏi phải làm thế nào?"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_same_difficulty_in_other_words_is_found(one: str, other: str) -> None:
    assert likeness.similarity(fold(one), fold(other)) >= likeness.ALIKE
    assert likeness.similarity(fold(one), fold(other)) == likeness.similarity(fold(other), fold(one))


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_another_difficulty_in_like_words_is_not(one: str, other: str) -> None:
    assert likeness.similarity(fold(one), fold(other)) < likeness.ALIKE


def test_the_likest_come_first_and_only_three() -> None:
    rows = [(fold(text), text) for text in (LOAN, ROAD_AGAIN, ROAD, SIGN, ROAD + " Mưa cũng vậy.", ROAD + " Bốn năm rồi.")]
    found = likeness.alike(fold(ROAD), rows)
    assert found[0] == ROAD
    assert len(found) == 3
    assert LOAN not in found
    assert likeness.alike("", rows) == []


def asker(**facts: str) -> Question:
    return Question(**({"name": "Cơ sở xay xát Phước Lợi", "contact": "Nguyễn Văn Lợi", "openness": "hidden"} | facts))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Gọi tôi số 0912 345 678", "số điện thoại"), ("gọi 0912345678 nhé", "số điện thoại"),
        ("+84 912 345 678", "số điện thoại"),
        ("Tổng đài 0292.3861.270 không ai nghe", "số điện thoại"),
        ("thư về loi@gmail.com", "thư điện tử"), ("Cơ sở xay xát Phước Lợi bị ngập", "tên"),
        ("Lò xay PHUOC LOI bị ngập", "tên"), ("Tôi là Nguyễn Văn Lợi", "tên"), ("anh Văn Lợi hỏi", "tên"),
    ],
)  # fmt: skip
def test_what_shows_who_asked_is_noticed(text: str, what: str) -> None:
    assert any(what in sentence for sentence in rules.revealing(asker(), text))
    row = asker(text=text)
    assert rules.revealing(row, row.words) == []  # and others read it without


@pytest.mark.parametrize("text", [
    ROAD, "Nghị định 168/2024 áp dụng từ 01/01/2025", "MST 1800278630 là gì", "Vốn 200.000.000 đồng",
    "Văn bản nào lợi cho hộ kinh doanh?",
])  # fmt: skip
def test_what_shows_nobody_passes(text: str) -> None:
    assert rules.revealing(asker(), text) == []
    assert asker(text=text).words == text


def test_who_shows_their_name_may_say_it() -> None:
    text = "Cơ sở xay xát Phước Lợi bị ngập"
    assert rules.revealing(asker(openness="named"), text) == []
    assert asker(openness="named", text=text).words == text


def test_only_what_shows_who_asked_is_taken_out() -> None:
    row = asker(
        name="Sạp cá Năm Lành, chợ Ô Môn", text="Sạp Năm Lành ở chợ Ô Môn: gọi 0912 345 678 hay lanh@x.vn gặp anh Văn Lợi."
    )
    assert row.words == "Sạp … ở chợ Ô Môn: gọi … hay … gặp anh …."
    assert asker(name="A", contact="B", text="A và B").words == "A và B"


def test_a_phone_leaves_a_key_that_fits_nothing_else() -> None:
    key = rules.phone_key("secret", 1, "+84912345678")
    assert key == rules.phone_key("secret", 1, "+84912345678")
    others = (("other", 1, "+84912345678"), ("secret", 2, "+84912345678"), ("secret", 1, "+84912345679"))
    assert key not in {rules.phone_key(*other) for other in others}
    assert "912345678" not in key


def test_fields_stand_in_their_order_and_the_heaviest_question_first() -> None:
    rows = [Question(id=number, field=field) for number, field in ((1, ""), (2, "land"), (3, "tax"), (4, "tax"))]
    groups = rules.by_field(rows, {4: 5})
    assert [(group.field, [one.id for one in group.questions]) for group in groups] == [("tax", [4, 3]), ("land", [2]), ("", [1])]
