"""By itself: units that are silent are reminded, and the chair hears of those that are late. Each once for each sending."""

from app import audit, clock
from app.answers import actions, messages, queries, rules
from app.answers.models import UnitRequest
from app.db import transaction
from app.meetings import days
from app.staff import queries as staff


def remind() -> int:
    """Reads first, so that an idle beat never takes the write lock. Returns how many units were reminded or reported."""
    worked = actions.calendar()
    if not _due(worked):
        return 0
    with transaction() as session:
        due, now = _due(worked, lock=True), clock.now()
        for request, count, stage in due:
            before, request.reminded, request.reminded_at = request.reminded, stage, now
            messages.reminder(session, request, stage, count)
            audit.record(session, "unit_reminded", request.about, {"stage": before}, {"stage": stage, "owed": count})
        late = [(request, count) for request, count, stage in due if stage == "late"]
        for meeting in dict.fromkeys(request.meeting for request, _count in late):
            of = [(request, count) for request, count in late if request.meeting is meeting]
            for officer in staff.leaders():
                messages.units_late(session, officer, meeting, of)
        return len(due)


def _due(worked: days.Calendar, lock: bool = False) -> list[tuple[UnitRequest, int, str]]:
    """Requests whose unit has reached its next stage, with what it owes."""
    today, found = clock.today(), []
    for request, count in queries.silent(clock.now(), today, lock):
        stage = rules.stage(request.due_on, clock.local(request.sent_at).date(), today, worked)
        if rules.goes_on(request.reminded, stage):
            found.append((request, count, stage))
    return found
