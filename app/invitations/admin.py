"""Subscribers, reserved seats, the invitation kit."""

from flask import Blueprint

pages = Blueprint("invitations_admin", __name__)
