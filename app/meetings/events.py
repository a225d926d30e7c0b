"""Calendar entries of meetings: one UID for ever, a SEQUENCE that grows, cancelled ones said so."""

from flask_babel import force_locale
from flask_babel import gettext as _

from app import clock, dates, links
from app.calendars import Event
from app.meetings.models import Meeting, Series, SignUp
from app.text import named


def said(meeting: Meeting, field: str, locale: str) -> str:
    """A field of a meeting (place, chair, theme) in the reader's language, Vietnamese where no other was entered."""
    english = str(getattr(meeting, f"{field}_en")) if locale == "en" else ""
    return english or str(getattr(meeting, field))


def series_name(meeting: Meeting, locale: str) -> str:
    return name_of(meeting.series, locale)


def name_of(series: Series, locale: str) -> str:
    return named(series, locale)


def headline(meeting: Meeting, locale: str) -> str:
    """What it is and on which day, as a link to it is passed on."""
    return f"{series_name(meeting, locale)}, {dates.day(meeting.day)}"


def summary(meeting: Meeting, locale: str) -> str:
    """Hours, place, theme and that it is easy, in two or three sentences; or that it is off."""
    if meeting.state == "cancelled":
        return str(_("Kỳ họp này đã huỷ. Lý do: %(reason)s", reason=meeting.cancel_reason))
    hours = f"{dates.clock_time(meeting.starts_at)}–{dates.clock_time(meeting.ends_at)}"
    theme = said(meeting, "theme", locale)
    sentences = [f"{hours}, {said(meeting, 'place', locale)}.", _("Chủ đề: %(theme)s.", theme=theme) if theme else ""]
    if clock.now() < meeting.sign_up_until:
        sentences.append(_("Đăng ký chưa đầy một phút, không cần tài khoản."))
    return " ".join(filter(None, sentences))


def of_meeting(meeting: Meeting, locale: str = "vi") -> Event:
    """The public entry: no personal data."""
    return Event(
        uid=f"meeting-{meeting.series_id}-{meeting.rule_day.isoformat()}@hen",
        sequence=meeting.sequence,
        starts=meeting.starts_at,
        ends=meeting.ends_at,
        summary=series_name(meeting, locale),
        location=said(meeting, "place", locale),
        description=meeting.cancel_reason or said(meeting, "theme", locale),
        url=links.absolute("meetings.meeting", locale, day=meeting.day.isoformat()),
        cancelled=meeting.state == "cancelled",
    )


def of_seat(sign_up: SignUp) -> Event:
    """The entry of one business's place."""
    meeting = sign_up.meeting
    with force_locale(sign_up.locale):
        description = _("Mã %(code)s, %(seats)s người.", code=sign_up.code, seats=sign_up.seats)
    return Event(
        uid=f"seat-{sign_up.code.lower()}@hen",
        sequence=sign_up.version,
        starts=meeting.starts_at,
        ends=meeting.ends_at,
        summary=series_name(meeting, sign_up.locale),
        location=said(meeting, "place", sign_up.locale),
        description=str(description),
        url=links.absolute("meetings.seat", sign_up.locale, code=sign_up.code),
        cancelled=meeting.state == "cancelled" or sign_up.state == "given_up",
        alarm=True,
    )
