"""Acts that make minutes final and begin an amended version. (Late ones stand in the secretaries' digest: see chasing.)"""

from collections.abc import Iterable, Sequence

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import audit, clock
from app.db import transaction
from app.meetings import actions as meetings
from app.meetings import filing, openness
from app.meetings.models import Meeting, Question
from app.minutes import messages, queries, rules
from app.minutes.messages import Told
from app.minutes.models import PAPER, MinuteItem, MinutePromise, MinuteQuestion, Minutes
from app.minutes.rules import Entry
from app.promises import actions as promises
from app.refusal import Conflict, Refusal

ITEM = ("position", "agenda_item_id", "kind", "title", "unit_id", "said", "outcome", "forwarded_to", "edited_at", "edited_by")
LINE = ("what", "kind", "unit_id", "question_id", "promise_id")


def finalise(meeting_id: int, number: int, changes: int, officer_id: int) -> Minutes:
    """Publishes version `number`, as it was when it had `changes`: promises, outcomes and letters in one transaction.

    Pressed twice it happens once. Raises Conflict when somebody changed the draft after it was reviewed.
    """
    with transaction() as session:
        meeting = meetings.locked(session, meeting_id)
        versions = queries.versions(meeting_id)
        minutes = next((one for one in versions if one.number == number), None)
        if minutes is None:
            raise Conflict(_("Bản nháp này không còn."))
        if minutes.final:
            return minutes
        if minutes.changes != changes:
            raise Conflict(_("Biên bản vừa được sửa sau khi bạn mở trang này. Xem lại rồi công bố."))
        rules.check_publish(meeting, clock.now())
        entries, before = queries.entries(minutes.id), rules.current(versions)
        rules.check_ready(rules.problems(entries, meeting, queries.calendar(), clock.today()))
        merged = _merged(entries)
        for entry in entries:
            _enter(session, meeting, entry, merged)
        session.flush()  # every line has its number in the ledger before the rows are closed
        minutes.finalised_at, minutes.finalised_by = clock.now(), officer_id
        _tell(session, meeting, entries, merged, queries.entries(before.id) if before else None)
        meeting.concluded_at = meeting.concluded_at or minutes.finalised_at
        audit.record(session, "minutes_published", meeting.about, None, {"version": number, "minutes": minutes.id})
        return minutes


def amend(meeting_id: int, why: str) -> Minutes:
    """A new version, a copy of the one in force. When a draft is open already it is returned."""
    with transaction() as session:
        meeting = meetings.locked(session, meeting_id)
        versions = queries.versions(meeting_id)
        if versions and not versions[-1].final:
            return versions[-1]
        last = rules.current(versions)
        if last is None:
            raise Refusal(_("Kỳ họp này chưa có biên bản."))
        draft = Minutes(
            meeting_id=meeting_id, number=last.number + 1, amended_why=why, begun_at=clock.now(),
            **{name: getattr(last, name) for name in PAPER},
        )  # fmt: skip
        session.add(draft)
        session.flush()
        for entry in queries.entries(last.id):
            _copy(session, draft, entry)
        audit.record(session, "minutes_amended", meeting.about, None, {"version": draft.number})
        return draft


def discard(meeting_id: int) -> None:
    """An amendment begun by mistake goes; the version in force stays. First drafts are written on, never thrown away."""
    with transaction() as session:
        meeting = meetings.locked(session, meeting_id)
        draft = next((one for one in queries.versions(meeting_id) if not one.final), None)
        if draft is None:
            return
        if draft.number == 1:
            raise Refusal(_("Bản đầu tiên không bỏ được, chỉ sửa tiếp."))
        for entry in queries.entries(draft.id):
            for line in entry.promises:
                session.delete(line)
            for dealt in entry.questions:
                session.delete(session.get_one(MinuteQuestion, (entry.item.id, dealt.question.id)))
            session.flush()
            session.delete(entry.item)
        session.flush()
        session.delete(draft)
        audit.record(session, "amendment_discarded", meeting.about, {"version": draft.number})


# -- inside a transaction


def _copy(session: Session, draft: Minutes, entry: Entry) -> None:
    """An item with its questions and promises; a promise that was withdrawn is not said again."""
    row = MinuteItem(minutes_id=draft.id, **{name: getattr(entry.item, name) for name in ITEM})
    session.add(row)
    session.flush()
    session.add_all(MinuteQuestion(item_id=row.id, question_id=one.question.id, outcome=one.outcome) for one in entry.questions)
    session.add_all(
        MinutePromise(item_id=row.id, due_on=line.put_off_to or line.due_on, **{name: getattr(line, name) for name in LINE})
        for line in entry.promises
        if not line.withdrawn
    )


def _merged(entries: Iterable[Entry]) -> dict[int, list[Question]]:
    """Question -> itself and the questions that became part of it."""
    roots = {dealt.question.id: dealt.question for entry in entries for dealt in entry.live}
    found = {number: [question] for number, question in roots.items()}
    parts = {part.id: part for part in queries.merged_into(list(roots))} if roots else {}
    for part in parts.values():
        above: Question | None = part
        while above is not None and above.id not in roots:
            above = parts.get(above.merged_into_id or 0) or roots.get(above.merged_into_id or 0)
        if above is not None:
            found[above.id].append(part)
    return found


def _enter(session: Session, meeting: Meeting, entry: Entry, merged: dict[int, list[Question]]) -> None:
    """The item's promises into the ledger, its outcome to its questions."""
    for line in entry.promises:
        if line.promise is None:
            line.promise_id = promises.make(session, _commitment(meeting, entry, line, merged)).id
        elif line.withdrawn:
            promises.withdraw(session, line.promise.id, line.change_why)
        elif line.put_off_to is not None:
            promises.put_off(session, line.promise.id, line.put_off_to, line.change_why)
    for dealt in entry.live:
        outcome = entry.outcome_of(dealt)
        if outcome and dealt.question.outcome != outcome:
            dealt.question.outcome, dealt.question.outcome_at = outcome, clock.now()


def _commitment(meeting: Meeting, entry: Entry, line: MinutePromise, merged: dict[int, list[Question]]) -> promises.Commitment:
    """`raised` holds what everybody may read: the words of a question on the public page, else the item's title."""
    question, private = line.question, rules.from_private(line) or entry.private
    shown = question is not None and openness.public(question)
    asked = [question] if question is not None else [
        dealt.question for dealt in entry.live if entry.private or openness.may_read(dealt.question, rules.IN_ROOM)
    ]  # fmt: skip
    assert line.unit_id is not None and line.due_on is not None  # noqa: PT018  checked before
    return promises.Commitment(
        what=line.what, kind=line.kind, unit_id=line.unit_id, due=line.due_on, occasion=meeting.about, occasion_on=meeting.day,
        about=question.about if question is not None else "",
        raised="" if private else question.words if question is not None and shown else entry.item.title,
        raised_by=openness.name_in_room(question) if question is not None and shown else "",
        field=question.field if question is not None else "",
        public=not private,
        askers=[_asker(one) for root in asked for one in merged.get(root.id, [])],
    )  # fmt: skip


def _asker(question: Question) -> promises.Asker:
    return promises.Asker(question.about, filing.own_page(question), question.email, question.phone, question.locale)


def _tell(
    session: Session, meeting: Meeting, entries: Sequence[Entry], merged: dict[int, list[Question]], before: list[Entry] | None
) -> None:
    """One letter to every asker and, with the first version, a short one to others who came; later only where news changed."""
    known = None if before is None else {number: _heard(told) for number, told in _news(before).items()}
    told = [
        Told(asker, one.outcome, one.forwarded_to, one.lines)
        for number, one in _news(entries).items()
        if known is None or known.get(number) != _heard(one)
        for asker in merged.get(number, [])
    ]
    people = messages.people(told)
    for person in people:
        messages.concluded(session, meeting, person)
    if known is not None:
        return
    phones, emails = {person.phone for person in people}, {person.email.casefold() for person in people}
    for sign_up in queries.who_came(meeting.id):
        if sign_up.phone not in phones and sign_up.email.casefold() not in emails:
            emails.add(sign_up.email.casefold())
            messages.published(session, meeting, sign_up)


def _news(entries: Iterable[Entry]) -> dict[int, Told]:
    """Question -> what came of it: its outcome, and the promises made about it or about its whole item."""
    return {
        dealt.question.id: Told(
            dealt.question, entry.outcome_of(dealt), entry.item.forwarded_to if entry.outcome_of(dealt) == "beyond" else "",
            [line for line in entry.promises if line.question_id in (None, dealt.question.id)],
        )
        for entry in entries
        for dealt in entry.live
    }  # fmt: skip


def _heard(told: Told) -> tuple[object, ...]:
    lines = [(line.promise_id, line.put_off_to or line.due_on, line.withdrawn) for line in told.lines]
    return told.outcome, told.forwarded_to, sorted(map(str, lines))
