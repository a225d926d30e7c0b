"""Labels and limits of signing in.

Password fields carry no maxlength: a browser cuts what is pasted there without a word.
"""

from flask_babel import lazy_gettext as _l
from wtforms import EmailField, HiddenField, PasswordField
from wtforms.validators import InputRequired, Length

from app.forms import EMAIL_LENGTH, Form
from app.staff.rules import LONGEST, SHORTEST, address


class SignInForm(Form):
    email = EmailField(
        _l("Thư điện tử"),
        validators=[InputRequired(_l("Ghi địa chỉ thư điện tử.")), Length(max=EMAIL_LENGTH)],
        filters=[lambda typed: address(typed or "")],
        render_kw={"autocomplete": "username", "spellcheck": "false"},
    )
    password = PasswordField(
        _l("Mật khẩu"),
        validators=[InputRequired(_l("Ghi mật khẩu.")), Length(max=LONGEST)],
        render_kw={"autocomplete": "current-password", "maxlength": False},
    )
    next = HiddenField()
    kept = HiddenField()  # a form that was sent after the session had ended: see interrupted


class PasswordForm(Form):
    password = PasswordField(
        _l("Mật khẩu mới"),
        description=_l("Ít nhất %(count)s ký tự. Vài chữ ghép lại dễ nhớ hơn ký hiệu.", count=SHORTEST),
        validators=[InputRequired(_l("Ghi mật khẩu.")), Length(max=LONGEST)],
        render_kw={"autocomplete": "new-password", "maxlength": False},
    )


class SignOutForm(Form):
    """One button."""
