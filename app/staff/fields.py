"""The fields of models.FIELDS in words: for businesses who choose, and for lists that are ordered by them."""

from flask_babel import lazy_gettext as _l

FIELD_NAMES = {
    "tax": _l("Thuế, hoá đơn"), "land": _l("Đất đai, mặt bằng"), "building": _l("Xây dựng, biển hiệu"), "credit": _l("Vay vốn"),
    "market": _l("Quản lý thị trường"), "insurance": _l("Bảo hiểm, lao động"), "power": _l("Điện"), "water": _l("Nước"),
    "fire": _l("Phòng cháy chữa cháy"), "police": _l("An ninh, trật tự"), "marketplace": _l("Chợ, chỗ bán"),
    "other": _l("Việc khác"),
}  # fmt: skip
CHOICES = [("", _l("Chưa rõ")), *FIELD_NAMES.items()]
