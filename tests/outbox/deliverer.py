"""A real scheduler process, `flask scheduler` in all but its pace: everything beats several times a second."""

import logging

from app import create_app, scheduler
from tests.outbox.make import add_templates

if __name__ == "__main__":
    logging.basicConfig(level=logging.ERROR)
    app = create_app({"SECRET_KEY": "tests"})
    add_templates(app)
    scheduler.TIMETABLE = tuple((what, 0.2, action) for what, _every, action in scheduler.TIMETABLE)
    scheduler.run_forever(app)
