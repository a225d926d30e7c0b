"""Every write of the room.

An act is refused when the page it comes from is older than the last one (`seen`: the promise's sequence), so that of two
people at once one acts and the other sees what changed. The same act again changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import audit, clock
from app.db import transaction
from app.promises import messages, queries, rules
from app.promises.evidence import Evidence
from app.promises.models import Promise, PromiseAsker, PromiseEvent, PromiseFile
from app.refusal import Conflict, Refusal


@dataclass(frozen=True, slots=True)
class Asker:
    """Whom to ask whether it helped: their record, their own page, how to reach them."""

    about: str  # "question:12"
    link: str
    email: str = ""
    phone: str = ""
    locale: str = "vi"


@dataclass(frozen=True, slots=True)
class Commitment:
    """What was promised, as minutes have it. `raised` and `raised_by` must already be fit for the public."""

    what: str
    unit_id: int
    due: date
    occasion: str  # "meeting:3"
    occasion_on: date
    kind: str = "deed"
    about: str = ""
    raised: str = ""
    raised_by: str = ""
    field: str = ""
    public: bool = True
    askers: Sequence[Asker] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """What a unit says it did."""

    happened_on: date
    number: str = ""  # of the document that shows it
    text: str = ""
    evidence: Evidence | None = None


# -- inside a caller's transaction: what minutes do -------------------------------------------------------------------


def make(session: Session, made: Commitment) -> Promise:
    """Enters a promise into the ledger, inside the caller's transaction."""
    row = Promise(
        kind=made.kind, occasion=made.occasion, occasion_on=made.occasion_on, about=made.about, raised=made.raised,
        raised_by=made.raised_by, field=made.field, what=made.what, unit_id=made.unit_id, public=made.public,
        made_on=made.occasion_on, first_due=made.due, due=made.due,
    )  # fmt: skip
    session.add(row)
    session.flush()
    session.add_all(
        PromiseAsker(promise_id=row.id, about=one.about, link=one.link, email=one.email, phone=one.phone, locale=one.locale)
        for one in made.askers
    )
    _note(session, row, "made", made.occasion_on, audit.actor(), due_after=made.due)
    audit.record(session, "promise_made", f"promise:{row.id}", None, {"unit": made.unit_id, "due": made.due.isoformat()})
    return row


def withdraw(session: Session, number: int, reason: str) -> Promise:
    """Taken back by amended minutes: stays in the ledger, with the reason; nobody is chased or asked for it any more."""
    row = _locked(number)
    if row.withdrawn_on is None:
        row.withdrawn_on = clock.today()
        _note(session, row, "withdrawn", row.withdrawn_on, audit.actor(), reason)
        messages.withdrawn(session, row, queries.askers(number))
        _changed(session, row, "promise_withdrawn", audit.actor())
    return row


def put_off(session: Session, number: int, day: date, reason: str) -> Promise:
    """A later day, decided where the promise was made; who made it tells the askers."""
    _put_off(session, row := _locked(number), day, reason, audit.actor())
    return row


# -- the unit's key ---------------------------------------------------------------------------------------------------


def done(number: int, report: Report, seen: int, actor: str) -> Promise:
    """The unit says it is done: when it happened, which may lie before today, beside when it was entered, which is now.

    Raises Conflict when somebody else has said so with other words, or the page is old.
    """
    with transaction() as session:
        row, today = _locked(number), clock.today()
        if (row.done_on, row.proof_number, row.proof_text) == (report.happened_on, report.number, report.text):
            return row
        rules.check_open(row)
        rules.check_seen(row, seen)
        rules.check_done(row, report.happened_on, report.number, report.text, today)
        if row.waiting_since:
            _resume(session, row, report.happened_on, actor)
        row.done_on, row.done_recorded_at = report.happened_on, clock.now()
        row.proof_number, row.proof_text = report.number, report.text
        _note(session, row, "done", report.happened_on, actor, " · ".join(filter(None, (report.number, report.text))))
        if report.evidence:
            _keep(session, row, report.evidence, actor)
        askers = queries.askers(number)
        for asker in askers:  # whoever was not fully helped is asked anew
            asker.verdict = asker.verdict if asker.verdict == "yes" else ""
        row.verdict = rules.worst(asker.verdict for asker in askers)
        _changed(session, row, "promise_done", actor, done_on=report.happened_on.isoformat())
        messages.done(session, row, askers)
        return row


def add_evidence(number: int, evidence: Evidence, actor: str) -> None:
    """One more paper, whenever it turns up; the same one twice is kept once."""
    with transaction() as session:
        row = _locked(number)
        if row.withdrawn_on:
            raise Conflict(_("Lời hẹn này đã được rút."))
        if _keep(session, row, evidence, actor):
            _changed(session, row, "promise_evidence_added", actor)


def remove_file(number: int, file_id: int, reason: str, actor: str) -> None:
    """A paper that should not be public is taken away; that it was, and why, stays in the history."""
    with transaction() as session:
        row, kept = _locked(number), queries.file(number, file_id)
        if kept is None:
            return
        _note(session, row, "amended", clock.today(), actor, _("Gỡ tệp %(name)s: %(reason)s", name=kept.name, reason=reason))
        session.delete(kept)
        _changed(session, row, "promise_file_removed", actor, sha256=kept.sha256)


def postpone(number: int, day: date, reason: str, seen: int, actor: str) -> Promise:
    """Another working day, for a reason that everybody reads; the first promised day stays beside it."""
    with transaction() as session:
        row = _locked(number)
        if row.due == day and row.sequence == seen + 1:
            return row
        rules.check_open(row)
        rules.check_seen(row, seen)
        today = clock.today()
        rules.check_postponement(row, day, reason, today, queries.calendar(today))
        before = row.due
        _put_off(session, row, day, reason, actor)
        messages.postponed(session, row, queries.askers(number), before, reason)
        return row


def _put_off(session: Session, row: Promise, day: date, reason: str, actor: str) -> None:
    before, row.due, row.postponed = row.due, day, row.postponed + 1
    _note(session, row, "postponed", clock.today(), actor, reason, before, day)
    _changed(session, row, "promise_postponed", actor, due=day.isoformat())


def wait(number: int, whom: str, seen: int, actor: str) -> Promise:
    """The unit cannot go on without somebody else: the clock stands from today."""
    with transaction() as session:
        row = _locked(number)
        if row.waiting_for == whom != "":
            return row
        rules.check_open(row)
        rules.check_seen(row, seen)
        if row.waiting_since:
            raise Conflict(_("Đồng hồ đang dừng rồi."))
        if not whom:
            raise Refusal(_("Ghi đang chờ cơ quan, đơn vị nào."), "whom")
        row.waiting_for, row.waiting_since = whom, clock.today()
        _note(session, row, "waiting", row.waiting_since, actor, whom)
        _changed(session, row, "promise_waits", actor)
        return row


def resume(number: int, actor: str) -> Promise:
    """The clock goes on from today; the promised day has moved by the working days waited. Twice is once."""
    with transaction() as session:
        row = _locked(number)
        rules.check_open(row)
        if row.waiting_since:
            _resume(session, row, clock.today(), actor)
            _changed(session, row, "promise_resumed", actor, due=row.due.isoformat())
        return row


def _resume(session: Session, row: Promise, until: date, actor: str) -> None:
    since = row.waiting_since or until
    before = row.due
    row.due = rules.after_wait(before, since, until, queries.calendar(clock.today()))
    row.waiting_for, row.waiting_since = "", None
    _note(session, row, "resumed", max(since, until), actor, "", before, row.due)


# -- the askers' key --------------------------------------------------------------------------------------------------


def verdict(number: int, about: str, said: str, words: str = "") -> Promise:
    """An asker says whether it helped: yes, partly, no. Their words go to the office alone; they may change their mind.

    "No" opens the promise again on the old clock and tells the chair. Taken back before the unit did anything else, it
    closes again as it was.
    """
    with transaction() as session:
        row = _locked(number)
        askers = queries.askers(number)
        mine = next((asker for asker in askers if asker.about == about), None)
        if mine is None or said not in ("yes", "partly", "no"):
            raise Refusal(_("Chọn một trong ba câu trả lời."), "verdict")
        if (mine.verdict, mine.words) == (said, words):
            return row
        if row.withdrawn_on or (row.done_on is None and not mine.verdict):
            raise Conflict(_("Đơn vị chưa báo xong nên chưa trả lời được. Khi xong sẽ có thư báo."))
        changed, mine.verdict, mine.words, mine.said_at = mine.verdict != said, said, words, clock.now()
        row.verdict = rules.worst(asker.verdict for asker in askers)
        if changed:
            _note(session, row, "verdict", clock.today(), "asker", said)
            _heed(session, row)
        _changed(session, row, "promise_verdict", "asker", verdict=row.verdict)
        return row


def _heed(session: Session, row: Promise) -> None:
    """What the askers' words together do to the promise."""
    if row.verdict == "no" and row.done_on:
        row.done_on = row.done_recorded_at = None
        row.reopened += 1
        _note(session, row, "reopened", clock.today(), "asker")
        messages.withdrawn(session, row, queries.askers(row.id))
        messages.reopened(session, row, queries.leaders())
    elif row.verdict != "no" and row.done_on is None:
        before = [event for event in queries.history(row.id) if event.kind != "verdict"]
        if before[-1].kind == "reopened":  # nothing was done since: it closes as it was
            last = next(event for event in reversed(before) if event.kind == "done")
            row.done_on, row.done_recorded_at = last.happened_on, last.recorded_at
            _note(session, row, "done", last.happened_on, "asker", last.reason)


# -- what all of them do ----------------------------------------------------------------------------------------------


def _locked(number: int) -> Promise:
    row = queries.locked(number)
    if row is None:
        raise Refusal(_("Không có lời hẹn này."))
    return row


def _note(
    session: Session, row: Promise, kind: str, happened_on: date, actor: str, reason: str = "",
    due_before: date | None = None, due_after: date | None = None,
) -> None:  # fmt: skip
    """A line of the history: when it happened, and when it was entered, which is now."""
    session.add(
        PromiseEvent(
            promise_id=row.id, kind=kind, happened_on=happened_on, recorded_at=clock.now(), actor=actor, reason=reason[:4000],
            due_before=due_before, due_after=due_after,
        )
    )  # fmt: skip
    session.flush()


def _keep(session: Session, row: Promise, evidence: Evidence, actor: str) -> bool:
    """The paper under a name of ours, unless it is here already."""
    known = queries.files(row.id)
    if any(one.sha256 == evidence.sha256 for one in known):
        return False
    if len(known) >= rules.MOST_PAPERS:
        raise Refusal(_("Mỗi lời hẹn giữ nhiều nhất %(most)s tệp.", most=rules.MOST_PAPERS), "file")
    name = f"loi-hen-{row.id}-{evidence.sha256[:6]}.{evidence.ending}"
    session.add(
        PromiseFile(
            promise_id=row.id, name=name, media_type=evidence.media_type, size=len(evidence.content), sha256=evidence.sha256,
            added_at=clock.now(), content=evidence.content,
        )
    )  # fmt: skip
    _note(session, row, "proof", clock.today(), actor, name)
    return True


def _changed(session: Session, row: Promise, act: str, actor: str, **facts: Any) -> None:
    """Pages opened before are old now; the trail knows."""
    row.sequence += 1
    audit.record(session, act, f"promise:{row.id}", None, {"by": actor, "sequence": row.sequence} | facts)
