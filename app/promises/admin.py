"""The officers' ledger."""

from flask import Blueprint

pages = Blueprint("promises_admin", __name__)
