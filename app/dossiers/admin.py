"""The officers' dossiers: receive, pause, extend, finish, hand over; slips."""

from flask import Blueprint

pages = Blueprint("dossiers_admin", __name__)
