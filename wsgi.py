"""The door: the WSGI application."""

import os

from app import create_app

app = create_app()
if not app.config["SECRET_KEY"] and os.environ.get("FLASK_RUN_FROM_CLI") != "true":
    raise SystemExit("SECRET_KEY is not set. Make one with: python -c 'import secrets; print(secrets.token_hex(32))'")
