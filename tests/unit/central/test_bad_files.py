"""Every kind of bad file that a centre meets: one sentence with its name, nothing stored, what was typed is kept."""

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from central.cases import attachments
from central.cases.models import Attachment, Case
from central.centres.models import Centre, Officer
from central.documents.models import Document
from central.people.roles import Role
from central.scan_batches import batches
from central.scan_batches.dividing import parts_of
from simulators.virus_scanner import TEST_FILE, VirusScanner
from tests.unit.central import sample_files
from tests.unit.central.documents.stored_files import attach
from tests.unit.central.factories import create_officer_with
from tests.unit.central.kiosk_client import ClientResponse
from tests.unit.central.page_text import page_text
from tests.unit.central.queued_tasks import run_queued_tasks
from tests.unit.central.sample_recordings import film
from tests.unit.central.scan_batches.scanned_sheets import letter, pdf_of
from tests.unit.central.test_office_files import word

STORY = "ไฟถนนหน้าวัดดับมาสองสัปดาห์"


def zip_bomb() -> bytes:
    """A Word file of 200 kB with a part of 151 MB."""
    output = io.BytesIO(word())
    with zipfile.ZipFile(output, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/media/bomb.xml", b"0" * (151 << 20))
    return output.getvalue()


def large_picture() -> bytes:
    """A PNG of 20,000 × 10,000 pixels: 200 megapixels in 25 kB."""
    output = io.BytesIO()
    Image.new("1", (20_000, 10_000)).save(output, "PNG")
    return output.getvalue()


_LARGE = ("200 megapixels", "zip bomb")  # a second of a processor each
BAD_FILES = {
    "encrypted": (sample_files.pdf_with_password, "ลับ.pdf", "มีรหัสผ่าน"),
    "broken": (lambda: sample_files.pdf()[:-300], "ขาด.pdf", "เสียหาย"),
    "500 pages": (lambda: sample_files.pdf(500), "หนา.pdf", "มีเกิน 100 หน้า"),
    "200 megapixels": (large_picture, "ใหญ่.png", "ล้านพิกเซล"),
    "zip bomb": (zip_bomb, "ระเบิด.docx", "มีข้อมูลภายในเกิน 150 MB"),
    "wrong extension": (lambda: b"MZ\x90\0" + bytes(500), "ภาพ.jpg", "ไม่ใช่ภาพถ่าย"),
    "film": (film, "คลิป.mp4", "เป็นวิดีโอ"),
    "virus": (lambda: sample_files.pdf() + TEST_FILE, "ไวรัส.pdf", "มีไวรัส"),
}


@pytest.fixture(autouse=True)
def scanner(settings: Any) -> Iterator[VirusScanner]:
    with VirusScanner() as running:
        settings.VIRUS_SCANNER = ("127.0.0.1", running.port)
        yield running


@pytest.fixture
def clerk(khonkaen: Centre) -> Officer:
    return create_officer_with(khonkaen, Role.INTAKE)


@pytest.fixture
def client(clerk: Officer) -> Client:
    signed_in = Client()
    signed_in.force_login(clerk)
    return signed_in


def send(client: Client, *files: SimpleUploadedFile) -> ClientResponse:
    html = page_text(client.get("/desk/file"))
    fields = dict(re.findall(r'<input type="hidden" name="(key)" value="([^"]+)"', html))
    fields |= dict(re.findall(r'<select name="(\w+)"(?:(?!</select>).)*?value="(\w+)" selected>', html, re.DOTALL))
    fields |= {"topic": "utilities", "place": "บ้านเป็ด", "text": STORY, "notice_given": "read_out"}
    response: ClientResponse = client.post("/desk/file", fields | {"files": list(files)})
    return response


def check_refusal(client: Client, name: str, settings: Any) -> None:
    make, file_name, sentence = BAD_FILES[name]
    good = SimpleUploadedFile("ดี.jpg", sample_files.photo())
    refused = send(client, good, SimpleUploadedFile(file_name, make()))
    page = page_text(refused)
    assert refused.status_code == 422
    (error,) = re.findall(r'id="error">(.*?)</p>', page)
    assert f"«{file_name}»" in error and sentence in error
    assert STORY in page, "what was typed is kept"
    assert not Case.objects.exists()
    assert not [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow if name in _LARGE else ()) for name in BAD_FILES]
)
def test_a_bad_file_is_refused_with_one_sentence(
    name: str, client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "run_in_child", lambda function, *arguments, **_: function(*arguments))
    check_refusal(client, name, settings)


@pytest.mark.slow  # a child for each file: 10 s
def test_the_same_in_confined_children_and_the_service_goes_on(client: Client, settings: Any) -> None:
    for name in BAD_FILES:
        check_refusal(client, name, settings)
    assert send(client, SimpleUploadedFile("ดี.jpg", sample_files.photo())).status_code == 200
    assert Attachment.objects.count() == 1


def test_the_same_file_twice_is_kept_and_said(client: Client, clerk: Officer, khonkaen: Centre) -> None:
    first = attach(khonkaen, sample_files.pdf(), "รายงาน.pdf")
    sentence = "ไฟล์นี้แนบไว้ก่อนแล้ว"
    path = f"/desk/cases/{first.case.case_number}"
    assert sentence not in page_text(client.get(path))
    attach(khonkaen, sample_files.pdf(), "อีกครั้ง.pdf", first.case)
    attach(khonkaen, sample_files.pdf(2), "อื่น.pdf", first.case)
    page = page_text(client.get(path))
    assert page.count(sentence) == 1
    assert page.index("อีกครั้ง.pdf") < page.index(sentence) < page.index("รายงาน.pdf"), "said of the later one"


@pytest.mark.slow  # the worker reads in confined children: 15 s
@pytest.mark.django_db(transaction=True)
def test_a_worker_reads_on_behind_every_bad_file(khonkaen: Centre, clerk: Officer) -> None:
    batch = batches.create_batch(clerk, khonkaen)
    for index, name in enumerate(("encrypted", "broken", "500 pages", "200 megapixels")):
        make, file_name, _ = BAD_FILES[name]
        batches.add_file(batch, SimpleUploadedFile(file_name, make()))
        attach(khonkaen, make(), f"{index}.pdf")
    batches.add_file(batch, SimpleUploadedFile("ดี.pdf", pdf_of(letter(1))))
    good = attach(khonkaen, pdf_of(letter(2)), "ดี.pdf")
    run_queued_tasks("documents")
    assert [len(part.used) for part in parts_of(batch)] == [1]
    assert sorted(batch.files.values_list("state", flat=True)) == ["read"] + ["refused"] * 4
    document = Document.objects.get(attachment=good)
    assert document.is_finished and document.refusal == ""
    assert set(Document.objects.exclude(pk=document.pk).values_list("state", flat=True)) == {"refused"}
