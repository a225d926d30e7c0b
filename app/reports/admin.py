"""The officers' figures."""

from flask import Blueprint

pages = Blueprint("reports_admin", __name__)
