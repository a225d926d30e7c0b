"""What people said, for officers."""

from flask import Blueprint

pages = Blueprint("feedback_admin", __name__)
