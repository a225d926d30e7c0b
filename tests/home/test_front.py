"""The front page: what is done most, the day, the door, the next meeting, the way back to a booking."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask

from app import clock
from app.appointments import actions as appointments
from app.db import transaction
from app.home import rules
from app.meetings.models import Meeting
from app.offices import actions as offices
from app.offices import queries
from app.offices.catalogue import Catalogue
from app.offices.models import Closure, Holiday, Office, Procedure
from tests import make
from tests.meetings import make as meetings
from tests.page import Client, Element, count_queries, page


def mark_common(*codes: str) -> None:
    with transaction() as session:
        for rank, code in enumerate(codes, 1):
            session.query(Procedure).filter_by(code=code).one().common = rank
        offices.changed(session)


def main(client: Client, path: str = "/") -> str:
    return " ".join(page(client.get(path)).texts)


def rows(client: Client) -> list[tuple[str, str]]:
    """Each procedure of the list with what is said beside it."""
    elements = page(client.get("/")).elements
    links = [element for element in elements if "row-link" in element.attrs.get("class", "")]
    return [tuple(part.words for part in elements if part.parent is link) for link in links]  # type: ignore[misc]


def band(client: Client) -> str:
    found = [section for section in page(client.get("/")).all("section") if "sat" in section.attrs.get("class", "").split()]
    return found[0].words if found else ""


def button(client: Client) -> Element:
    return next(link for link in page(client.get("/")).all("a") if "btn-sun" in link.attrs.get("class", ""))


# -- procedures -------------------------------------------------------------------------------------------------------


def test_the_search_leads_to_the_procedures(client: Client, place: Catalogue) -> None:
    assert client.submit("/", {"q": "khai sinh"}, action="/thu-tuc").request.full_path == "/thu-tuc?q=khai+sinh"


def test_the_most_asked_stand_in_the_offices_order_with_their_earliest_place(client: Client, app: Flask) -> None:
    make.office(procedures={make.BIRTH: 20, "x.1": 10, "x.2": 10})
    mark_common("x.2", make.BIRTH)
    assert rows(client) == [
        ("Thủ tục x.2", "chỗ sớm nhất 8:30 hôm nay"),
        ("Đăng ký khai sinh", "chỗ sớm nhất 8:40 hôm nay"),
    ]


def test_the_earliest_place_of_all_offices(client: Client, app: Flask) -> None:
    make.office()
    make.office("o-mon", "OM")
    mark_common(make.BIRTH)
    catalogue = queries.catalogue()
    first, second = (catalogue.by_slug[slug] for slug in (make.PLACE, "o-mon"))
    birth = catalogue.by_code[make.BIRTH]
    appointments.book(first, birth, make.local("2026-11-30T08:40"), make.person())
    assert rows(client) == [("Đăng ký khai sinh", "chỗ sớm nhất 8:40 hôm nay")]
    appointments.book(second, birth, make.local("2026-11-30T08:40"), make.person(phone="+84912345679"))
    assert rows(client) == [("Đăng ký khai sinh", "chỗ sớm nhất 9:00 hôm nay")]


def test_no_place_soon_is_not_called_a_place(client: Client, place: Catalogue) -> None:
    mark_common(make.BIRTH)
    with transaction() as session:
        session.query(Procedure).one().paused_note = "Tạm ngưng"
        offices.changed(session)
    assert rows(client) == [("Đăng ký khai sinh", "xem nơi làm và giờ hẹn")]


def test_only_six_are_shown(client: Client, app: Flask) -> None:
    codes = [f"x.{n}" for n in range(8)]
    make.office(procedures=dict.fromkeys(codes, 10))
    mark_common(*codes)
    assert [name for name, _soon in rows(client)] == [f"Thủ tục x.{n}" for n in range(6)]


def test_an_empty_installation_has_a_front_page(client: Client) -> None:
    assert "Bạn cần làm giấy tờ gì?" in main(client)
    assert rows(client) == []
    assert client.get("/en/").status_code == 200


def test_few_queries(client: Client, place: Catalogue) -> None:
    mark_common(make.BIRTH)
    meetings.meetings()
    client.get("/")
    with count_queries() as seen:
        client.get("/")
    assert len(seen) <= 3, seen
    catalogue = queries.catalogue()
    appointments.book(catalogue.offices[0], catalogue.procedures[0], make.local("2026-11-30T08:40"), make.person())
    with count_queries() as seen:
        client.get("/")
    assert len(seen) <= 4, seen  # the one day that changed is read again


# -- the day and the door ---------------------------------------------------------------------------------------------


def test_the_leaf_is_todays_with_the_lunar_date(client: Client, place: Catalogue) -> None:
    leaf = page(client.get("/")).all("time")[0]
    assert leaf.attrs["datetime"] == "2026-11-30"
    assert "22 tháng 10 âm lịch" in leaf.words


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ("2026-11-30T08:00", "Đang mở cửa đến 11:00 UBND phường thoi-an Buổi sau: 13:00–17:00"),
        ("2026-11-30T14:00", "Đang mở cửa đến 17:00 UBND phường thoi-an Mở lại 7:00 ngày mai"),
        ("2026-11-30T12:00", "Đang đóng cửa UBND phường thoi-an Buổi sau: 13:00–17:00"),
        ("2026-11-30T06:00", "Đang đóng cửa UBND phường thoi-an Buổi sau: 7:00–11:00"),
        ("2026-12-04T20:00", "Đang đóng cửa UBND phường thoi-an Mở lại 7:00 thứ Hai 07/12"),
    ],
)
def test_the_door(client: Client, place: Catalogue, travel: time_machine.Traveller, moment: str, said: str) -> None:
    travel.move_to(make.local(moment))
    assert said in main(client)


def closed_by(kind: str) -> None:
    today = clock.today()
    with transaction() as session:
        office_id = session.query(Office).one().id
        if kind == "closure":
            session.add(Closure(office_id=office_id, first_day=today, last_day=today, reason="Tập huấn"))
        else:
            session.add(Holiday(day=today, name="Giỗ Tổ", works=False))
        offices.changed(session)


@pytest.mark.parametrize(("kind", "why"), [("closure", "Tập huấn"), ("holiday", "Giỗ Tổ")])
def test_a_closed_day_says_why(client: Client, place: Catalogue, kind: str, why: str) -> None:
    closed_by(kind)
    assert f"Hôm nay nghỉ: {why} UBND phường thoi-an Mở lại 7:00 ngày mai" in main(client)


def test_the_main_office_is_the_first_that_exists(app: Flask) -> None:
    make.office("cu", "CU", position=1, closed_on=date(2025, 7, 1))
    make.office("sau", "SA", position=2, opened_on=date(2027, 1, 1))
    catalogue = make.office("moi", "MO", position=3, opened_on=date(2025, 7, 1))
    days = {date(2025, 6, 30): "cu", date(2026, 11, 30): "moi"}
    for day, slug in days.items():
        found = rules.main_office(catalogue, day)
        assert found is not None
        assert found.slug == slug
    assert rules.main_office(Catalogue(0, (), (), {}, {}, {}, {}, {}, {}), clock.today()) is None


# -- the meeting ------------------------------------------------------------------------------------------------------


def test_no_meeting_no_band(client: Client) -> None:
    assert band(client) == ""


def full(meeting: Meeting) -> None:
    meetings.full(meeting)


def waiting(meeting: Meeting) -> None:
    meetings.full(meeting, waiting=2)


def some(meeting: Meeting) -> None:
    meetings.sign_up(meeting, 1, seats=2, question="Sổ thuế cũ có đổi không?")


@pytest.mark.parametrize(
    ("prepare", "said", "label"),
    [
        (some, "Còn 18 trong 20 chỗ", "Đăng ký dự – chưa đến 1 phút"),
        (full, "Hết chỗ trong 20 chỗ", "Xếp hàng chờ chỗ"),
        (waiting, "Hết chỗ, 2 người đang chờ", "Xếp hàng chờ chỗ"),
    ],
)
def test_the_band_tells_the_seats(client: Client, prepare: Callable[[Meeting], None], said: str, label: str) -> None:
    prepare(meetings.meetings())
    assert said in band(client)
    assert "Thứ Bảy 05/12/2026, 8:00–11:00" in band(client)
    assert button(client).words == label
    assert client.get(button(client).attrs["href"]).status_code == 200


def test_the_band_tells_the_questions(client: Client) -> None:
    meeting = meetings.meetings()
    assert "Chưa có câu hỏi nào" in band(client)
    some(meeting)
    assert "1 câu hỏi đã gửi" in band(client)


@pytest.mark.parametrize(("moment", "said"), [("2026-12-05T09:00", "Đã chốt danh sách"), ("2026-12-05T12:00", "02/2027")])
def test_nobody_is_invited_too_late(client: Client, travel: time_machine.Traveller, moment: str, said: str) -> None:
    meetings.meetings()
    travel.move_to(make.local(moment))
    if said != "Đã chốt danh sách":
        assert "05/12" not in band(client)
        return
    assert said in band(client)
    assert button(client).words == "Xem kỳ họp này"


def test_nobody_is_invited_too_early(client: Client, travel: time_machine.Traveller) -> None:
    meeting = meetings.meetings()
    travel.move_to(meeting.sign_up_from - timedelta(minutes=1))
    assert "Mở đăng ký từ" in band(client)


def test_the_band_in_english_names_the_english_place(client: Client) -> None:
    meetings.meetings(place_en="Hall of the district")
    assert "Hall of the district" in main(client, "/en/")


# -- the rest ---------------------------------------------------------------------------------------------------------


def test_the_figures_of_2020_name_their_source(client: Client) -> None:
    words = main(client)
    for figure in ("13.899", "14.191", "292", "108", "Nguồn: UBND quận Ô Môn"):
        assert figure in words


def test_figures_are_written_as_the_reader_writes_them(client: Client) -> None:
    assert "13,899" in main(client, "/en/")
    assert "13.899" in main(client)


def test_another_place_does_not_show_them(client: Client, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "SITE_PLACE", "phường Cái Răng, Cần Thơ")
    assert "13.899" not in main(client)


def test_a_code_typed_here_leads_to_the_look_up(client: Client, place: Catalogue) -> None:
    answer = client.submit("/", {"code": "TA-482-716-305"}, action="/tra-cuu")
    assert answer.request.path == "/tra-cuu"
    assert page(answer).form(having="last4").values()["code"] == ["TA-482-716-305"]


@pytest.mark.parametrize(
    "path", ["//evil.example", "/%5Cevil.example", "/%2Fevil.example", "/%09//evil.example", "/%5C%5Cevil.example"]
)
def test_the_other_language_is_never_somebody_elses_page(client: Client, path: str) -> None:
    for root in ("", "/en"):
        links = [link for link in page(client.get(root + path)).links() if "evil" in link]
        assert not [link for link in links if link.startswith("//") or "\\" in link or "\t" in link]


def test_the_other_language_keeps_the_question(client: Client) -> None:
    assert "/en/thu-tuc?q=khai+sinh" in page(client.get("/thu-tuc?q=khai+sinh")).links()
    assert "/thu-tuc?q=%C4%91%E1%BA%A5t" in page(client.get("/en/thu-tuc?q=%C4%91%E1%BA%A5t")).links()


@pytest.mark.parametrize("path", ["/", "/tra-cuu", "/thu-tuc", "/can-bo/thu/", "/can-bo/dang-nhap", "/nowhere"])
def test_raw_bytes_in_a_question_are_no_fault(client: Client, path: str) -> None:
    answer = client.get(path, environ_overrides={"QUERY_STRING": "q=\xff\xfe&code=\x80&next=\xe1\xba&ngay=\xed\xa0\x80"})
    assert answer.status_code in {200, 303, 404}


def test_no_cookie_for_who_only_reads(client: Client, place: Catalogue) -> None:
    for path in ("/", "/quyen-rieng-tu", "/healthz"):
        assert "Set-Cookie" not in client.get(path).headers


def test_privacy(client: Client) -> None:
    words = main(client, "/quyen-rieng-tu")
    for promise in ("91/2025/QH15", "356/2025/NĐ-CP", "90 ngày", "24 tháng", "180 ngày", "2 ngày làm việc", "0292 3 000 000"):
        assert promise in words
    assert client.get("/en/quyen-rieng-tu").status_code == 200


def test_robots_stay_away_from_persons_and_officers(client: Client) -> None:
    lines = client.get("/robots.txt").text.splitlines()
    assert {"Disallow: /hen/", "Disallow: /en/cho/", "Disallow: /can-bo/"} <= set(lines)
