"""Imports: all or nothing, line by line, twice changes nothing."""

from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from app import demo_offices
from app.audit import Audit
from app.db import db, transaction
from app.offices import actions, queries
from app.offices.models import Holiday, Procedure
from app.refusal import Refusal
from tests.offices.make import csv_file, row, xlsx_file

NATIONAL = demo_offices.DATA / "procedures.csv"


def stored(code: str) -> Procedure:
    return db.session.scalars(select(Procedure).where(Procedure.code == code).execution_options(populate_existing=True)).one()


def count(table: type = Procedure) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def test_the_national_table_comes_in_once(app: Flask) -> None:
    report = actions.import_procedures(NATIONAL)
    assert (len(report.added), report.changed, report.unchanged, report.errors) == (53, [], 0, [])
    version, lines = queries.catalogue().version, count(Audit)
    again = actions.import_procedures(NATIONAL)
    assert (again.added, again.changed, again.unchanged) == ([], [], 53)
    assert queries.catalogue().version == version
    assert count(Audit) == lines


def test_durations_and_their_kinds(app: Flask) -> None:
    actions.import_procedures(NATIONAL)
    kinds = {
        code: (stored(code).duration, stored(code).duration_unit) for code in ("1.001193", "1.004222", "2.002481", "1.013225")
    }
    assert kinds == {
        "1.001193": (0, "same_day"), "1.004222": (7, "working_day"), "2.002481": (2.5, "working_day"),
        "1.013225": (15, "calendar_day"),
    }  # fmt: skip


def test_fees_papers_and_what_a_text_message_must_not_say(app: Flask) -> None:
    actions.import_procedures(NATIONAL)
    copies, adoption = stored("2.000815"), stored("2.001263")
    assert (copies.fee_vnd, copies.sensitive) == (2000, False)
    assert "tối đa 200.000 đ/bản" in copies.fee_note
    assert stored("1.013225").fee_vnd is None
    assert "(memory)" not in adoption.documents
    assert adoption.documents.splitlines()[:2] == ["Đơn xin nhận con nuôi", "Giấy khám sức khỏe"]
    hidden = {"1.000656", "1.004873", "1.001022", "2.001263", "2.001019", "2.001406", "1.011607", "1.001699", "1.001731"}
    assert all(stored(code).sensitive for code in hidden)
    assert not stored("1.001193").sensitive
    assert {code: stored(code).party for code in ("1.000894", "2.001035", "1.001193")} == {
        "1.000894": 2, "2.001035": 2, "1.001193": 1,
    }  # fmt: skip


def test_a_workbook_reads_like_the_csv(app: Flask, tmp_path: Path) -> None:
    rows = [row(processing_days=2.5, service_minutes=12, fee_vnd=8000), row(code="1.001180", processing_days=None)]
    report = actions.import_procedures(xlsx_file(tmp_path / "p.xlsx", rows))
    assert report.added == ["1.001193", "1.001180"]
    assert (stored("1.001193").duration, stored("1.001193").service_minutes, stored("1.001193").fee_vnd) == (2.5, 15, 8000)
    assert stored("1.001180").duration is None


def test_a_code_that_became_a_number_is_refused_not_guessed(app: Flask, tmp_path: Path) -> None:
    report = actions.import_procedures(xlsx_file(tmp_path / "p.xlsx", [row(), row(code=1.00118)]))
    assert [line for line, _sentence in report.errors] == [3]
    assert count() == 0


def test_every_bad_line_is_told_and_nothing_is_written(app: Flask, tmp_path: Path) -> None:
    rows = [
        row(),
        row(code="9", service_minutes="0", processing_days="soon"),
        row(),
        row(code="1.000001", name_vi=" ", fee_vnd="-1"),
        row(code="1.000002", name_vi="x" * 201, service_minutes="241", duration_unit="week", online_url="http://x"),
    ]
    report = actions.import_procedures(csv_file(tmp_path / "p.csv", rows, [*rows[0], "duration_unit", "online_url"]))
    told = {(line, sentence.split(":")[0]) for line, sentence in report.errors}
    assert told == {
        (3, "code"), (3, "service_minutes"), (3, "processing_days"), (4, "code"), (5, "name_vi"), (5, "fee_vnd"),
        (6, "name_vi"), (6, "service_minutes"), (6, "processing_days"), (6, "online_url"),
    }  # fmt: skip
    assert count() == 0


def test_a_dry_run_says_the_same_and_writes_nothing(app: Flask, tmp_path: Path) -> None:
    file = csv_file(tmp_path / "p.csv", [row()])
    assert actions.import_procedures(file, dry_run=True).added == ["1.001193"]
    assert count() == 0
    actions.import_procedures(file)
    changed = csv_file(tmp_path / "q.csv", [row(service_minutes=25)])
    assert actions.import_procedures(changed, dry_run=True).changed == ["1.001193"]
    assert stored("1.001193").service_minutes == 20
    assert actions.import_procedures(changed).changed == ["1.001193"]
    assert stored("1.001193").service_minutes == 25


def test_what_staff_edited_outlives_an_import(app: Flask, tmp_path: Path) -> None:
    actions.import_procedures(csv_file(tmp_path / "p.csv", [row()]))
    with transaction():
        mine = stored("1.001193")
        mine.synonyms, mine.paused_note, mine.sensitive, mine.party = "giấy sanh", "Nghỉ tới 10/7", True, 3
    actions.import_procedures(csv_file(tmp_path / "q.csv", [row(name_vi="Đăng ký khai sinh mới")]))
    mine = stored("1.001193")
    assert (mine.name, mine.synonyms, mine.paused_note) == ("Đăng ký khai sinh mới", "giấy sanh", "Nghỉ tới 10/7")
    assert (mine.sensitive, mine.party) == (True, 3)
    assert "khai sinh moi" in mine.search_key
    assert "giay sanh" in mine.search_key


def test_a_file_may_say_the_optional_columns(app: Flask, tmp_path: Path) -> None:
    more = {"duration_unit": "hour", "processing_days": "4", "fee_note_vi": "mỗi bản", "synonyms_vi": "a; b", "party": "3"}
    actions.import_procedures(csv_file(tmp_path / "p.csv", [row(**more)], row(**more)))
    mine = stored("1.001193")
    assert (mine.duration, mine.duration_unit, mine.fee_note, mine.synonyms, mine.party) == (4, "hour", "mỗi bản", "a; b", 3)


def test_a_semicolon_file_keeps_its_papers_apart(app: Flask, tmp_path: Path) -> None:
    actions.import_procedures(csv_file(tmp_path / "p.csv", [row(documents_vi="Tờ khai;Giấy chứng sinh;;")], delimiter=";"))
    assert stored("1.001193").documents == "Tờ khai\nGiấy chứng sinh"


def test_a_file_without_the_columns_is_refused(app: Flask, tmp_path: Path) -> None:
    with pytest.raises(Refusal):
        actions.import_procedures(csv_file(tmp_path / "p.csv", [row()], ["code", "name_vi"]))


# -- days off -------------------------------------------------------------------------------------------------------------


def test_seeded_holidays_have_their_make_up_days_and_leave_the_offices_own_alone(app: Flask) -> None:
    with transaction() as session:
        session.add(Holiday(day=date(2026, 2, 16), name="Nghỉ Tết theo quyết định", works=False))
    report = actions.seed_holidays(range(2024, 2027))
    assert {"2024-05-04", "2025-04-26", "2026-08-22", "2026-08-31", "2026-11-24"} <= set(report.added)
    catalogue = queries.catalogue()
    assert catalogue.worked.keys() == {date(2024, 5, 4), date(2025, 4, 26), date(2026, 8, 22)}
    assert catalogue.holidays[date(2026, 2, 16)] == "Nghỉ Tết theo quyết định"
    assert all(2024 <= day.year <= 2026 for day in catalogue.holidays)
    assert not actions.seed_holidays(range(2024, 2027)).writes
    assert queries.catalogue() is catalogue


def test_holidays_come_from_a_file_as_people_write_dates(app: Flask, tmp_path: Path) -> None:
    rows = [
        {"day": "2027-02-03", "name": "Nghỉ Tết"},
        {"day": "06/3/2027", "name": "Làm bù", "works": "làm bù"},
        {"day": "10/02/2027", "name": "Làm việc", "works": "1"},
    ]
    file = csv_file(tmp_path / "h.csv", rows, ["day", "name", "works"])
    assert len(actions.import_holidays(file, dry_run=True).added) == 3
    assert count(Holiday) == 0
    assert len(actions.import_holidays(file).added) == 3
    assert queries.catalogue().worked.keys() == {date(2027, 3, 6), date(2027, 2, 10)}
    again = actions.import_holidays(file)
    assert (again.writes, again.unchanged) == (False, 3)


def test_bad_holidays_are_told_by_line(app: Flask, tmp_path: Path) -> None:
    rows = [
        {"day": "2027-02-03", "name": "Tết"},
        {"day": "2027-02-30", "name": "Tết"},
        {"day": "3 Tết", "name": "Tết"},
        {"day": "2027-02-04", "name": ""},
        {"day": "2027-02-05", "name": "Tết", "works": "hên xui"},
        {"day": "03/02/2027", "name": "Tết"},
        {"day": "1027-02-03", "name": "Tết"},
    ]
    report = actions.import_holidays(csv_file(tmp_path / "h.csv", rows, ["day", "name", "works"]))
    assert [line for line, _sentence in report.errors] == [3, 4, 5, 6, 7, 8]
    assert count(Holiday) == 0
