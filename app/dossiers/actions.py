"""Every write of the room. Each act says when it happened; when it was recorded is now, and both are kept."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import audit, clock, dates, dossier_codes
from app.db import transaction
from app.dossiers import messages, queries, rules
from app.dossiers.models import Dossier, DossierEvent
from app.offices import queries as offices
from app.offices import working_time
from app.offices.working_time import Calendar
from app.refusal import Conflict, Refusal
from app.text import fold


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is written down when a dossier is received."""

    code: str
    office_id: int
    owner: str
    received_at: datetime
    procedure_id: int | None = None
    matter: str = ""
    deciding_id: int | None = None
    unit_id: int | None = None
    officer_id: int | None = None
    channel: str = "counter"
    phone: str = ""
    email: str = ""
    locale: str = "vi"
    return_by: str = "desk"
    visit: str = ""
    sample: bool = False


@dataclass(frozen=True, slots=True)
class Proof:
    """What stands behind a hand-over: of EVIDENCE, its number, and who signed."""

    evidence: str = ""
    proof: str = ""
    recipient: str = ""


def receive(receipt: Receipt) -> Dossier:
    """Enters a dossier with its promised time, reckoned from the moment of receipt. The same receipt again gives the same row.

    Raises Refusal for a code that is no code or belongs to another dossier.
    """
    code, now = dossier_codes.read(receipt.code), clock.now()
    if receipt.received_at > now:
        raise Refusal(_("Giờ nhận chưa tới. Ghi đúng lúc đã nhận."), "received")
    with transaction() as session:
        known = queries.locked(code)
        if known is not None:
            if (known.received_at, known.owner, known.office_id) == (receipt.received_at, receipt.owner, receipt.office_id):
                return known
            raise Refusal(_("Mã %(code)s đã có trong sổ, của hồ sơ khác. Xem lại mã trên giấy tiếp nhận.", code=code), "code")
        duration, unit, field_name, matter = _terms(receipt)
        promised = working_time.due(receipt.received_at, duration, unit, calendar(receipt.office_id, receipt.received_at))
        row = Dossier(
            code=code, procedure_id=receipt.procedure_id, matter=matter, field=field_name, office_id=receipt.office_id,
            deciding_id=receipt.deciding_id, unit_id=receipt.unit_id, officer_id=receipt.officer_id, channel=receipt.channel,
            owner=receipt.owner, search_key=fold(f"{receipt.owner} {code}"), phone=receipt.phone, email=receipt.email,
            locale=receipt.locale, visit=receipt.visit, received_at=receipt.received_at, duration=duration, duration_unit=unit,
            promised_at=promised, due_at=promised, return_by=receipt.return_by, sample=receipt.sample,
        )  # fmt: skip
        session.add(row)
        session.flush()
        _note(session, row, "received", receipt.received_at, due_after=promised)
        messages.received(session, row)
        return row


def _terms(receipt: Receipt) -> tuple[float, str, str, str]:
    """How long it takes by this channel, its field, and the name it goes by when it is none of our procedures."""
    procedure = offices.catalogue().procedure_of.get(receipt.procedure_id or 0)
    if procedure is None:
        if not receipt.matter:
            raise Refusal(_("Chọn thủ tục."), "procedure")
        raise Refusal(_("Thủ tục này chưa có trong danh mục nên không tính được ngày hẹn."), "procedure")
    if procedure.duration is None:
        raise Refusal(_("Thủ tục này chưa ghi thời hạn nên không tính được ngày hẹn."), "procedure")
    own = queries.duration(procedure.id, receipt.channel)
    value, unit = own or (procedure.duration, procedure.duration_unit)
    return value, unit, procedure.field, ""


def calendar(office_id: int, since: datetime) -> Calendar:
    """The office's working calendar for as long as any promise may reach."""
    year = clock.local(since).year
    return offices.calendar(offices.catalogue().office_of.get(office_id), range(year, year + 3))


def pause(code: str, kind: str, happened: datetime, reason: str) -> Dossier:
    """The clock stops: for papers (all that is missing, once), a payment, or an agency outside."""
    with transaction() as session:
        row = _mine(code)
        if row.pause == kind and row.paused_at == happened:
            return row
        state = state_of(row)
        rules.check_pause(state, kind, queries.supplements(row.id))
        rules.check_happened(happened, state, clock.now())
        if not reason:
            raise Refusal(_("Ghi rõ còn thiếu giấy nào, hoặc chờ gì."), "reason")
        row.pause, row.paused_at = kind, happened
        row.sequence += 1
        _note(session, row, kind, happened, reason=reason)
        messages.paused(session, row, reason)
        return row


def resume(code: str, happened: datetime) -> Dossier:
    """The clock goes on: the due time moves by the working minutes of the pause (R5)."""
    with transaction() as session:
        row = _mine(code)
        if not row.pause or row.paused_at is None:
            return row
        rules.check_happened(happened, state_of(row), clock.now())
        if happened < row.paused_at:
            raise Refusal(_("Giờ tính tiếp trước lúc tạm dừng."), "happened")
        before = row.due_at
        row.due_at = _shifted(row, happened)
        row.pause, row.paused_at = "", None
        row.sequence += 1
        _note(session, row, "resumed", happened, due_before=before, due_after=row.due_at)
        messages.due_changed(session, row)
        return row


def _shifted(row: Dossier, resumed: datetime) -> datetime:
    assert row.paused_at is not None
    return working_time.shifted(row.due_at, (row.paused_at, resumed), calendar(row.office_id, row.received_at))


def extend(code: str, new_day: date, reason: str) -> Dossier:
    """The one extension, with its apology in writing: due at the same hour of another working day."""
    with transaction() as session:
        row = _mine(code)
        if row.extended_at is not None and clock.local(row.due_at).date() == new_day:
            return row
        now = clock.now()
        new_due = rules.put_off_to(row.due_at, new_day, calendar(row.office_id, row.received_at).hours(new_day))
        rules.check_extension(state_of(row), new_due, now)
        if not reason:
            raise Refusal(_("Ghi lý do chậm: thư xin lỗi phải nói rõ."), "reason")
        before, row.due_at, row.extended_at = row.due_at, new_due, now
        row.sequence += 1
        _note(session, row, "extended", now, reason=reason, due_before=before, due_after=new_due)
        messages.extended(session, row, reason, before)
        return row


def finish(code: str, happened: datetime) -> Dossier:
    """The result is ready at the desk."""
    with transaction() as session:
        row = _mine(code)
        if row.finished_at == happened and not row.ended_as:
            return row
        state = state_of(row)
        rules.check_open(state)
        rules.check_happened(happened, state, clock.now())
        _stop_pause(session, row, happened)
        row.finished_at = happened
        row.sequence += 1
        _note(session, row, "finished", happened)
        messages.ready(session, row)
        return row


def hand_over(code: str, happened: datetime, proof: Proof, by_post: bool = False) -> Dossier:
    """The citizen has it, or it went by post; the paper's day, never another. Finishes what nobody had marked as finished."""
    with transaction() as session:
        row = _mine(code)
        if row.handed_at == happened:
            return row
        state = state_of(row)
        if state.handed_at is not None:
            raise Conflict(_("Hồ sơ này đã ghi trả lúc %(moment)s.", moment=dates.moment(state.handed_at)))
        rules.check_happened(happened, state, clock.now())
        rules.check_handed(state, happened)
        if not proof.evidence or not proof.proof:
            raise Refusal(_("Ghi chứng cứ: số biên nhận, trang sổ có chữ ký, hoặc số bưu gửi."), "proof")
        _stop_pause(session, row, happened)
        row.finished_at = row.finished_at or happened
        row.handed_at = happened
        row.tracking = proof.proof if by_post else row.tracking
        row.sequence += 1
        _note(session, row, "posted" if by_post else "handed_over", happened, proof=proof)
        messages.handed(session, row, by_post)
        return row


def end(code: str, how: str, happened: datetime, reason: str) -> Dossier:
    """Without a result: withdrawn by the citizen, refused, or stopped."""
    with transaction() as session:
        row = _mine(code)
        if row.ended_as == how and row.finished_at == happened:
            return row
        state = state_of(row)
        rules.check_open(state)
        rules.check_happened(happened, state, clock.now())
        if not reason:
            raise Refusal(_("Ghi lý do."), "reason")
        _stop_pause(session, row, happened)
        row.finished_at, row.ended_as = happened, how
        row.sequence += 1
        _note(session, row, how, happened, reason=reason)
        messages.ended(session, row, reason)
        return row


def return_by(code: str, way: str) -> Dossier:
    """How the result comes home, as the citizen now wants it."""
    with transaction() as session:
        row = _mine(code)
        if row.return_by == way:
            return row
        rules.check_return(state_of(row))
        row.return_by = way
        _note(session, row, "return_by", clock.now())
        return row


def remind() -> int:
    """By itself: whose result is due tomorrow is told, whose is late gets the apology; each once."""
    today = clock.today()
    tomorrow, midnight = today + timedelta(days=1), clock.midnight(today)
    if not queries.due_on(tomorrow) and not queries.overdue(midnight):
        return 0  # an idle beat takes no lock
    with transaction() as session:
        due, late = queries.due_on(tomorrow), queries.overdue(midnight)
        for row in due:
            messages.due_tomorrow(session, row)
        for row in late:
            messages.late(session, row)
    return len(due) + len(late)


# -- inside a transaction


def _mine(code: str) -> Dossier:
    row = queries.locked(code)
    if row is None:
        raise Refusal(_("Không có hồ sơ này."))
    return row


def state_of(row: Dossier) -> rules.State:
    return rules.State(**{name: getattr(row, name) for name in rules.State.__dataclass_fields__})


def _stop_pause(session: Session, row: Dossier, happened: datetime) -> None:
    """What is finished is not paused any more; the promise moves as if it had been resumed at that moment."""
    if row.pause and row.paused_at is not None:
        before, row.due_at = row.due_at, _shifted(row, max(happened, row.paused_at))
        row.pause, row.paused_at = "", None
        _note(session, row, "resumed", happened, due_before=before, due_after=row.due_at)


def _note(session: Session, row: Dossier, kind: str, happened: datetime, proof: Proof | None = None, **facts: Any) -> None:
    """One line of the history, and one of the trail (which keeps no names)."""
    kept = proof or Proof()
    session.add(
        DossierEvent(
            dossier_id=row.id, kind=kind, happened_at=happened, recorded_at=clock.now(), actor=audit.actor(),
            evidence=kept.evidence, proof=kept.proof, recipient=kept.recipient, **facts,
        )
    )  # fmt: skip
    audit.record(session, f"dossier_{kind}", row.about, None, {"at": happened.isoformat(), "due": row.due_at.isoformat()})
