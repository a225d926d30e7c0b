"""What businesses are held up by, in words: the names of staff.models.FIELDS."""

from flask_babel import lazy_gettext as _l

FIELD_NAMES = {
    "tax": _l("Thuế, hoá đơn"), "land": _l("Đất đai"), "building": _l("Xây dựng"), "credit": _l("Vay vốn"),
    "market": _l("Quản lý thị trường"), "insurance": _l("Bảo hiểm xã hội"), "power": _l("Điện"), "water": _l("Cấp nước"),
    "fire": _l("Phòng cháy, chữa cháy"), "police": _l("An ninh, trật tự"), "marketplace": _l("Chợ, mặt bằng"),
    "other": _l("Việc khác"),
}  # fmt: skip
