"""Lines of the list of papers, as the checklist shows them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.offices.papers import Paper, paper


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Căn cước/Hộ chiếu (xuất trình)", Paper("Căn cước/Hộ chiếu", ("show",), "")),
        (
            "Căn cước/Hộ chiếu (xuất trình hoặc cung cấp số định danh)",
            Paper("Căn cước/Hộ chiếu", ("show",), "Hoặc cung cấp số định danh"),
        ),
        ("Học bạ (bản chính)", Paper("Học bạ", ("original",), "")),
        ("Văn bản ủy quyền (nếu có)", Paper("Văn bản ủy quyền", ("if_any",), "")),
        ("Tờ khai thay đổi thông tin cư trú (CT01)", Paper("Tờ khai thay đổi thông tin cư trú", ("form",), "CT01")),
        (
            "Bản sao (kèm bản chính đối chiếu) giấy chứng nhận tài sản",
            Paper("Bản sao giấy chứng nhận tài sản", (), "Kèm bản chính đối chiếu"),
        ),
        (
            "Bản gốc giấy chứng nhận cũ (khi cấp đổi) (hỏi lại tại quầy)",
            Paper("Bản gốc giấy chứng nhận cũ", ("ask",), "Khi cấp đổi"),
        ),
        ("Giấy khám sức khỏe", Paper("Giấy khám sức khỏe", (), "")),
    ],
)
def test_brackets_become_tags_or_notes(text: str, shown: Paper) -> None:
    assert paper(text) == shown


@given(st.text(min_size=1, max_size=100))
def test_no_line_breaks_it(text: str) -> None:
    assert paper(text).name
