"""The second factor: who can open name and contact, how long, how often, and what is recorded."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone

from central.agencies.models import Agency
from central.agency_desk import access_codes, tokens
from central.agency_desk.mailing import mail_access_code
from central.agency_desk.models import AccessCode
from central.cases.commands import Actor, NotAllowedError
from central.cases.models import Case, LetterPage, PersonalDataRead, Referral
from central.centres.models import Centre
from tests.unit.central.agency_desk.conftest import link_of, send_case
from tests.unit.central.factories import create_agency
from tests.unit.central.page_text import page_text

PERSONAL = ("สมชาย", "081-234-5678", "1 หมู่ 2")


def mailed_code(referral: Referral, client: Client) -> str:
    response = client.post(f"{link_of(referral)}/code", {"reason": "นัดตรวจหม้อแปลง"})
    assert response.status_code == 302
    code = AccessCode.objects.latest("id")
    assert mail_access_code.func(code.pk) == "sent"
    return tokens.access_code(code.nonce)


def test_a_code_from_the_registered_mailbox_opens_name_and_contact(referral: Referral) -> None:
    client, link = Client(), link_of(referral)
    digits = mailed_code(referral, client)
    (message,) = mail.outbox
    assert message.to == ["pea@office.go.th"]
    assert digits in message.body
    assert "สมชาย" not in message.body
    assert client.post(f"{link}/person", {"code": digits}).status_code == 302
    page = page_text(client.get(link))
    assert all(text in page for text in PERSONAL)
    read = PersonalDataRead.objects.get(data_kind="person")
    assert (read.officer, read.agency, read.reason) == (None, referral.agency, "นัดตรวจหม้อแปลง")


def test_a_centre_without_mail_promises_no_code(referral: Referral, settings: Any) -> None:
    settings.MAIL_IS_OFF = True
    response = Client().post(f"{link_of(referral)}/code", {"reason": "นัดตรวจหม้อแปลง"})
    assert "ศูนย์ไม่ได้ส่งรหัสทางอีเมล" in page_text(response)
    assert not AccessCode.objects.exists()


def test_the_code_opens_it_in_that_browser_only_and_once(referral: Referral) -> None:
    client, link = Client(), link_of(referral)
    digits = mailed_code(referral, client)
    client.post(f"{link}/person", {"code": digits})
    assert "สมชาย" not in page_text(Client().get(link))
    assert Client().post(f"{link}/person", {"code": digits}).status_code == 409, "a code is used once"


def test_a_cookie_of_one_case_opens_no_other(referral: Referral, khonkaen: Centre) -> None:
    client = Client()
    client.post(f"{link_of(referral)}/person", {"code": mailed_code(referral, client)})
    cookie = client.cookies["agency_person"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (link_of(referral), True, "Strict")
    code = AccessCode.objects.get()
    Referral.objects.filter(pk=referral.pk).update(ended_at=timezone.now(), state="recalled")
    other = Referral.objects.create(
        case=referral.case, agency=create_agency(khonkaen), kind="lead", state="sent", sent_at=timezone.now()
    )
    request = type("Request", (), {"COOKIES": {"agency_person": cookie.value}})()
    assert access_codes.unlocking_code(request, referral, None) == code
    assert access_codes.unlocking_code(request, other, None) is None


def test_the_unlocking_ends(referral: Referral, monkeypatch: pytest.MonkeyPatch) -> None:
    client, link = Client(), link_of(referral)
    client.post(f"{link}/person", {"code": mailed_code(referral, client)})
    monkeypatch.setattr(access_codes, "UNLOCK_S", -1)
    assert "สมชาย" not in page_text(client.get(link))


def test_an_expired_code(referral: Referral) -> None:
    digits = mailed_code(referral, Client())
    AccessCode.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().post(f"{link_of(referral)}/person", {"code": digits}).status_code == 409
    assert mail_access_code.func(AccessCode.objects.get().pk) == "not valid any more"


def wrong(digits: str) -> str:
    return f"{(int(digits) + 1) % 10**6:06d}"


def test_a_code_dies_after_five_wrong_attempts_and_the_referral_after_ten(referral: Referral) -> None:
    client, link = Client(), link_of(referral)
    digits = mailed_code(referral, client)
    for _ in range(5):
        assert client.post(f"{link}/person", {"code": wrong(digits)}).status_code == 409
    assert client.post(f"{link}/person", {"code": digits}).status_code == 409, "dead"
    digits = mailed_code(referral, client)
    for _ in range(4):
        client.post(f"{link}/person", {"code": wrong(digits)})
    response = client.post(f"{link}/person", {"code": digits})
    assert response.status_code == 409
    assert "หลายครั้งเกินไป" in page_text(response)
    assert not PersonalDataRead.objects.filter(data_kind="person").exists()


def test_only_the_newest_code_is_valid_and_five_are_mailed_an_hour(referral: Referral) -> None:
    first = mailed_code(referral, Client())
    second = mailed_code(referral, Client())
    if first != second:
        assert Client().post(f"{link_of(referral)}/person", {"code": first}).status_code == 409
    for _ in range(3):
        mailed_code(referral, Client())
    assert Client().post(f"{link_of(referral)}/code", {"reason": "x"}).status_code == 409


@pytest.mark.parametrize("disclosure", ["withheld", "anonymous"])
def test_a_covered_name_is_never_open(referral: Referral, disclosure: str) -> None:
    client, link = Client(), link_of(referral)
    client.post(f"{link}/person", {"code": mailed_code(referral, client)})
    Case.objects.update(name_disclosure=disclosure)
    LetterPage.objects.create(
        case=referral.case, index=0, picture="p.png", media_type="image/png", width=1, height=1, text="ผม สมชาย"
    )
    page = page_text(client.get(link))
    assert not any(text in page for text in PERSONAL)
    assert "/code" not in page
    assert client.get(f"{link}/pages/0").status_code == 403
    assert client.post(f"{link}/code", {"reason": "x"}).status_code == 409
    assert client.post(f"{link}/person", {"code": "123456"}).status_code == 409
    assert PersonalDataRead.objects.filter(data_kind__in=["person", "page"]).count() == 0


def test_the_letter_needs_the_code_too(referral: Referral, settings: object) -> None:
    page = LetterPage(case=referral.case, index=0, media_type="image/png", width=1, height=1, text="ผม สมชาย")
    page.picture.save("p.png", ContentFile(b"picture"))
    client, link = Client(), link_of(referral)
    assert client.get(f"{link}/pages/0").status_code == 403
    assert "ผม สมชาย" not in page_text(client.get(link))
    client.post(f"{link}/person", {"code": mailed_code(referral, client)})
    response = client.get(f"{link}/pages/0")
    assert b"".join(response.streaming_content) == b"picture"  # type: ignore[attr-defined]
    assert PersonalDataRead.objects.get(data_kind="page").agency == referral.agency


def test_a_supervisor_with_a_copy_gets_no_code(referral: Referral) -> None:
    Referral.objects.update(kind="copy")
    with pytest.raises(NotAllowedError):
        access_codes.request_code(Referral.objects.get(), None, "x")


def test_no_code_without_reason_or_address(referral: Referral) -> None:
    assert Client().post(f"{link_of(referral)}/code", {"reason": "  "}).status_code == 409
    Agency.objects.update(email="")
    response = Client().post(f"{link_of(referral)}/code", {"reason": "x"})
    assert "ไม่มีอีเมล" in page_text(response)
    assert not AccessCode.objects.exists()


@pytest.mark.parametrize("disclosure", ["named", "withheld"])
def test_what_identifies_people_in_the_complaint_is_masked_until_a_code_opens_it(
    khonkaen: Centre, electricity: Agency, legal_officer: Actor, disclosure: str
) -> None:
    text = "ดิฉันสมชาย ใจดี โทร 081-234-5678 รถ กข 1234 ชนเสาไฟ"
    referral = send_case(khonkaen, electricity, legal_officer, text=text, name_disclosure=disclosure)
    browser = Client()
    page = page_text(browser.get(link_of(referral)))
    assert "ดิฉัน[ชื่อผู้ร้อง] [ชื่อผู้ร้อง] โทร [เบอร์โทรศัพท์] รถ [ทะเบียนรถ] ชนเสาไฟ" in page
    assert 'id="masked"' in page
    if disclosure == "named":
        code = mailed_code(referral, browser)
        browser.post(f"{link_of(referral)}/person", {"code": code})
        opened = page_text(browser.get(link_of(referral)))
        assert (text in opened, 'id="masked"' in opened) == (True, False)
