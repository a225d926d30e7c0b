"""The officers' list of what is due, and the letters to units."""

from flask import Blueprint

pages = Blueprint("chasing_admin", __name__)
