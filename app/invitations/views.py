"""Subscribing, one-tap replies, leaving, tracked links."""

from flask import Blueprint

pages = Blueprint("invitations", __name__)
