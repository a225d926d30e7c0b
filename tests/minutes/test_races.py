"""Publishing, saving and beginning at once, in real processes: each happens once."""

import sqlalchemy as sa
from flask import Flask

from app.audit import Audit
from app.db import db
from app.minutes import actions, publishing, queries, rules
from app.minutes.actions import Written
from app.minutes.models import MinuteItem, Minutes
from app.outbox.models import Message
from app.promises.models import Promise
from tests import races
from tests.minutes import make
from tests.minutes.make import Held

WORKERS = 8


def count(table: type, *conditions: object) -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(table).where(*conditions)) or 0


def test_published_by_many_at_once_promises_are_made_once(app: Flask, held: Held) -> None:
    draft = make.ready(held)
    meeting_id, changes = held.meeting.id, draft.changes
    numbers = races.run(app, WORKERS, lambda worker: publishing.finalise(meeting_id, 1, changes, worker).id)
    assert len(set(numbers)) == 1
    assert count(Promise) == 3
    assert count(Message, Message.kind == "concluded") == 4
    assert count(Audit, Audit.act == "minutes_published") == 1


def test_of_many_who_save_the_same_item_one_wins_and_the_others_are_told(app: Flask, held: Held) -> None:
    actions.begin(held.meeting.id)
    item = make.entries(held)["tax"].item
    number, title = item.id, item.title

    def job(worker: int) -> str:
        written = Written(title, f"Bản của {worker}", "", "", 0, f"form-{worker}")
        try:
            return actions.save(number, written, worker).said
        except rules.Overtaken:
            return ""

    saved = [text for text in races.run(app, WORKERS, job) if text]
    assert len(saved) == 1
    assert make.entries(held)["tax"].item.said == saved[0]
    assert make.entries(held)["tax"].item.revision == 1


def test_one_form_pressed_by_many_processes_adds_one_promise(app: Flask, held: Held) -> None:
    actions.begin(held.meeting.id)
    item, line = make.entries(held)["tax"].item, make.line(held)
    number, title = item.id, item.title
    written = Written(title, "Một", "", "", 0, "form", lines=[line])
    races.run(app, WORKERS, lambda worker: actions.save(number, written, worker).id)
    assert len(make.entries(held)["tax"].promises) == 1


def test_begun_and_amended_by_many_there_is_one_draft(app: Flask, held: Held) -> None:
    meeting_id = held.meeting.id
    assert len(set(races.run(app, WORKERS, lambda _worker: actions.begin(meeting_id).id))) == 1
    assert (count(Minutes), count(MinuteItem)) == (1, 4)
    db.session.rollback()
    make.write(make.entries(held)["tax"], outcome="spot")
    make.write(make.entries(held)["private"], outcome="noted")
    make.publish(held)
    assert len(set(races.run(app, WORKERS, lambda worker: publishing.amend(meeting_id, f"Lý do {worker}").id))) == 1
    assert [one.number for one in queries.versions(meeting_id)] == [1, 2]


def test_a_save_and_a_publication_at_once_lose_nothing(app: Flask, held: Held) -> None:
    """Either the words are in the published version, or the writer is told; never silently dropped."""
    draft = make.ready(held)
    meeting_id, changes = held.meeting.id, draft.changes
    item = make.entries(held)["tax"].item
    number, title, outcome, revision = item.id, item.title, item.outcome, item.revision

    def job(worker: int) -> str:
        try:
            if worker % 2:
                publishing.finalise(meeting_id, 1, changes, worker)
                return "published"
            actions.save(number, Written(title, f"Bản {worker}", outcome, "", revision, f"k{worker}"), worker)
            return f"Bản {worker}"
        except Exception as error:
            return f"told: {type(error).__name__}"

    answers = races.run(app, WORKERS, job)
    saved = [answer for answer in answers if answer.startswith("Bản")]
    assert set(answers) - set(saved) <= {"published", "told: Conflict", "told: Overtaken"}
    assert len(saved) <= 1
    assert bool(saved) != ("published" in answers)
    assert count(Promise) == (3 if "published" in answers else 0)
    if saved:
        assert make.entries(held)["tax"].item.said == saved[0]
