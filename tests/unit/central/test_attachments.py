"""Files attached to a report: what is accepted, what is refused, what is stored, and by whom it is read."""

import io
import weakref
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from pypdf import PdfReader

from central.cases import attachments, file_cleaning, history
from central.cases.attachments import CleanFile, prepare_files
from central.cases.commands import Actor, NotAllowedError, OrderInputs, order, report
from central.cases.file_cleaning import MAX_PDF_PAGES, clean_file
from central.cases.models import Attachment, Case, CaseEvent, PersonalDataRead, Referral
from central.centres.models import Centre, Officer
from central.people.roles import Role
from tests.unit.central import sample_files
from tests.unit.central.factories import actor_with, create_agency, create_case, create_officer_with
from tests.unit.central.page_text import page_text
from tests.unit.central.step_posts import post_step


def upload(content: bytes, name: str = "photo.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


@pytest.fixture
def referral(khonkaen: Centre) -> Referral:
    case, agency = create_case(khonkaen), create_agency(khonkaen)
    order(case, actor_with(khonkaen, Role.CASE_OFFICER), seen_revision=None, inputs=OrderInputs(lead=agency))
    return case.referrals.get()


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_encoded_again_without_position_and_camera(image_format: str) -> None:
    content = sample_files.photo(image_format, position=True) + b"PK\x03\x04 another file behind it"
    (clean,) = prepare_files([upload(content, "ที่เกิดเหตุ.PNG")])
    assert (clean.name, clean.media_type) == ("ที่เกิดเหตุ.jpg", "image/jpeg")
    assert b"another file" not in clean.content
    assert b"Somchai" not in clean.content
    with Image.open(io.BytesIO(clean.content)) as picture:
        assert (picture.size, picture.format, dict(picture.getexif())) == ((60, 40), "JPEG", {})


def test_a_large_photo_is_made_smaller() -> None:
    (clean,) = prepare_files([upload(sample_files.photo(size=(8000, 6000)))])
    with Image.open(io.BytesIO(clean.content)) as picture:
        assert picture.size == (3200, 2400)


def tiff(*pages: Image.Image, **options: Any) -> bytes:
    output = io.BytesIO()
    pages[0].save(output, "TIFF", save_all=True, append_images=pages[1:], description="Somchai", **options)
    return output.getvalue()


def test_a_tiff_file_of_a_fax_becomes_a_photo_or_a_pdf_of_its_pages() -> None:
    page = Image.new("1", (1728, 2200), 1)
    page.paste(0, (100, 100, 900, 140))
    (single,) = prepare_files([upload(tiff(page, compression="group4"), "แฟกซ์.tif")])
    assert (single.name, single.media_type, single.pixels) == ("แฟกซ์.jpg", "image/jpeg", (1728, 2200))
    (several,) = prepare_files([upload(tiff(page, page.convert("L"), page.convert("RGB"), compression="tiff_lzw"))])
    assert (several.media_type, several.pixels) == ("application/pdf", (0, 0))
    assert b"Somchai" not in single.content + several.content
    assert clean_file(several.content)[0] == "application/pdf", "the document passes the checks of any other"
    pages = PdfReader(io.BytesIO(several.content)).pages
    assert len(pages) == 3
    shown = pages[2].images[0].image
    assert shown is not None and shown.size == (1728, 2200)
    assert np.asarray(shown.convert("L"))[110:130, 110:890].max() < 40, "the stroke is black"


def test_pages_of_a_tiff_file_are_decoded_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    pages: list[weakref.ref[Image.Image]] = []
    decoded_at_once: list[int] = []
    copy_pixels = file_cleaning._pixels_alone

    def count_pages(picture: Image.Image) -> Image.Image:
        page = copy_pixels(picture)
        pages.append(weakref.ref(page))
        decoded_at_once.append(sum(reference() is not None for reference in pages))
        return page

    monkeypatch.setattr(file_cleaning, "_pixels_alone", count_pages)
    _, content, _ = clean_file(tiff(*[Image.new("1", (40, 60))] * 9, compression="group4"))
    assert len(PdfReader(io.BytesIO(content)).pages) == 9
    assert max(decoded_at_once) <= 4  # the first two, the one that was written, and the next


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (tiff(*[Image.new("1", (8, 8))] * (MAX_PDF_PAGES + 1)), "more than 100 pages"),
        (tiff(Image.new("1", (8, 8)), Image.new("1", (9000, 8000)), compression="group4"), "megapixels"),
        (tiff(Image.new("L", (300, 300)), compression="tiff_lzw")[:150], "cannot be opened"),
    ],
    ids=["many pages", "a huge second page", "cut off"],
)
def test_a_bad_tiff_file_is_refused_with_a_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(NotAllowedError) as refusal:
        prepare_files([upload(content)])
    assert sentence in refusal.value.sentence.en


def test_a_pdf_keeps_its_bytes_and_so_its_signatures() -> None:
    content = sample_files.pdf()
    (clean,) = prepare_files([upload(content, "รายงาน")])
    assert clean == CleanFile("รายงาน.pdf", "application/pdf", content)


def zip_file() -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as archive:
        archive.writestr("a.txt", "a")
    return output.getvalue()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"MZ\x90\x00" + b"\0" * 500, "neither a photo"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "neither a photo"),
        (b"GIF89a" + b"\0" * 50, "neither a photo"),
        (b"", "neither a photo"),
        (zip_file(), "neither a photo"),
        (sample_files.photo()[:200], "damaged"),
        (b"\xff\xd8\xff" + b"\0" * 500, "damaged"),
        (sample_files.png_bomb(), "megapixels"),
        (sample_files.pdf_with_script(), "program"),
        (sample_files.pdf_with_hidden_launch(), "program"),
        (sample_files.pdf_with_file(), "program"),
        (sample_files.pdf_with_password(), "password"),
        (sample_files.pdf(MAX_PDF_PAGES + 1), "pages"),
        (sample_files.pdf()[:-300], "damaged"),
        (sample_files.pdf() + zip_file(), "damaged"),
        (b"%PDF-1.7\n%%EOF", "damaged"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(NotAllowedError) as refusal:
        prepare_files([upload(sample_files.photo()), upload(content)])
    assert reason in refusal.value.sentence.en
    assert "photo.jpg" in refusal.value.sentence.en


def test_too_many_and_too_large_files_are_refused_unread(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(attachments, "run_in_child", None)
    with pytest.raises(NotAllowedError, match="At most 5"):
        prepare_files([upload(b"x")] * 6)
    settings.MAX_UPLOAD_BYTES = 10
    with pytest.raises(NotAllowedError, match="larger than"):
        prepare_files([upload(b"x" * 11)])


def test_a_child_that_dies_stores_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachments, "_MEMORY_MB", 1)
    with pytest.raises(NotAllowedError, match="could not be checked"):
        prepare_files([upload(sample_files.photo())])


def test_event_and_files_appear_together(referral: Referral, settings: Any) -> None:
    files = prepare_files([upload(sample_files.photo()), upload(sample_files.pdf(), "report.pdf")])
    event = report(
        referral, Actor.agency_link(referral), seen_revision=None, text="ซ่อมแล้ว", is_done=True, attachments=files
    )
    stored = list(Attachment.objects.filter(event=event))
    assert [each.media_type for each in stored] == ["image/jpeg", "application/pdf"]
    assert [each.sha256 for each in stored] == [each["sha256"] for each in event.payload["files"]]
    assert all(default_storage.exists(each.file.name) for each in stored)
    assert history.verify_case(referral.case) is None


def test_files_of_a_refused_report_are_deleted(referral: Referral, settings: Any, monkeypatch: Any) -> None:
    files = prepare_files([upload(sample_files.photo())])

    def fail(self: Attachment, *args: object, **kwargs: object) -> None:
        raise OSError("disk")

    monkeypatch.setattr(Attachment, "save", fail)
    before = CaseEvent.objects.count()
    with pytest.raises(OSError, match="disk"):
        report(referral, Actor.system(), seen_revision=None, text="x", is_done=False, attachments=files)
    assert CaseEvent.objects.count() == before
    assert [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()] == []


def attach(referral: Referral, content: bytes, name: str) -> Attachment:
    files = prepare_files([upload(content, name)])
    report(referral, Actor.agency_link(referral), seen_revision=None, text="x", is_done=False, attachments=files)
    return Attachment.objects.get(case=referral.case)


def test_a_report_on_paper_is_entered_with_its_scan(referral: Referral, settings: Any) -> None:
    """The files go through the same confined process as those of a personal link."""
    client, case = Client(), referral.case
    client.force_login(create_officer_with(case.centre, Role.CASE_OFFICER))
    fields: dict[str, Any] = {"referral": str(referral.pk), "is_done": "on", "note": "ได้รับหนังสือลงวันที่ 18"}
    scan = upload(sample_files.photo(position=True) + b"PK another file behind it", "หนังสือตอบ.png")
    bad = upload(b"MZ\x90 a program", "หนังสือ.pdf")
    refused = post_step(client, case.case_number, "report", files=[scan, bad], **fields)
    assert refused.status_code == 409
    assert "ไม่ใช่ภาพถ่าย" in page_text(refused) and "ได้รับหนังสือลงวันที่ 18" in page_text(refused)
    assert [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()] == []
    scan.seek(0)
    pdf = upload(sample_files.pdf(), "บันทึก.pdf")
    assert post_step(client, case.case_number, "report", files=[scan, pdf], **fields).status_code == 302
    stored = Attachment.objects.order_by("pk")
    assert [each.name for each in stored] == ["หนังสือตอบ.jpg", "บันทึก.pdf"]
    assert b"another file" not in stored[0].file.read()
    event = CaseEvent.objects.get(kind="report")
    assert len(event.payload["files"]) == 2
    assert "หนังสือตอบ.jpg" in page_text(client.get(f"/desk/cases/{case.case_number}"))
    large = upload(b"x" * (settings.MAX_UPLOAD_BYTES + 200_000))
    assert post_step(client, case.case_number, "report", files=[large], **fields).status_code == 413


@pytest.mark.parametrize(
    ("content", "media_type", "disposition"),
    [(sample_files.photo(), "image/jpeg", "inline"), (sample_files.pdf(), "application/pdf", "attachment")],
)
def test_an_officer_downloads_a_file_and_the_read_is_recorded(
    referral: Referral, desk_client: Client, officer: Officer, content: bytes, media_type: str, disposition: str
) -> None:
    attachment = attach(referral, content, "a b.x")
    response = desk_client.get(f"/desk/cases/{referral.case.case_number}/files/{attachment.pk}")
    assert (response.status_code, response["Content-Type"]) == (200, media_type)
    assert response["Content-Disposition"].startswith(f'{disposition}; filename="a b.')
    assert response["X-Content-Type-Options"] == "nosniff"
    read = PersonalDataRead.objects.latest("id")
    assert (read.officer, read.data_kind, read.reason) == (officer, "attachment", str(attachment.pk))


def test_a_file_of_another_centre_or_case_does_not_exist(
    referral: Referral, khonkaen: Centre, phayao: Centre, desk_client: Client
) -> None:
    attachment = attach(referral, sample_files.photo(), "a.jpg")
    other = create_case(khonkaen)
    assert desk_client.get(f"/desk/cases/{other.case_number}/files/{attachment.pk}").status_code == 404
    Case.objects.update(centre=phayao)
    assert desk_client.get(f"/desk/cases/{referral.case.case_number}/files/{attachment.pk}").status_code == 404
    stranger = Client()
    stranger.force_login(create_officer_with(phayao, Role.TECHNICIAN))
    assert stranger.get(f"/desk/cases/{referral.case.case_number}/files/{attachment.pk}").status_code == 404


def test_many_uploads_at_once_do_not_hold_the_service(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachments, "_MAX_WAIT_S", 0.05)
    with attachments._children, attachments._children, pytest.raises(NotAllowedError, match="again in a minute"):
        prepare_files([upload(sample_files.photo())])
    assert prepare_files([upload(sample_files.photo())]), "both places are free again"
