"""One answer per event, whoever presses at the same moment; two officers take turns at a screen."""

from flask import Flask

from app.feedback import actions, queries
from app.offices.catalogue import Office
from app.refusal import Conflict
from tests import races
from tests.feedback import make


def test_two_processes_give_one_answer(app: Flask, office: Office) -> None:
    """Ten events, each answered by both at once."""
    events = [make.event(f"TA-{number}") for number in range(10)]

    def job(number: int) -> None:
        for event in events:
            actions.answer(event, ("good", "poor")[number])

    races.run(app, 2, job)
    assert len(make.rows()) == len(events)
    assert {row.answer for row in make.rows()} <= {"good", "poor"}


def test_a_page_pressed_twice_counts_once(app: Flask, office: Office) -> None:
    races.run(app, 2, lambda number: [actions.press(office.id, "good", f"page-{n}") for n in range(10)] and None)
    assert len(make.rows()) == 10


def test_two_officers_open_one_screen(app: Flask, office: Office) -> None:
    def job(number: int) -> str:
        try:
            actions.turn(office.id, number == 0, 0)
        except Conflict:
            return "told"
        return "done"

    assert "done" in races.run(app, 2, job)
    row = queries.kiosk(office.id)
    assert row is not None
    assert row.version == 1
