"""The public questions of a meeting, and one asker's own question."""

from flask import Blueprint

pages = Blueprint("questions", __name__)
