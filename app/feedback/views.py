"""The question, by link and on the kiosk."""

from flask import Blueprint

pages = Blueprint("feedback", __name__)
