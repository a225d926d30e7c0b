"""The register: lists read in, piles, findings, what must be clicked."""

from flask import Blueprint

from app.reconciliation import models as models  # its tables are part of the house

pages = Blueprint("reconciliation_admin", __name__)
