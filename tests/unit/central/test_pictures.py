"""Pictures of letters: on disk before the receipt is sent, or in an S3-compatible store by one setting."""

import os
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError
from django.db.models import QuerySet
from django.test import Client

from central import pictures
from central.cases.models import Case, LetterPage
from central.intake.models import AcceptedDelivery
from simulators.kiosk import JPEG
from tests.unit.central.fake_s3_store import FakeS3Store, store
from tests.unit.central.kiosk_client import KioskClient

__all__ = ["store"]


def letter(kiosk: KioskClient) -> Any:
    submission = kiosk.letter_submission(2)
    pages = kiosk.sealed_pages(submission)
    for page in pages:
        kiosk.upload(page)
    return kiosk.delivery(submission, pages)


def test_pictures_are_on_the_disk_before_the_receipt(
    kiosk: KioskClient, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[Path] = []
    original_fsync = os.fsync

    def fsync(descriptor: int) -> None:
        original_fsync(descriptor)
        synced.append(Path(f"/proc/self/fd/{descriptor}").readlink())

    delivery = letter(kiosk)
    monkeypatch.setattr(os, "fsync", fsync)
    kiosk.verify_receipt(kiosk.deliver(delivery))
    pictures_stored = [Path(page.picture.path) for page in Case.objects.get().pages.all()]
    assert len(pictures_stored) == 2
    for path in pictures_stored:
        assert path in synced
        assert path.parent in synced[synced.index(path) :], "its directory entry too"
    assert Path(settings.MEDIA_ROOT) in synced


def test_a_delivery_that_cannot_be_stored_leaves_no_picture(
    kiosk: KioskClient, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = LetterPage.objects.create

    def second_page_fails(**fields: Any) -> LetterPage:
        if fields["index"] == 1:
            raise OperationalError("the database is gone")
        return store(**fields)

    delivery = letter(kiosk)
    monkeypatch.setattr(LetterPage.objects, "create", second_page_fails)
    assert kiosk.deliver(delivery).status_code == 503
    assert not Case.objects.exists()
    assert [file for file in Path(settings.MEDIA_ROOT).rglob("*") if file.is_file()] == []


def test_a_delivery_whose_last_step_fails_leaves_no_picture(
    kiosk: KioskClient, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_chunks: object) -> None:
        raise OperationalError("the database is gone")

    delivery = letter(kiosk)
    monkeypatch.setattr(QuerySet, "delete", fails)
    assert kiosk.deliver(delivery).status_code == 503
    assert not Case.objects.exists()
    assert [file for file in Path(settings.MEDIA_ROOT).rglob("*") if file.is_file()] == []


def test_a_letter_goes_into_the_store_and_is_shown_from_there(
    kiosk: KioskClient, store: FakeS3Store, desk_client: Client
) -> None:
    delivery = letter(kiosk)
    kiosk.verify_receipt(kiosk.deliver(delivery))
    assert len(store.objects) == 2
    assert all(path.startswith("/letters/khonkaen/pages/") for path in store.objects)
    assert all(content.startswith(JPEG) for content in store.objects.values())
    shown = desk_client.get(f"/desk/cases/{delivery.case_number}/pages/1")
    assert b"".join(shown).startswith(JPEG)


def test_no_receipt_is_sent_when_the_store_fails(kiosk: KioskClient, store: FakeS3Store) -> None:
    delivery = letter(kiosk)
    store.broken = True
    refused = kiosk.deliver(delivery)
    assert (refused.status_code, refused["Content-Type"]) == (500, "application/problem+json")
    assert not Case.objects.exists() and not AcceptedDelivery.objects.exists()
    store.broken = False
    kiosk.verify_receipt(kiosk.deliver(delivery))
    assert Case.objects.get().pages.count() == 2


@pytest.mark.parametrize("address", ["https://bucket", "s3://", "s3://bucket?secret_key=x", "letters"])
def test_an_invalid_store_setting_is_reported(address: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="CENTRAL_PICTURES"):
        pictures.s3_storage_setting(address)
