"""Public pages: all procedures with their search, and one procedure."""

from itertools import groupby

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import access, clock
from app.offices import papers, queries, rules, search, working_time
from app.offices.catalogue import Catalogue, Procedure
from app.text import clean_line

pages = Blueprint("offices", __name__)
pages.add_app_template_filter(papers.paper)
LONGEST_QUERY = 100


@pages.get("", strict_slashes=False)
@access.public
def index() -> ResponseReturnValue:
    """All procedures by field, or those a search means."""
    catalogue = queries.catalogue()
    query = clean_line(request.args.get("q", ""))[:LONGEST_QUERY]
    found = search.matching(catalogue.procedures, query)
    groups = [] if query else _by_field(catalogue.procedures)
    return render_template("offices/index.html", query=query, found=found, groups=groups, count=len(catalogue.procedures))


def _by_field(procedures: tuple[Procedure, ...]) -> list[tuple[Procedure, list[Procedure]]]:
    """Fields in the order of the catalogue, each told by its first procedure."""
    order = {field: place for place, field in reversed(list(enumerate(procedure.field for procedure in procedures)))}
    ranked = sorted(procedures, key=lambda procedure: order[procedure.field])
    groups = [list(group) for _field, group in groupby(ranked, key=lambda procedure: procedure.field)]
    return [(group[0], group) for group in groups]


@pages.get("/<code>")
@access.public
def procedure(code: str) -> ResponseReturnValue:
    catalogue = queries.catalogue()
    found = catalogue.by_code.get(code)
    if found is None:
        return _elsewhere(catalogue, code)
    places = catalogue.offices_for(found)
    guide = catalogue.by_code.get(rules.GUIDED_FILING)
    guided = guide if guide and guide is not found and found.online_url and catalogue.offices_for(guide) else None
    return render_template(
        "offices/procedure.html",
        procedure=found,
        places=places,
        guide=guided,
        minutes=sorted({counter.minutes[found.id] for office in places for counter in office.serving(found)}),
        cut_off=_cut_off(found),
        returned=any("show" in papers.paper(line).kinds for line in found.documents),
    )


def _elsewhere(catalogue: Catalogue, code: str) -> ResponseReturnValue:
    """Portals append the agency to the national code: "1.001193.000.00.00.H13" is 1.001193."""
    national = ".".join(code.split(".")[:2])
    if national not in catalogue.by_code:
        abort(404)
    return redirect(url_for(".procedure", code=national))


def _cut_off(procedure: Procedure) -> str:
    """The hour after which a same-day matter is done on the next working day."""
    if procedure.duration_unit != "same_day":
        return ""
    return clock.at(clock.today(), working_time.CUT_OFF).isoformat()
