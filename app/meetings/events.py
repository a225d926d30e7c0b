"""Calendar entries of meetings: one UID for ever, a SEQUENCE that grows, cancelled ones said so."""

from flask_babel import force_locale
from flask_babel import gettext as _

from app import links
from app.calendars import Event
from app.meetings.models import Meeting, SignUp


def said(meeting: Meeting, field: str, locale: str) -> str:
    """A field of a meeting (place, chair, theme) in the reader's language, Vietnamese where no other was entered."""
    english = str(getattr(meeting, f"{field}_en")) if locale == "en" else ""
    return english or str(getattr(meeting, field))


def series_name(meeting: Meeting, locale: str) -> str:
    return (meeting.series.name_en if locale == "en" else "") or meeting.series.name


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
