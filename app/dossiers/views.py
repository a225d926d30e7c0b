"""Public pages of one dossier: its standing, the time to collect."""

from flask import Blueprint

from app.dossiers import models as models  # its tables are part of the house

pages = Blueprint("dossiers", __name__)
