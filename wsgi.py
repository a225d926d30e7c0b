"""The door: the WSGI application."""

from app import create_app
from app.config import settings
from app.scheduler import serving

if serving() and not settings()["SECRET_KEY"]:  # before anything starts; commands that sign nothing go without
    raise SystemExit("SECRET_KEY is not set. Make one with: python -c 'import secrets; print(secrets.token_hex(32))'")
app = create_app()
