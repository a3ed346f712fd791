"""Mails to agencies: who gets them, what they contain, and what happens when they cannot be sent."""

import io
import smtplib
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django_tasks_db.models import DBTaskResult
from pypdf import PdfReader

from central.agencies.models import Agency, AgencyContact
from central.agency_desk import links
from central.agency_desk.mailing import mail_referral, registered_addresses
from central.agency_desk.models import ReferralMail
from central.background.tasks import policy_of
from central.cases import commands
from central.cases.commands import Actor, OrderInputs
from central.cases.models import CaseEvent, Referral
from central.centres.models import Centre
from tests.unit.central.agency_desk.conftest import PUBLIC_URL, link_of, send_case
from tests.unit.central.conftest import client_of, create_officer
from tests.unit.central.factories import create_agency, create_case
from tests.unit.central.page_text import page_text


def test_an_order_is_mailed_with_link_and_letter_and_names_nobody(referral: Referral) -> None:
    (row,) = ReferralMail.objects.all()
    assert mail_referral.func(row.pk) == "sent"
    (message,) = mail.outbox
    assert message.to == ["pea@office.go.th"]
    assert f"{PUBLIC_URL}{link_of(referral)}" in message.body
    assert referral.case.case_number in message.subject
    assert "สมชาย" not in str(message.message()) + message.body
    assert "ไฟฟ้าดับทุกคืน" not in message.body, "the text of the complaint is behind the link"
    ((name, content, media_type),) = message.attachments
    assert (name, media_type) == (f"{referral.case.case_number}.pdf", "application/pdf")
    assert len(PdfReader(io.BytesIO(content)).pages) == 1
    row.refresh_from_db()
    assert row.mailed_at is not None
    assert mail_referral.func(row.pk) == "sent before"
    assert len(mail.outbox) == 1


def test_the_task_has_the_id_of_the_row_only(referral: Referral) -> None:
    task = DBTaskResult.objects.get()
    assert policy_of(task.task_path).max_duration_s == 120, "a worker finds it"
    assert task.args_kwargs == {"args": [ReferralMail.objects.get().pk], "kwargs": {}}


def test_an_order_that_fails_leaves_neither_link_nor_mail(khonkaen: Centre, electricity: Agency) -> None:
    closed_agency = create_agency(khonkaen, is_active=False)
    with pytest.raises(commands.NotAllowedError):
        commands.order(
            create_case(khonkaen),
            Actor.system(),
            seen_revision=None,
            inputs=OrderInputs(lead=electricity, copies=[closed_agency]),
        )
    assert (ReferralMail.objects.count(), DBTaskResult.objects.count()) == (0, 0)


class FailingBackend(EmailBackend):
    error: Exception = OSError("no server")

    def send_messages(self, messages: Any) -> int:
        raise self.error


def fail_with(settings: Any, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.FailingBackend"
    monkeypatch.setattr(FailingBackend, "error", error)


def test_a_server_that_is_away_is_tried_again_and_then_noted_on_the_case(
    referral: Referral, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_with(settings, monkeypatch, OSError("no server"))
    row = ReferralMail.objects.get()
    for attempt in range(1, 6):
        with pytest.raises(OSError, match="no server"):
            mail_referral.func(row.pk)
        row.refresh_from_db()
        assert (row.failure, row.attempts) == ("not_sent", attempt)
        assert CaseEvent.objects.filter(kind="mail_failed").count() == (attempt == 5)


@pytest.mark.parametrize(("code", "is_final"), [(550, True), (450, False)], ids=["unknown mailbox", "try again later"])
def test_a_refused_address(
    referral: Referral, settings: Any, monkeypatch: pytest.MonkeyPatch, code: int, is_final: bool
) -> None:
    error = smtplib.SMTPRecipientsRefused({"pea@office.go.th": (code, b"no")})
    fail_with(settings, monkeypatch, error)
    row = ReferralMail.objects.get()
    if is_final:
        assert mail_referral.func(row.pk) == "refused"
        assert CaseEvent.objects.latest("id").payload["failure"] == "refused"
    else:
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            mail_referral.func(row.pk)
    row.refresh_from_db()
    assert row.failure == ("refused" if is_final else "not_sent")


def test_no_public_address_of_the_service(referral: Referral, settings: Any) -> None:
    settings.PUBLIC_URL = ""
    assert mail_referral.func(ReferralMail.objects.get().pk) == "no_url"
    assert mail.outbox == []


def test_a_recalled_order_is_not_mailed(referral: Referral, legal_officer: Actor) -> None:
    commands.recall(referral, legal_officer, seen_revision=None, reason="ผิดหน่วย")
    assert mail_referral.func(ReferralMail.objects.get().pk) == "ended"


def test_an_agency_without_address_is_visible_at_once(khonkaen: Centre, legal_officer: Actor) -> None:
    referral = send_case(khonkaen, create_agency(khonkaen, email="pea@agency.example"), legal_officer)
    assert ReferralMail.objects.get().failure == "no_address"
    assert not DBTaskResult.objects.exists()
    page = page_text(client_of(create_officer(khonkaen, "malee")).get(f"/desk/referrals/{referral.pk}"))
    assert "โปรดพิมพ์หนังสือส่ง" in page


def test_a_centre_without_mail_says_so_and_queues_no_task(
    khonkaen: Centre, electricity: Agency, legal_officer: Actor, settings: Any
) -> None:
    settings.MAIL_IS_OFF = True
    referral = send_case(khonkaen, electricity, legal_officer)
    assert ReferralMail.objects.get().failure == "no_mail"
    assert not DBTaskResult.objects.exists()
    page = page_text(client_of(create_officer(khonkaen, "malee")).get(f"/desk/referrals/{referral.pk}"))
    assert "ระบบนี้ไม่ส่งอีเมล โปรดพิมพ์หนังสือส่ง" in page


def test_the_addresses_of_the_register(electricity: Agency) -> None:
    assert registered_addresses(electricity) == ["pea@office.go.th"]
    for kind in AgencyContact.Kind:
        AgencyContact.objects.create(agency=electricity, kind=kind, name="x", email=f"{kind.value}@office.go.th")
    assert registered_addresses(electricity) == ["contact_point@office.go.th", "pea@office.go.th"]
    AgencyContact.objects.filter(kind="contact_point").delete()
    Agency.objects.update(email="")
    electricity.refresh_from_db()
    assert registered_addresses(electricity) == ["cceo@office.go.th"], "the executive, when there is no other"


def test_the_centre_prints_renews_and_revokes(referral: Referral, khonkaen: Centre, phayao: Centre) -> None:
    client, path = client_of(create_officer(khonkaen, "malee")), f"/desk/referrals/{referral.pk}"
    letter = client.get(f"{path}/letter")
    assert letter["Content-Type"] == "application/pdf"
    assert letter.content.startswith(b"%PDF-")
    former = link_of(referral)
    assert client.post(f"{path}/renew").status_code == 302
    assert (Client().get(former).status_code, Client().get(link_of(referral)).status_code) == (410, 200)
    assert client.post(f"{path}/revoke").status_code == 302
    assert client.post(f"{path}/revoke").status_code == 409
    assert client.get(f"{path}/letter").status_code == 404
    assert client.get(path).status_code == 200
    stranger = client_of(create_officer(phayao, "far"))
    assert {stranger.get(path).status_code, stranger.post(f"{path}/renew").status_code} == {404}


def test_a_copy_is_mailed_with_a_link_that_only_reads(
    referral: Referral, khonkaen: Centre, legal_officer: Actor
) -> None:
    inspector = create_agency(khonkaen, email="jare@office.go.th")
    commands.order(referral.case, legal_officer, seen_revision=None, inputs=OrderInputs(copies=[inspector]))
    copy = Referral.objects.get(kind="copy")
    assert mail_referral.func(ReferralMail.objects.get(referral=copy).pk) == "sent"
    assert "เพื่อทราบและกำกับดูแล" in mail.outbox[0].body
    assert links.open_link(link_of(copy).rpartition("/")[2], "x").state == "valid"


def test_the_case_page_shows_whether_the_mail_was_sent(referral: Referral, khonkaen: Centre) -> None:
    client, path = client_of(create_officer(khonkaen, "malee")), f"/desk/cases/{referral.case.case_number}"
    assert f'href="/desk/referrals/{referral.pk}"' in page_text(client.get(path))
    assert "รอส่ง" in page_text(client.get(path))
    ReferralMail.objects.update(failure="refused")
    assert "ส่งไม่สำเร็จ" in page_text(client.get(path))
    assert "ที่อยู่อีเมลใช้ไม่ได้" in page_text(client.get(f"/desk/referrals/{referral.pk}"))
