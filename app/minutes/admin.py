"""Writing, finalising, amending and printing minutes."""

from flask import Blueprint

pages = Blueprint("minutes_admin", __name__)
