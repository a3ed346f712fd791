"""The report of a period is made once, on the 1st, as it will stay; the head of the centre gets it by mail."""

import io
from datetime import UTC, datetime
from smtplib import SMTPRecipientsRefused

import pytest
from django.core import mail
from django.test import Client
from docx import Document
from pypdf import PdfReader
from pytest_django import DjangoAssertNumQueries

from central.cases.models import Case
from central.centres.models import Centre
from central.insight.models import PeriodicReport
from central.insight.periodic_reports import send_periodic_reports
from central.people.roles import Role
from tests.unit.central.conftest import client_of, create_officer
from tests.unit.central.factories import create_case, create_officer_with

FIRST_OF_DECEMBER = datetime(2026, 11, 30, 18, 0, tzinfo=UTC)  # 1 December, 1:00 in Thailand


@pytest.fixture
def governed(khonkaen: Centre, phayao: Centre, settings: object) -> Centre:
    """Khon Kaen has a governor with a mail address; Phayao has nobody. Twelve cases in November."""
    settings.MAIL_IS_CONFIGURED = True  # type: ignore[attr-defined]
    governor = create_officer_with(khonkaen, Role.GOVERNOR)
    governor.email = "governor@khonkaen.example.go.th"
    governor.save()
    for day in range(1, 13):
        create_case(khonkaen, at=datetime(2026, 11, day, 3, 0, tzinfo=UTC), topic=("land", "debt")[day % 2])
    return khonkaen


def test_the_governor_gets_one_report_as_pdf_and_word(governed: Centre) -> None:
    assert send_periodic_reports(FIRST_OF_DECEMBER) == 1
    assert send_periodic_reports(FIRST_OF_DECEMBER) == 0
    (sent,) = mail.outbox
    assert sent.to == ["governor@khonkaen.example.go.th"]
    assert [name for name, *_ in sent.attachments] == ["khonkaen-2026-11.pdf", "khonkaen-2026-11.docx"]
    report = PeriodicReport.objects.get()
    assert report.mailed_at == FIRST_OF_DECEMBER
    words = "\n".join(paragraph.text for paragraph in Document(io.BytesIO(bytes(report.word))).paragraphs)
    assert words.startswith("บันทึกข้อความ\nส่วนราชการ  ศูนย์ดำรงธรรมจังหวัดขอนแก่น")
    assert "๑ ธันวาคม ๒๕๖๙" in words
    assert "เรียน  ผู้ว่าราชการจังหวัดขอนแก่น" in words
    assert "รับเรื่อง ๑๒ เรื่อง" in words
    assert not set(words) & set("0123456789"), "Thai digits only"
    tables = Document(io.BytesIO(bytes(report.word))).tables
    assert ["เรื่องที่รับ", "๑๒", "๐"] in [[cell.text for cell in row.cells] for row in tables[0].rows]
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(bytes(report.pdf))).pages)
    assert "๑๒" in text


def test_the_fiscal_year_is_reported_in_october(governed: Centre) -> None:
    october = datetime(2027, 9, 30, 18, 0, tzinfo=UTC)  # 1 October, 1:00 in Thailand
    assert send_periodic_reports(october) == 2
    assert send_periodic_reports(october) == 0
    names = [name for sent in mail.outbox for name, *_ in sent.attachments]
    assert names == ["khonkaen-2027-09.pdf", "khonkaen-2027-09.docx", "khonkaen-fy2027.pdf", "khonkaen-fy2027.docx"]
    word = PeriodicReport.objects.get(months=12).word
    words = "\n".join(paragraph.text for paragraph in Document(io.BytesIO(bytes(word))).paragraphs)
    assert "ประจำปีงบประมาณ พ.ศ. ๒๕๗๐" in words
    assert "รับเรื่อง ๑๒ เรื่อง" in words


def test_a_report_stays_as_it_was_made(governed: Centre) -> None:
    send_periodic_reports(FIRST_OF_DECEMBER)
    before = bytes(PeriodicReport.objects.get().word)
    create_case(governed, at=datetime(2026, 11, 30, 3, 0, tzinfo=UTC))
    Case.objects.update(topic="labour")
    send_periodic_reports(FIRST_OF_DECEMBER)
    assert bytes(PeriodicReport.objects.get().word) == before


def test_a_mail_that_failed_is_sent_by_the_next_run(governed: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError("no mail server")

    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.EmailMessage.send", refuse)
        with pytest.raises(OSError, match="no mail server"):
            send_periodic_reports(FIRST_OF_DECEMBER)
    assert PeriodicReport.objects.get().mailed_at is None
    assert send_periodic_reports(FIRST_OF_DECEMBER) == 0
    assert len(mail.outbox) == 1


def test_a_refused_address_or_a_failed_mail_keeps_no_other_report_back(
    governed: Centre, phayao: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    neighbour = create_officer_with(phayao, Role.GOVERNOR)
    neighbour.email = "governor@phayao.example.go.th"
    neighbour.save()
    send = mail.EmailMessage.send
    failures: dict[str, Exception] = {"governor@khonkaen.example.go.th": OSError("no mail server")}

    def refuse(message: mail.EmailMessage) -> int:
        if failure := failures.get(message.to[0]):
            raise failure
        return send(message)

    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)
    with pytest.raises(OSError, match="no mail server"):
        send_periodic_reports(FIRST_OF_DECEMBER)
    assert [each.to for each in mail.outbox] == [["governor@phayao.example.go.th"]]
    failures["governor@khonkaen.example.go.th"] = SMTPRecipientsRefused({"governor": (450, b"try later")})
    with pytest.raises(SMTPRecipientsRefused):
        send_periodic_reports(FIRST_OF_DECEMBER)
    failures["governor@khonkaen.example.go.th"] = SMTPRecipientsRefused({"governor": (550, b"unknown")})
    send_periodic_reports(FIRST_OF_DECEMBER)
    assert not PeriodicReport.objects.filter(mailed_at=None).exists()
    assert len(mail.outbox) == 1


def test_centres_without_a_head_cost_no_query(
    khonkaen: Centre, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(4001, 4006):
        Centre.objects.create(
            slug=f"d{number}", area_code=str(number), name_th="อำเภอ", name_en="District", parent=khonkaen
        )
    with django_assert_num_queries(3):  # which reports exist, who heads a centre, what is not mailed
        assert send_periodic_reports(FIRST_OF_DECEMBER) == 0


def test_officers_of_the_centre_download_it_and_others_do_not(governed: Centre, phayao: Centre) -> None:
    send_periodic_reports(FIRST_OF_DECEMBER)
    report = PeriodicReport.objects.get()
    own = client_of(create_officer(governed, "somsri"))
    html = own.get("/desk/reports").content.decode()
    for name, content in (("pdf", report.pdf), ("docx", report.word)):
        path = f"/desk/reports/kept/{report.pk}/{name}"
        assert path in html
        assert own.get(path).content == bytes(content)
    assert own.get(f"/desk/reports/kept/{report.pk}/exe").status_code == 404
    other = client_of(create_officer(phayao, "malee"))
    assert other.get(f"/desk/reports/kept/{report.pk}/pdf").status_code == 404
    assert Client().get(f"/desk/reports/kept/{report.pk}/pdf").status_code == 302
