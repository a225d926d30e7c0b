"""The roof: what one types. Every command is a few lines around an action."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from flask_migrate import upgrade

from app import backup, clock, demo, links, retention, sample_half_year
from app import selfcheck as checks
from app.config import kept_secret
from app.offices import actions as offices
from app.offices import queries, working_time
from app.offices.actions import Report
from app.offices.catalogue import Office
from app.reconciliation import imports as lists
from app.refusal import Refusal
from app.scheduler import run_forever
from app.staff import actions as staff
from app.staff.models import ROLES

importing = AppGroup("import", help="Bring in tables from CSV or XLSX: all or nothing, safe to repeat.")
officer = AppGroup("officer", help="Staff accounts.")
sample = AppGroup("sample", help="Well-known figures to look at, marked as samples; safe to repeat.")
Answer = TypeVar("Answer")
FILE = click.Path(exists=True, dir_okay=False)


def init_app(app: Flask) -> None:
    for command in (
        due,
        importing,
        officer,
        sample,
        run_scheduler,
        fill_demo,
        start_demo,
        selfcheck,
        save_backup,
        restore_backup,
        keep_or_forget,
    ):
        app.cli.add_command(command)


# -- deadlines --------------------------------------------------------------------------------------------------------


@click.command("due")
@click.argument("received", type=click.DateTime(["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]))
@click.argument("value", type=click.FloatRange(0, working_time.LONGEST))
@click.argument("unit", type=click.Choice(working_time.UNITS))
@click.option("--office", "slug", help="Count in this office's hours instead of the usual ones.")
@with_appcontext
def due(received: datetime, value: float, unit: str, slug: str | None) -> None:
    """Print when a dossier received at RECEIVED (YYYY-MM-DDTHH:MM, office time) is due."""
    office = _office(slug)
    years = range(received.year, received.year + 2 + int(value) // 200)
    moment = _said(lambda: working_time.due(_instant(received), value, unit, queries.calendar(office, years)))
    click.echo(clock.local(moment).strftime("%Y-%m-%dT%H:%M"))


def _office(slug: str | None) -> Office | None:
    offices = queries.catalogue().by_slug
    if slug and slug not in offices:
        raise click.ClickException(f"no office {slug!r}; there are: {', '.join(offices)}")
    return offices[slug] if slug else None


def _instant(typed: datetime) -> datetime:
    return clock.at(typed.date(), typed.time())


def _said(act: Callable[[], Answer]) -> Answer:
    """A refusal is a sentence and exit code 1, not a traceback."""
    try:
        return act()
    except Refusal as refusal:
        raise click.ClickException(refusal.sentence) from None


# -- tables -----------------------------------------------------------------------------------------------------------


@importing.command("procedures")
@click.argument("file", type=FILE)
@click.option("--dry-run", is_flag=True, help="Say what would change, write nothing.")
def import_procedures(file: str, dry_run: bool) -> None:
    """Procedures, with the columns of app/data/procedures.csv."""
    _print(_said(lambda: offices.import_procedures(file, dry_run)), dry_run)


@importing.command("holidays")
@click.argument("file", type=FILE)
@click.option("--dry-run", is_flag=True, help="Say what would change, write nothing.")
def import_holidays(file: str, dry_run: bool) -> None:
    """Days off and make-up days: columns day, name and (for make-up days: 1) works."""
    _print(_said(lambda: offices.import_holidays(file, dry_run)), dry_run)


@importing.command("dossiers")
@click.argument("file", type=FILE)
@click.option("--dry-run", is_flag=True, help="Say what would change, write nothing.")
def import_dossiers(file: str, dry_run: bool) -> None:
    """The e-one-stop system's list: headings as systems in use write them, or as an officer once mapped them."""
    content = Path(file).read_bytes()

    def act() -> lists.Report:
        meaning = lists.meaning_of(lists.columns_of(lists.table(content, "list")))
        return (lists.look if dry_run else lists.take_in)(content, meaning)

    report = _said(act)
    _refuse_faults(report.errors)
    counts = f"{report.added} added, {report.changed} changed, {report.unchanged} unchanged"
    click.echo(f"{counts}{' (this very file was taken in before)' if report.repeated else ''}{_dry(dry_run)}")


def _refuse_faults(errors: Sequence[tuple[int, str]]) -> None:
    for line, sentence in errors:
        click.echo(f"line {line}: {sentence}", err=True)
    if errors:
        raise click.ClickException(f"{len(errors)} errors, nothing was written")


def _dry(dry_run: bool) -> str:
    return " (dry run, nothing was written)" if dry_run else ""


def _print(report: Report, dry_run: bool) -> None:
    _refuse_faults(report.errors)
    for sign, keys in (("+", report.added), ("~", report.changed)):
        for key in keys:
            click.echo(f"{sign} {key}")
    click.echo(f"{len(report.added)} added, {len(report.changed)} changed, {report.unchanged} unchanged{_dry(dry_run)}")


@sample.command(sample_half_year.NAME)
@with_appcontext
def load_half_year() -> None:
    """The half-year of 2020: 14,191 dossiers, 13,899 done, all on time by paper, 108 late by the system."""
    says = f"{sample_half_year.ALL:,} sample dossiers added" if sample_half_year.load() else "the sample is there already"
    click.echo(says)


# -- staff ------------------------------------------------------------------------------------------------------------


@officer.command("add")
@click.argument("email")
@click.option("--role", type=click.Choice(ROLES), required=True)
@click.option("--name", default="", help="As shown to colleagues; the e-mail address when not given.")
@click.option("--office", "slug", help="Sees and acts for this office only; without it, for all.")
def add_officer(email: str, role: str, name: str, slug: str | None) -> None:
    """Add an officer and print the one-time link that sets the password."""
    if "@" not in email[1:-1]:
        raise click.BadParameter("not an e-mail address", param_hint="EMAIL")
    _need_secret()
    office = _office(slug)
    _print_link(_said(lambda: staff.add_officer(email, role, name or email, office.id if office else None)))


@officer.command("link")
@click.argument("email")
def renew_link(email: str) -> None:
    """Print a new one-time link for an officer who forgot the password; older links are dead."""
    _need_secret()
    _print_link(_said(lambda: staff.renew_link(email)))


@officer.command("deactivate")
@click.argument("email")
def deactivate(email: str) -> None:
    """Close an officer's account: signed out everywhere at once, kept for the trail."""
    _said(lambda: staff.deactivate(email))


def _need_secret() -> None:
    """Before anything is written: a link that cannot be signed, or that the website cannot read, helps nobody."""
    if not current_app.config["SECRET_KEY"]:
        raise click.ClickException("SECRET_KEY is not set: use the one the website runs with")


def _print_link(token: str) -> None:
    click.echo(links.absolute("staff.accept_link", token=token))


# -- running ----------------------------------------------------------------------------------------------------------


@click.command("scheduler")
@with_appcontext
def run_scheduler() -> None:
    """Only the heartbeat; any number may run beside any number of web workers."""
    run_forever(current_app._get_current_object())  # type: ignore[attr-defined]


@click.command("demo")
@with_appcontext
def fill_demo() -> None:
    """Fill in demo data relative to today; twice changes nothing. Makes and keeps a secret of its own where none is set."""
    config = current_app.config
    config["SECRET_KEY"] = config["SECRET_KEY"] or kept_secret(Path(config["INSTANCE_PATH"]), make=True)
    demo.fill()


@click.command("start-demo")
@with_appcontext
def start_demo() -> None:
    """What `make run` does before serving: the database up to date, demo data, and where to go."""
    upgrade()
    demo.fill()
    click.echo(f"\n  Hẹn: {current_app.config['PUBLIC_URL']}")
    click.echo(f"  Staff: {links.absolute('staff.sign_in')}  (password of all: {demo.PASSWORD})")
    for email, name, role in demo.OFFICERS:
        click.echo(f"    {email:24} {role:10} {name}")


@click.command("selfcheck")
@with_appcontext
def selfcheck() -> None:
    """Check the invariants on the live database; one line each, exit code 1 when one is broken."""
    results = checks.run()
    for result in results:
        click.echo(result.line)
    if any(result.broken for result in results):
        raise click.exceptions.Exit(1)


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False))
@with_appcontext
def save_backup(file: str) -> None:
    """Copy the live database into FILE, consistent, while the work goes on."""
    size = _said(lambda: backup.save(file))
    click.echo(f"{file}: {size:,} bytes. SECRET_KEY is not in it: keep that apart, sessions and mail links need it.")


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--yes", is_flag=True, help="Replace the database that is there.")
@click.option("--send-due", is_flag=True, help="The copy is of this very moment: let what is due leave.")
@with_appcontext
def restore_backup(file: str, yes: bool, send_due: bool) -> None:
    """Bring back the database from FILE. Stop every web worker and scheduler first."""
    doubtful = _said(lambda: backup.bring_back(file, yes, send_due))
    click.echo(f"restored; {doubtful} messages due meanwhile wait in the staff tray for a person to decide")


@click.command("retention")
@click.option("--dry-run", is_flag=True, help="Say what would go, change nothing.")
@with_appcontext
def keep_or_forget(dry_run: bool) -> None:
    """Remove personal data past its time; the scheduler does it every night."""
    for rule, rows in retention.run(dry_run):
        click.echo(f"{rows:8,}  {rule.says}")
    if dry_run:
        click.echo("dry run, nothing was changed")
