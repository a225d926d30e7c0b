"""Real processes at once: a phone counts once, a form and a list are entered once, what is narrowed is never shown."""

import sqlalchemy as sa
from flask import Flask

from app.db import db
from app.meetings import queries as meetings
from app.meetings.models import Meeting, Question, SignUp
from app.questions import actions, editing, queries, registering
from app.refusal import Refusal
from tests import races
from tests.meetings import make as business
from tests.questions import make

WORKERS = 8


def test_one_phone_pressing_everywhere_counts_once(app: Flask, meeting: Meeting) -> None:
    row_id, meeting_id = make.shown(meeting).id, meeting.id

    def job(worker: int) -> None:
        for number in range(10):
            actions.me_too(row_id, f"+8491211100{number}")
            actions.me_too(row_id, f"+8491211{worker:02d}99")

    races.run(app, WORKERS, job)
    assert queries.counts(meeting_id) == {row_id: 10 + WORKERS}


def test_a_form_and_a_list_sent_from_everywhere_are_entered_once(app: Flask, meeting: Meeting) -> None:
    meeting_id, filed = meeting.id, make.filed(1)
    applicants = [business.applicant(number, question=make.SIGN, request_key=f"list-{number}") for number in range(10)]
    list_id = registering.keep(meeting_id, [registering.Entry(number, one) for number, one in enumerate(applicants)]).id
    entered = races.run(app, WORKERS, lambda _worker: (actions.file(meeting_id, filed).code, registering.enter_list(list_id)))
    assert len({code for code, _lines in entered}) == 1
    assert sorted(lines for _code, lines in entered) == [0] * (WORKERS - 1) + [10]
    assert (db.session.query(Question).count(), db.session.query(SignUp).count()) == (11, 10)


def test_showing_and_narrowing_at_once_never_shows_what_is_private(app: Flask, meeting: Meeting) -> None:
    rows = [(row.id, row.code) for row in (make.question(meeting, number) for number in range(1, 11))]
    head_id = make.shown(meeting, 99).id

    def job(worker: int) -> int:
        refused = 0
        for row_id, code in rows:
            try:
                if worker % 3 == 0:
                    actions.change_openness(code, "private")
                elif worker % 3 == 1:
                    editing.show(row_id)
                else:
                    editing.merge(row_id, head_id)
            except Refusal:
                refused += 1
        return refused

    races.run(app, WORKERS, job)
    db.session.rollback()
    assert [row.id for row in meetings.shown(meeting.id)] == [head_id]
    kept = db.session.execute(sa.select(Question.openness, Question.merged_into_id).where(Question.id != head_id)).all()
    assert set(map(tuple, kept)) == {("private", None)}
