"""After closing: the citizen rates each agency once, asks to reopen the case, and reads its history."""

import logging
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from central.cases import clock, commands
from central.cases.commands import Actor, ClosingInputs, OrderInputs
from central.cases.models import Case, CaseEvent
from central.centres.models import Centre
from central.messages.models import Rating
from central.people.roles import Role
from protocol import tracking_code
from tests.unit.central.citizen_page import Citizen
from tests.unit.central.factories import actor_with, create_agency
from tests.unit.central.page_text import page_text
from tests.unit.central.queued_tasks import run_queued_tasks
from tests.unit.central.step_posts import post_step

COMMENT, REASON = "ช่างพูดจาดี ชื่อนายสมหมาย", "ไฟดับอีกแล้วที่บ้านนางสมใจ"


@pytest.fixture
def director(khonkaen: Centre) -> Actor:
    return actor_with(khonkaen, Role.DIRECTOR)


@pytest.fixture
def citizen(khonkaen: Centre, director: Actor) -> Citizen:
    """The citizen of a case that two agencies have worked on, a third has returned, and the director has closed."""
    citizen, names = Citizen(khonkaen), ("อบต.บ้านเป็ด", "การไฟฟ้า", "แขวงทางหลวง")
    lead, helper, other = (create_agency(khonkaen, name_th=name) for name in names)
    order = OrderInputs(lead=lead, supports=[helper, other], text="โปรดซ่อม")
    commands.order(citizen.case, director, seen_revision=None, inputs=order)
    returned = citizen.case.referrals.get(agency=other)
    commands.return_to_centre(returned, Actor.agency_link(returned), seen_revision=None, reason="ไม่ใช่ถนนของเรา")
    close(citizen, director)
    return citizen


def close(citizen: Citizen, director: Actor) -> None:
    inputs = ClosingInputs("resolved", "ซ่อมไฟแล้ว")
    commands.close(citizen.reload(), director, seen_revision=None, inputs=inputs)


def desk_of(actor: Actor) -> Client:
    client = Client()
    assert actor.officer is not None
    client.force_login(actor.officer)
    return client


@pytest.mark.django_db(transaction=True)
def test_no_word_of_a_rating_or_reason_is_in_a_log_or_a_task(
    citizen: Citizen, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    citizen.send("rating", stars_0="4", comment=COMMENT)  # refused
    citizen.send("rating", stars_0="4", stars_1="2", comment=COMMENT)
    citizen.send("reopening", reason=REASON)
    assert (Rating.objects.count(), citizen.reload().events.filter(kind="request_reopening").count()) == (2, 1)
    run_queued_tasks()
    logged = "\n".join(each.getMessage() for each in caplog.records if not each.name.startswith("django.db"))
    assert "track_rating" in logged, "the requests are logged"
    stored = logged + str(list(DBTaskResult.objects.values()))
    canaries = (COMMENT, "สมหมาย", REASON, "สมใจ", citizen.code, tracking_code.display(citizen.code))
    assert [canary for canary in canaries if canary in stored] == []


def test_each_agency_is_rated_once_for_each_closing(citizen: Citizen, director: Actor) -> None:
    assert 'formaction="/t/rating"' in citizen.page()
    form = page_text(citizen.form("rating"))
    assert form.count("<fieldset") == 2
    assert ("อบต.บ้านเป็ด" in form, "แขวงทางหลวง" in form) == (True, False), "who returned it did no work"
    assert citizen.send("rating", stars_0="4", comment=COMMENT).status_code == 409, "one of two is missing"
    sent = {"stars_0": "4", "stars_1": "2", "comment": COMMENT, "token": str(uuid4())}
    for _ in range(2):
        assert 'id="done"' in page_text(citizen.send("rating", **sent))
    rows = Rating.objects.order_by("stars").values_list("agency__name_th", "stars", "round", "centre__slug")
    assert list(rows) == [("การไฟฟ้า", 2, 0, "khonkaen"), ("อบต.บ้านเป็ด", 4, 0, "khonkaen")]
    assert "/t/rating" not in citizen.page()
    assert "rated already" in page_text(citizen.form("rating"))
    again = citizen.send("rating", **sent | {"token": str(uuid4())})
    assert (again.status_code, COMMENT in page_text(again)) == (409, True)
    shown = page_text(desk_of(director).get(f"/desk/cases/{citizen.case.case_number}"))
    assert "อบต.บ้านเป็ด 4/5 · การไฟฟ้า 2/5" in shown
    assert COMMENT in shown.split('id="messages"')[1]
    commands.reopen(citizen.reload(), director, seen_revision=None, reason="ตรวจซ้ำ")
    close(citizen, director)
    assert page_text(citizen.form("rating")).count("<fieldset") == 1, "only the agency of this round"
    citizen.send("rating", stars_0="5")
    assert set(Rating.objects.filter(round=1).values_list("agency__name_th", "stars")) == {("อบต.บ้านเป็ด", 5)}


def test_a_case_without_an_agency_rates_the_centre(khonkaen: Centre, director: Actor) -> None:
    citizen = Citizen(khonkaen)
    commands.take(citizen.case, director, seen_revision=None)
    assert "once the centre has closed" in page_text(citizen.form("rating"))
    close(citizen, director)
    assert citizen.send("rating", stars_0="6").status_code == 422
    assert citizen.send("rating", stars_0="5").status_code == 200
    assert Rating.objects.get().agency is None


def test_a_request_to_reopen_goes_to_the_director_who_reopens(citizen: Citizen, director: Actor) -> None:
    assert 'formaction="/t/reopening"' in citizen.page()
    assert citizen.send("reopening", reason=" ").status_code == 409
    assert 'id="done"' in page_text(citizen.send("reopening", reason=REASON))
    shown = citizen.page()
    assert 'id="reopening"' in shown
    assert "/t/reopening" not in shown
    assert "นางสมใจ" not in shown
    desk, path = desk_of(director), f"/desk/cases/{citizen.case.case_number}"
    assert citizen.case.case_number in page_text(desk.get("/desk/cases?queue=reopening_requested"))
    assert 'id="reopenings"' in page_text(desk.get("/desk/decisions"))
    assert REASON in page_text(desk.get(path))
    assert post_step(desk, citizen.case.case_number, "reopen", note="ตรวจแล้วยังดับ").status_code == 302
    case = citizen.reload()
    assert (case.status, case.attention, case.agency_name) == ("ordered", "reopened", "อบต.บ้านเป็ด")
    assert 'id="reopening"' not in citizen.page()
    assert 'id="reopenings"' not in page_text(desk.get("/desk/decisions"))


def test_the_citizen_reads_why_the_case_stays_closed(citizen: Citizen, director: Actor) -> None:
    citizen.send("reopening", reason=REASON)
    desk, why = desk_of(director), "ช่างถ่ายภาพไฟติดแล้วเมื่อวาน"
    assert post_step(desk, citizen.case.case_number, "refuse_reopening", message=why).status_code == 302
    shown = citizen.page()
    assert f'<p id="message">{why}</p>' in shown
    assert "ซ่อมไฟแล้ว" in shown
    again = citizen.send("reopening", reason=REASON)
    assert ("already" in page_text(again), REASON in page_text(again)) == (True, True)


def test_an_expired_request_is_refused_with_its_text(citizen: Citizen) -> None:
    Case.objects.update(closed_at=timezone.now() - timedelta(days=31))
    assert "/t/reopening" not in citizen.page()
    refused = citizen.send("reopening", reason=REASON)
    assert refused.status_code == 409
    assert "More than 30 days" in page_text(refused)
    assert REASON in page_text(refused)
    assert not CaseEvent.objects.filter(kind="request_reopening").exists()


def test_the_page_says_what_where_and_who(citizen: Citizen, director: Actor) -> None:
    officer = director.officer
    assert officer is not None
    officer.first_name, officer.last_name = "สมศรี", "มีสุข"
    officer.save()
    commands.assign_owner(other := Citizen(citizen.case.centre).case, director, seen_revision=None, owner=officer)
    assert other.owner == officer
    Case.objects.filter(pk=citizen.case.pk).update(owner=officer)
    shown = citizen.page()
    about = shown.split('id="about"')[1].split("</dd>")[0]
    assert "ต.ในเมือง อ.เมืองขอนแก่น จ.ขอนแก่น" in about
    assert '<dd id="owner">สมศรี มีสุข</dd>' in shown
    type(officer).objects.update(first_name="", last_name="")
    assert 'id="owner"' not in citizen.page(), "a user name is for the desk only"


def test_the_history_has_every_public_event_with_its_short_hash(citizen: Citizen, director: Actor) -> None:
    citizen.send("rating", stars_0="4", stars_1="2", comment=COMMENT)
    shown = page_text(citizen.form("history"))
    public = list(citizen.case.events.filter(is_public=True).order_by("seq"))
    positions = [shown.index(f"<code>{event.hash[:10]}</code>") for event in public]
    assert (positions, len(public) > 3) == (sorted(positions), True)
    for event in citizen.case.events.filter(is_public=False):
        assert event.hash[:10] not in shown
    assert COMMENT not in shown
    assert director.officer is not None
    assert director.officer.username not in shown
    code = tracking_code.display(citizen.code)
    assert shown.count(code) == shown.count(f'name="code" value="{code}"') == 2
    assert "<script" not in shown


def test_the_history_explains_the_due_date_day_by_day(khonkaen: Centre) -> None:
    citizen = Citizen(khonkaen)
    shown = page_text(citizen.form("history"))
    days = shown.split('id="days"')[1].split("</details>")[0]
    assert "Working day 15" in days
    assert "Due by" in shown.split('id="due"')[1].split("</dd>")[0]


def test_a_late_case_says_so_with_the_days(khonkaen: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    citizen = Citizen(khonkaen)
    due = citizen.case.due
    assert due is not None
    monkeypatch.setattr(clock, "today", lambda: due + timedelta(days=14))
    assert "has passed. The centre is following up" in citizen.page(language="en")
    shown = page_text(citizen.form("history"))
    assert re.search(r"It was due on [^<]+ \d+ working days overdue", shown)
