"""Accounts, one-time links and sessions, in the database."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from argon2 import PasswordHasher
from flask import Flask

from app import audit, clock
from app.db import db, transaction
from app.refusal import Refusal
from app.staff import actions, queries
from app.staff.models import Officer, StaffSession, Unit
from tests.staff import make
from tests.staff.make import EMAIL, PASSWORD


def trail() -> list[tuple[str, str, str]]:
    lines = db.session.scalars(sa.select(audit.Audit).order_by(audit.Audit.id))
    return [(line.actor, line.act, line.about) for line in lines]


def found(email: str = EMAIL) -> Officer:
    db.session.expire_all()
    officer = queries.by_email(email)
    assert officer is not None
    return officer


def open_sessions() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(StaffSession).where(StaffSession.ended_at.is_(None))) or 0


# -- accounts and links -----------------------------------------------------------------------------------------------


def test_a_new_officer_chooses_a_password_by_the_link(app: Flask) -> None:
    token = actions.add_officer(" Ut@HEN.example", "counter", "Nguyễn Thị Út")
    officer = queries.of_link(token)
    assert officer is not None
    assert (officer.email, officer.role, officer.password_hash) == ("ut@hen.example", "counter", None)
    assert actions.sign_in(EMAIL, PASSWORD) is None  # no password yet
    actions.set_password(token, PASSWORD)
    assert actions.sign_in(EMAIL, PASSWORD)
    about = f"officer:{officer.id}"
    assert trail() == [("system", act, about) for act in ("officer_added", "password_set", "signed_in")]


def test_an_address_has_one_account(app: Flask) -> None:
    actions.add_officer(EMAIL, "counter", "Út")
    with pytest.raises(Refusal) as refused:
        actions.add_officer("UT@hen.example ", "admin", "Út")
    assert refused.value.field == "email"


def test_a_link_is_good_once(app: Flask) -> None:
    token = actions.add_officer(EMAIL, "counter", "Út")
    actions.set_password(token, PASSWORD)
    assert queries.of_link(token) is None
    with pytest.raises(Refusal):
        actions.set_password(token, "mot mat khau khac")
    assert actions.sign_in(EMAIL, PASSWORD)


def test_a_refused_password_does_not_use_up_the_link(app: Flask) -> None:
    token = actions.add_officer(EMAIL, "counter", "Út")
    with pytest.raises(Refusal):
        actions.set_password(token, "motcua2026")
    actions.set_password(token, PASSWORD)


def test_a_link_is_good_for_two_days(app: Flask, travel: time_machine.Traveller) -> None:
    token = actions.add_officer(EMAIL, "counter", "Út")
    travel.shift(timedelta(hours=47, minutes=59))
    assert queries.of_link(token)
    travel.shift(timedelta(minutes=2))
    assert queries.of_link(token) is None


@pytest.mark.parametrize("token", ["", "x", "WzEsMV0.aaaa.bbbb", "\x00", "a" * 5000, "WzEsMV0"])
def test_a_forged_link_is_nobodys(app: Flask, token: str) -> None:
    actions.add_officer(EMAIL, "counter", "Út")
    assert queries.of_link(token) is None


def test_a_link_signed_before_the_secret_changed_is_still_good(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    token = actions.add_officer(EMAIL, "counter", "Út")
    monkeypatch.setitem(app.config, "SECRET_KEY", "another")
    assert queries.of_link(token) is None
    monkeypatch.setitem(app.config, "SECRET_KEY_FALLBACKS", ["tests"])
    assert queries.of_link(token)


def test_a_renewed_link_replaces_every_older_one(app: Flask) -> None:
    old = actions.add_officer(EMAIL, "counter", "Út")
    new = actions.renew_link(EMAIL)
    assert queries.of_link(old) is None
    actions.set_password(new, PASSWORD)


def test_a_renewed_link_leaves_the_password_until_it_is_used(app: Flask) -> None:
    make.officer()
    new = actions.renew_link(EMAIL)
    assert actions.sign_in(EMAIL, PASSWORD)
    actions.set_password(new, "mot mat khau khac")
    assert open_sessions() == 0  # whoever knew the old password is out
    assert actions.sign_in(EMAIL, PASSWORD) is None
    assert actions.sign_in(EMAIL, "mot mat khau khac")


def test_deactivating_ends_sessions_links_and_sign_in(app: Flask) -> None:
    make.officer()
    actions.sign_in(EMAIL, PASSWORD)
    token = actions.renew_link(EMAIL)
    actions.deactivate(EMAIL)
    assert open_sessions() == 0
    assert queries.of_link(token) is None
    assert actions.sign_in(EMAIL, PASSWORD) is None
    for act in (actions.deactivate, actions.renew_link):
        with pytest.raises(Refusal):
            act(EMAIL)


def test_nobody_to_deactivate(app: Flask) -> None:
    with pytest.raises(Refusal):
        actions.deactivate("ai@hen.example")


# -- sessions ---------------------------------------------------------------------------------------------------------


def test_signing_in_opens_a_session(app: Flask) -> None:
    officer = make.officer()
    keys = {actions.sign_in(" UT@hen.example ", PASSWORD), actions.sign_in(EMAIL, PASSWORD)}
    assert len(keys) == 2  # a key of its own each time
    kept = queries.session_of(next(key for key in keys if key))
    assert kept is not None
    assert (kept.officer_id, kept.started_at, kept.seen_at, kept.ended_at) == (officer.id, clock.now(), clock.now(), None)


def test_the_password_may_be_typed_on_any_keyboard(app: Flask) -> None:
    token = actions.add_officer(EMAIL, "counter", "Út")
    actions.set_password(token, "Xu\u1ed3ng ba lá")
    assert actions.sign_in(EMAIL, "Xuo\u0302\u0300ng ba la\u0301")
    assert actions.sign_in(EMAIL, "Xuong ba la") is None


def test_signing_out_ends_the_session_once(app: Flask, travel: time_machine.Traveller) -> None:
    make.officer()
    key = actions.sign_in(EMAIL, PASSWORD) or ""
    actions.sign_out(key)
    ended = clock.now()
    travel.shift(timedelta(minutes=5))
    actions.sign_out(key)
    actions.sign_out("no such key")
    kept = queries.session_of(key)
    assert kept is not None
    assert kept.ended_at == ended
    assert [act for _actor, act, _about in trail()].count("signed_out") == 1


def test_being_seen_is_written_once_a_minute(app: Flask, travel: time_machine.Traveller) -> None:
    make.officer()
    key = actions.sign_in(EMAIL, PASSWORD) or ""
    travel.shift(timedelta(seconds=59))
    actions.seen(key)
    assert queries.session_of(key).seen_at == clock.now() - timedelta(seconds=59)  # type: ignore[union-attr]
    travel.shift(timedelta(seconds=1))
    actions.seen(key)
    assert queries.session_of(key).seen_at == clock.now()  # type: ignore[union-attr]


def test_an_old_hash_is_renewed_at_sign_in(app: Flask) -> None:
    make.officer(password_hash=PasswordHasher(time_cost=1, memory_cost=8192).hash(PASSWORD))
    old = found().password_hash
    assert actions.sign_in(EMAIL, "sai mat khau") is None
    assert found().password_hash == old
    assert actions.sign_in(EMAIL, PASSWORD)
    renewed = found().password_hash
    assert renewed != old
    assert renewed
    assert renewed.startswith("$argon2id$")
    assert actions.sign_in(EMAIL, PASSWORD)
    assert found().password_hash == renewed


@pytest.mark.parametrize("stored", [None, "", "plain text", "scrypt:32768:8:1$x$y"])
def test_a_hash_that_is_none_opens_nothing(app: Flask, stored: str | None) -> None:
    make.officer(password_hash=stored)
    assert actions.sign_in(EMAIL, PASSWORD) is None
    assert actions.sign_in(EMAIL, stored or "") is None


def test_every_refusal_costs_one_hash(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unknown, without password, left, wrong password: the same work, so that time tells nothing."""
    make.officer()
    make.officer("moi@hen.example", password_hash=None)
    make.officer("cu@hen.example", active=False)
    actions.sign_in("ai@hen.example", "x")  # the hash of nobody is made once
    verified: list[str] = []

    class Watched(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:
            verified.append(str(hash).split("$")[3])
            return super().verify(hash, password)

    monkeypatch.setattr(actions, "_hasher", Watched())
    for email in (EMAIL, "moi@hen.example", "cu@hen.example", "ai@hen.example"):
        assert actions.sign_in(email, "sai mat khau") is None
    assert len(verified) == 4
    assert len(set(verified)) == 1  # the same parameters


def test_no_password_is_hashed_inside_a_transaction(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tenth of a second with the write lock held would stop every booking of the town."""
    inside: list[bool] = []

    class Watched(PasswordHasher):
        def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
            inside.append(bool(db.session().info.get("writing")))
            return super().hash(password, salt=salt)

        def verify(self, hash: str | bytes, password: str | bytes) -> bool:
            inside.append(bool(db.session().info.get("writing")))
            return super().verify(hash, password)

        def check_needs_rehash(self, hash: str | bytes) -> bool:
            return True

    monkeypatch.setattr(actions, "_hasher", Watched())
    actions.set_password(actions.add_officer(EMAIL, "counter", "Út"), PASSWORD)
    actions.sign_in(EMAIL, PASSWORD)
    assert len(inside) >= 3
    assert not any(inside)


def test_a_password_taken_back_in_that_very_moment(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Deactivated between the check of the password and the session: no session."""
    make.officer()

    class Slow(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:
            actions.deactivate(EMAIL)
            return super().verify(hash, password)

    monkeypatch.setattr(actions, "_hasher", Slow())
    assert actions.sign_in(EMAIL, PASSWORD) is None
    assert open_sessions() == 0


def test_units_stand_in_the_offices_order(app: Flask) -> None:
    with transaction() as session:
        session.add_all(
            Unit(name=name, active=active, position=position)
            for name, active, position in (("Điện lực", True, 2), ("Thuế", True, 1), ("Cũ", False, 0))
        )
    assert [unit.name for unit in queries.units()] == ["Thuế", "Điện lực"]
