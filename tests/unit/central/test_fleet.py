"""Enrolment: both sides derive the same compare code, and each approval issues one series letter."""

import string

import pytest
from django.test import Client

from central.centres.models import Centre, Officer
from central.fleet import enrolments
from central.fleet.models import Enrolment
from tests.unit.central.conftest import create_officer
from tests.unit.central.kiosk_client import KioskClient


def test_both_sides_derive_the_same_compare_code_and_it_is_not_sent(db: None) -> None:
    side = KioskClient("KKN07")
    response = side.enrol()
    assert response.status_code == 201
    assert side.enrolment().compare_code == side.compare_code
    assert side.compare_code not in response.content.decode()
    assert (side.enrolment_response.status.value, side.enrolment_response.series, side.enrolment_response.kiosk_id) == (
        "pending",
        "",
        "KKN07",
    )


def test_a_repeated_enrolment_request_is_the_same_enrolment(kiosk: KioskClient) -> None:
    before = kiosk.enrolment_response
    kiosk.enrol()
    assert kiosk.enrolment_response == before
    assert Enrolment.objects.count() == 1


def test_an_approved_kiosk_receives_its_centre(kiosk: KioskClient, khonkaen: Centre) -> None:
    response = kiosk.enrolment_response
    assert (response.status.value, response.series, response.public_url) == ("approved", "A", "http://testserver")
    assert response.centre_name_th == khonkaen.name_th
    khonkaen.public_url = "https://track.example.go.th"
    khonkaen.save()
    kiosk.enrol()
    assert kiosk.enrolment_response.public_url == "https://track.example.go.th"


def test_each_approval_issues_the_next_letter_until_none_is_left(officer: Officer, khonkaen: Centre) -> None:
    letters = []
    for _ in string.ascii_uppercase[:3]:
        side = KioskClient("KKN07")
        side.enrol()
        side.approved_by(officer, khonkaen)
        letters.append(side.enrolment_response.series)
        enrolments.revoke(side.enrolment_response.enrolment_id, officer)
    assert letters == ["A", "B", "C"], "a revoked letter is never issued again"
    Enrolment.objects.filter(series="C").update(series="Z")
    last = KioskClient("KKN07")
    last.enrol()
    with pytest.raises(enrolments.EnrolmentError, match="series letters"):
        last.approved_by(officer, khonkaen)


def test_an_enrolment_is_decided_once(officer: Officer, khonkaen: Centre, phayao: Centre) -> None:
    side = KioskClient("KKN07")
    side.enrol()
    with pytest.raises(enrolments.EnrolmentError):
        enrolments.approve(side.enrolment_response.enrolment_id, officer, phayao)
    with pytest.raises(enrolments.EnrolmentError):
        enrolments.refuse(side.enrolment_response.enrolment_id, create_officer(khonkaen, "clerk", fleet=False))
    enrolments.refuse(side.enrolment_response.enrolment_id, officer)
    with pytest.raises(enrolments.EnrolmentError):
        enrolments.approve(side.enrolment_response.enrolment_id, officer, khonkaen)
    assert (
        side.send_signed_request("GET", f"/api/v1/enrolments/{side.enrolment_response.enrolment_id}").json()["status"]
        == "refused"
    )


def test_a_key_belongs_to_one_kiosk_id_and_sees_its_own_enrolment_only(kiosk: KioskClient) -> None:
    kiosk.kiosk_id = "KKN08"
    assert kiosk.enrol().status_code == 422
    other = KioskClient("KKN09")
    other.enrol()
    assert (
        other.send_signed_request("GET", f"/api/v1/enrolments/{kiosk.enrolment_response.enrolment_id}").status_code
        == 404
    )


@pytest.mark.parametrize(
    "body", ["{", "{}", '{"kiosk_id":"kkn07","signing_key":"AAAA"}', '{"kiosk_id":"KKN07","signing_key":"AAAA"}']
)
def test_a_bad_request_is_a_problem(body: str, db: None) -> None:
    response = Client().post("/api/v1/enrolments", body, content_type="application/json")
    assert response.status_code in (400, 422)
    assert response["Content-Type"] == "application/problem+json"
    assert not Enrolment.objects.exists()


def test_enrolment_requests_of_strangers_are_limited(db: None, settings: object) -> None:
    settings.MAX_PENDING_ENROLMENTS = 2  # type: ignore[attr-defined]
    responses = [KioskClient("KKN07").enrol().status_code for _ in range(3)]
    assert responses == [201, 201, 422]
    responses = [
        Client().post("/api/v1/enrolments", "{}", content_type="application/json").status_code for _ in range(3)
    ]
    assert responses == [422, 422, 422]
