"""Addresses that leave the house: in messages, calendar files and QR codes; always from PUBLIC_URL."""

from typing import Any

from flask import current_app


def absolute(endpoint: str, locale: str = "vi", **values: Any) -> str:
    """The full address of a page in the reader's language, whatever host the present request came in by."""
    app = current_app
    adapter = app.url_map.bind("unused", script_name="/en/" if locale == "en" else "/")
    return str(app.config["PUBLIC_URL"]) + adapter.build(endpoint, values)
