"""The roof: create_app(), and every room's pages with their addresses."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask
from flask_bootstrap import Bootstrap5

from app import access, channels, cli, db, logs, scheduler, web
from app.answers import admin as answers_admin
from app.answers import views as answers
from app.appointments import admin as appointments_admin
from app.appointments import manage as appointments
from app.attendance import admin as attendance_admin
from app.chasing import admin as chasing_admin
from app.config import ROOT, settings
from app.dossiers import admin as dossiers_admin
from app.dossiers import views as dossiers
from app.feedback import admin as feedback_admin
from app.feedback import views as feedback
from app.guides import admin as guides_admin
from app.guides import filing_admin
from app.guides import views as guides
from app.home import views as home
from app.invitations import admin as invitations_admin
from app.invitations import answering as invitations
from app.invitations import kit_admin, short
from app.meetings import admin as meetings_admin
from app.meetings import views as meetings
from app.minutes import admin as minutes_admin
from app.minutes import views as minutes
from app.offices import views as offices
from app.outbox import admin as outbox_admin
from app.promises import admin as promises_admin
from app.promises import views as promises
from app.questions import admin as questions_admin
from app.questions import manage as questions
from app.reconciliation import admin as reconciliation_admin
from app.reconciliation import views as reconciliation
from app.reports import admin as reports_admin
from app.reports import form06_admin
from app.reports import views as reports
from app.staff import views as staff

# Every page of the product: blueprint and where it stands. `/en` in front of any of them is its English twin (app.web).
PAGES = (
    (home.pages, "/"),
    (offices.pages, "/thu-tuc"),
    (appointments.pages, "/"),
    (meetings.pages, "/"),
    (questions.pages, "/"),
    (answers.pages, "/"),
    (minutes.pages, "/thu-bay"),
    (invitations.pages, "/"),
    (short.pages, "/m"),
    (promises.pages, "/"),
    (reports.pages, "/"),
    (dossiers.pages, "/ho-so"),
    (feedback.pages, "/khao-sat"),
    (guides.pages, "/"),
    (reconciliation.pages, "/doi-soat"),
    (staff.pages, "/can-bo"),
    (appointments_admin.pages, "/can-bo"),
    (meetings_admin.pages, "/can-bo/thu-bay"),
    (questions_admin.pages, "/can-bo/thu-bay"),
    (answers_admin.pages, "/can-bo/thu-bay"),
    (attendance_admin.pages, "/can-bo/thu-bay"),
    (minutes_admin.pages, "/can-bo/thu-bay"),
    (invitations_admin.pages, "/can-bo/thu-bay"),
    (kit_admin.pages, "/can-bo/thu-bay"),
    (promises_admin.pages, "/can-bo/loi-hen"),
    (chasing_admin.pages, "/can-bo/don-doc"),
    (reports_admin.pages, "/can-bo/so-lieu"),
    (form06_admin.pages, "/can-bo/bao-cao"),
    (dossiers_admin.pages, "/can-bo/ho-so"),
    (reconciliation_admin.pages, "/can-bo/doi-soat"),
    (feedback_admin.pages, "/can-bo/y-kien"),
    (guides_admin.pages, "/can-bo/bai-viet"),
    (filing_admin.pages, "/can-bo/huong-dan-nop"),
    (outbox_admin.pages, "/can-bo/thu"),
)
GROUND = (logs, db.db, db.migrate, channels.mail, Bootstrap5(), web, staff.login, scheduler, cli)


def create_app(overrides: Mapping[str, Any] | None = None) -> Flask:
    """The product, configured from the environment; `overrides` is for tests."""
    config = settings() | dict(overrides or {})
    app = Flask(
        __name__, template_folder=ROOT / "templates", static_folder=ROOT / "static", instance_path=config["INSTANCE_PATH"]
    )
    app.config.update(config)
    Path(config["INSTANCE_PATH"]).mkdir(parents=True, exist_ok=True)  # the default database and the demo's secret stand there
    app.before_request(access.guard)
    for part in GROUND:
        part.init_app(app)
    for pages, prefix in PAGES:
        app.register_blueprint(pages, url_prefix=prefix)
    return app
