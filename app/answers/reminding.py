"""By itself: units that are silent are reminded, each once for each sending. (The chair hears of late ones in the digest.)"""

from app import audit, clock
from app.answers import actions, messages, queries, rules
from app.answers.models import UnitRequest
from app.db import transaction
from app.meetings import days


def remind() -> int:
    """Reads first, so that an idle beat never takes the write lock. Returns how many units were reminded."""
    worked = actions.calendar()
    if not _due(worked):
        return 0
    with transaction() as session:
        due, now = _due(worked, lock=True), clock.now()
        for request, count, stage in due:
            before, request.reminded, request.reminded_at = request.reminded, stage, now
            messages.reminder(session, request, stage, count)
            audit.record(session, "unit_reminded", request.about, {"stage": before}, {"stage": stage, "owed": count})
        return len(due)


def _due(worked: days.Calendar, lock: bool = False) -> list[tuple[UnitRequest, int, str]]:
    """Requests whose unit has reached its next stage, with what it owes."""
    today, found = clock.today(), []
    for request, count in queries.silent(clock.now(), today, lock):
        stage = rules.stage(request.due_on, clock.local(request.sent_at).date(), today, worked)
        if rules.goes_on(request.reminded, stage):
            found.append((request, count, stage))
    return found
