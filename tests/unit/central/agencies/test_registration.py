"""An agency registers itself on the public page: no account, limited, and nothing is used until it is confirmed."""

import pytest
from django.test import Client

from central.agencies import commands
from central.agencies.details import ContactDetails, details_of
from central.agencies.models import Agency
from central.centres.models import Centre
from tests.unit.central.page_text import page_text

PATH = "/agencies/register"
FORM = {
    "centre": "khonkaen",
    "lang": "th",
    "name_th": "เทศบาลตำบลทดสอบ",
    "kind": "local_government",
    "level": "tambon",
    "areas": ["4001"],
    "more_areas": "ต.บ้านเป็ด อ.เมืองขอนแก่น",
    "phone": "043-000-555",
    "contact_point_name": "นางสาวทดสอบ",
    "contact_point_email": "test@example.go.th",
}


def test_a_registration_waits_for_the_centre(khonkaen: Centre) -> None:
    client = Client()
    assert "ศูนย์ดำรงธรรมจังหวัดขอนแก่น" in page_text(client.get(PATH))
    form = page_text(client.get(PATH, {"centre": "khonkaen"}))
    assert 'name="contact_point_name"' in form
    assert 'name="code"' not in form
    response = client.post(PATH, FORM)
    assert response.status_code == 200
    assert 'id="done"' in page_text(response)
    assert not response.cookies
    agency = Agency.objects.get()
    assert not agency.takes_cases
    details = details_of(agency)
    assert (details.name_th, details.areas) == ("เทศบาลตำบลทดสอบ", ("4001", "400115"))
    assert details.contact_point == ContactDetails("นางสาวทดสอบ", email="test@example.go.th")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name_th": ""}, "ฟิลด์นี้จำเป็น"),
        ({"kind": "circus"}, "circus"),
        ({"phone": "", "contact_point_email": ""}, "โปรดใส่อีเมลหรือโทรศัพท์"),
        ({"phone": "x"}, "หมายเลขโทรศัพท์ไม่ถูกต้อง"),
        ({"more_areas": "จ.พะเยา"}, "อยู่นอกพื้นที่ของศูนย์"),
    ],
)
def test_a_wrong_registration_shows_its_sentence(khonkaen: Centre, change: dict[str, str], sentence: str) -> None:
    response = Client().post(PATH, FORM | change)
    assert response.status_code == 422
    assert sentence in page_text(response)
    assert not Agency.objects.exists()


def test_the_page_is_in_english_too(khonkaen: Centre) -> None:
    response = Client().post(PATH, FORM | {"lang": "en", "name_th": ""})
    assert "This field is required." in page_text(response)
    assert "The registration has been received" in page_text(Client().post(PATH, FORM | {"lang": "en"}))


def test_registrations_from_one_network_are_limited(khonkaen: Centre) -> None:
    for _ in range(10):
        assert Client().post(PATH, FORM).status_code == 200
    refused = Client().post(PATH, FORM)
    assert refused.status_code == 429
    assert "โปรดลองใหม่ภายหลัง" in page_text(refused)
    assert Client().post(PATH, FORM, REMOTE_ADDR="192.0.2.7").status_code == 200
    assert Agency.objects.count() == 11


def test_a_full_waiting_list_is_said(khonkaen: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "MAX_PENDING", 0)
    response = Client().post(PATH, FORM)
    assert response.status_code == 422
    assert "โปรดติดต่อศูนย์โดยตรง" in page_text(response)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "http://testserver"}, 200),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://testserver"}, 200),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
    ],
)
def test_a_form_of_another_site_is_refused(khonkaen: Centre, headers: dict[str, str], status: int) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post(PATH, FORM, headers=headers).status_code == status
    assert Agency.objects.exists() == (status == 200)


def test_an_unknown_or_closed_centre_leads_to_the_choice(khonkaen: Centre) -> None:
    for values in ({"centre": "nowhere"}, {"centre": ""}, {}):
        assert 'id="centre"' in page_text(Client().post(PATH, values))
    Centre.objects.filter(pk=khonkaen.pk).update(is_active=False)
    assert 'id="centre"' in page_text(Client().post(PATH, FORM))
    assert Client().get(PATH, {"centre": "x\0"}).status_code == 400
    assert not Agency.objects.exists()
