"""Names that differ only in case are different names, in URLs and in the tree of centres."""

import io
from typing import Any

import pytest
from django.test import Client

from central import cli
from central.centres.models import Centre
from central.people.permission import has_permission, permitted_centres
from central.people.roles import Action
from protocol.submission import Submission
from tests.unit.central.conftest import create_officer
from tests.unit.central.kiosk_client import KioskClient
from tests.unit.central.page_text import page_text
from tests.unit.central.served_installation import PASSWORD
from tests.unit.central.step_posts import post_step


def test_centre_names_in_urls_are_case_sensitive(
    kiosk: KioskClient, khonkaen: Centre, ministry: Centre, desk_client: Client
) -> None:
    other = Centre.objects.create(parent=ministry, slug="KhonKaen", name_th="อื่น", name_en="Other")
    stranger = create_officer(other, "stranger")
    submission = kiosk.submission()
    kiosk.verify_receipt(kiosk.deliver(kiosk.delivery(submission)))
    assert list(permitted_centres(stranger, Action.VIEW_CASES)) == [other]
    assert not has_permission(stranger, Action.READ_PEOPLE, khonkaen)
    assert list(other.subtree()) == [other]
    client = Client()
    client.post("/desk/login", {"username": "stranger", "password": PASSWORD})
    assert submission.case_number not in page_text(client.get("/desk/cases"))
    assert client.get(f"/desk/cases/{submission.case_number}").status_code == 404
    assert desk_client.get(f"/desk/cases/{submission.case_number}").status_code == 200
    assert set(permitted_centres(create_officer(ministry, "above"), Action.VIEW_CASES)) == {ministry, khonkaen, other}


@pytest.mark.parametrize("slug", ["under_score", "100%"])
def test_sql_wildcards_in_a_slug_are_ordinary_characters(ministry: Centre, slug: str) -> None:
    odd = Centre.objects.create(parent=ministry, slug=slug, name_th="ก", name_en="A")
    Centre.objects.create(parent=ministry, slug=slug.replace("_", "x").replace("%", "0"), name_th="ข", name_en="B")
    assert list(odd.subtree()) == [odd]


def test_no_two_centres_have_names_that_differ_only_in_case(
    khonkaen: Centre, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert cli.main(["create-centre", "KhonKaen", "--area", "40"]) == 2
    assert "a centre khonkaen already" in capsys.readouterr().err


@pytest.mark.parametrize(
    "path",
    [
        "/Desk/",
        "/DESK/login",
        "/desk/Login",
        "//desk/login",
        "/desk//login",
        "/desk/login/",
        "/desk/login%00",
        "/desk/../desk/login",
        "/desk/%2e%2e/",
        "/API/v1/track",
        "/api/V1/track",
        "/T",
        "/Static/fonts/sarabun-400-2.woff2",
    ],
)
def test_urls_are_case_sensitive(desk_client: Client, path: str) -> None:
    assert desk_client.get(path).status_code in (400, 404)
    assert desk_client.post(path).status_code in (400, 404)


def test_a_case_number_in_a_url_has_one_spelling(desk_client: Client, kiosk: KioskClient) -> None:
    submission: Submission = kiosk.submission()
    kiosk.verify_receipt(kiosk.deliver(kiosk.delivery(submission)))
    assert desk_client.get(f"/desk/cases/{submission.case_number.lower()}").status_code == 404


def test_form_fields_are_limited(desk_client: Client, settings: Any) -> None:
    large = {"number": "x" * settings.MAX_SMALL_BODY_BYTES}
    for client, path in (
        (Client(), "/desk/login"),
        (Client(), "/t"),
        (desk_client, "/desk/password"),
        (desk_client, "/desk/nowhere"),
    ):
        response = client.post(path, large)
        assert (response.status_code, "ข้อความยาวเกินไป" in page_text(response)) == (413, True)
    assert desk_client.post("/desk/language", {}, headers={"Content-Length": "many"}).status_code in (302, 400)


def test_outcome_and_note_are_limited(desk_client: Client, kiosk: KioskClient) -> None:
    submission = kiosk.submission()
    kiosk.verify_receipt(kiosk.deliver(kiosk.delivery(submission)))
    number, long = submission.case_number, "ก" * 2001
    for refused in (
        post_step(desk_client, number, "add_note", note=long),
        post_step(desk_client, number, "add_note", message=long),
    ):
        assert (refused.status_code, long in page_text(refused)) == (409, True), "what was typed is not lost"
    assert post_step(desk_client, number, "add_note", note="ก" * 2000).status_code == 302
