"""Labels, limits and help of the room's forms."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice

from app import clock
from app.form_parts import DayField, RevisionField
from app.forms import Form, LineField, TextField, request_key
from app.guides import rules
from app.guides.actions import Help
from app.guides.models import BODY_LENGTH, STEPS, ArticleVersion
from app.guides.rules import Outcome
from app.guides.writing import Words
from app.text import joined

KIND_NAMES = {"guide": _l("Bài hướng dẫn"), "news": _l("Tin")}
CHANNEL_NAMES = {"counter": _l("Tại quầy"), "home": _l("Tại nhà dân"), "phone": _l("Qua điện thoại")}
STEP_NAMES = {
    "account": _l("Lập tài khoản"), "sign_in": _l("Đăng nhập"), "filing": _l("Nộp hồ sơ"), "look_up": _l("Tra cứu"),
}  # fmt: skip
REASON_NAMES = {
    "no_account": _l("Chưa có tài khoản"), "no_sim": _l("Số điện thoại không đứng tên mình"),
    "scan": _l("Giấy tờ chưa chụp, chưa quét được"), "system": _l("Hệ thống lỗi"), "counter": _l("Muốn nộp tại quầy"),
    "other": _l("Lý do khác"),
}  # fmt: skip
_MARKDOWN = _l("Dòng trống tách đoạn. ## đầu dòng là đề mục, - đầu dòng là gạch đầu dòng, [chữ](https://…) là đường dẫn.")
_ENGLISH = _l("Chưa có thì để trống: trang tiếng Anh hiện bản tiếng Việt.")


def _choices(names: Mapping[Any, object], none: object = None) -> list[SelectChoice]:
    first = [SelectChoice("", none)] if none is not None else []
    return [*first, *(SelectChoice(str(key), name) for key, name in names.items())]


class ActionForm(Form):
    """One button: only the token."""


class ArticleForm(Form):
    """One version's words in both languages, and the version they were opened with."""

    title = LineField(_l("Tên bài"), most=150, needed=_l("Ghi tên bài."))
    summary = LineField(_l("Một câu tóm tắt"), most=200, description=_l("Hiện dưới tên bài trong danh sách."))
    body = TextField(_l("Nội dung"), most=BODY_LENGTH, needed=_l("Ghi nội dung."), description=_MARKDOWN)
    title_en = LineField(_l("Tên bài, tiếng Anh"), most=150, description=_ENGLISH)
    summary_en = LineField(_l("Một câu tóm tắt, tiếng Anh"), most=200)
    body_en = TextField(_l("Nội dung, tiếng Anh"), most=BODY_LENGTH)
    seen = RevisionField(default="0")
    request_key = request_key()

    def words(self) -> Words:
        return Words(**{name: self[name].data or "" for name in Words.__dataclass_fields__})

    @classmethod
    def of(cls, version: ArticleVersion) -> "ArticleForm":
        """As it stands, whatever the request holds."""
        shown = {name: getattr(version, name) for name in Words.__dataclass_fields__}
        return cls(formdata=None, data=shown | {"seen": str(version.number)})

    def with_theirs(self, theirs: ArticleVersion, base: ArticleVersion | None) -> "ArticleForm":
        """One form that holds both: what only one of us changed, and every line of what both did."""
        both = ArticleForm.of(theirs)
        for name in Words.__dataclass_fields__:
            mine, other, before = self[name].data or "", getattr(theirs, name), getattr(base, name) if base else None
            if mine != before and other == before:
                both[name].data = mine
            elif mine not in (before, other):
                both[name].data = joined(other, mine) if name.startswith("body") else mine
        return both


class PublishForm(Form):
    """Which version, and from when."""

    number = RevisionField(default="0")
    day = DayField(_l("Công bố từ ngày"), description=_l("Để trống thì công bố ngay."))


class GuidedForm(Form):
    """One person helped, in twenty seconds."""

    day = DayField(_l("Ngày"), default=clock.today)
    office = SelectField(_l("Nơi hướng dẫn"), coerce=str)
    procedure = SelectField(_l("Thủ tục"), coerce=str)
    channel = RadioField(_l("Hướng dẫn ở đâu"), default="counter", choices=_choices(CHANNEL_NAMES))
    account = BooleanField(STEP_NAMES["account"])
    sign_in = BooleanField(STEP_NAMES["sign_in"])
    filing = BooleanField(STEP_NAMES["filing"])
    look_up = BooleanField(STEP_NAMES["look_up"])
    leaflet = BooleanField(_l("Đã đưa tờ rơi"))
    outcome = RadioField(
        _l("Kết quả"), default="", validate_choice=False,  # the rule says what is wrong
        choices=_choices({rules.FILED: _l("Đã nộp trực tuyến")} | REASON_NAMES),
    )  # fmt: skip
    dossier = LineField(
        _l("Mã hồ sơ, khi đã nộp"), most=60, description=_l("Như Cổng Dịch vụ công báo, ví dụ H15.50.05.13-261008-0975."),
        render_kw={"autocomplete": "off"},
    )  # fmt: skip
    sentence = LineField(_l("Ghi thêm một câu"), most=200, description=_l("Không ghi tên, số điện thoại của người dân."))
    request_key = request_key()

    def __init__(self, offices: dict[int, str], procedures: dict[int, str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.office.choices = _choices(offices)
        self.procedure.choices = _choices(procedures, _("Chỉ hướng dẫn chung"))

    def given(self) -> Help:
        return Help(
            day=self.day.data or clock.today(), office_id=int(self.office.data or 0),
            procedure_id=int(self.procedure.data) if self.procedure.data else None, channel=self.channel.data or "",
            leaflet=bool(self.leaflet.data), **{step: bool(self[step].data) for step in STEPS},
        )  # fmt: skip

    def outcome_said(self) -> Outcome:
        return rules.outcome(self.outcome.data or "", self.dossier.data or "", self.sentence.data or "")


class FiledLaterForm(Form):
    dossier = LineField(_l("Mã hồ sơ đã nộp"), most=60, needed=_l("Ghi mã hồ sơ."), render_kw={"autocomplete": "off"})
