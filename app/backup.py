"""The roof: a consistent copy of the live database, and its return.

SQLite is copied by VACUUM INTO (bookings go on meanwhile), PostgreSQL by pg_dump. A return replaces everything in one step.
What had been due since the copy was made may have left already: such messages stand in the tray for a person to decide.
"""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from flask_babel import gettext as _
from flask_migrate import upgrade
from sqlalchemy import URL, inspect

from app import audit
from app.config import environment
from app.db import db, transaction
from app.outbox import actions as outbox
from app.refusal import Refusal


def save(file: str) -> int:
    """Writes the copy, whole or not at all; returns its size in bytes. Raises Refusal when the file exists or cannot be made."""
    target, url = Path(file).resolve(), db.engine.url
    if target.exists():
        raise Refusal(_("Tệp %(name)s đã có. Chọn tên khác.", name=target.name))
    unfinished = target.with_name(target.name + ".part")
    unfinished.unlink(missing_ok=True)
    try:
        if url.get_backend_name() == "sqlite":
            with closing(sqlite3.connect(_file(url))) as source:
                source.execute("VACUUM INTO ?", (str(unfinished),))
        else:
            _run(url, ["pg_dump", "--no-owner", "--no-privileges", f"--file={unfinished}"])
        unfinished.chmod(0o600)
        _settle(unfinished, target)
    finally:
        unfinished.unlink(missing_ok=True)
    return target.stat().st_size


def bring_back(file: str, overwrite: bool, send_due: bool) -> int:
    """Puts a copy in the place of the database and brings it up to date; returns how many messages a person must decide on.

    Every other process of the product must be stopped. Raises Refusal when the file is no copy of this product, or when there
    is a database already and `overwrite` was not said; then nothing has changed.
    """
    source, url = Path(file).resolve(), db.engine.url
    sqlite = url.get_backend_name() == "sqlite"
    _check(source, sqlite)
    if not overwrite and inspect(db.engine).has_table("alembic_version"):
        raise Refusal(_("Đã có dữ liệu ở đây. Thêm --yes nếu thật sự muốn thay bằng bản sao này."))
    db.session.remove()
    db.engine.dispose()
    if sqlite:
        _replace(source, Path(_file(url)))
    else:
        fresh = "DROP SCHEMA public CASCADE; CREATE SCHEMA public"  # a newer version may have tables the copy does not know
        _run(url, ["psql", "--quiet", "-X", "-1", "-v", "ON_ERROR_STOP=1", "-c", fresh, "-f", str(source)])
    db.engine.dispose()
    upgrade()
    with transaction() as session:
        doubtful = 0 if send_due else outbox.doubt_due(session)
        audit.record(session, "restored", "database", None, {"doubtful": doubtful})
    return doubtful


def _file(url: URL) -> str:
    if not url.database or url.database == ":memory:":
        raise Refusal(_("Cơ sở dữ liệu này không nằm trong tệp nào."))
    return url.database


def _check(source: Path, sqlite: bool) -> None:
    """A damaged or foreign file is refused before anything is touched."""
    foreign = Refusal(_("%(name)s không phải bản sao lưu dùng được ở đây.", name=source.name))
    if not source.is_file():
        raise foreign
    if not sqlite:
        with source.open("rb") as opened:
            if b"PostgreSQL database dump" not in opened.read(300) or not any(b"alembic_version" in line for line in opened):
                raise foreign
        return
    try:
        with closing(sqlite3.connect(f"{source.as_uri()}?mode=ro&immutable=1", uri=True)) as copy:
            sound = copy.execute("PRAGMA quick_check").fetchone() == ("ok",)
            known = sound and copy.execute("SELECT count(*) FROM alembic_version").fetchone()[0]
    except sqlite3.DatabaseError:
        raise foreign from None
    if not known:
        raise foreign


def _replace(source: Path, target: Path) -> None:
    """The old database is emptied into its file first: a log left beside the new one would be played into it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        with closing(sqlite3.connect(target)) as old:
            if old.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                raise Refusal(_("Còn tiến trình đang dùng cơ sở dữ liệu. Dừng hết rồi làm lại."))
        shutil.copyfile(target, target.with_name(target.name + ".before-restore"))
    for ending in ("-wal", "-shm"):
        target.with_name(target.name + ending).unlink(missing_ok=True)
    unfinished = target.with_name(target.name + ".part")
    shutil.copyfile(source, unfinished)
    _settle(unfinished, target)


def _settle(unfinished: Path, target: Path) -> None:
    """On the disk before it has its name."""
    with unfinished.open("rb+") as written:
        os.fsync(written.fileno())
    unfinished.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def _run(url: URL, command: list[str]) -> None:
    """The server's own tools; the password goes by the environment, where a list of processes does not show it."""
    if shutil.which(command[0]) is None:
        raise Refusal(_("Không tìm thấy lệnh %(name)s. Cài bộ công cụ máy khách của PostgreSQL.", name=command[0]))
    known = {
        "PGHOST": str(url.query.get("host") or url.host or ""), "PGPORT": str(url.port or ""), "PGUSER": url.username or "",
        "PGPASSWORD": str(url.password or ""), "PGDATABASE": url.database or "",
    }  # fmt: skip
    told = environment() | {name: value for name, value in known.items() if value}
    done = subprocess.run(command, env=told, capture_output=True, text=True, check=False)  # noqa: S603  our own words
    if done.returncode:
        raise Refusal(_("%(name)s không làm được: %(said)s", name=command[0], said=done.stderr.strip()[-500:]))
