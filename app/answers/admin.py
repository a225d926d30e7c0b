"""Sending questions to units, reading what they drafted, releasing answers to the askers."""

from flask import Blueprint

from app import access

pages = Blueprint("answers_admin", __name__)


@pages.get("/<day>/don-vi")
@access.staff_only()
def index(day: str) -> str:
    return day
