"""What the half-year report takes from other rooms: meetings, promises and guided filing in one query, opinions in another."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import String, cast, func, literal, select, true

from app.db import db
from app.feedback import queries as feedback
from app.feedback.rules import Group
from app.guides import queries as guides
from app.meetings.models import Meeting, Question, SignUp
from app.meetings.queries import live
from app.promises.models import Promise
from app.promises.scores import Score, columns, counted
from app.reports.form06 import Asked
from app.reports.queries import within


@dataclass(frozen=True, slots=True)
class Rooms:
    """Of the whole house, but for guided filing, which knows its office."""

    held: int  # meetings
    came: int
    questions: int
    spot: int
    guided: int
    filed: int
    leaflets: int
    score: Score
    opinions: Sequence[Group]


def rooms(asked: Asked) -> Rooms:
    """Two queries, whatever is counted."""
    of = asked.period
    arrived = func.count(SignUp.id).filter(SignUp.arrived_at.is_not(None))
    held = select(func.count(Meeting.id.distinct()), arrived).outerjoin(SignUp, SignUp.meeting_id == Meeting.id)
    answered = func.count(Question.id).filter(Question.outcome == "spot")
    put = select(func.count(Question.id), answered).join(Meeting, Meeting.id == Question.meeting_id)
    made = select(*columns(asked.today)).select_from(Promise)
    made = made.join(Meeting, Promise.occasion == literal("meeting:") + cast(Meeting.id, String))
    parts = [
        one.subquery()
        for one in (
            held.where(within(of)),
            put.where(within(of), live()),
            guides.totals(of.first, of.last, asked.office_id),
            made.where(within(of), counted()),
        )
    ]
    beside = parts[0].join(parts[1], true()).join(parts[2], true()).join(parts[3], true())
    row = db.session.execute(select(*(column for part in parts for column in part.c)).select_from(beside)).one()
    met, came, asked_there, spot, guided, filed, leaflets, *score = row
    opinions = feedback.figures(of.first, of.last)
    return Rooms(met, came, asked_there, spot, guided, filed, leaflets, Score(*score), opinions)
