"""Files in an S3-compatible store: used like files on disk, and gone with every version after an erasure."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from central.cases.audio_cleaning import AUDIO
from central.cases.models import Attachment, Case
from central.centres.models import Centre
from central.people.roles import Role
from central.privacy.erasures import decide, propose_scheduled
from central.privacy.models import Erasure
from central.scan_batches import batches, page_tasks
from central.scan_batches.page_tasks import read_scanned_pages
from tests.unit.central.documents.stored_files import attach
from tests.unit.central.factories import create_officer_with
from tests.unit.central.fake_s3_store import FakeS3Store, store
from tests.unit.central.privacy.erasable_case import erasable_citizen
from tests.unit.central.queued_tasks import run_queued_tasks
from tests.unit.central.scan_batches.scanned_sheets import letter, pdf_of

__all__ = ["store"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("keeps_versions", [pytest.param(False, marks=pytest.mark.slow), True])
def test_an_erasure_leaves_no_version_of_a_file(store: FakeS3Store, khonkaen: Centre, keeps_versions: bool) -> None:
    store.keeps_versions = keeps_versions
    case = erasable_citizen(khonkaen).reload()
    assert len(store.objects) == 2
    Case.objects.filter(pk=case.pk).update(closed_at=timezone.now() - timedelta(days=4000))
    erasure = propose_scheduled(create_officer_with(khonkaen, Role.DPO), khonkaen)
    decide(create_officer_with(khonkaen, Role.CHIEF), erasure.pk, is_approved=True)
    run_queued_tasks("default")
    assert Erasure.objects.get().finished_at is not None
    assert store.objects == {}
    assert [path for path, versions in store.versions.items() if versions] == []


def test_without_the_right_to_see_versions_no_certificate_is_made(store: FakeS3Store, khonkaen: Centre) -> None:
    case = erasable_citizen(khonkaen).reload()
    Case.objects.filter(pk=case.pk).update(closed_at=timezone.now() - timedelta(days=4000))
    erasure = propose_scheduled(create_officer_with(khonkaen, Role.DPO), khonkaen)
    decide(create_officer_with(khonkaen, Role.CHIEF), erasure.pk, is_approved=True)
    store.hides_versions = True
    run_queued_tasks("default")
    assert Erasure.objects.get().finished_at is None
    assert erasure.files.exists(), "it goes on where it stopped"


def test_a_scan_and_a_recording_are_used_from_the_store(
    store: FakeS3Store, khonkaen: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_tasks, "run_in_child", lambda function, *arguments, **_: function(*arguments))
    clerk = create_officer_with(khonkaen, Role.CASE_OFFICER)
    client = Client()
    client.force_login(clerk)
    batch = batches.create_batch(clerk, khonkaen)
    file = batches.add_file(batch, SimpleUploadedFile("a.pdf", pdf_of(letter(1))))
    read_scanned_pages.func(file.pk)
    (picture,) = store.objects
    assert picture.startswith(f"/letters/khonkaen/scans/{batch.pk}/") and picture.endswith(".jpg")
    page = batches.pages_of(batch)[0]
    assert client.get(f"/desk/scans/{batch.pk}/pages/{page.pk}").content == store.objects[picture]
    batches.delete_batch(batch, None)
    assert store.objects == {}
    stored = attach(khonkaen, b"OggS" + bytes(range(200)), "a.ogg")
    Attachment.objects.filter(pk=stored.pk).update(media_type=AUDIO)
    part = client.get(f"/desk/cases/{stored.case.case_number}/files/{stored.pk}", headers={"Range": "bytes=4-7"})
    assert (part.status_code, part.content) == (206, bytes(range(4)))
