"""A unit's own questions, opened by its link."""

from flask import Blueprint

pages = Blueprint("answers", __name__)
