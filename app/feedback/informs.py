"""Which contents of the PAPI survey, and which parts of the index of Decision 766, each figure informs. It is neither of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l


@dataclass(frozen=True, slots=True)
class Informs:
    papi: object
    index: object


# Subject -> what a leader may read beside its figure. PAPI asks citizens at home, by its own sample: only it gives its score.
INFORMS: Mapping[str, Informs] = {
    "visit": Informs(
        _l("Nội dung 5 “Thủ tục hành chính công”: cách đón tiếp, chỗ ngồi chờ, hướng dẫn tại bộ phận một cửa."),
        _l("Nhóm “Mức độ hài lòng” (18 điểm): phục vụ tại quầy."),
    ),
    "result": Informs(
        _l("Nội dung 5 “Thủ tục hành chính công”: nhận kết quả đúng hẹn, không phải đi lại nhiều lần."),
        _l("Nhóm “Mức độ hài lòng” (18 điểm); đọc cùng nhóm “Tiến độ giải quyết” (20 điểm)."),
    ),
    "meeting": Informs(
        _l("Nội dung 1 “Tham gia của người dân ở cấp cơ sở” và nội dung 3 “Trách nhiệm giải trình với người dân”."),
        _l("Nhóm “Mức độ hài lòng” (18 điểm): tiếp nhận và trả lời phản ánh, kiến nghị."),
    ),
}
