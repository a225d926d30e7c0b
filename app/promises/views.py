"""The public ledger, and the page of a unit's own promises."""

from flask import Blueprint

from app.promises import models as models  # its tables are part of the house

pages = Blueprint("promises", __name__)
