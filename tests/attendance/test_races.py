"""Desks at once, each a real process: one act for one firm and both see it, never more chairs than there are."""

from typing import Any

import sqlalchemy as sa
from flask import Flask

from app.attendance import actions, paper, queries, running
from app.attendance.actions import Visitor
from app.attendance.paper import Entry
from app.audit import Audit
from app.db import db
from app.meetings import agenda
from app.meetings import queries as meetings
from app.meetings.agenda import Item
from app.meetings.models import Meeting, SignUp
from app.refusal import Conflict, Refusal
from tests import races
from tests.attendance import make
from tests.attendance.make import at, fresh
from tests.page import Client, page

DESKS = 6


def acts(name: str) -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(Audit).where(Audit.act == name)) or 0


def test_two_desks_and_more_tick_one_firm_at_once(app: Flask, morning: Meeting) -> None:
    row, address = make.sign_up(morning, seats=2), "/can-bo/thu-bay/2026-12-05/diem-danh"
    desks = []
    for _desk in range(DESKS):
        desks.append(Client(app, app.response_class))
        desks[-1].sign_in("reception")
    typed = [_ready(desk, address, row.code) for desk in desks]

    def job(desk: int) -> tuple[int, bool]:
        answer = desks[desk].post(address, data=typed[desk])
        return answer.status_code, "vừa điểm danh" in answer.text

    answers = sorted(races.run(app, DESKS, job))
    assert answers == [(303, False)] + [(409, True)] * (DESKS - 1)
    assert (acts("arrived"), fresh(row).came) == (1, 2)


def _ready(desk: Client, address: str, code: str) -> dict[str, Any]:
    """The form of the confirmed row, as it stands on this desk's screen before anybody pressed."""
    shown = page(desk.get(f"{address}?tim={code}"))
    form = next(form for form in shown.forms if form.action == address and {"came", "code"} <= form.names())
    return form.values()


def test_walk_ins_mistakes_and_handing_on_at_every_desk(app: Flask, meeting: Meeting, travel: Any) -> None:
    rows = [make.sign_up(meeting, number) for number in range(1, 9)]  # four seats, four wait
    codes, meeting_id = [row.code for row in rows], meeting.id
    travel.move_to(at(8, 15))

    def job(desk: int) -> int:
        done = 0
        for turn in range(6):
            number = desk * 10 + turn
            tries: list[Any] = [
                lambda number=number: actions.walk_in(
                    meeting_id, Visitor(f"Sạp {number}", "Lê Thị Bảy", f"+84918{number:06d}", request_key=f"k{number}")
                ),
                lambda turn=turn: actions.arrive(meeting_id, codes[turn]),
                lambda turn=turn: actions.undo(meeting_id, codes[turn], 1),
                lambda: actions.hand_on(meeting_id),
            ]
            for act in tries[desk % 4 :] + tries[: desk % 4]:
                try:
                    act()
                    done += 1
                except (Conflict, Refusal):
                    continue
        return done

    assert sum(races.run(app, DESKS, job)) > 60
    db.session.rollback()
    assert meetings.oversold() == []
    found = meetings.registrations(meeting_id)
    assert fresh(meeting).taken == 4 == sum(row.seats for row in found if row.state == "seated")
    lines = sorted(row.line for row in found if row.line)
    assert lines == list(range(1, len(lines) + 1))
    assert acts("signed_up") == len(found) == 8 + DESKS * 6


def test_the_same_walk_in_pressed_in_many_processes_is_one(app: Flask, morning: Meeting) -> None:
    meeting_id, visitor = morning.id, Visitor("Sạp cá Năm", "Lê Thị Năm", "+84918000001", request_key="once")
    found = races.run(app, DESKS, lambda _desk: actions.walk_in(meeting_id, visitor).id)
    assert len(set(found)) == 1
    assert (acts("arrived"), fresh(morning).taken) == (1, 1)


def test_the_paper_list_sent_by_several_at_once_is_written_once(app: Flask, meeting: Meeting, travel: Any) -> None:
    rows = [make.sign_up(meeting, number) for number in (1, 2, 3)]
    travel.move_to(at(14))
    ids, meeting_id, seen = [row.id for row in rows], meeting.id, paper.state_of(meetings.active(meeting.id))
    lists = [[Entry(ids[0], 1), Entry(ids[1], 1)], [Entry(ids[0], 1), Entry(ids[2], 1)]]

    def job(desk: int) -> str:
        try:
            return str(paper.save(meeting_id, lists[desk % 2], (), seen))
        except Conflict:
            return "conflict"

    answers = races.run(app, 4, job)
    assert sorted(answers) == ["0", "2", "conflict", "conflict"]  # one, its twin without a change, and two of the other list
    assert acts("arrived") == 2


def test_next_pressed_on_every_screen_at_once_is_one_step(app: Flask, morning: Meeting) -> None:
    first, _second, _third = (agenda.add(morning.id, Item(title, 20)).id for title in ("Một", "Hai", "Ba"))
    running.steer(morning.id, "begin", "before")
    meeting_id = morning.id
    races.run(app, DESKS, lambda _desk: running.steer(meeting_id, "next", str(first)))
    db.session.rollback()
    db.session.expire_all()
    assert [bool(item.begun_at) for item in meetings.items(meeting_id)] == [True, True, False]
    assert acts("agenda_next") == 1


def test_records_know_only_arrivals(morning: Meeting) -> None:
    row = make.sign_up(morning)
    assert queries.records([row]) == {}
    actions.arrive(morning.id, row.code)
    assert queries.records([db.session.get_one(SignUp, row.id)])[row.about].mine
