"""Public pages of one dossier: where it stands, and how to get the result."""

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from app import access, clock, proof
from app.dossiers import queries, rules
from app.dossiers.forms import EVENT_NAMES, RETURN_NAMES
from app.offices import queries as offices

pages = Blueprint("dossiers", __name__)
COLLECTING = "nhan-ket-qua"  # our own service: five minutes to collect a result
SHOWN = (
    "received", "supplement", "duty", "agency", "resumed", "extended", "finished", "handed_over", "posted", "withdrawn",
    "refused", "stopped",
)  # fmt: skip


@pages.get("/<code>")
@access.public
@proof.of_dossier
def show(code: str) -> ResponseReturnValue:
    """Received, at the unit, ready, handed over; what is late is said to be late, with the apology."""
    row = queries.by_code(code) or abort(404)
    catalogue, today = offices.catalogue(), clock.today()
    times = rules.Times(row.due_at, row.finished_at, row.ended_as, bool(row.pause))
    office, collecting = catalogue.office_of.get(row.office_id), catalogue.by_code.get(COLLECTING)
    return render_template(
        "dossiers/show.html",
        row=row,
        standing=rules.standing(times, today),
        late=rules.late_days(row.due_at, today),
        events=[one for one in queries.history(row.id) if one.kind in SHOWN],
        names=EVENT_NAMES,
        returns=RETURN_NAMES,
        collect=office if office and collecting and office.serving(collecting) else None,
        collecting=COLLECTING,
    )
