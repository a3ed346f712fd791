"""A stack of letters in one scan becomes cases: divided at separator sheets or by hand, filed one by one, once."""

import io
import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from central.cases.errors import NotAllowedError
from central.cases.models import Case
from central.centres.models import Centre, Officer
from central.documents.models import Document
from central.people.roles import Role
from central.scan_batches import batches, filing, page_tasks
from central.scan_batches.dividing import PageChange, change_page, parts_of
from central.scan_batches.models import BatchRead, FiledPart, ScanBatch, ScanFile, ScanPage
from central.scan_batches.page_reading import read_scan_page
from central.scan_batches.page_tasks import read_scanned_pages
from central.scan_batches.parts import divide
from ocr.errors import OcrError, OcrErrorReason
from tests.unit.central import sample_files
from tests.unit.central.factories import create_case, create_officer_with
from tests.unit.central.page_text import page_text
from tests.unit.central.scan_batches.scanned_sheets import blank, letter, pdf_of, separator

_OTHER_SCANS = ((150, 4.0), (200, 180.0), (300, -90.0), (100, 45.0))  # dpi, degrees
ANSWERS = {"topic": "land", "notice_given": "on_paper", "naming": "anonymous"}


@pytest.fixture
def clerk(khonkaen: Centre) -> Officer:
    return create_officer_with(khonkaen, Role.INTAKE)


@pytest.fixture
def client(clerk: Officer) -> Client:
    signed_in = Client()
    signed_in.force_login(clerk)
    return signed_in


@pytest.fixture(autouse=True)
def in_process(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """No child processes, which take longer than their work, except in a test with `real_children`."""
    if "real_children" not in request.fixturenames:
        for module in (page_tasks, filing):
            monkeypatch.setattr(module, "run_in_child", lambda function, *arguments, **_: function(*arguments))


@pytest.fixture
def real_children() -> None:
    """Confined child processes, as in a worker."""


def scan(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def read(file: ScanFile) -> None:
    while read_scanned_pages.func(file.pk) not in ("finished", "nothing to read"):
        pass


def read_batch(clerk: Officer, centre: Centre, *contents: bytes) -> ScanBatch:
    batch = batches.create_batch(clerk, centre)
    for index, content in enumerate(contents):
        read(batches.add_file(batch, scan(f"scan{index}.pdf", content)))
    return batch


def shape(batch: ScanBatch) -> list[list[int]]:
    """The used pages of each part, by their index."""
    return [[page.index for page in part.used] for part in parts_of(batch)]


def stored_files(settings: Any) -> list[Path]:
    return [path for path in (Path(settings.MEDIA_ROOT) / "scans").rglob("*") if path.is_file()]


@dataclass
class Sheet:
    begins_case: bool
    is_left_out: bool


@given(st.lists(st.builds(Sheet, st.booleans(), st.booleans()), max_size=12))
def test_every_page_is_in_one_part_and_a_used_beginning_starts_one(pages: list[Sheet]) -> None:
    parts = divide(pages)
    assert [page for part in parts for page in part.pages] == pages
    used = [part.used for part in parts if part.used]
    assert [page for part in used for page in part] == [page for page in pages if not page.is_left_out]
    assert not any(page.begins_case for part in used for page in part[1:])
    assert all(part.used for part in parts[:-1]), "left-out pages belong to a neighbour, except at the end"


@pytest.mark.parametrize(
    ("dpi", "degrees"), [(100, 4.0), *(pytest.param(*scan, marks=pytest.mark.slow) for scan in _OTHER_SCANS)]
)
def test_a_separator_sheet_is_recognised_however_it_lies(dpi: int, degrees: float) -> None:
    *_, is_separator, is_blank, count = read_scan_page(pdf_of(separator(dpi, degrees)), 0)
    assert (is_separator, is_blank, count) == (True, False, 1)


@pytest.mark.slow
def test_a_separator_sheet_with_torn_and_dirty_codes_is_recognised() -> None:
    sheet = separator()
    dirt = Image.new("L", (sheet.width, sheet.height // 3), 30)
    sheet.paste(dirt, (0, 0))
    sheet.paste(235, (0, sheet.height * 2 // 3, sheet.width, sheet.height))
    assert read_scan_page(pdf_of(sheet), 0)[4] is True


@pytest.mark.usefixtures("real_children")
def test_a_confined_child_reads_and_turns_a_page(clerk: Officer, khonkaen: Centre) -> None:
    batch = read_batch(clerk, khonkaen, pdf_of(letter(1)))
    page = batches.pages_of(batch)[0]
    change_page(batch, page.pk, PageChange.TURN)
    part = filing.part_beginning(clerk, page.pk)
    assert part is not None
    ((turned,), _) = filing.part_content(part, as_letter=True)
    assert turned.pixels == (page.height, page.width)


def test_a_stack_is_divided_at_its_sheets_and_filed_case_by_case(
    clerk: Officer, client: Client, khonkaen: Centre, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        batch = read_batch(clerk, khonkaen, pdf_of(letter(1), blank(), separator(100), letter(2), letter(3)))
    assert shape(batch) == [[0], [3, 4]]
    page = page_text(client.get(f"/desk/scans/{batch.pk}"))
    assert f'data-url="/desk/scans/{batch.pk}">' in page, "nothing is being read"
    links = re.findall(r'href="/desk/file\?scan=(\d+)"', page)
    assert len(links) == 2
    second = form_of(client, links[1])
    assert second["channel"] == "post"
    with django_capture_on_commit_callbacks(execute=True):
        filed = page_text(client.post("/desk/file", second | ANSWERS))
    case = Case.objects.get()
    assert [case.pages.count(), case.channel, Document.objects.filter(case=case).count()] == [2, "post", 2]
    with case.pages.all()[0].picture.open("rb") as stored, Image.open(io.BytesIO(stored.read())) as picture:
        assert picture.size == (case.pages.all()[0].width, case.pages.all()[0].height)
    assert f"scan={links[0]}" in filed, "the next case of the scan is one click away"
    assert shape(batch) == [[0]], "the separator has gone with the case behind it"
    again = page_text(client.post("/desk/file", second | ANSWERS))
    assert (Case.objects.count(), FiledPart.objects.count(), 'id="other-content"' in again) == (1, 1, False)
    assert len(stored_files(settings)) == 2, "the letter that waits and its back"


def form_of(client: Client, page: str) -> dict[str, str]:
    html = page_text(client.get("/desk/file", {"scan": page}))
    fields = dict(re.findall(r'<input type="hidden" name="(key|scan)" value="([^"]+)"', html))
    selected = re.findall(r'<select name="(\w+)"(?:(?!</select>).)*?value="(\w+)" selected>', html, re.DOTALL)
    return {**fields, **dict(selected), "is_letter": "on"}


def test_a_form_of_a_stack_that_was_divided_anew_files_nothing(
    clerk: Officer, client: Client, khonkaen: Centre
) -> None:
    batch = read_batch(clerk, khonkaen, pdf_of(letter(1), letter(2)))
    first, second = batches.pages_of(batch)
    form = form_of(client, str(first.pk)) | ANSWERS
    change_page(batch, second.pk, PageChange.BEGIN)
    refused = client.post("/desk/file", form)
    assert (refused.status_code, Case.objects.count()) == (422, 0)
    assert "แบ่งใหม่แล้ว" in page_text(refused)


def test_by_hand_a_page_begins_a_case_is_turned_and_left_out(clerk: Officer, client: Client, khonkaen: Centre) -> None:
    batch = read_batch(clerk, khonkaen, pdf_of(letter(1), letter(2), letter(3)), pdf_of(letter(4)))
    assert shape(batch) == [[0, 1, 2], [0]], "each file begins a case"
    pages = list(batches.pages_of(batch))
    for page, change in ((1, "begin"), (3, "join"), (2, "turn"), (0, "leave_out")):
        response = client.post(f"/desk/scans/{batch.pk}/pages/{pages[page].pk}", {"change": change})
        assert response.status_code == 302
    assert shape(batch) == [[1, 2, 0]]
    form = form_of(client, str(pages[1].pk)) | ANSWERS
    client.post("/desk/file", form)
    sizes = [(page.width, page.height) for page in Case.objects.get().pages.all()]
    assert [width > height for width, height in sizes] == [False, True, False]
    client.post(f"/desk/scans/{batch.pk}/pages/{pages[0].pk}", {"change": "use"})
    assert shape(batch) == [[0]], "what was left out is still there"
    assert client.post(f"/desk/scans/{batch.pk}/pages/{pages[1].pk}", {"change": "turn"}).status_code == 409


def test_joining_behind_a_separator_sheet_removes_its_mark(clerk: Officer, khonkaen: Centre) -> None:
    batch = read_batch(clerk, khonkaen, pdf_of(letter(1), separator(100), letter(2)))
    last = list(batches.pages_of(batch))[2]
    change_page(batch, last.pk, PageChange.JOIN)
    assert shape(batch) == [[0, 2]]


def test_more_pages_than_a_letter_has_become_one_pdf(
    clerk: Officer, client: Client, khonkaen: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("central.scan_batches.filing.MAX_PAGES", 1)
    batch = read_batch(clerk, khonkaen, pdf_of(letter(1), letter(2)))
    first, second = batches.pages_of(batch)
    change_page(batch, second.pk, PageChange.TURN)
    form = form_of(client, str(first.pk)) | ANSWERS
    client.post("/desk/file", form)
    case = Case.objects.get()
    attachment = case.attachments.get()
    assert (case.pages.count(), attachment.name, attachment.media_type) == (0, "scan0.pdf", "application/pdf")
    assert Document.objects.filter(attachment=attachment).exists()


def test_the_same_file_twice_and_what_is_no_scan_are_refused_and_the_rest_is_kept(
    client: Client, settings: Any
) -> None:
    content = pdf_of(letter(1))
    files = [
        scan("a.pdf", content),
        scan("b.pdf", content),
        scan("ตาราง.xlsx", b"PK\3\4"),
        scan("c.pdf", pdf_of(letter(2))),
    ]
    refused = client.post("/desk/scans", {"files": files})
    page = page_text(refused)
    assert refused.status_code == 422
    assert "«b.pdf» อยู่ในชุดนี้แล้ว" in page and "«ตาราง.xlsx» ไม่ใช่ PDF" in page
    batch = ScanBatch.objects.get()
    assert [file.name for file in batch.files.all()] == ["a.pdf", "c.pdf"]
    assert len(stored_files(settings)) == 2
    none = client.post("/desk/scans", {"files": [scan("a.exe", b"MZ")]}, headers={"Accept": "application/json"})
    assert (none.status_code, none.json()["url"], ScanBatch.objects.count()) == (422, "", 1)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (sample_files.pdf_with_password(), "มีรหัสผ่าน"),
        (sample_files.pdf()[:-300] + b"x", "เสียหาย"),
        (sample_files.pdf(500), "มีเกิน 200 หน้า"),
        (sample_files.png_bomb(), "ล้านพิกเซล"),
    ],
    ids=["encrypted", "broken", "500 pages", "3,600 megapixels"],
)
def test_a_bad_scan_is_a_sentence_on_the_page_and_the_others_are_read(
    clerk: Officer, client: Client, khonkaen: Centre, content: bytes, sentence: str
) -> None:
    batch = read_batch(clerk, khonkaen, content, pdf_of(letter(1)))
    assert sentence in page_text(client.get(f"/desk/scans/{batch.pk}"))
    assert shape(batch) == [[0]]


def test_a_page_that_cannot_be_read_keeps_its_place_and_stops_none_behind_it(
    clerk: Officer, client: Client, khonkaen: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    def second_page_fails(function: Any, raw: bytes, index: int, **_: Any) -> Any:
        if index == 1:
            raise OcrError(OcrErrorReason.TIMEOUT)
        return function(raw, index)

    monkeypatch.setattr(page_tasks, "run_in_child", second_page_fails)
    batch = batches.create_batch(clerk, khonkaen)
    file = batches.add_file(batch, scan("a.pdf", pdf_of(letter(1), letter(2), letter(3))))
    with pytest.raises(page_tasks.PageFailedError):
        read(file)
    read(file)
    assert shape(batch) == [[0, 2]]
    assert "โปรดสแกนใหม่" in page_text(client.get(f"/desk/scans/{batch.pk}"))


def test_a_worker_that_is_behind_another_stores_no_page_twice(clerk: Officer, khonkaen: Centre) -> None:
    batch = read_batch(clerk, khonkaen, pdf_of(letter(1), letter(2)))
    file = batch.files.get()
    assert read_scanned_pages.func(file.pk) == "nothing to read"
    stale = ScanFile(pk=file.pk, batch=batch, pages_read=0, page_count=2)
    assert page_tasks._store(stale, 0, None) is None
    assert ScanPage.objects.count() == 2


def test_colleagues_see_a_batch_only_with_the_right_to_read_people(
    clerk: Officer, khonkaen: Centre, phayao: Centre
) -> None:
    batch = read_batch(clerk, khonkaen, pdf_of(letter(1)))
    page = batches.pages_of(batch)[0]
    statuses = []
    for centre, role, people in (
        (khonkaen, Role.INTAKE, True),
        (khonkaen, Role.OPERATOR, False),
        (phayao, Role.INTAKE, True),
    ):
        officer = create_officer_with(centre, role)
        officer.memberships.update(may_read_people=people)
        other = Client()
        other.force_login(officer)
        addresses = (
            f"/desk/scans/{batch.pk}",
            f"/desk/scans/{batch.pk}/pages/{page.pk}",
            f"/desk/scans/{batch.pk}/pages/{page.pk}/small",
        )
        statuses.append([other.get(address).status_code for address in addresses])
    assert statuses == [[200] * 3, [404] * 3, [404] * 3]
    assert BatchRead.objects.filter(batch=batch).count() == 1
    for size in ("", "/small"):
        colleague, only_picture = create_officer_with(khonkaen, Role.INTAKE), Client()
        only_picture.force_login(colleague)
        assert only_picture.get(f"/desk/scans/{batch.pk}/pages/{page.pk}{size}").status_code == 200
        assert BatchRead.objects.filter(batch=batch, officer=colleague).count() == 1, "a picture alone is a reading too"


def test_a_batch_is_deleted_with_its_files_by_hand_or_a_month_after_the_last_change(
    clerk: Officer, client: Client, khonkaen: Centre, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        first = read_batch(clerk, khonkaen, pdf_of(letter(1)))
        second = batches.create_batch(clerk, khonkaen)
        batches.add_file(second, scan("a.pdf", pdf_of(letter(1))))
        assert client.post(f"/desk/scans/{first.pk}/delete").status_code == 302
    assert [path.parent.name for path in stored_files(settings)] == [str(second.pk)]
    now = timezone.now()
    with django_capture_on_commit_callbacks(execute=True):
        assert batches.delete_old_batches(now + batches.BATCH_KEPT - timedelta(minutes=1)) == 0
        assert batches.delete_old_batches(now + batches.BATCH_KEPT + timedelta(minutes=1)) == 1
    assert stored_files(settings) == []
    assert not default_storage.exists(f"scans/{second.pk}/x")


def test_a_batch_takes_no_more_than_its_pages(
    clerk: Officer, khonkaen: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_tasks, "MAX_BATCH_PAGES", 3)
    monkeypatch.setattr(batches, "MAX_BATCH_PAGES", 2)
    batch = read_batch(clerk, khonkaen, pdf_of(letter(1), letter(2)))
    with pytest.raises(NotAllowedError, match="Start another"):
        batches.add_file(batch, scan("b.pdf", pdf_of(letter(3))))
    monkeypatch.setattr(batches, "MAX_BATCH_PAGES", 3)
    file = batches.add_file(batch, scan("b.pdf", pdf_of(letter(3), letter(4))))
    read(file)
    file.refresh_from_db()
    assert (file.state, file.refusal, shape(batch)) == ("refused", "batch_full", [[0, 1]])


@pytest.fixture
def case(khonkaen: Centre) -> Case:
    return create_case(khonkaen)


def add_address(batch: ScanBatch, page: ScanPage) -> str:
    return f"/desk/scans/{batch.pk}/pages/{page.pk}/add"


@pytest.mark.parametrize(
    ("sender", "status", "kind"),
    [
        ("other", "received", "add_note"),
        ("complainant", "received", "record_details"),
        ("complainant", "closed", "add_note"),
    ],
)
def test_pages_of_a_scan_are_added_to_a_case_that_exists(
    clerk: Officer, client: Client, khonkaen: Centre, sender: str, status: str, kind: str
) -> None:
    case = create_case(khonkaen, status=status, outcome_code="resolved" if status == "closed" else "")
    batch = read_batch(clerk, khonkaen, pdf_of(letter(1), letter(2), separator(100), letter(3)))
    first = batches.pages_of(batch)[0]
    address = add_address(batch, first)
    assert f'href="{address}"' in page_text(client.get(f"/desk/scans/{batch.pk}"))
    assert "2 หน้า" in page_text(client.get(address))
    typed = f" {case.case_number.lower()} "
    answer = {"number": typed, "sender": sender, "note": "หนังสือตอบ"}
    assert client.post(address, answer)["Location"] == f"/desk/scans/{batch.pk}"
    event = case.events.get(kind=kind)
    attachment = event.attachments.get()
    assert (event.by, event.texts.note, attachment.media_type) == (clerk, "หนังสือตอบ", "application/pdf")
    assert Document.objects.filter(attachment=attachment).exists(), "it waits for the recognition"
    assert shape(batch) == [[3]], "the other part waits"
    assert FiledPart.objects.get().case == case
    assert client.post(address, answer).status_code == 404, "added once"
    assert case.attachments.count() == 1


def test_pages_are_added_to_no_case_of_others_and_nothing_is_lost(
    clerk: Officer, client: Client, khonkaen: Centre, phayao: Centre, case: Case
) -> None:
    batch = read_batch(clerk, khonkaen, pdf_of(letter(1)))
    page = batches.pages_of(batch)[0]
    elsewhere = create_case(phayao)
    for number in (elsewhere.case_number, "KKN99Z-999999-99", "เลขอะไร"):
        refused = client.post(add_address(batch, page), {"number": number, "sender": "other"})
        assert (refused.status_code, "ไม่พบเรื่องเลขที่นี้" in page_text(refused)) == (422, True)
    Case.objects.filter(pk=case.pk).update(erased_at=timezone.now())
    assert client.post(add_address(batch, page), {"number": case.case_number, "sender": "other"}).status_code == 409
    assert (shape(batch), elsewhere.attachments.count(), case.attachments.count()) == ([[0]], 0, 0)
    for centre, role in ((phayao, Role.INTAKE), (khonkaen, Role.AUDITOR)):
        other = Client()
        other.force_login(create_officer_with(centre, role))
        assert other.get(add_address(batch, page)).status_code in (403, 404)
        assert other.post(add_address(batch, page), {"number": case.case_number}).status_code in (403, 404)


def test_a_file_of_a_note_is_covered_like_a_letter(clerk: Officer, khonkaen: Centre, case: Case) -> None:
    batch = read_batch(clerk, khonkaen, pdf_of(letter(1)))
    part = filing.part_beginning(clerk, batches.pages_of(batch)[0].pk)
    assert part is not None
    filing.add_part(part, clerk, case, is_from_complainant=False, note="")
    path = f"/desk/cases/{case.case_number}/files/{case.attachments.get().pk}"
    statuses = []
    for people in (True, False):
        officer = create_officer_with(khonkaen, Role.CASE_OFFICER)
        officer.memberships.update(may_read_people=people)
        reader = Client()
        reader.force_login(officer)
        statuses.append(reader.get(path).status_code)
    assert statuses == [200, 403]
    with pytest.raises(NotAllowedError):
        filing.add_part(part, clerk, case, is_from_complainant=False, note="")
