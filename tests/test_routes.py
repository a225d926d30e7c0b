"""Every address at once: who may use it, what it leaves unchanged, what it keeps from strangers. A new one must be written in."""

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app import codes, proof
from tests import world
from tests.page import Client, page
from tests.world import World

OFFICERS = "counter reception secretary leader admin"
DESK = "counter reception secretary admin"
OFFICE = "secretary admin"
CHAIR = "secretary leader admin"
HEADS = "secretary leader admin"
LEADERS = "secretary leader admin"
MINUTES = "secretary leader admin"

# Who may use each address: anybody, who has proof (everybody else is asked for it), or officers in these roles.
WHO = {
    "home.index": "anybody",
    "home.look_up": "anybody",
    "home.find": "anybody",
    "home.forget": "anybody",
    "home.privacy": "anybody",
    "home.healthz": "anybody",
    "home.readyz": "anybody",
    "home.figures": "anybody",  # on this machine
    "home.robots": "anybody",
    "offices.index": "anybody",
    "offices.procedure": "anybody",
    "appointments.choose_office": "anybody",
    "appointments.choose_time": "anybody",
    "appointments.hold": "anybody",
    "appointments.details": "anybody",  # its random name is the proof
    "appointments.answer": "anybody",
    "appointments.review": "anybody",
    "appointments.book": "anybody",
    "appointments.extend": "anybody",
    "appointments.show": "proof",
    "appointments.slip": "proof",
    "appointments.calendar_file": "proof",
    "appointments.coming": "proof",
    "appointments.come": "proof",
    "appointments.cancel": "proof",
    "appointments.cancel_now": "proof",
    "appointments.move": "proof",
    "appointments.move_now": "proof",
    "meetings.next_meeting": "anybody",
    "meetings.meeting": "anybody",
    "meetings.sign_up": "anybody",
    "meetings.feed": "anybody",
    "meetings.seat": "proof",
    "meetings.coming": "proof",
    "meetings.come": "proof",
    "meetings.change": "proof",
    "meetings.change_now": "proof",
    "meetings.seat_calendar": "proof",
    "short.go": "anybody",
    "reports.figures": "anybody",
    "reports.figures_csv": "anybody",
    "reports.dossiers_csv": "anybody",
    "reports.feed": "anybody",
    "meetings.other_person": "proof",
    "meetings.send_other": "proof",
    "invitations.subscribe": "anybody",
    "invitations.subscribe_now": "anybody",
    "invitations.sent": "anybody",
    "invitations.confirm": "anybody",  # who has the letter's link, here and below
    "invitations.confirm_now": "anybody",
    "invitations.manage": "anybody",
    "invitations.change": "anybody",
    "invitations.leave": "anybody",
    "invitations.leave_now": "anybody",
    "invitations.reply": "anybody",
    "invitations.reply_now": "anybody",
    "invitations.why": "anybody",
    "invitations.why_now": "anybody",
    "invitations.missed": "proof",
    "invitations.missed_now": "proof",
    "invitations.accept": "proof",
    "invitations.accept_now": "proof",
    "answers.unit": "anybody",  # who has the link
    "answers.draft": "anybody",
    "answers.opened": "anybody",  # a letter's token leads on
    "answers.enough": "proof",
    "answers.say": "proof",
    "questions.index": "anybody",
    "questions.file": "anybody",
    "questions.me_too": "anybody",
    "questions.opened": "anybody",  # who has a letter's link
    "questions.question": "proof",
    "questions.open_to": "proof",
    "questions.wish": "proof",
    "questions.withdraw": "proof",
    "questions.take_seat": "proof",
    "questions.say": "proof",
    "staff.sign_in": "anybody",
    "staff.sign_in_now": "anybody",
    "staff.sign_out": "anybody",
    "staff.accept_link": "anybody",  # who has the link
    "staff.set_password": "anybody",
    "staff.desk": OFFICERS,
    "appointments_admin.today": OFFICERS,
    "appointments_admin.day_sheet": OFFICERS,
    "appointments_admin.mark": DESK,
    "meetings_admin.index": OFFICERS,
    "meetings_admin.decide": OFFICE,
    "meetings_admin.meeting": OFFICERS,
    "meetings_admin.attendance": OFFICERS,
    "meetings_admin.cancel": OFFICE,
    "meetings_admin.register": OFFICE,
    "meetings_admin.seat": OFFICERS,
    "meetings_admin.change_seat": OFFICE,
    "meetings_admin.agenda.show": OFFICERS,
    "meetings_admin.agenda.printed": OFFICERS,
    "meetings_admin.agenda.begin": OFFICE,
    "meetings_admin.agenda.add": OFFICE,
    "meetings_admin.agenda.edit": OFFICE,
    "meetings_admin.agenda.move": OFFICE,
    "meetings_admin.agenda.remove": OFFICE,
    "meetings_admin.agenda.sort": OFFICE,
    "meetings_admin.agenda.sort_by_field": OFFICE,
    "meetings_admin.agenda.publish": OFFICE,
    "meetings_admin.changes.meeting": OFFICE,
    "meetings_admin.changes.rule": OFFICE,
    "meetings_admin.changes.new_rule": OFFICE,
    "attendance_admin.door": OFFICERS,
    "attendance_admin.index": OFFICERS,
    "attendance_admin.arrive": DESK,
    "attendance_admin.undo": DESK,
    "attendance_admin.walk_in": DESK,
    "attendance_admin.hand_on": DESK,
    "attendance_admin.close": OFFICE,
    "attendance_admin.paper_list": DESK,
    "attendance_admin.live": CHAIR,
    "attendance_admin.steer": CHAIR,
    "kit_admin.kit": HEADS,
    "kit_admin.poster": HEADS,
    "kit_admin.letter": HEADS,
    "kit_admin.index": HEADS,
    "kit_admin.add": OFFICE,
    "kit_admin.begin": OFFICE,
    "kit_admin.change": OFFICE,
    "reports_admin.meetings": HEADS,
    "reports_admin.printed": HEADS,
    "reports_admin.workbook": HEADS,
    "reports_admin.csv": HEADS,
    "form06_admin.report": HEADS,
    "form06_admin.printed": HEADS,
    "form06_admin.workbook": HEADS,
    "form06_admin.csv": HEADS,
    "form06_admin.behind": HEADS,
    "invitations_admin.index": LEADERS,
    "invitations_admin.subscriber": LEADERS,
    "invitations_admin.add": OFFICE,
    "invitations_admin.end": OFFICE,
    "invitations_admin.renew": OFFICE,
    "invitations_admin.export": OFFICE,
    "invitations_admin.fields": OFFICE,
    "invitations_admin.reserve": OFFICE,
    "answers_admin.index": OFFICERS,
    "answers_admin.send": OFFICE,
    "answers_admin.answer": CHAIR,
    "answers_admin.release": CHAIR,
    "answers_admin.say": CHAIR,
    "promises.index": "anybody",
    "promises.table": "anybody",
    "promises.feed": "anybody",
    "promises.promise": "anybody",
    "promises.file": "anybody",
    "promises.unit": "anybody",  # who has the unit's link
    "promises.unit_promise": "anybody",
    "promises.unit_done": "anybody",
    "promises.unit_postpone": "anybody",
    "promises.unit_wait": "anybody",
    "promises.unit_resume": "anybody",
    "promises.unit_evidence": "anybody",
    "promises_admin.index": OFFICERS,
    "promises_admin.promise": OFFICERS,
    "promises_admin.file": OFFICERS,
    "promises_admin.done": CHAIR,
    "promises_admin.postpone": CHAIR,
    "promises_admin.wait": CHAIR,
    "promises_admin.resume": CHAIR,
    "promises_admin.add_evidence": CHAIR,
    "promises_admin.remove_file": CHAIR,
    "promises_admin.units": CHAIR,
    "promises_admin.unit": CHAIR,
    "promises_admin.renew_link": CHAIR,
    "chasing_admin.index": OFFICERS,
    "chasing_admin.letter": OFFICERS,
    "questions_admin.index": OFFICERS,
    "questions_admin.question": OFFICERS,
    "questions_admin.word": OFFICE,
    "questions_admin.show": OFFICE,
    "questions_admin.hide": OFFICE,
    "questions_admin.merge": OFFICE,
    "questions_admin.unmerge": OFFICE,
    "questions_admin.withdraw": OFFICE,
    "questions_admin.answer": "leader admin",
    "questions_admin.quick.show": DESK,
    "questions_admin.quick.enter": DESK,
    "questions_admin.lists.upload": OFFICE,
    "questions_admin.lists.read": OFFICE,
    "questions_admin.lists.template": OFFICE,
    "questions_admin.lists.look": OFFICE,
    "questions_admin.lists.enter": OFFICE,
    "minutes.minutes": "anybody",
    "minutes_admin.show": MINUTES,
    "minutes_admin.begin": OFFICE,
    "minutes_admin.add": OFFICE,
    "minutes_admin.sort": OFFICE,
    "minutes_admin.item": MINUTES,
    "minutes_admin.save": MINUTES,
    "minutes_admin.move": OFFICE,
    "minutes_admin.remove": OFFICE,
    "minutes_admin.publishing.paper": OFFICE,
    "minutes_admin.publishing.describe": OFFICE,
    "minutes_admin.publishing.review": OFFICE,
    "minutes_admin.publishing.publish": OFFICE,
    "minutes_admin.publishing.amend": OFFICE,
    "minutes_admin.publishing.discard": OFFICE,
    "minutes_admin.publishing.printed": MINUTES,
    "minutes_admin.publishing.notice": MINUTES,
    "dossiers.show": "proof",
    "dossiers.receipt": "proof",
    "dossiers.collect": "proof",
    "dossiers.collect_now": "proof",
    "dossiers.by_post": "proof",
    "dossiers.at_desk": "proof",
    "dossiers_admin.index": OFFICERS,
    "dossiers_admin.receive": DESK,
    "dossiers_admin.receive_now": DESK,
    "dossiers_admin.dossier": OFFICERS,
    "dossiers_admin.do": DESK,
    "dossiers_admin.printed": OFFICERS,
    "reconciliation_admin.index": OFFICERS,
    "reconciliation_admin.find": DESK,
    "reconciliation_admin.item": OFFICERS,
    "reconciliation_admin.export": OFFICERS,
    "reconciliation_admin.figures": OFFICERS,
    "reconciliation_admin.letter": OFFICERS,
    "reconciliation_admin.hand_in": DESK,
    "reconciliation_admin.hand_in_now": DESK,
    "reconciliation_admin.preview": DESK,
    "reconciliation_admin.take_in": DESK,
    "reconciliation.unit": "anybody",  # who has the link
    "reconciliation.acknowledge": "anybody",
    "feedback.show": "anybody",  # who has the link
    "feedback.answer": "anybody",
    "feedback.kiosk": "anybody",  # a machine that was not opened is told so
    "feedback.press": "anybody",
    "feedback.thanks": "anybody",
    "feedback_admin.index": OFFICERS,
    "feedback_admin.workbook": OFFICERS,
    "feedback_admin.csv": OFFICERS,
    "feedback_admin.sentences": HEADS,
    "feedback_admin.kiosks": OFFICE,
    "feedback_admin.turn": OFFICE,
    "guides.index": "anybody",
    "guides.leaflet": "anybody",
    "guides.guide": "anybody",
    "guides.news": "anybody",
    "guides.news_item": "anybody",
    "guides.feed": "anybody",
    "guides.poster": "anybody",
    "guides_admin.index": OFFICERS,
    "guides_admin.new": OFFICE,
    "guides_admin.begin": OFFICE,
    "guides_admin.show": OFFICERS,
    "guides_admin.version": OFFICERS,
    "guides_admin.edit": OFFICE,
    "guides_admin.save": OFFICE,
    "guides_admin.publish": OFFICE,
    "guides_admin.withdraw": OFFICE,
    "guides_admin.restore": OFFICE,
    "filing_admin.index": OFFICERS,
    "filing_admin.note": DESK,
    "filing_admin.line": OFFICERS,
    "filing_admin.file_later": DESK,
    "filing_admin.figures": OFFICERS,
    "filing_admin.export": OFFICERS,
    "outbox_admin.index": OFFICERS,
    "outbox_admin.calls": OFFICERS,
    "outbox_admin.message": OFFICERS,
    "outbox_admin.send_again": DESK,
    "outbox_admin.called": DESK,
}
STATIC = {"static", "bootstrap.static"}
VISITORS = ["anonymous", *OFFICERS.split()]
# A whole form of every kind: without its token it must do nothing.
FORM = {
    "moment": "2026-12-02T08:20", "name": "Kẻ Lạ", "contact": "Kẻ Lạ", "phone": "0911111111", "email": "la@example.vn",
    "seats": "2", "give_up": "1", "code": "", "last4": "5678", "password": "ghe do ben song", "seen": "booked", "title": "Mục",
    "minutes": "10", "kind": "business", "reason": "Không có lý do", "day": "2027-01-09", "csrf_token": "forged", "item": "",
    "slug": "duong-moi",
    "seen_at": "", "whom": "Sở Công Thương", "happened_on": "2026-11-24", "text": "Đã làm", "head_name": "Kẻ Lạ",
}  # fmt: skip


@pytest.fixture
def here(app: Flask) -> Iterator[World]:
    with time_machine.travel(world.TUESDAY, tick=False):
        yield world.build(app)


def routes(app: Flask, method: str) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if method in (rule.methods or ()) and rule.endpoint not in STATIC]


def browser(app: Flask, visitor: str) -> Client:
    client = Client(app, app.response_class)
    if visitor != "anonymous":
        client.sign_in(visitor)
    return client


def test_every_route_is_in_the_table_and_the_table_holds_no_other(app: Flask) -> None:
    assert {rule.endpoint for rule in app.url_map.iter_rules()} - STATIC == set(WHO)


@pytest.mark.parametrize("visitor", VISITORS)
def test_who_may_use_what(app: Flask, here: World, visitor: str) -> None:
    client, wrong = browser(app, visitor), []
    for method in ("GET", "POST"):
        for rule in routes(app, method):
            answer = client.open(here.address(rule), method=method)
            expected = _expected(rule.endpoint, visitor)
            if _met(answer) != expected:
                wrong.append(f"{method} {rule.rule}: {_met(answer)} {answer.status}, not {expected}")
            if visitor != "anonymous" and rule.endpoint == "staff.sign_out":
                assert client.get("/can-bo/").status_code == 302  # no token: still signed in
    assert not wrong, "\n".join(wrong)


def _expected(endpoint: str, visitor: str) -> str:
    who = WHO[endpoint]
    if who == "anybody":
        return "let in"
    if who == "proof":
        return "asked for proof"
    return "sent to sign in" if visitor == "anonymous" else "let in" if visitor in who.split() else "refused"


def _met(answer: TestResponse) -> str:
    """What became of the request. A wrong address (404) or a fault (500) is none of what we expect."""
    if answer.status_code == 403:
        return "asked for proof" if 'name="last4"' in answer.text else "refused"
    if answer.status_code == 303 and answer.location.startswith("/can-bo/dang-nhap?next=/") and answer.request.method == "GET":
        return "sent to sign in"
    if answer.status_code == 303 and answer.location == "/can-bo/dang-nhap" and answer.request.method == "POST":
        return "let in" if answer.request.path == "/can-bo/dang-xuat" else "sent to sign in"
    expected = {"GET": {200, 302}, "POST": {422}}[answer.request.method]
    if answer.status_code in expected or answer.request.path in {"/readyz", "/can-bo/dang-xuat"}:
        return "let in"
    return "lost"


@pytest.mark.parametrize("visitor", ["anonymous", "admin"])
def test_looking_changes_nothing(app: Flask, here: World, visitor: str) -> None:
    client = browser(app, visitor)
    here.prove(client)
    before, ways = world.rows(), ["", "/en"]
    for rule in routes(app, "GET"):
        for root in ways:
            answer = client.get(root + here.address(rule))
            assert answer.status_code in {200, 302, 303} or rule.endpoint == "home.readyz", f"{rule.rule} {answer.status}"
            assert world.rows() == before, rule.rule


@pytest.mark.parametrize("visitor", ["anonymous", "admin"])
def test_nothing_is_done_without_the_forms_token(app: Flask, here: World, visitor: str) -> None:
    client = browser(app, visitor)
    here.prove(client)
    before = world.rows()
    for rule in routes(app, "POST"):
        answer = client.post(here.address(rule), data=FORM | {"code": here.appointment})
        sent_away = answer.status_code == 303 and answer.location == "/can-bo/dang-nhap"
        assert 400 <= answer.status_code < 500 or (visitor == "anonymous" and sent_away), f"{rule.rule} {answer.status}"
        assert world.rows() == before, rule.rule


def test_the_same_forms_with_their_token_do_something(app: Flask, here: World) -> None:
    """The control: only the token was missing above."""
    changed, ends = set(), ("cancel", "change", "remove")
    for rule in sorted(routes(app, "POST"), key=lambda rule: any(word in rule.endpoint for word in ends)):
        client = browser(app, "admin")
        here.prove(client)
        token = page(client.get("/tra-cuu")).form(having="last4").values()["csrf_token"][0]
        before = world.rows()
        client.post(here.address(rule), data=FORM | {"code": here.appointment, "csrf_token": token})
        if world.rows() != before:
            changed.add(rule.endpoint)
    assert {"appointments.hold", "appointments_admin.mark", "meetings.change_now", "staff.set_password"} <= changed
    assert len(changed) > 12, changed


def test_a_stranger_learns_nothing_about_a_booking(app: Flask, here: World) -> None:
    """Not a name, not a digit; and the same page for a code that nobody has."""
    nobody = {"/hen/": codes.new("TA"), "/cho/": codes.new("TB"), "/cau-h": codes.new("CH")}
    nobody = {"/hen/": codes.new("TA"), "/cho/": codes.new("TB"), "/cau-hoi/": codes.new("CH")}
    mine = {"/hen/": here.appointment, "/cho/": here.seat, "/cau-hoi/": here.question}
    for visitor in ("anonymous", "admin"):
        client = browser(app, visitor)
        for method in ("GET", "POST"):
            for rule in routes(app, method):
                root = rule.rule[: 6 if rule.rule.startswith("/cau-h") else 5]
                if root not in nobody:
                    continue
                address = here.address(rule)
                code = {"/hen/": here.appointment, "/cho/": here.seat}.get(root, here.question)
                root = rule.rule.partition("<")[0]
                if root not in nobody:
                    continue
                address, code = here.address(rule), mine[root]
                answer = client.open(address, method=method, data=FORM if method == "POST" else None)
                assert answer.status_code == 403
                seen = " ".join(page(answer).texts).replace(code, "")
                assert [word for word in world.PRIVATE if word in seen] == []
                other = client.open(address.replace(code, nobody[root]), method=method)
                assert (other.status_code, _plain(other, nobody[root])) == (403, _plain(answer, code))


def _plain(answer: TestResponse, code: str) -> list[str]:
    return [text.replace(code, "") for text in page(answer).texts]


def test_proof_of_one_booking_opens_no_other(app: Flask, here: World, client: Client) -> None:
    with client.session_transaction() as cookie:
        cookie["open"] = [here.seat]
    for path in ("", "/phieu", "/lich.ics", "/huy", "/doi", "/den"):
        assert client.get(f"/hen/{here.appointment}{path}").status_code == 403
    with client.session_transaction() as cookie:
        cookie["open"] = [here.appointment]
    for path in ("", "/lich.ics", "/bot", "/den"):
        assert client.get(f"/cho/{here.seat}{path}").status_code == 403


@pytest.mark.parametrize(
    "spoilt", ["of another booking", "cut short", "one letter changed", "of a staff link", "nonsense", "empty"]
)
def test_a_link_that_is_not_ours_opens_nothing(app: Flask, here: World, client: Client, spoilt: str) -> None:
    token = proof.token(here.appointment)
    tokens = {
        "of another booking": proof.token(here.seat),
        "cut short": token[:-1],
        "one letter changed": ("X" if token[0] != "X" else "Y") + token[1:],
        "of a staff link": here.link,
        "nonsense": "é\x00%ff",
        "empty": "",
    }
    client.get(f"/hen/{here.appointment}", query_string={"t": tokens[spoilt]})
    answer = client.get(f"/hen/{here.appointment}")
    assert answer.status_code == 403
    assert 'name="last4"' in answer.text
    assert client.get(f"/can-bo/lien-ket/{token}").status_code == 404


def test_the_links_token_leaves_the_address(app: Flask, here: World, client: Client) -> None:
    answer = client.get(f"/hen/{here.appointment}?t={proof.token(here.appointment)}")
    assert (answer.status_code, answer.location) == (302, f"/hen/{here.appointment}")
    assert client.get(answer.location).status_code == 200


def test_an_officer_of_one_office_neither_sees_nor_changes_another(app: Flask, here: World) -> None:
    office = here.catalogue.offices[0].id
    own, foreign = Client(app, app.response_class), Client(app, app.response_class)
    own.sign_in("counter", office_id=office)
    foreign.sign_in("counter", office_id=office + 1)
    before = world.rows()
    assert own.get("/can-bo/hom-nay?noi=thoi-an&ngay=2026-12-01").status_code == 200
    for path in ("/can-bo/hom-nay", "/can-bo/hom-nay/in"):
        answer = foreign.get(f"{path}?noi=thoi-an&ngay=2026-12-01")
        assert answer.status_code in {403, 404}
        assert "Mỹ Duyên" not in answer.text
    answer = foreign.post(f"/can-bo/hen/{here.appointment}/arrived", data={"seen": "booked"})
    assert answer.status_code == 403
    assert world.rows() == before


@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE", "PATCH", "PROPFIND"])
def test_other_methods_are_refused(app: Flask, here: World, client: Client, method: str) -> None:
    before = world.rows()
    for rule in app.url_map.iter_rules():
        address = "/static/css/hen.css" if rule.endpoint in STATIC else here.address(rule)
        answer = client.open(address, method=method)
        assert answer.status_code == 405
        assert {"GET", "POST"} & set(answer.headers["Allow"].split(", "))
    assert world.rows() == before
