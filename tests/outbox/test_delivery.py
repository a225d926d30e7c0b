"""From a row to a letter box: one hand-over, whatever happens on the way."""

from datetime import datetime, timedelta

import time_machine
from flask import Flask
from sqlalchemy import update

from app import clock
from app.channels import SafeConnection
from app.db import transaction
from app.outbox import actions, delivery, queries
from app.outbox.models import Message
from tests.outbox import make
from tests.outbox.post import Post


def test_letter_arrives_whole(app: Flask, morning: time_machine.Traveller, mail: Post) -> None:
    posted = make.post(make.letter(facts=make.facts(event=make.event().to_facts())))
    assert actions.deliver() == 1
    (letter,) = mail.messages
    assert letter["Subject"] == "Mai 8:20: Đăng ký khai sinh (TA-482-716-305)"
    assert letter["To"] == "duyen@example.vn"
    assert letter["Message-ID"] == posted.message_id
    assert str(letter["From"]) == "Hẹn <hen@localhost>"
    assert letter["Date"].datetime == make.MORNING
    kinds = [part.get_content_type() for part in letter.walk()]
    assert kinds == ["multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar", "application/ics"]
    assert "thứ\xa0Tư 02/12/2026" in letter.get_body(("plain",)).get_content()
    assert letter.get_body(("plain",)).get_content().startswith("Chào Trương Thị Mỹ Duyên")
    rich = letter.get_body(("html",)).get_content()
    assert '<html lang="vi">' in rich
    assert "Tháng 12, 2026" in rich
    (calendar,) = [part for part in letter.walk() if part.get_content_type() == "text/calendar"]
    assert calendar.get_param("method") == "REQUEST"
    assert "UID:TA-482-716-305@hen" in calendar.get_content()
    row = make.row()
    assert (row.state, row.attempts, row.repeats, row.sent_at, row.error) == ("sent", 1, 0, make.MORNING, None)
    assert (row.claimed_by, row.lease_until) == (None, None)


def test_english_reader_gets_english_dates(app: Flask, morning: time_machine.Traveller, mail: Post) -> None:
    make.post(locale="en")
    actions.deliver()
    assert "Wednesday 2\xa0December 2026" in mail.messages[0].get_body(("plain",)).get_content()
    assert '<html lang="en">' in mail.messages[0].get_body(("html",)).get_content()


def test_one_connection_serves_a_batch(app: Flask, morning: time_machine.Traveller, mail: Post) -> None:
    make.many(20)
    assert actions.deliver() == 20
    assert mail.sessions == 1
    assert {len(to) for to in mail.recipients} == {1}
    assert actions.deliver() == 0


def test_cancelled_event_takes_the_entry_away(app: Flask, morning: time_machine.Traveller, mail: Post) -> None:
    make.post(make.letter(facts=make.facts(event=make.event(cancelled=True, sequence=3).to_facts())))
    actions.deliver()
    (calendar,) = [part for part in mail.messages[0].walk() if part.get_content_type() == "text/calendar"]
    assert calendar.get_param("method") == "CANCEL"


def test_not_due_stays(app: Flask, morning: time_machine.Traveller, mail: Post) -> None:
    make.post(make.letter(due_at=clock.now() + timedelta(seconds=1)))
    assert actions.deliver() == 0
    morning.shift(1)
    assert actions.deliver() == 1


def test_polite_waits_for_morning_an_answer_does_not(app: Flask, mail: Post) -> None:
    with time_machine.travel(make.MORNING - timedelta(hours=1, seconds=1), tick=False) as traveller:  # 6:59:59
        make.post(make.letter(1), make.letter(2, polite=False))
        assert actions.deliver() == 1
        assert make.states() == ["waiting", "sent"]
        traveller.shift(1)
        assert actions.deliver() == 1


def test_without_server_everything_waits(app: Flask, morning: time_machine.Traveller) -> None:
    make.post()
    assert actions.deliver() == 0
    assert (make.row().state, make.row().attempts) == ("waiting", 0)


def test_refused_for_good_fails_at_once_the_batch_goes_on(app: Flask, morning: time_machine.Traveller, mail: Post) -> None:
    make.post(make.letter(1))
    make.post(make.letter(2), email="nobody@example.vn")
    make.post(make.letter(3))
    assert actions.deliver() == 2
    assert make.states() == ["sent", "failed", "sent"]
    assert make.rows()[1].error == "550 5.1.1 no such mailbox"
    assert mail.sessions == 1


def test_greylisting_is_waited_out(app: Flask, morning: time_machine.Traveller, mail: Post) -> None:
    make.post()
    mail.mode = "later"
    for attempt in range(1, 4):
        assert actions.deliver() == 0
        row = make.row()
        assert (row.state, row.attempts, row.error) == ("waiting", attempt, "451 4.7.1 greylisted, try again")
        assert 0.8 * 2 ** (attempt - 1) <= (row.due_at - clock.now()) / timedelta(minutes=1) <= 1.2 * 2 ** (attempt - 1)
        assert actions.deliver() == 0
        assert make.row().attempts == attempt
        morning.move_to(row.due_at)
    mail.mode = "ok"
    assert actions.deliver() == 1
    assert list(mail.ids().values()) == [1]


def test_refused_for_now_a_whole_day_fails_visibly(app: Flask, mail: Post, configure) -> None:
    configure(SENDING_HOURS="00:00-23:59:59")
    mail.mode = "full"
    with time_machine.travel(make.MORNING, tick=False) as traveller:
        make.post()
        while make.row().state == "waiting":
            actions.deliver()
            traveller.move_to(max(make.row().due_at, clock.now()))
        assert timedelta(hours=18) < clock.now() - make.MORNING < timedelta(hours=30)
    assert (make.row().state, make.row().error, make.row().attempts) == ("failed", "452 4.3.1 disk full", 14)


def test_template_that_does_not_render_stands_aside(app: Flask, morning: time_machine.Traveller, mail: Post) -> None:
    make.post(make.letter(1, template="test/broken"), make.letter(2, template="test/missing"), make.letter(3))
    assert actions.deliver() == 1
    assert make.states() == ["failed", "failed", "sent"]
    assert "forgotten" in make.rows()[0].error
    assert "test/missing" in make.rows()[1].error


def test_address_with_another_inside_reaches_nobody(app: Flask, morning: time_machine.Traveller, mail: Post) -> None:
    for number, bad in enumerate(["x@y.vn, z@evil.example", "x@y.vn\r\nBcc: z@evil.example", "", "x", "Ẩn <x@y.vn>", "é@y.vn"]):
        with transaction() as session:
            actions.post(session, make.letter(number), email=bad or " ", phone="", locale="vi")
    assert actions.deliver() == 0
    assert set(make.states()) == {"failed"}
    assert mail.seen == []


def test_line_breaks_in_facts_make_no_header(app: Flask, morning: time_machine.Traveller, mail: Post) -> None:
    make.post(make.letter(facts=make.facts(what="Khai sinh\r\nBcc: z@evil.example\r\n\r\nxin chào")))
    assert actions.deliver() == 1
    (letter,) = mail.messages
    assert letter["Bcc"] is None
    assert "Bcc: z@evil.example xin chào" in letter["Subject"]
    assert mail.recipients == [["duyen@example.vn"]]


def test_markup_in_facts_is_text(app: Flask, morning: time_machine.Traveller, mail: Post) -> None:
    make.post(make.letter(facts=make.facts(name="<svg onload=x>{{ 7*7 }}")))
    actions.deliver()
    rich = mail.messages[0].get_body(("html",)).get_content()
    assert "&lt;svg onload=x&gt;{{ 7*7 }}" in rich
    assert "<svg" not in rich


def test_dropped_after_data_is_sent_once_more_then_in_doubt(app: Flask, morning: time_machine.Traveller, mail: Post) -> None:
    make.post()
    mail.mode = "drop"
    assert actions.deliver() == 0
    row = make.row()
    assert (row.state, row.repeats) == ("waiting", 1)
    morning.move_to(row.due_at)
    delivery._pauses.clear()  # a server that hangs up is left alone for a moment
    assert actions.deliver() == 0
    row = make.row()
    assert (row.state, row.repeats) == ("in_doubt", 1)
    morning.shift(timedelta(days=1))
    assert actions.deliver() == 0
    assert list(mail.ids().values()) == [2]


def test_withdrawn_while_it_is_being_sent_is_not_handed_over(
    app: Flask, morning: time_machine.Traveller, mail: Post, monkeypatch
) -> None:
    make.post(make.letter(1), make.letter(2))
    mark = delivery._mark

    def withdrawn_first(claimed: delivery.Claimed) -> bool:
        if claimed.id == 1:
            with transaction() as session:
                actions.withdraw(session, "test:1")
        return mark(claimed)

    monkeypatch.setattr(delivery, "_mark", withdrawn_first)
    assert actions.deliver() == 1
    assert make.states() == ["withdrawn", "sent"]
    assert len(mail.raw) == 1


def test_useless_at_the_last_moment_is_not_handed_over(
    app: Flask, morning: time_machine.Traveller, mail: Post, monkeypatch
) -> None:
    make.post(make.letter(useful_until=clock.now() + timedelta(seconds=5)))
    message = delivery._message

    def slowly(claimed: delivery.Claimed):
        morning.shift(5)
        return message(claimed)

    monkeypatch.setattr(delivery, "_message", slowly)
    assert actions.deliver() == 0
    actions.deliver()
    assert make.row().state == "late"
    assert mail.raw == []


def test_useless_when_it_could_leave_is_late(app: Flask, morning: time_machine.Traveller, mail: Post) -> None:
    make.post(make.letter(1, useful_until=clock.now()), make.letter(2, useful_until=clock.now() + timedelta(seconds=1)))
    assert actions.deliver() == 1
    assert make.states() == ["late", "sent"]
    assert make.rows()[0].error == "no longer useful when it could leave"


def test_an_hour_down_over_the_due_time(app: Flask, mail: Post) -> None:
    """What is still useful leaves on return; a reminder of a visit that is over does not."""
    with time_machine.travel(make.MORNING, tick=False) as traveller:
        soon, later = clock.now() + timedelta(minutes=30), clock.now() + timedelta(hours=3)
        make.post(make.letter(1, due_at=clock.now() + timedelta(minutes=5), useful_until=soon))
        make.post(make.letter(2, due_at=clock.now() + timedelta(minutes=5), useful_until=later))
        traveller.shift(timedelta(hours=1))
        assert actions.deliver() == 1
    assert make.states() == ["late", "sent"]


# -- processes that die or dawdle


def _in_hand(state: str, **more: object) -> None:
    """As a deliverer that was killed leaves it."""
    values = {"state": state, "claimed_by": "1:dead", "lease_until": clock.now() + timedelta(seconds=20), "attempts": 1} | more
    with transaction() as session:
        session.execute(update(Message).values(**values))


def test_killed_before_the_hand_over_costs_nothing(app: Flask, morning: time_machine.Traveller, mail: Post) -> None:
    make.post()
    _in_hand("sending")
    assert (actions.sweep(), actions.deliver()) == (0, 0)
    morning.shift(20)
    assert (actions.sweep(), actions.deliver()) == (1, 1)
    assert (make.row().state, make.row().repeats) == ("sent", 0)


def test_killed_in_the_hand_over_is_repeated_once_and_counted(app: Flask, morning: time_machine.Traveller, mail: Post) -> None:
    posted = make.post()
    _in_hand("handing")
    morning.shift(20)
    assert (actions.sweep(), actions.deliver()) == (1, 0)  # a pause first: it may only have been slow
    morning.shift(72)
    assert actions.deliver() == 1
    assert (make.row().state, make.row().repeats) == ("sent", 1)
    assert mail.ids() == {posted.message_id: 1}


def test_killed_in_the_repeat_is_in_doubt(app: Flask, morning: time_machine.Traveller, mail: Post) -> None:
    make.post()
    _in_hand("handing", repeats=1)
    morning.shift(20)
    assert (actions.sweep(), make.row().state) == (1, "in_doubt")


def test_message_that_kills_its_process_again_and_again_fails(app: Flask, morning: time_machine.Traveller, mail: Post) -> None:
    make.post()
    _in_hand("sending", attempts=14)
    morning.shift(20)
    assert (actions.sweep(), make.row().state) == (1, "failed")


def test_success_of_a_slow_process_counts_though_it_was_swept(
    app: Flask, morning: time_machine.Traveller, mail: Post, monkeypatch
) -> None:
    make.post()
    hand_over = SafeConnection.hand_over

    def slowly(self: SafeConnection) -> None:
        hand_over(self)
        morning.shift(30)
        actions.sweep()
        assert make.row().state == "waiting"

    monkeypatch.setattr(SafeConnection, "hand_over", slowly)
    assert actions.deliver() == 1
    morning.shift(timedelta(hours=1))
    assert actions.deliver() == 0
    assert (make.row().state, len(mail.raw)) == ("sent", 1)


def test_sweeper_that_looked_too_early_leaves_a_recorded_success(
    app: Flask, morning: time_machine.Traveller, monkeypatch
) -> None:
    make.post()
    _in_hand("handing")
    morning.shift(20)
    abandoned = queries.abandoned

    def then_recorded(*when: datetime) -> object:
        found = abandoned(*when)
        if make.row().state == "handing":
            with transaction() as session:
                session.execute(update(Message).values(state="sent", claimed_by=None, lease_until=None))
        return found

    monkeypatch.setattr(queries, "abandoned", then_recorded)
    assert (actions.sweep(), make.row().state) == (0, "sent")


def test_frozen_process_sends_nothing_stale(app: Flask, morning: time_machine.Traveller, mail: Post, monkeypatch) -> None:
    """It wakes after others took the message over: the mark shows it that the row is no longer its own."""
    make.post()
    message = delivery._message
    slept = []

    def asleep(claimed: delivery.Claimed):
        if not slept:
            slept.append(True)
            morning.shift(60)
            actions.sweep()
            assert actions.deliver() == 1
        return message(claimed)

    monkeypatch.setattr(delivery, "_message", asleep)
    assert actions.deliver() == 0
    assert (make.row().state, len(mail.raw)) == ("sent", 1)


def test_clock_set_back_an_hour(app: Flask, morning: time_machine.Traveller, mail: Post) -> None:
    """Nothing sent is sent again, and nobody's lease lasts the hour."""
    make.post(make.letter(1))
    actions.deliver()
    make.post(make.letter(2))
    with transaction() as session:
        dead = {"state": "sending", "claimed_by": "1:dead", "lease_until": clock.now() + timedelta(seconds=20)}
        session.execute(update(Message).where(Message.id == 2).values(**dead, due_at=clock.now() - timedelta(hours=2)))
    morning.shift(-timedelta(hours=1))
    assert (actions.sweep(), actions.deliver()) == (1, 1)
    assert make.states() == ["sent", "sent"]
