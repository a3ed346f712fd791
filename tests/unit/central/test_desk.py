"""The desk through its forms: permissions, allowed changes, and the audit of every reading of personal data."""

import json
from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from central.alarms.models import Alarm
from central.cases.models import Case, Complainant, PersonalDataRead
from central.centres.models import Centre, Officer
from central.fleet.models import Enrolment
from central.people.models import OfficerEvent
from protocol.submission import Submission
from simulators.kiosk import CITIZEN_ID, JPEG, kiosk_moment
from tests.unit.central.conftest import client_of, create_officer
from tests.unit.central.kiosk_client import ClientResponse, KioskClient
from tests.unit.central.page_text import page_text
from tests.unit.central.served_installation import PASSWORD
from tests.unit.central.step_posts import post_step
from thai.dates import long_date


@pytest.fixture
def submitted(kiosk: KioskClient) -> Submission:
    letter = kiosk.letter_submission(1)
    (page,) = kiosk.sealed_pages(letter)
    kiosk.upload(page)
    kiosk.verify_receipt(kiosk.deliver(kiosk.delivery(letter, [page])))
    return letter


def log_in(name: str, password: str, address: str = "192.0.2.1") -> ClientResponse:
    response: ClientResponse = Client().post(
        "/desk/login", {"username": name, "password": password}, REMOTE_ADDR=address
    )
    return response


@pytest.mark.parametrize(
    "path",
    [
        "/desk/",
        "/desk/alarms",
        "/desk/enrolments",
        "/desk/fleet",
        "/desk/cases/KKN07A-000001-51",
        "/desk/password",
        "/desk/cases",
        "/desk/audit",
    ],
)
def test_without_a_login_every_page_leads_to_the_login(path: str) -> None:
    response = Client().get(path)
    assert (response.status_code, response["Location"]) == (302, f"/desk/login?next={path}")


@pytest.mark.parametrize(
    ("area", "shown"), [("4001", "อ.เมืองขอนแก่น จ.ขอนแก่น"), ("40", "จ.ขอนแก่น"), ("1030", "เขตจตุจักร กรุงเทพมหานคร")]
)
def test_a_place_with_only_district_or_province_is_assigned_and_shown(
    kiosk: KioskClient, officer: Officer, area: str, shown: str
) -> None:
    submission = kiosk.submission(area=area)
    kiosk.verify_receipt(kiosk.deliver(kiosk.delivery(submission)))
    assert Case.objects.get().area == area
    assert not Alarm.objects.exists()
    assert shown in page_text(client_of(officer).get(f"/desk/cases/{submission.case_number}"))


def test_wrong_passwords_are_limited_by_name_and_reset_on_success(officer: Officer) -> None:
    for _ in range(9):
        assert log_in(officer.username, "wrong").status_code == 401
    assert log_in(officer.username, PASSWORD).status_code == 302
    for _ in range(10):
        assert log_in(officer.username, "wrong").status_code == 401
    assert log_in(officer.username, PASSWORD).status_code == 429
    assert log_in(officer.username, PASSWORD, address="192.0.2.2").status_code == 302
    cache.clear()


def test_the_login_redirects_to_no_other_site(officer: Officer) -> None:
    response = Client().post(
        "/desk/login", {"username": officer.username, "password": PASSWORD, "next": "https://evil.example/"}
    )
    assert response["Location"] == "/desk/"
    cookie = response.cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"


def test_a_form_without_csrf_token_is_refused(officer: Officer, submitted: Submission) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(officer)
    response = post_step(client, submitted.case_number, "take")
    assert response.status_code == 403
    assert Case.objects.get().status == "received"


def test_the_list_is_filtered_by_status_and_number(desk_client: Client, submitted: Submission) -> None:
    row = f'data-number="{submitted.case_number}" data-status="received"'
    assert row in page_text(desk_client.get("/desk/cases"))
    assert row in page_text(desk_client.get("/desk/cases", {"number": submitted.case_number.lower().replace("-", " ")}))
    assert row in page_text(desk_client.get("/desk/cases", {"status": "received", "number": "000001"}))
    assert row not in page_text(desk_client.get("/desk/cases", {"status": "closed"}))
    assert "บุญมา" not in page_text(desk_client.get("/desk/cases"))
    assert not PersonalDataRead.objects.exists(), "a list shows no personal data"


def test_another_centre_cannot_see_the_case(submitted: Submission, phayao: Centre) -> None:
    other = client_of(create_officer(phayao, "other"))
    assert submitted.case_number not in page_text(other.get("/desk/cases"))
    for path in ("", "/pages/0"):
        assert other.get(f"/desk/cases/{submitted.case_number}{path}").status_code == 404
    for action in ("step", "open", "person"):
        assert other.post(f"/desk/cases/{submitted.case_number}/{action}", {"reason": "x"}).status_code == 404
    assert not PersonalDataRead.objects.exists()


def test_opening_a_case_is_audited_and_does_not_show_the_person(
    desk_client: Client, officer: Officer, submitted: Submission
) -> None:
    shown = page_text(desk_client.get(f"/desk/cases/{submitted.case_number}"))
    assert submitted.text in shown
    assert "บุญมา" not in shown
    assert "0812345678" not in shown
    assert list(PersonalDataRead.objects.values_list("officer__username", "data_kind")) == [("somsri", "case")]


def test_showing_the_person_is_audited_with_its_reason(desk_client: Client, submitted: Submission) -> None:
    shown = page_text(desk_client.post(f"/desk/cases/{submitted.case_number}/person", {"reason": "โทรถามจุดเกิดเหตุ"}))
    assert "นางบุญมา ใจดี" in shown
    assert "5 มีนาคม 2494" in shown
    assert "081-234-5678" in shown
    assert CITIZEN_ID not in shown
    assert PersonalDataRead.objects.get().reason == "โทรถามจุดเกิดเหตุ"


def test_unknown_fields_of_a_newer_kiosk_are_shown_and_covered_like_known_ones(
    desk_client: Client, submitted: Submission
) -> None:
    Case.objects.update(newer_content={"topic": "flood"})
    Complainant.objects.update(newer_content={"contact.email": "boonma@example.com"})
    path = f"/desk/cases/{submitted.case_number}"
    covered = page_text(desk_client.get(path))
    assert "topic: flood" in covered
    assert "boonma@example.com" not in covered
    assert "contact.email: boonma@example.com" in page_text(desk_client.post(f"{path}/person", {"reason": "ติดต่อกลับ"}))


def test_an_officer_without_the_permission_cannot_read_people(submitted: Submission, khonkaen: Centre) -> None:
    clerk = client_of(create_officer(khonkaen, "clerk", people=False))
    assert clerk.post(f"/desk/cases/{submitted.case_number}/person", {"reason": "x"}).status_code == 403
    assert 'name="reason"' not in page_text(clerk.get(f"/desk/cases/{submitted.case_number}"))


def test_a_page_is_shown_and_audited(desk_client: Client, submitted: Submission) -> None:
    response = desk_client.get(f"/desk/cases/{submitted.case_number}/pages/0")
    assert b"".join(response.streaming_content).startswith(JPEG)  # type: ignore[attr-defined]
    assert (response["Content-Type"], response["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert PersonalDataRead.objects.get().data_kind == "page"
    assert desk_client.get(f"/desk/cases/{submitted.case_number}/pages/1").status_code == 404


def test_text_of_citizens_is_escaped(desk_client: Client, kiosk: KioskClient) -> None:
    attack = '<script>alert("x")</script><img src=x onerror=alert(1)>'
    submission = kiosk.submission(text=attack, spot=attack, topic_note=attack, about_note=attack, for_whom_note=attack)
    kiosk.verify_receipt(kiosk.deliver(kiosk.delivery(submission)))
    shown = page_text(desk_client.get(f"/desk/cases/{submission.case_number}"))
    assert shown.count("&lt;script&gt;alert") == 5
    assert shown.count("<script") == 3, "the page's own, the point's, and that of the header's search box"
    assert "<img src=x" not in shown


def test_status_and_due_date_are_changed_by_the_form(desk_client: Client, submitted: Submission) -> None:
    number = submitted.case_number
    assert post_step(desk_client, number, "take", note="รับแล้ว").status_code == 302
    assert 'id="status" class="pill checking" data-status="checking"' in page_text(
        desk_client.get(f"/desk/cases/{number}")
    )
    late = post_step(desk_client, number, "take", seen=0)
    assert (late.status_code, 'id="error"' in page_text(late)) == (409, True)
    closing = post_step(desk_client, number, "close", note="ลืมผล")
    assert closing.status_code == 409
    assert "ลืมผล" in page_text(closing), "entered text is not lost"
    assert post_step(desk_client, number, "nowhere").status_code == 422
    due = date.today() + timedelta(days=20)
    assert post_step(desk_client, number, "set_due", due=due.isoformat(), note="ตกลงแล้ว").status_code == 302
    assert long_date(due) in page_text(desk_client.get(f"/desk/cases/{number}"))
    assert post_step(desk_client, number, "set_due", due="พรุ่งนี้", note="ตกลงแล้ว").status_code == 422


def test_the_desk_can_be_switched_to_english(desk_client: Client, submitted: Submission) -> None:
    response = desk_client.post("/desk/language", {"language": "en", "next": "https://evil.example/"})
    assert response["Location"] == "/desk/"
    shown = page_text(desk_client.get(f"/desk/cases/{submitted.case_number}"))
    assert '<html lang="en">' in shown
    assert "Statement" in shown


def test_a_kiosk_is_approved_and_revoked_at_the_desk(desk_client: Client, khonkaen: Centre) -> None:
    side = KioskClient("PYO01")
    side.enrol()
    kiosk = side.enrolment()
    assert f'data-enrolment="{kiosk.id}" data-waiting="PYO01"' in page_text(desk_client.get("/desk/enrolments"))
    typed = {"code": f" {kiosk.compare_code.lower().replace('-', ' ')} "}
    assert desk_client.post(f"/desk/enrolments/{kiosk.id}/approve", {"centre": "moi", **typed}).status_code == 403
    assert desk_client.post(f"/desk/enrolments/{kiosk.id}/approve", {"centre": "khonkaen", **typed}).status_code == 302
    kiosk.refresh_from_db()
    assert (str(kiosk), kiosk.status, kiosk.centre) == ("PYO01A", "approved", khonkaen)
    assert desk_client.post(f"/desk/enrolments/{kiosk.id}/refuse").status_code == 409
    assert desk_client.post(f"/desk/enrolments/{kiosk.id}/revoke").status_code == 302
    unknown = desk_client.post(f"/desk/enrolments/{kiosk.id}/burn")
    assert unknown.status_code == 404
    assert 'href="/desk/"' in page_text(unknown)
    assert Enrolment.objects.get().status == "revoked"


def test_the_desk_shows_no_compare_code_and_accepts_only_the_right_one(desk_client: Client, khonkaen: Centre) -> None:
    side, other = KioskClient("PYO01"), KioskClient("PYO01")
    side.enrol()
    other.enrol("198.51.100.1")  # an attacker who claims to be that kiosk
    approve, page = (
        f"/desk/enrolments/{other.enrolment_response.enrolment_id}/approve",
        page_text(desk_client.get("/desk/enrolments")),
    )
    assert side.compare_code not in page
    assert other.compare_code not in page
    for code in ("", "XXXX-XXXX", side.compare_code, side.compare_code[:8]):
        response = desk_client.post(approve, {"centre": "khonkaen", "code": code})
        assert (response.status_code, "รหัสไม่ตรงกับตู้นี้" in page_text(response)) == (409, True)
        assert other.compare_code not in page_text(response)
    assert not Enrolment.objects.exclude(status="pending").exists()
    event = OfficerEvent.objects.get(kind="code_wrong")
    assert (event.officer and event.officer.username, event.detail, event.occurrences) == ("somsri", "PYO01", 4)

    desk_client.post(approve, {"centre": "khonkaen", "code": "0000-0000"})
    assert desk_client.post(approve, {"centre": "khonkaen", "code": other.compare_code}).status_code == 429, (
        "five tries"
    )
    own_url = f"/desk/enrolments/{side.enrolment_response.enrolment_id}/approve"
    assert desk_client.post(own_url, {"centre": "khonkaen", "code": side.compare_code}).status_code == 302
    assert Enrolment.objects.get(status="approved").id == side.enrolment_response.enrolment_id


def test_the_fleet_page_requires_its_permission(kiosk: KioskClient, khonkaen: Centre) -> None:
    clerk = client_of(create_officer(khonkaen, "clerk", fleet=False))
    assert clerk.get("/desk/enrolments").status_code == 403
    assert clerk.post(f"/desk/enrolments/{kiosk.enrolment_response.enrolment_id}/revoke").status_code == 403
    assert "KKN07A" not in page_text(clerk.get("/desk/fleet"))


def test_the_fleet_page_shows_the_last_heartbeat(desk_client: Client, kiosk: KioskClient) -> None:
    assert "data-kiosk=" in page_text(desk_client.get("/desk/fleet"))
    heartbeat = {
        "kiosk_id": "KKN07",
        "version": "0.1.0",
        "devices": {"printer": "paper_out"},
        "findings": ["PAPER"],
        "staff_called": True,
    }
    for count in (3, 7):
        body = json.dumps(
            heartbeat | {"outbox_count": count, "moment": kiosk_moment().model_dump(mode="json")}
        ).encode()
        assert kiosk.send_signed_request("POST", "/api/v1/heartbeats", body).status_code == 204
    shown = page_text(desk_client.get("/desk/fleet"))
    assert "<td>7" in shown
    assert "กระดาษหมด" in shown
    desk_client.post(f"/desk/enrolments/{kiosk.enrolment_response.enrolment_id}/revoke")
    assert "data-kiosk=" not in page_text(desk_client.get("/desk/fleet"))
    stolen = page_text(desk_client.get("/desk/enrolments")).partition('data-decided="KKN07A"')[2]
    assert "<td>7" in stolen, "the pending count of a stolen kiosk stays visible"


def test_alarms_are_shown_to_and_settled_by_their_own_centre(
    desk_client: Client, kiosk: KioskClient, officer: Officer, phayao: Centre
) -> None:
    kiosk.deliver(kiosk.delivery(kiosk.submission(), sealing_key="0" * 32))
    alarm = Alarm.objects.get()
    other = client_of(create_officer(phayao, "other"))
    other.post(f"/desk/alarms/{alarm.pk}/settle")
    assert alarm.case_number not in page_text(other.get("/desk/alarms"))
    assert 'data-kind="quarantined"' in page_text(desk_client.get("/desk/alarms"))
    assert Alarm.objects.get().settled_at is None
    desk_client.post(f"/desk/alarms/{alarm.pk}/settle")
    assert Alarm.objects.get().settled_by == officer


def test_a_weak_password_is_refused(desk_client: Client) -> None:
    plain = {"old_password": PASSWORD, "new_password1": "password1234", "new_password2": "password1234"}
    assert desk_client.post("/desk/password", plain).status_code == 200
    good = {"old_password": PASSWORD, "new_password1": "khao-niao-mamuang-1", "new_password2": "khao-niao-mamuang-1"}
    assert desk_client.post("/desk/password", good).status_code == 302
    assert desk_client.get("/desk/").status_code == 200, "still logged in"
