"""The catalogue in memory: one query while nothing changes, never stale, few queries to read anew."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, time

from flask import Flask

from app.db import db, transaction
from app.offices import actions, queries
from app.offices.models import Closure, Counter, DayHours, Office, Opening, Procedure, Service
from tests import make
from tests.make import BIRTH, PLACE
from tests.page import count_queries


def test_one_query_while_nothing_changes(app: Flask) -> None:
    kept = make.office(counters=3)
    with count_queries() as seen:
        assert queries.catalogue() is kept
    assert len(seen) == 1


def test_reading_anew_takes_few_queries_however_much_there_is(app: Flask) -> None:
    make.office(counters=2)
    make.office("thoi-hoa", "TH", counters=5, procedures={BIRTH: 20, "1.000894": 30})
    with transaction() as session:
        actions.changed(session)
    with count_queries() as seen:
        queries.catalogue()
    assert len(seen) <= 9


def test_every_change_gives_another_version(app: Flask) -> None:
    versions = set()
    for _n in range(5):
        with transaction() as session:
            actions.changed(session)
        versions.add(queries.catalogue().version)
    assert len(versions) == 5


def test_without_a_version_nothing_is_kept(app: Flask) -> None:
    assert queries.catalogue().offices == ()
    with transaction() as session:
        session.add(Office(slug="x", name="X", name_en="X", level="ward", code_letters="XX"))
    assert [office.slug for office in queries.catalogue().offices] == ["x"]


def test_a_change_by_another_process_is_seen_although_this_session_holds_the_old_object(app: Flask) -> None:
    make.office()
    held = db.session.query(Procedure).one()
    assert held.service_minutes == 20
    with db.engine.begin() as other:
        other.exec_driver_sql("UPDATE procedure SET service_minutes = 45")
        other.exec_driver_sql("UPDATE catalogue_version SET version = 7")
    db.session.commit()
    assert queries.catalogue().by_code[BIRTH].service_minutes == 45


def test_the_snapshot_has_everything(app: Flask) -> None:
    make.office(counters=2)
    with transaction() as session:
        place = session.query(Office).one()
        first, second = place.counters
        session.add_all([
            Opening(office_id=place.id, counter_id=first.id, weekday=5, opens=time(7), closes=time(11)),
            DayHours(office_id=place.id, day=date(2026, 12, 5), opens=time(8), closes=time(9)),
            Closure(office_id=place.id, counter_id=second.id, first_day=date(2026, 12, 1), last_day=date(2026, 12, 2)),
            Counter(office_id=place.id, number="9", active=False),
        ])  # fmt: skip
        session.query(Service).filter_by(counter_id=second.id).one().minutes = 35
        actions.changed(session)
    catalogue = queries.catalogue()
    office, birth = catalogue.by_slug[PLACE], catalogue.by_code[BIRTH]
    assert [counter.minutes[birth.id] for counter in office.serving(birth)] == [20, 35]
    assert len(office.counters) == 2
    assert office.weekly[None, 0] == ((time(7), time(11)), (time(13), time(17)))
    assert office.weekly[office.counters[0].id, 5] == ((time(7), time(11)),)
    assert office.dated[None, date(2026, 12, 5)] == ((time(8), time(9)),)
    assert office.closures[0].counter_id == office.counters[1].id
    assert birth.documents == ("Giấy chứng sinh (nộp bản chính)", "Căn cước (xuất trình)")
    assert catalogue.offices_for(birth) == (office,)


def test_the_working_calendar_falls_back_on_the_law_for_years_nobody_entered(app: Flask) -> None:
    actions.seed_holidays([2026])
    calendar = queries.calendar(years=[2026, 2027])
    assert date(2027, 2, 8) in calendar.days_off
    assert date(2027, 2, 8) not in queries.calendar(years=[2026]).days_off


def test_threads_share_one_snapshot(app: Flask) -> None:
    make.office(counters=3)
    with transaction() as session:
        actions.changed(session)

    def read(_number: int) -> object:
        with app.app_context():
            return queries.catalogue()

    with count_queries() as seen, ThreadPoolExecutor(8) as pool:
        found = set(pool.map(read, range(40)))
    assert len(found) == 1
    assert len(seen) == 40 + 8  # one looks at the version each time, one of them reads the eight tables
