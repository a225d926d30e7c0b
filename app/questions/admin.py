"""The officers' questions: read, show, merge, register, import."""

from flask import Blueprint

pages = Blueprint("questions_admin", __name__)
