"""Codes of dossiers, as the state gives them: read, never made. Ours (app.codes) never look like one."""

import re
from datetime import datetime

from flask_babel import gettext as _

from app.refusal import Refusal

# Both national forms: 2018 to 2020 the smallest unit first, since Decision 20/2020 the other way round. domain §3.1.
_CODE = re.compile(r"(?:\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2}|[A-Z]\d{2}(?:\.\d{2,3}){0,3})-(\d{6})-\d{4,7}")


def read(text: str) -> str:
    """A dossier's code in its written form. Raises Refusal when no office gives such codes."""
    code = re.sub(r"\s", "", text).upper()
    found = _CODE.fullmatch(code)
    if not found:
        raise Refusal(_("Mã hồ sơ có dạng H15.50.05.13-261008-0975. Xem lại trên giấy tiếp nhận."), "code")
    try:
        datetime.strptime(found[1], "%y%m%d")  # noqa: DTZ007  only: is it a day?
    except ValueError:
        raise Refusal(
            _("Ngày trong mã hồ sơ (%(day)s) không có thật. Xem lại trên giấy tiếp nhận.", day=found[1]), "code"
        ) from None
    return code


def is_one(text: str) -> bool:
    """Does this look like a dossier's code rather than one of ours?"""
    return bool(_CODE.fullmatch(re.sub(r"\s", "", text).upper()))
