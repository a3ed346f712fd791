"""Releases that kiosks should run: plans, which kiosks they include, the signed request, and what kiosks report."""

from uuid import UUID

import pytest
from django.test import Client

from central.centres.models import Centre, Officer
from central.desk import labels
from central.fleet import release_plans
from central.fleet.models import ReleasePlan
from central.fleet.release_plans import PlanValues
from central.people.models import OfficerEvent
from protocol import signing
from protocol.encoding import from_base64
from protocol.messages import ReleaseReport, ReleaseRequest, ReleaseRequestStatement
from protocol.release_request import HEADER, OLDER_REQUEST, mark_of, parse_header
from provision.release_trial import FailureReason
from tests.unit.central.conftest import create_officer
from tests.unit.central.kiosk_client import KioskClient
from tests.unit.central.page_text import page_text
from tests.unit.central.test_fleet_monitor import kiosk_of, send_heartbeat

VERSION = "0.2.0+20261130021500"
PLAN = {"version": VERSION, "percentage": "100", "from_hour": "22", "until_hour": "4"}


def fetch(kiosk: KioskClient, enrolment_id: UUID | None = None) -> ReleaseRequest | None:
    path = f"/api/v1/enrolments/{enrolment_id or kiosk.enrolment().id}/release"
    response = kiosk.send_signed_request("GET", path)
    return ReleaseRequest.model_validate_json(response.content) if response.status_code == 200 else None


def mark(kiosk: KioskClient) -> str:
    return parse_header(send_heartbeat(kiosk).headers.get(HEADER, ""))


def test_a_kiosk_gets_the_plan_signed_for_it_alone(
    kiosk: KioskClient, officer: Officer, desk_client: Client, khonkaen: Centre
) -> None:
    other = kiosk_of(khonkaen, officer, "KKN08")
    assert (mark(kiosk), fetch(kiosk)) == ("", None)
    assert desk_client.post("/desk/fleet/releases", {**PLAN, "centre": khonkaen.slug}).status_code == 302
    request = fetch(kiosk)
    assert request is not None and mark(kiosk) == mark_of(from_base64(request.statement))
    public = from_base64(kiosk.enrolment_response.receipt_key)
    statement = signing.verify_release_request(request, public, kiosk.enrolment().id)
    assert (statement.version, statement.from_hour, statement.until_hour) == (VERSION, 22, 4)
    with pytest.raises(signing.ReleaseRequestError):
        signing.verify_release_request(request, public, other.enrolment().id)
    assert fetch(other, kiosk.enrolment().id) is None
    event = OfficerEvent.objects.get(kind=OfficerEvent.Kind.RELEASE_PLANNED)
    assert (event.officer, event.detail) == (officer, f"{khonkaen.slug} {VERSION} 100 % 22-04")
    desk_client.post("/desk/fleet/releases", {**PLAN, "centre": khonkaen.slug, "version": ""})
    assert (mark(kiosk), fetch(kiosk)) == ("", None)


def test_a_larger_percentage_only_adds_kiosks() -> None:
    names = [f"KKN{number:02}" for number in range(100)]
    before: set[str] = set()
    for percentage in (0, 1, 10, 50, 99, 100):
        plan = ReleasePlan(version=VERSION, percentage=percentage)
        included = {name for name in names if release_plans.is_included(plan, name)}
        assert before <= included
        before = included
        assert abs(len(included) - percentage) <= 15
    assert len(before) == 100
    another = ReleasePlan(version="0.3.0", percentage=10)
    first = ReleasePlan(version=VERSION, percentage=10)
    assert [release_plans.is_included(another, name) for name in names] != [
        release_plans.is_included(first, name) for name in names
    ], "another version begins with other kiosks"


def test_the_nearest_plan_counts(officer: Officer, khonkaen: Centre) -> None:
    root = khonkaen.parent
    assert root is not None
    release_plans.set_plan(root, PlanValues("1.0", 100, 1, 5), officer, "")
    plan = release_plans.plan_of(khonkaen)
    assert plan is not None and plan.version == "1.0"
    release_plans.set_plan(khonkaen, PlanValues("2.0", 100, 1, 5), officer, "")
    plan = release_plans.plan_of(khonkaen)
    assert plan is not None and plan.version == "2.0"
    changed_at = plan.changed_at
    release_plans.set_plan(khonkaen, PlanValues("2.0", 100, 1, 5), officer, "")
    again = release_plans.plan_of(khonkaen)
    assert again is not None and again.changed_at > changed_at, "saved again: kiosks that failed try again"


def test_a_plan_that_counts_again_is_a_newer_request(
    kiosk: KioskClient, officer: Officer, desk_client: Client, khonkaen: Centre
) -> None:
    """The province's plan of January, a pilot of the district in February: a kiosk refuses what is older than that."""
    root = khonkaen.parent
    assert root is not None

    def requested() -> ReleaseRequestStatement:
        request = fetch(kiosk)
        assert request is not None
        public = from_base64(kiosk.enrolment_response.receipt_key)
        return signing.verify_release_request(request, public, kiosk.enrolment().id)

    statements = []
    for centre, version in ((root, "1.0"), (khonkaen, "2.0"), (khonkaen, ""), (khonkaen, "2.1"), (khonkaen, "")):
        release_plans.set_plan(centre, PlanValues(version, 100, 1, 5), officer, "")
        statements.append(requested())
    assert [statement.version for statement in statements] == ["1.0", "2.0", "1.0", "2.1", "1.0"]
    assert sorted({statement.requested_at for statement in statements}) == [each.requested_at for each in statements]
    plan = release_plans.plan_of(root)
    assert plan is not None and plan.changed_at == statements[0].requested_at, "elsewhere nothing is tried again"
    page = desk_client.get("/desk/fleet/releases").content.decode()
    assert f'data-plan="{khonkaen.slug}"' not in page


@pytest.mark.parametrize(
    "wrong", [{"version": "x; rm"}, {"percentage": "101"}, {"from_hour": "24"}, {"centre": "other"}]
)
def test_a_wrong_plan_is_refused_with_a_sentence(desk_client: Client, khonkaen: Centre, wrong: dict[str, str]) -> None:
    response = desk_client.post("/desk/fleet/releases", {**PLAN, "centre": khonkaen.slug, **wrong})
    assert response.status_code == 400
    assert 'role="alert"' in response.content.decode()
    assert not ReleasePlan.objects.exists()


def test_only_officers_who_run_kiosks_plan_releases(client: Client, khonkaen: Centre) -> None:
    reader = create_officer(khonkaen, "reader", fleet=False)
    client.force_login(reader)
    assert client.get("/desk/fleet/releases").status_code == 403
    assert client.post("/desk/fleet/releases", {**PLAN, "centre": khonkaen.slug}).status_code == 403


def test_the_desk_shows_what_runs_and_what_failed(
    kiosk: KioskClient, officer: Officer, desk_client: Client, khonkaen: Centre
) -> None:
    release_plans.set_plan(khonkaen, PlanValues(VERSION, 100, 1, 5), officer, "")
    report = ReleaseReport(
        running="0.1.0+1+deb12", requested=VERSION, failed=f"{VERSION}+deb12", reason="hang", detail="killed KILL"
    )
    send_heartbeat(kiosk, release=report)
    page = page_text(desk_client.get(f"/desk/fleet/{kiosk.enrolment().id}"))
    assert "0.1.0+1+deb12" in page and "โปรแกรมค้าง" in page and "อัปเดตไม่สำเร็จ" in page
    page = page_text(desk_client.get("/desk/fleet/releases"))
    assert "0/1" in page and "ไม่สำเร็จ 1" in page
    send_heartbeat(kiosk, release=ReleaseReport(running=f"{VERSION}+deb12", requested=VERSION))
    assert "1/1" in page_text(desk_client.get("/desk/fleet/releases"))


def test_every_reason_that_a_kiosk_reports_has_a_name() -> None:
    assert {reason.value for reason in FailureReason} | {OLDER_REQUEST} == labels.RELEASE_FAILURE.keys()
