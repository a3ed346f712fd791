"""Files whose transaction has failed are deleted later; a file in use never is."""

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from central import abandoned_pictures
from central.abandoned_pictures import delete_abandoned_pictures, file_fields
from central.cases.attachments import CleanFile
from central.cases.models import Attachment, Case
from central.centres.models import Centre
from central.channels import Channel
from central.filing.file_case import file_case
from protocol.submission import SubmissionContent
from protocol.topics import Topic
from tests.unit.central.fake_s3_store import FakeS3Store
from tests.unit.central.sample_files import photo
from tests.unit.central.test_pictures import store  # noqa: F401

WEEK = timedelta(days=8)


def file_with_photo() -> None:
    now = timezone.now()
    content = SubmissionContent(
        topic=Topic.OTHER, area="40", text="ไฟถนนดับ", notice_version="web-1", notice_accepted_at=now
    )
    files = [CleanFile("lamp.jpg", "image/jpeg", photo(), (64, 48))]
    file_case(content, channel=Channel.WEB, key=uuid4(), filed_at=now, files=files)


def stored_files() -> list[str]:
    top = Path(default_storage.path(""))
    return sorted(path.relative_to(top).as_posix() for path in top.rglob("*") if path.is_file())


def test_a_photo_of_a_rolled_back_transaction_is_deleted_after_a_week(khonkaen: Centre) -> None:
    file_with_photo()
    before = stored_files()
    with pytest.raises(ZeroDivisionError), transaction.atomic():  # the filing has succeeded, what is around it has not
        file_with_photo()
        raise ZeroDivisionError
    assert (Case.objects.count(), len(stored_files())) == (1, 2)
    delete_abandoned_pictures(timezone.now())
    assert len(stored_files()) == 2, "its transaction may still be open"
    delete_abandoned_pictures(timezone.now() + WEEK)
    assert stored_files() == before == [Attachment.objects.get().file.name]


def test_nothing_is_deleted_when_the_database_is_older_than_the_files(
    khonkaen: Centre, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(abandoned_pictures, "MAX_DELETED", 1)
    for name in ("attachments/1/a.jpg", "pages/2026/01/b.jpg"):
        default_storage.save(name, ContentFile(photo()))
    delete_abandoned_pictures(timezone.now() + WEEK)
    assert len(stored_files()) == 2
    assert "was an old backup restored?" in caplog.text


def test_in_a_bucket_too(khonkaen: Centre, store: FakeS3Store) -> None:  # noqa: F811
    file_with_photo()
    default_storage.save("pages/2026/01/abandoned.jpg", ContentFile(photo()))
    default_storage.save("other/abandoned.jpg", ContentFile(photo()))
    delete_abandoned_pictures(timezone.now())
    names = {path.removeprefix("/letters/khonkaen/") for path in store.objects}
    assert names == {Attachment.objects.get().file.name, "other/abandoned.jpg"}


def test_every_file_field_has_a_directory_that_is_looked_at() -> None:
    names = {field.model.__name__ for field in file_fields()}
    assert names == {
        "Attachment",
        "LetterPage",
        "ActivityPhoto",
        "Evidence",
        "RemoteCommand",
        "ScanFile",
        "ScanPage",
    }, "a new one needs its directory in PREFIXES"
