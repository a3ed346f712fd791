"""Personal links: what they open, and the sentence of each one that opens nothing."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from central.agencies.models import Agency
from central.agency_desk import links, tokens
from central.agency_desk.models import ReferralLink, ReferralMail
from central.cases import commands
from central.cases.commands import Actor, ClosingInputs, NotAllowedError
from central.cases.models import CaseEvent, PersonalDataRead, Referral
from central.centres.models import Centre
from central.people.roles import Role
from tests.unit.central.agency_desk.conftest import link_of, send_case
from tests.unit.central.factories import actor_with, create_agency
from tests.unit.central.page_text import page_text


def test_a_link_opens_the_case_without_an_account_and_the_reading_is_recorded(referral: Referral) -> None:
    response = Client().get(link_of(referral))
    page = response.content.decode()
    assert response.status_code == 200
    assert referral.case.case_number in page
    assert "ตรวจสอบหม้อแปลง" in page.replace("<wbr>", "")
    assert "ไฟฟ้าดับทุกคืน" in page.replace("<wbr>", "")
    for personal in ("สมชาย", "ใจดี", "0812345678", "081-234", "หมู่ 2"):
        assert personal not in page.replace("<wbr>", "")
    assert (response["Referrer-Policy"], response["Cache-Control"]) == ("no-referrer", "no-store")
    assert not response.cookies
    read = PersonalDataRead.objects.get()
    assert (read.officer, read.agency, read.data_kind) == (None, referral.agency, "case")
    assert ReferralLink.objects.get().used_count == 1


def test_the_database_and_the_queue_contain_no_token(referral: Referral) -> None:
    token = tokens.link_token(ReferralLink.objects.get().nonce)
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            assert token not in repr(cursor.fetchall()), table


def test_each_ordered_agency_has_its_own_link_for_its_own_case(
    khonkaen: Centre, referral: Referral, electricity: Agency, legal_officer: Actor
) -> None:
    other = send_case(khonkaen, create_agency(khonkaen), legal_officer)
    assert link_of(other) != link_of(referral)
    page = Client().get(link_of(other)).content.decode()
    assert other.case.case_number in page
    assert referral.case.case_number not in page
    # A step names the referral by its token alone: nothing in the form can name another one.
    Client().post(
        f"{link_of(other)}/report", {"seen": "sent-0.000000", "done": "yes", "text": "x", "referral": referral.pk}
    )
    assert Referral.objects.get(pk=referral.pk).state == "sent"


def test_an_expired_link(referral: Referral) -> None:
    ReferralLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    response = Client().get(link_of(referral))
    assert response.status_code == 410
    assert "หมดอายุ" in response.content.decode().replace("<wbr>", "")
    assert "1567" in response.content.decode()
    assert Client().post(f"{link_of(referral)}/accept", {"seen": "sent-0.000000"}).status_code == 410
    assert Referral.objects.get().state == "sent"


def test_a_revoked_link_and_the_new_one(referral: Referral, legal_officer: Actor) -> None:
    former = link_of(referral)
    links.renew_link(referral, legal_officer)
    assert Client().get(former).status_code == 410
    assert Client().get(link_of(referral)).status_code == 200
    links.revoke_link(referral, legal_officer)
    assert Client().get(link_of(referral)).status_code == 410
    with pytest.raises(NotAllowedError):
        links.revoke_link(referral, legal_officer)
    kinds = list(CaseEvent.objects.filter(case=referral.case).values_list("kind", flat=True))
    assert kinds[-2:] == ["link_renewed", "link_revoked"], "the refused step left nothing"
    assert list(ReferralMail.objects.values_list("purpose", flat=True)) == ["order", "new_link"]


def test_a_link_used_after_the_end_says_what_ended_it(referral: Referral, legal_officer: Actor) -> None:
    link = link_of(referral)
    commands.report(referral, Actor.agency_link(referral), seen_revision=None, text="เสร็จ", is_done=True)
    response = Client().get(f"{link}?lang=en")
    assert response.status_code == 200
    assert "reported its work as done" in response.content.decode()
    assert Client().post(f"{link}/report", {"seen": "done-0", "done": "no", "text": "x"}).status_code == 200
    assert Referral.objects.get().state == "done"
    with pytest.raises(NotAllowedError):
        links.renew_link(referral, legal_officer)


def test_a_recalled_order_has_no_usable_link(referral: Referral, legal_officer: Actor) -> None:
    commands.recall(referral, legal_officer, seen_revision=None, reason="ผิดหน่วย")
    assert "recalled" in Client().get(f"{link_of(referral)}?lang=en").content.decode()


def test_a_reopened_case_goes_back_with_a_new_link(referral: Referral, legal_officer: Actor) -> None:
    case, former = referral.case, link_of(referral)
    commands.report(referral, Actor.agency_link(referral), seen_revision=None, text="เสร็จ", is_done=True)
    case.refresh_from_db()
    commands.close(case, legal_officer, seen_revision=None, inputs=ClosingInputs("resolved", "ซ่อมแล้ว"))
    commands.reopen(case, legal_officer, seen_revision=None, reason="ดับอีก")
    again = Referral.objects.get(ended_at=None)
    assert Client().get(link_of(again)).status_code == 200
    assert "No answer is needed" in Client().get(f"{former}?lang=en").content.decode()


@pytest.mark.parametrize("token", ["x", "A" * 32, "%00", "a" * 2000, "ลิงก์", "..%2f..%2fetc"])
def test_a_forged_link_has_one_sentence(referral: Referral, token: str) -> None:
    response = Client().get(f"/a/{token}")
    assert response.status_code == 404
    assert "1567" in response.content.decode() or "ไม่พบหน้านี้" in page_text(response)


def test_guessing_is_stopped_for_this_caller_only(referral: Referral) -> None:
    guesser = Client(REMOTE_ADDR="203.0.113.7")
    statuses = [guesser.get(f"/a/{number:032d}").status_code for number in range(31)]
    assert statuses == [404] * 30 + [429]
    assert guesser.get(link_of(referral)).status_code == 429
    assert Client(REMOTE_ADDR="203.0.113.8").get(link_of(referral)).status_code == 200


def test_the_agency_that_has_opened_its_link_often_is_not_stopped(referral: Referral) -> None:
    client = Client()
    assert {client.get(link_of(referral)).status_code for _ in range(40)} == {200}


def test_an_officer_without_the_right_to_order_changes_no_link(
    referral: Referral, khonkaen: Centre, phayao: Centre
) -> None:
    for actor in (actor_with(khonkaen, Role.AUDITOR), actor_with(phayao, Role.DIRECTOR), Actor.agency_link(referral)):
        with pytest.raises(NotAllowedError):
            links.renew_link(referral, actor)
    assert ReferralLink.objects.count() == 1


def test_a_large_body_is_accepted_by_the_report_only(referral: Referral) -> None:
    large = {"text": "x" * 100_000}
    assert Client().post(f"{link_of(referral)}/accept", large).status_code == 413
    assert Client().post(f"{link_of(referral)}/report", large).status_code in (409, 422)
