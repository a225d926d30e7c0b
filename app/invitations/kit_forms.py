"""Labels, limits and help of the invitation kit."""

import re
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, ValidationError
from wtforms.fields.choices import SelectChoice

from app.forms import Form, LineField, NameField
from app.invitations.channels import Link
from app.meetings.channel_models import LONGEST_SLUG

KIND_NAMES = {
    "ward": _l("Phường, xã"), "market": _l("Ban quản lý chợ"), "association": _l("Hội, hiệp hội"), "zalo": _l("Zalo"),
    "poster": _l("Tờ dán"), "letter": _l("Thư mời"), "other": _l("Khác"),
}  # fmt: skip


class RenameForm(Form):
    """What may change of a link that stands on paper."""

    name = NameField(_l("Tên"), needed=_l("Ghi tên."))
    name_en = LineField(_l("Tên tiếng Anh"), most=100)
    active = BooleanField(_l("Còn dùng để mời"))


class ChannelForm(Form):
    """A new link."""

    name = NameField(_l("Tên"), needed=_l("Ghi tên."), description=_l("Ví dụ: Chợ Ô Môn, Hội Doanh nghiệp trẻ."))
    name_en = LineField(_l("Tên tiếng Anh"), most=100)
    kind = SelectField(_l("Loại"), choices=[SelectChoice(*kind) for kind in KIND_NAMES.items()], default="other")
    slug = LineField(
        _l("Chữ ngắn trong địa chỉ"), most=LONGEST_SLUG, needed=_l("Ghi chữ ngắn trong địa chỉ."),
        description=_l("Chữ thường không dấu, số và dấu gạch ngang. In ra rồi thì không đổi được."),
    )  # fmt: skip

    def validate_slug(self, field: Any) -> None:
        field.data = field.data.lower()
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", field.data):
            raise ValidationError(_("Chỉ dùng chữ thường không dấu, số và dấu gạch ngang. Ví dụ: cho-o-mon"))

    def link(self) -> Link:
        return Link(self.slug.data or "", self.name.data or "", self.name_en.data or "", str(self.kind.data or "other"))
