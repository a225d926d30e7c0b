"""The desk at the door, the paper list afterwards, the running agenda."""

from flask import Blueprint

pages = Blueprint("attendance_admin", __name__)
