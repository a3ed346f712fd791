"""What the page of a case shows beside the form: history, presence, unseen events, duplicates, referrals, neighbours,
and its cost in queries."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from central.cases import commands
from central.cases.commands import Actor, OrderInputs
from central.cases.commands.referral_notes import note_on_referral
from central.cases.event_kinds import EventKind
from central.cases.models import Attachment, Case, CaseView
from central.centres.models import Centre, Officer
from central.people.roles import Role
from tests.unit.central.conftest import client_of
from tests.unit.central.factories import actor_with, create_agency, create_case, create_officer_with
from tests.unit.central.page_text import page_text
from tests.unit.central.served_installation import PASSWORD
from tests.unit.central.sql_queries import repeated_queries
from tests.unit.central.step_posts import post_step


@pytest.fixture
def somchai(khonkaen: Centre) -> Officer:
    officer = create_officer_with(khonkaen, Role.CASE_OFFICER, name="somchai")
    officer.set_password(PASSWORD)
    officer.save()
    return officer


@pytest.fixture
def client_of_somchai(somchai: Officer) -> Client:
    return client_of(somchai)


def shown(client: Client, case: Case, **query: str) -> str:
    return page_text(client.get(f"/desk/cases/{case.case_number}", query))


def test_the_history_marks_what_the_citizen_sees_and_shows_short_hashes(
    khonkaen: Centre, somchai: Officer, client_of_somchai: Client
) -> None:
    case = create_case(khonkaen)
    commands.take(case, Actor.of(somchai), seen_revision=None)
    event = commands.add_note(case, Actor.of(somchai), seen_revision=None, note="โทรแล้ว")
    history = shown(client_of_somchai, case).partition('id="history"')[2]
    assert f'<code title="SHA-256">{event.hash[:10]}</code>' in history
    note, taken = history.index("โทรแล้ว"), history.index("รับเรื่อง: somchai")
    assert history.index("ภายใน") < history.index("ผู้ร้องเห็น")
    assert note < taken, "newest first"


def test_events_of_others_since_the_last_view_are_marked(khonkaen: Centre, client_of_somchai: Client) -> None:
    case, other = create_case(khonkaen), actor_with(khonkaen, Role.CASE_OFFICER)
    assert 'class="unseen"' not in shown(client_of_somchai, case), "the first view"
    commands.take(case, other, seen_revision=None)
    commands.add_note(case, other, seen_revision=None, note="โทรแล้ว")
    assert shown(client_of_somchai, case).count('class="unseen"') == 2
    assert 'class="unseen"' not in shown(client_of_somchai, case)
    post_step(client_of_somchai, case.case_number, "add_note", note="ของตนเอง")
    assert 'class="unseen"' not in shown(client_of_somchai, case), "the own step is no news"
    inputs = OrderInputs(lead=create_agency(khonkaen), text="โปรดซ่อม")
    commands.order(case, other, seen_revision=None, inputs=inputs)
    note_on_referral(case.referrals.get(), EventKind.LETTER_PRINTED, other)
    marked = re.findall('<li class="unseen">.*?</span> (.*?):', shown(client_of_somchai, case))
    assert marked == ["พิมพ์หนังสือสั่งการพร้อมลิงก์", "สั่งการหน่วยงาน"], "a note changes no revision and hides no step"


def test_who_else_has_the_case_open(khonkaen: Centre, somchai: Officer, client_of_somchai: Client) -> None:
    case, malee = create_case(khonkaen), create_officer_with(khonkaen, Role.INTAKE, name="malee")
    malee.set_password(PASSWORD)
    malee.save()
    second = client_of(malee)
    assert re.search(r'id="presence"\s+hidden', shown(client_of_somchai, case))
    assert '<b id="others">somchai</b>' in shown(second, case)
    reply = client_of_somchai.post(f"/desk/cases/{case.case_number}/open").json()
    assert reply == {"others": ["malee"], "revision": 0}
    CaseView.objects.filter(officer=malee).update(open_at=timezone.now() - timedelta(minutes=3))
    assert client_of_somchai.post(f"/desk/cases/{case.case_number}/open").json()["others"] == []


def test_duplicates_are_linked_both_ways(khonkaen: Centre, client_of_somchai: Client) -> None:
    main_case, case = create_case(khonkaen), create_case(khonkaen)
    post_step(client_of_somchai, case.case_number, "link_duplicate", main_case=main_case.case_number.lower())
    assert f'href="/desk/cases/{main_case.case_number}"' in shown(client_of_somchai, case)
    assert f'href="/desk/cases/{case.case_number}"' in shown(client_of_somchai, main_case)


def test_referrals_are_shown_with_state_and_reason(
    khonkaen: Centre, somchai: Officer, client_of_somchai: Client
) -> None:
    case, by = create_case(khonkaen), Actor.of(somchai)
    agency, better = create_agency(khonkaen, name_th="อบต.บ้านเป็ด"), create_agency(khonkaen, name_th="แขวงทางหลวง")
    commands.order(case, by, seen_revision=None, inputs=OrderInputs(lead=agency, text="โปรดซ่อม"))
    referral = case.referrals.get()
    commands.return_to_centre(referral, by, seen_revision=None, reason="ถนนของกรมทางหลวง", proposed_agency=better)
    page = shown(client_of_somchai, case).partition('id="referrals"')[2]
    for text in ('data-state="returned"', "อบต.บ้านเป็ด", "โปรดซ่อม", "ถนนของกรมทางหลวง", "แขวงทางหลวง"):
        assert text in page


def test_saving_goes_on_to_the_next_case_of_the_list(khonkaen: Centre, client_of_somchai: Client) -> None:
    now = timezone.now()
    cases = [create_case(khonkaen, at=now - timedelta(hours=hours)) for hours in range(3)]
    numbers = {case.case_number for case in cases}
    first = post_step(client_of_somchai, cases[1].case_number, "add_note", note="โทรแล้ว", after="next")
    following = re.search(r"/desk/cases/([A-Z0-9-]+)\?", first["Location"])
    assert following
    assert following[1] in numbers - {cases[1].case_number}
    assert cases[1].case_number in page_text(client_of_somchai.get(first["Location"])), (
        "the notice names what was saved"
    )
    stay = post_step(client_of_somchai, cases[1].case_number, "add_note", note="อีกครั้ง", after="stay", list="q=1")
    assert stay["Location"] == f"/desk/cases/{cases[1].case_number}?list=q%3D1&saved={cases[1].case_number}"


def test_the_print_view_is_audited_and_has_no_forms(khonkaen: Centre, client_of_somchai: Client) -> None:
    case = create_case(khonkaen)
    page = page_text(client_of_somchai.get(f"/desk/cases/{case.case_number}/print"))
    assert case.text in page
    assert 'name="step"' not in page
    assert case.reads.count() == 1


def test_the_number_of_queries_does_not_grow_with_the_case(
    khonkaen: Centre, somchai: Officer, client_of_somchai: Client
) -> None:
    small, large, by = create_case(khonkaen), create_case(khonkaen), Actor.of(somchai)
    for case, count in ((small, 1), (large, 12)):
        commands.take(case, by, seen_revision=None)
        for number in range(count):
            commands.add_note(case, by, seen_revision=None, note=f"บันทึก {number}")
            order = OrderInputs(supports=[create_agency(khonkaen)], text="โปรดช่วย")
            commands.order(case, by, seen_revision=None, inputs=order)
    costs = []
    for case in (small, large):
        shown(client_of_somchai, case)
        with CaptureQueriesContext(connection) as queries:
            shown(client_of_somchai, case)
        assert not repeated_queries(queries)
        costs.append(len(queries))
    assert costs[0] == costs[1]
    assert costs[0] <= 50, "measured; a page of one case"


def test_files_of_a_report_are_linked_from_its_event(
    khonkaen: Centre, somchai: Officer, client_of_somchai: Client
) -> None:
    case = create_case(khonkaen)
    event = commands.take(case, Actor.of(somchai), seen_revision=None)
    attachment = Attachment.objects.create(
        case=case, event=event, file="x.jpg", media_type="image/jpeg", name="ภาพหลังซ่อม.jpg", size=2048, sha256="0" * 64
    )
    page = shown(client_of_somchai, case)
    assert f'<a href="/desk/cases/{case.case_number}/files/{attachment.pk}">ภาพหลังซ่อม.jpg</a>' in page
