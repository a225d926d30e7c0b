"""The published minutes."""

from flask import Blueprint

pages = Blueprint("minutes", __name__)
