"""Builders: officers with a password, and a browser that signs in the way people do."""

from typing import Any

from werkzeug.test import TestResponse

from app.db import transaction
from app.staff import actions
from app.staff.models import Officer
from tests.page import Client

EMAIL, PASSWORD = "ut@hen.example", "ghe do ben song"
SIGN_IN = "/can-bo/dang-nhap"
_hash = actions.hashed(PASSWORD)  # a tenth of a second, once


def officer(email: str = EMAIL, role: str = "counter", **facts: Any) -> Officer:
    with transaction() as session:
        made = Officer(**({"email": email, "name": "Nguyễn Thị Út", "role": role, "password_hash": _hash} | facts))
        session.add(made)
    return made


def sign_in(client: Client, email: str = EMAIL, password: str = PASSWORD, wanted: str = "") -> TestResponse:
    address = SIGN_IN + (f"?next={wanted}" if wanted else "")
    return client.submit(address, {"email": email, "password": password}, having="password")
