"""Reading a list's line, and the piles: by rules on values, and by the database in the same terms."""

import random
import statistics
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app import clock, dossier_codes
from app.db import db, transaction
from app.reconciliation import queries, rules
from app.reconciliation.models import Finding, MachineImport, MachineRow
from app.reconciliation.rules import Said, Seen
from app.refusal import Refusal

NINE = time(9)
TODAY = date(2020, 7, 9)


def moment(text: str) -> str:
    found = rules.read_moment(text, NINE)
    return clock.local(found).strftime("%Y-%m-%d %H:%M") if found else ""


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("09/07/2020", "2020-07-09 09:00"), ("9/7/2020 8:05", "2020-07-09 08:05"), ("09-07-2020 08:05:59", "2020-07-09 08:05"),
        ("08:05 09/07/2020", "2020-07-09 08:05"), ("8h05, 09.07.2020", "2020-07-09 08:05"), ("2020-07-09", "2020-07-09 09:00"),
        ("2020-07-09T14:30", "2020-07-09 14:30"), ("2020-07-09 14:30:00.000", "2020-07-09 14:30"), ("44021", "2020-07-09 09:00"),
        ("44021.5", "2020-07-09 12:00"), ("", ""), ("  ", ""),
    ],
)  # fmt: skip
def test_dates_however_lists_write_them(written: str, meant: str) -> None:
    assert moment(written) == meant


@pytest.mark.parametrize(
    "written",
    ["31/02/2020", "2020", "hôm qua", "99/99/9999", "09/07/20", "25:00 09/07/2020", "123456", "=TODAY()", "09/07/1888"],
)
def test_what_is_no_date_is_refused_with_what_was_written(app: Flask, written: str) -> None:
    with pytest.raises(Refusal) as no:
        rules.read_moment(written, NINE)
    assert written in no.value.sentence


@pytest.mark.parametrize(
    ("written", "number"),
    [("10", 10), ("Đã trả kết quả", 10), ("ĐÃ XỬ LÝ XONG", 9), ("Ðang xử lý", 4), ("", 0), ("yêu cầu bổ sung giấy tờ", 5)],
)
def test_statuses_by_number_and_by_words(written: str, number: int) -> None:
    assert rules.read_status(written) == number


@pytest.mark.parametrize("written", ["11", "0", "xong"])
def test_other_statuses_are_refused(app: Flask, written: str) -> None:
    with pytest.raises(Refusal):
        rules.read_status(written)


@pytest.mark.parametrize(
    "code", ["000.00.01.H13-200709-0001", "H15.50.05.13-261008-0975", "h13.12-200709-000123", " H13-200709-0001 "]
)
def test_both_national_codes(code: str) -> None:
    assert dossier_codes.read(code) == code.strip().upper()


@pytest.mark.parametrize(
    "code",
    ["TA-482-716-305", "H13-200231-0001", "000.00.01.H13-200709-1", "000.0.01.H13-200709-0001", "", "H13_200709_0001", "A" * 400],
)
def test_what_is_no_dossier_code(app: Flask, code: str) -> None:
    with pytest.raises(Refusal):
        dossier_codes.read(code)


def test_headings_say_what_they_mean() -> None:
    found = rules.meaning(["STT", "MÃ HỒ SƠ", "Chủ hồ sơ", "Ngày tiếp nhận", "Ngày hẹn trả", "Ngày xử lý xong", "Ngày trả"])
    assert found == {
        "code": "MÃ HỒ SƠ", "owner": "Chủ hồ sơ", "received": "Ngày tiếp nhận", "promised": "Ngày hẹn trả",
        "finished": "Ngày xử lý xong", "handed": "Ngày trả",
    }  # fmt: skip


def at(day: int, hour: int = 10) -> datetime:
    return datetime(2020, 7, 1, tzinfo=UTC) + timedelta(days=day - 1, hours=hour - 7)


@pytest.mark.parametrize(
    ("said", "seen", "pile"),
    [
        (Said(at(8), at(8, 23)), None, "fine"),  # by calendar date, not hour
        (Said(at(8), at(9)), None, "nothing"),
        (Said(at(8), None), None, "nothing"),
        (Said(at(9), None), None, "fine"),
        (Said(at(8), None, 7), None, "fine"),  # withdrawn
        (Said(at(8), None), Seen(at(8, 23)), "in_time"),
        (Said(at(8), at(9)), Seen(at(7)), "in_time"),
        (Said(at(8), None), Seen(at(9)), "late"),
        (Said(at(8), None), Seen(None, "late"), "late"),
        (Said(at(8), None), Seen(None, "paused"), "excused"),
        (Said(at(8), None), Seen(None, "misconfigured"), "excused"),
        (Said(at(8), at(8)), Seen(at(9)), "fine"),  # the system does not call it late
    ],
)
def test_piles(said: Said, seen: Seen | None, pile: str) -> None:
    assert rules.pile(said, seen, TODAY) == pile


def test_a_finding_must_agree_with_its_own_day(app: Flask) -> None:
    now = at(9)
    rules.check_finding("in_time", at(8, 23), at(1), at(8), now)
    for handed, sentence in ((at(9), "trễ thật"), (None, "ký nhận"), (at(12), "sau hôm nay"), (at(-3), "trước ngày nhận")):
        with pytest.raises(Refusal) as no:
            rules.check_finding("in_time", handed, at(1), at(8), now)
        assert sentence in no.value.sentence


def test_what_was_in_time_is_not_called_late(app: Flask) -> None:
    with pytest.raises(Refusal, match="không phải trễ thật"):
        rules.check_finding("late", at(8), at(1), at(8), at(9))
    rules.check_finding("late", at(9), at(1), at(8), at(9))
    rules.check_finding("late", None, at(1), at(8), at(9))


@given(st.lists(st.integers(0, 30), max_size=40))
def test_the_median_is_the_median(values: list[int]) -> None:
    counted = list(Counter(values).items())
    assert rules.median(counted) == (statistics.median(values) if values else None)


def dossiers(dice: random.Random) -> Iterator[tuple[Said, Seen | None]]:
    """Forty, around one week, at any hour: the edges of days and all mixtures come up."""

    def moment() -> datetime:
        return at(dice.randrange(4, 13), 0) + timedelta(minutes=dice.randrange(24 * 60))

    for _number in range(40):
        said = Said(moment(), dice.choice((None, moment())), dice.randrange(11))
        verdict = dice.choice(("", "in_time", "late", "paused", "misconfigured"))
        yield said, Seen(dice.choice((None, moment())), verdict) if verdict else None


@pytest.mark.parametrize("seed", range(5))
def test_the_database_counts_as_the_rule_does(app: Flask, seed: int) -> None:
    expected = {}
    with transaction() as session:
        batch = MachineImport(digest="x", rows=1, imported_at=clock.now(), actor="test")
        session.add(batch)
        session.flush()
        for number, (said, seen) in enumerate(dossiers(random.Random(seed))):
            row = planted(f"H13-200709-{number:04d}", batch.id, said)
            session.add(row)
            session.flush()
            if seen is not None:
                finding = Finding(code=row.code, verdict=seen.verdict, handed_at=seen.handed_at, evidence="receipt",
                                  recorded_at=clock.now(), actor="test")  # fmt: skip
                session.add(finding)
                session.flush()
                row.finding_id = finding.id
            expected[row.code] = rules.pile(said, seen, TODAY)
    found = {code: queries.item(code, TODAY) for code in expected}
    assert {code: one.pile for code, one in found.items() if one} == expected
    assert len(set(expected.values())) > 3


def planted(code: str, import_id: int, said: Said) -> MachineRow:
    return MachineRow(
        code=code, import_id=import_id, received_at=said.promised_at - timedelta(days=9), promised_at=said.promised_at,
        finished_at=said.finished_at, status=said.status, first_seen_at=clock.now(), seen_at=clock.now(),
    )  # fmt: skip


def test_findings_and_histories_cannot_be_changed(app: Flask) -> None:
    with transaction() as session:
        batch = MachineImport(digest="x", rows=1, imported_at=clock.now(), actor="test")
        session.add(batch)
        session.flush()
        session.add(planted("H13-200709-0001", batch.id, Said(at(8), None)))
        session.flush()
        session.add(Finding(code="H13-200709-0001", verdict="late", evidence="receipt", recorded_at=clock.now(), actor="t"))
    for statement in (
        "UPDATE finding SET verdict = 'in_time'", "UPDATE finding SET recipient = 'x'", "DELETE FROM finding",
        "UPDATE finding SET recipient = '', handed_at = NULL, proof = 'x'",
    ):  # fmt: skip
        with pytest.raises(sa.exc.DBAPIError), db.engine.begin() as connection:
            connection.execute(sa.text(statement))
    with db.engine.begin() as connection:  # but a person's name may go when its time is over
        connection.execute(sa.text("UPDATE finding SET recipient = ''"))
