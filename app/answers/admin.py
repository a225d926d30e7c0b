"""Sending questions to units, releasing their answers."""

from flask import Blueprint

pages = Blueprint("answers_admin", __name__)
