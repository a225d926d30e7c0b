"""The look-up: a code and the last four digits of the phone."""

from flask_babel import lazy_gettext as _l
from wtforms.validators import Regexp

from app.forms import Form, LineField


class LookUpForm(Form):
    code = LineField(
        _l("Mã hẹn hoặc mã hồ sơ"),
        most=60,
        needed=_l("Ghi mã hẹn hoặc mã hồ sơ."),
        description=_l("Mã hẹn như TA-482-716-305, mã hồ sơ như H15.50.05.13-261008-0975."),
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )
    last4 = LineField(
        _l("4 số cuối điện thoại"),
        most=10,
        needed=_l("Ghi 4 số cuối điện thoại đã dùng khi đặt."),
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.last4.validators = [*self.last4.validators, Regexp(r"[0-9]{4}$", message=_l("Ghi đúng 4 số cuối, chỉ chữ số."))]


class ForgetForm(Form):
    """One button."""
