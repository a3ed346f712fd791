"""The agency accepts, reports with files, and returns: by the link and by an account."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from central.agencies.models import Agency
from central.agency_desk import answering
from central.agency_desk.answering import answer_version
from central.cases import history
from central.cases.commands import Actor, NotAllowedError
from central.cases.models import Attachment, Case, CaseEvent, Referral
from central.centres.models import Centre
from tests.unit.central import sample_files
from tests.unit.central.agency_desk.conftest import link_of
from tests.unit.central.factories import create_agency
from tests.unit.central.page_text import page_text


def seen(referral: Referral) -> str:
    return answer_version(Referral.objects.get(pk=referral.pk))


def test_accept_names_the_person_in_charge(referral: Referral) -> None:
    response = Client().post(f"{link_of(referral)}/accept", {"seen": seen(referral), "handler": "นางสาวมาลี แสงทอง"})
    assert (response.status_code, response["Location"]) == (302, f"{link_of(referral)}?sent=accept")
    current, case = Referral.objects.get(), Case.objects.get()
    assert (current.state, current.handler_name) == ("accepted", "นางสาวมาลี แสงทอง")
    assert (case.status, case.handler_name) == ("in_progress", "นางสาวมาลี แสงทอง")
    event = CaseEvent.objects.latest("id")
    assert (event.kind, event.actor, event.by) == ("accept", "agency", None)


def test_report_with_photo_and_message(referral: Referral) -> None:
    files = [SimpleUploadedFile("ก่อน.jpg", sample_files.photo()), SimpleUploadedFile("ผล.pdf", sample_files.pdf())]
    form = {"seen": seen(referral), "done": "yes", "text": "เปลี่ยนหม้อแปลงแล้ว", "message": "ไฟฟ้าใช้ได้แล้ว", "files": files}
    link = link_of(referral)
    assert Client().post(f"{link}/report", form).status_code == 302
    current, event = Referral.objects.get(), CaseEvent.objects.latest("id")
    assert (current.state, Case.objects.get().attention) == ("done", "agency_answered")
    assert (event.texts.note, event.texts.public_text) == ("เปลี่ยนหม้อแปลงแล้ว", "ไฟฟ้าใช้ได้แล้ว")
    assert [each.name for each in Attachment.objects.filter(event=event)] == ["ก่อน.jpg", "ผล.pdf"]
    assert history.verify_case(current.case) is None
    assert Client().get(link).status_code == 200, "the page of an ended order"


def test_progress_is_shown_with_its_files_to_the_agency(referral: Referral) -> None:
    link = link_of(referral)
    file = SimpleUploadedFile("a.png", sample_files.photo("PNG"))
    form = {"seen": seen(referral), "done": "no", "text": "กำลังสั่งของ", "files": [file]}
    assert Client().post(f"{link}/report?lang=en", form)["Location"] == f"{link}?lang=en&sent=report"
    attachment = Attachment.objects.get()
    page = Client().get(f"{link}?sent=report").content.decode()
    assert "ส่งรายงานแล้ว" in page.replace("<wbr>", "")
    assert f"{link}/files/{attachment.pk}" in page
    assert Client().get(f"{link}/files/{attachment.pk}")["Content-Type"] == "image/jpeg"
    assert Client().get(f"{link}/files/{attachment.pk + 1}").status_code == 404


def test_a_bad_file_keeps_what_was_typed_and_stores_nothing(referral: Referral) -> None:
    file = SimpleUploadedFile("photo.jpg", b"MZ\x90\x00 a program")
    form = {"seen": seen(referral), "done": "yes", "text": "ซ่อมแล้วเสร็จ", "message": "ดีแล้ว", "files": [file]}
    response = Client().post(f"{link_of(referral)}/report", form)
    assert response.status_code == 409
    text = page_text(response)
    assert "ไม่ใช่ภาพถ่าย" in text
    assert "ซ่อมแล้วเสร็จ" in response.content.decode()
    assert (Referral.objects.get().state, Attachment.objects.count()) == ("sent", 0)


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"done": "yes", "text": " "}, "โปรดเขียนรายงาน"),
        ({"done": "yes", "text": "ก" * 2001}, "ยาวเกิน"),
        ({"done": "maybe", "text": "x"}, "ผลการดำเนินการ"),
        ({"text": "x"}, "ผลการดำเนินการ"),
    ],
)
def test_an_incomplete_report_has_a_sentence(referral: Referral, form: dict[str, str], sentence: str) -> None:
    response = Client().post(f"{link_of(referral)}/report", {"seen": seen(referral), **form})
    assert response.status_code in (409, 422)
    assert sentence in page_text(response)
    assert Referral.objects.get().state == "sent"


def test_return_with_reason_and_proposed_agency(referral: Referral, khonkaen: Centre) -> None:
    water, link = create_agency(khonkaen, "pwa", name_th="การประปา"), link_of(referral)
    form = {"seen": seen(referral), "reason": "เป็นงานประปา", "proposed": str(water.pk)}
    assert Client().post(f"{link}/return", {**form, "reason": ""}).status_code == 409
    assert Client().post(f"{link}/return", {**form, "proposed": ""}).status_code == 422
    assert Client().post(f"{link}/return", {**form, "proposed": "999999"}).status_code == 422
    assert Client().post(f"{link}/return", form).status_code == 302
    current, case = Referral.objects.get(), Case.objects.get()
    assert (current.state, current.return_reason, current.proposed_agency) == ("returned", "เป็นงานประปา", water)
    assert (case.status, case.attention) == ("checking", "returned")


def test_return_without_knowing_the_right_agency(referral: Referral) -> None:
    form = {"seen": seen(referral), "reason": "ไม่ใช่อำนาจหน้าที่", "proposed": "unknown"}
    assert Client().post(f"{link_of(referral)}/return", form).status_code == 302
    assert Referral.objects.get().proposed_agency is None


def test_an_agency_of_another_province_cannot_be_proposed(referral: Referral, phayao: Centre) -> None:
    other: Agency = create_agency(phayao, "far")
    form = {"seen": seen(referral), "reason": "x", "proposed": str(other.pk)}
    assert Client().post(f"{link_of(referral)}/return", form).status_code == 422


def test_the_second_of_two_people_sees_the_first_answer_and_sends_again(referral: Referral) -> None:
    link, page_version = link_of(referral), seen(referral)
    first = {"seen": page_version, "done": "no", "text": "รายงานของคนแรก"}
    assert Client().post(f"{link}/report", first).status_code == 302
    second = {"seen": page_version, "done": "no", "text": "รายงานของคนที่สอง"}
    response = Client().post(f"{link}/report", second)
    assert response.status_code == 409
    text = page_text(response)
    assert "มีผู้อื่นในหน่วยงานของท่านตอบ" in text
    assert "รายงานของคนแรก" in text
    assert "รายงานของคนที่สอง" in text
    assert f'value="{seen(referral)}"' in response.content.decode()
    assert Client().post(f"{link}/report", {**second, "seen": seen(referral)}).status_code == 302
    assert Client().post(f"{link}/report", first).status_code == 409, "a replayed form"
    assert CaseEvent.objects.filter(kind="report").count() == 2


def test_an_officer_who_works_on_the_case_does_not_stop_the_report(referral: Referral) -> None:
    version = seen(referral)
    Case.objects.update(revision=99)
    form = {"seen": version, "done": "no", "text": "คืบหน้า"}
    assert Client().post(f"{link_of(referral)}/report", form).status_code == 302


def test_a_copy_for_supervision_has_no_forms(referral: Referral) -> None:
    Referral.objects.update(kind="copy")
    page = Client().get(link_of(referral)).content.decode()
    assert "<form" not in page
    response = Client().post(f"{link_of(referral)}/report", {"seen": seen(referral), "done": "yes", "text": "x"})
    assert response.status_code == 409
    assert Referral.objects.get().state == "sent"


@pytest.mark.django_db(transaction=True)
def test_two_simultaneous_reports_are_one(referral: Referral) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("the SQLite of these tests is in memory: its threads share one lock without waiting")
    version = seen(referral)

    def answer(text: str) -> bool:
        try:
            answering.report(
                referral, Actor.agency_link(referral), version, text=text, is_done=True, message="", files=[]
            )
        except NotAllowedError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(answer, ["หนึ่ง", "สอง"]))
    assert sorted(results) == [False, True]
    assert CaseEvent.objects.filter(kind="report").count() == 1
