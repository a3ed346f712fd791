"""The task that reads documents: queued with the file, one page in each run, repeated, claimed by one worker."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from central.alarms.models import Alarm
from central.background.leases import current_worker_id
from central.background.models import WorkerHeartbeat
from central.cases.models import Attachment, LetterPage
from central.centres.models import Centre
from central.cli import main
from central.documents import claims, commands, recognition
from central.documents.models import Document, DocumentPage
from central.documents.states import PageState, Refusal
from central.documents.tasks import read_next_page
from ocr.errors import OcrError, OcrErrorReason
from ocr.prepared_page import PreparedPage
from ocr.recognise import Recognition
from tests.unit.central import sample_files
from tests.unit.central.documents import stored_files
from tests.unit.central.documents.stored_files import PREPARED, add_letter_page, attach, run_queue
from tests.unit.central.factories import create_case
from tests.unit.central.kiosk_client import KioskClient

pytestmark = pytest.mark.django_db(transaction=True)


class FakeOcr:
    """In place of the children: documents of `page_count` pages, read in the order of the calls."""

    def __init__(self) -> None:
        self.page_count = 1
        self.model = "dk_tha-1"
        self.indexes: list[int] = []
        self.errors: list[Exception] = []
        self.by_hand: tuple[int, ...] = ()
        self.on_page: Callable[[], object] = lambda: None

    def prepare_page(self, raw: bytes, index: int) -> tuple[PreparedPage, int]:
        self.indexes.append(index)
        if self.errors:
            raise self.errors.pop(0)
        return PREPARED, self.page_count

    def recognise_page(self, page: PreparedPage) -> Recognition:
        self.on_page()
        return stored_files.recognition(f"หน้า {self.indexes[-1] + 1}", is_readable=self.indexes[-1] not in self.by_hand)


@pytest.fixture
def ocr(monkeypatch: pytest.MonkeyPatch, settings: Any) -> FakeOcr:
    fake = FakeOcr()
    monkeypatch.setattr(recognition, "prepare_page", fake.prepare_page)
    monkeypatch.setattr(recognition, "recognise_page", fake.recognise_page)
    monkeypatch.setattr(recognition, "find_model_version", lambda: fake.model)
    settings.RETRY_DELAY_FACTOR = 0.0
    return fake


def test_a_file_and_its_reading_are_stored_together(khonkaen: Centre) -> None:
    case = create_case(khonkaen)
    with pytest.raises(RuntimeError), transaction.atomic():
        attach(khonkaen, sample_files.pdf(), case=case)
        assert DBTaskResult.objects.filter(queue_name="documents").count() == 1
        raise RuntimeError
    assert not Attachment.objects.exists() and not Document.objects.exists()
    assert not DBTaskResult.objects.filter(queue_name="documents").exists()


def test_only_letter_pages_without_text_are_read_by_themselves(kiosk: KioskClient) -> None:
    letter = kiosk.letter_submission(2)
    texts = ("", "เรียน ผู้ว่าราชการจังหวัด")
    pages_of_letter = tuple(
        page.model_copy(update={"text": text}) for page, text in zip(letter.pages, texts, strict=True)
    )
    letter = letter.model_copy(update={"pages": pages_of_letter})
    pages = kiosk.sealed_pages(letter)
    for page in pages:
        kiosk.upload(page)
    kiosk.verify_receipt(kiosk.deliver(kiosk.delivery(letter, pages)))
    assert list(Document.objects.values_list("letter_page__index", flat=True)) == [0]
    commands.read_letter_page(LetterPage.objects.get(index=1))
    assert Document.objects.count() == 2, "on demand"


def test_pages_of_documents_take_turns(khonkaen: Centre, ocr: FakeOcr) -> None:
    ocr.page_count = 2
    attach(khonkaen, sample_files.pdf(), "a.pdf")
    attach(khonkaen, sample_files.pdf(), "b.pdf")
    run_queue()
    assert ocr.indexes == [0, 0, 1, 1], "a long document does not block the others"
    assert list(Document.objects.values_list("state", "page_count", "pages_read")) == [("read", 2, 2)] * 2
    assert [page.text for page in DocumentPage.objects.filter(index=1)] == ["หน้า 2", "หน้า 2"]


def test_a_page_delivered_twice_is_read_once(khonkaen: Centre, ocr: FakeOcr) -> None:
    document = Document.objects.get(attachment=attach(khonkaen, sample_files.pdf()))
    assert read_next_page.call(document.pk, 1) == "read"
    assert read_next_page.call(document.pk, 1) == "nothing to read"
    assert ocr.indexes == [0]


def test_two_workers_never_read_one_document(khonkaen: Centre, ocr: FakeOcr) -> None:
    """The second one waits while the first one lives, and takes over when it does not."""
    document = Document.objects.get(attachment=attach(khonkaen, sample_files.pdf()))
    first = WorkerHeartbeat.objects.create(worker_id="first", process_id=1, started_at=timezone.now(), seen_at=Now())
    token = current_worker_id.set("first")
    stopped = claims.take_claim(document.pk, 1)
    current_worker_id.reset(token)
    assert stopped is not None
    with pytest.raises(claims.DocumentBusyError):
        read_next_page.call(document.pk, 1)
    assert ocr.indexes == []
    first.delete()
    assert read_next_page.call(document.pk, 1) == "read"
    result = recognition.PageResult(PageState.READ, 1, lines=[])
    with transaction.atomic():
        assert claims.store_page(stopped, result) is None, "what the stopped worker read is not stored"
    assert DocumentPage.objects.get().text == "หน้า 1"


def test_a_claim_that_was_never_released_ends_with_the_longest_page(khonkaen: Centre, ocr: FakeOcr) -> None:
    document = Document.objects.get(attachment=attach(khonkaen, sample_files.pdf()))
    WorkerHeartbeat.objects.create(worker_id="first", process_id=1, started_at=timezone.now(), seen_at=Now())
    token = current_worker_id.set("first")
    claims.take_claim(document.pk, 1)
    current_worker_id.reset(token)
    age = timedelta(seconds=claims.MAX_PAGE_DURATION_S + 1)
    Document.objects.update(claimed_at=timezone.now() - age)
    assert read_next_page.call(document.pk, 1) == "read"


def test_a_document_deleted_while_it_is_read_leaves_nothing(khonkaen: Centre, ocr: FakeOcr) -> None:
    attachment = attach(khonkaen, sample_files.pdf())
    ocr.on_page = attachment.delete
    run_queue()
    assert not Document.objects.exists() and not DocumentPage.objects.exists()
    assert set(DBTaskResult.objects.filter(queue_name="documents").values_list("status", flat=True)) == {"SUCCESSFUL"}


def test_deleting_a_file_deletes_its_text(khonkaen: Centre, ocr: FakeOcr) -> None:
    attachment, page = attach(khonkaen, sample_files.pdf()), add_letter_page(create_case(khonkaen))
    commands.read_letter_page(page)
    run_queue()
    assert DocumentPage.objects.count() == 2
    attachment.delete()
    page.delete()
    assert not Document.objects.exists() and not DocumentPage.objects.exists()


def test_a_lost_file_loses_its_text(khonkaen: Centre, ocr: FakeOcr) -> None:
    attachment = attach(khonkaen, sample_files.pdf())
    run_queue()
    attachment.file.storage.delete(attachment.file.name)
    commands.read_attachment(attachment)
    run_queue()
    document = Document.objects.get()
    assert (document.state, document.refusal) == ("refused", Refusal.NO_FILE.value)
    assert not DocumentPage.objects.exists()


@pytest.mark.parametrize("reason", [OcrErrorReason.TIMEOUT, OcrErrorReason.TOO_LITTLE_MEMORY, OcrErrorReason.FAILED])
def test_a_page_that_fails_is_tried_once_more_and_then_passed_over(
    khonkaen: Centre, ocr: FakeOcr, reason: OcrErrorReason
) -> None:
    ocr.page_count = 3
    document = Document.objects.get(attachment=attach(khonkaen, sample_files.pdf()))
    read_next_page.call(document.pk, 1)
    ocr.errors = [OcrError(reason), OcrError(reason)]
    run_queue()
    assert ocr.indexes == [0, 1, 1, 2]
    document.refresh_from_db()
    assert document.state == "read"
    assert list(document.pages.values_list("state", "refusal")) == [
        ("read", ""),
        ("refused", reason.value),
        ("read", ""),
    ]


@pytest.mark.parametrize(("by_hand", "state"), [((0, 1), "unreadable"), ((0,), "read")])
def test_handwriting_is_named_and_its_noise_is_not_stored(
    khonkaen: Centre, ocr: FakeOcr, by_hand: tuple[int, ...], state: str
) -> None:
    ocr.page_count, ocr.by_hand = 2, by_hand
    attach(khonkaen, sample_files.pdf())
    run_queue()
    assert Document.objects.get().state == state
    first = DocumentPage.objects.get(index=0)
    assert (first.state, first.text, first.lines) == ("unreadable", "", [])


def test_a_store_of_files_that_is_away_is_tried_again(khonkaen: Centre, ocr: FakeOcr) -> None:
    attach(khonkaen, sample_files.pdf())
    ocr.errors = [OSError("away"), OSError("away")]
    run_queue()
    assert Document.objects.get().state == "read"
    assert not Alarm.objects.exists()


def test_recognition_that_is_not_installed_gives_up_with_an_alarm_and_is_repeated_by_hand(
    khonkaen: Centre, ocr: FakeOcr, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    attach(khonkaen, sample_files.pdf())
    ocr.errors = [OcrError(OcrErrorReason.UNAVAILABLE)] * 5
    run_queue()
    document = Document.objects.get()
    assert (document.state, document.refusal) == ("refused", Refusal.GIVEN_UP.value)
    assert Alarm.objects.get().kind == Alarm.Kind.TASK_FAILED
    monkeypatch.setattr("central.commands.documents.find_missing_ocr", lambda: None)
    assert main(["documents", "recognise-again"]) == 0
    assert "1 documents are queued again, 0 files" in capsys.readouterr().err
    run_queue()
    assert Document.objects.get().state == "read"


def test_a_new_model_reads_everything_again_after_new_files(
    khonkaen: Centre, ocr: FakeOcr, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    attach(khonkaen, sample_files.pdf())
    run_queue()
    ocr.model = "dk_tha-2"
    monkeypatch.setattr("central.commands.documents.find_missing_ocr", lambda: None)
    monkeypatch.setattr("central.commands.documents.find_model_version", lambda: ocr.model)
    add_letter_page(create_case(khonkaen))
    add_letter_page(create_case(khonkaen), text="อ่านที่ตู้แล้ว")
    assert main(["documents", "recognise-again"]) == 0
    assert "1 documents are queued again, 1 files for the first time" in capsys.readouterr().err
    newest = Document.objects.get(attachment=attach(khonkaen, sample_files.pdf()))
    assert DocumentPage.objects.get().model == "dk_tha-1", "the earlier text stays until it is replaced"
    first = DBTaskResult.objects.ready().filter(queue_name="documents").values_list("args_kwargs", flat=True)[0]
    assert first["args"][0] == newest.pk, "new files come first"
    run_queue()
    assert set(DocumentPage.objects.values_list("model", flat=True)) == {"dk_tha-2"}
    assert main(["documents", "recognise-again"]) == 0
    assert "0 documents are queued again, 0 files" in capsys.readouterr().err
    assert main(["documents", "list"]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert "read\t3" in rows and "dk_tha-2\t3\tin use" in rows


def test_a_request_while_a_document_waits_changes_nothing(khonkaen: Centre, ocr: FakeOcr) -> None:
    attachment = attach(khonkaen, sample_files.pdf())
    commands.read_attachment(attachment)
    commands.read_again(Document.objects.get())
    assert Document.objects.get().run == 1
    run_queue()
    assert ocr.indexes == [0]
