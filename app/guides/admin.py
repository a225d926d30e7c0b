"""Writing guides and news."""

from flask import Blueprint

pages = Blueprint("guides_admin", __name__)
