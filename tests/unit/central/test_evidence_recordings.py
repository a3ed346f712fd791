"""Recordings as evidence: encoded by a worker, their digest in the chain of custody, nothing left by an erasure."""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from central.cases import recording_encoding
from central.cases.attachments import CleanFile
from central.cases.audio_cleaning import AUDIO
from central.cases.commands import Actor, erase_case
from central.cases.models import Case
from central.cases.recording_encoding import EncodingFailedError
from central.centres.models import Centre, Officer
from central.investigation import commands
from central.investigation.custody import is_intact
from central.investigation.models import Evidence
from central.investigation.recordings import encode_evidence, give_up_evidence
from central.people.roles import Role
from ocr.errors import OcrError, OcrErrorReason
from tests.unit.central.factories import create_case, create_officer_with
from tests.unit.central.fake_s3_store import FakeS3Store, store
from tests.unit.central.page_text import page_text
from tests.unit.central.sample_recordings import recording

__all__ = ["store"]


@pytest.fixture
def lead(khonkaen: Centre) -> Officer:
    return create_officer_with(khonkaen, Role.CASE_OFFICER)


@pytest.fixture
def versioned_store(store: FakeS3Store) -> FakeS3Store:
    store.keeps_versions = True
    return store


@pytest.fixture
def received(khonkaen: Centre, lead: Officer, monkeypatch: pytest.MonkeyPatch) -> Evidence:
    """A recording as it was sent, which waits for a worker."""
    monkeypatch.setattr(recording_encoding, "run_in_child", lambda function, *arguments, **_: function(*arguments))
    case, chief = create_case(khonkaen), create_officer_with(khonkaen, Role.CHIEF)
    file = commands.open_file(chief, case, question="ใครทิ้งขยะ", investigators=[lead])
    sent = CleanFile("เสียงพยาน.ogg", AUDIO, recording("mp3"), is_received=True)
    return commands.add_evidence(
        lead,
        file,
        kind="recording",
        description="เสียงพยาน",
        received_on=timezone.localdate(),
        received_from="พยาน",
        stored_at="ตู้ 2",
        file=sent,
    )


@pytest.fixture
def client(lead: Officer) -> Client:
    signed_in = Client()
    signed_in.force_login(lead)
    return signed_in


def _address(evidence: Evidence) -> str:
    return f"/desk/cases/{evidence.investigation.case.case_number}/investigation"


def test_a_worker_encodes_it_and_the_chain_of_custody_has_both_digests(
    received: Evidence, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    file, before = f"{_address(received)}/evidence/{received.pk}/file", received.file.name
    assert DBTaskResult.objects.filter(task_path=encode_evidence.module_path).exists()
    page = page_text(client.get(_address(received)))
    assert "กำลังเตรียมไฟล์เสียง" in page and f'href="{file}"' not in page
    assert client.get(file).status_code == 404, "what was sent is not served"
    with django_capture_on_commit_callbacks(execute=True):
        assert encode_evidence.func(received.pk) == "encoded"
    assert not default_storage.exists(before)
    response = client.get(file)
    content = b"".join(response)
    assert (content[:4], response["Content-Disposition"].endswith('.ogg"')) == (b"OggS", True)
    evidence = Evidence.objects.get()
    assert evidence.sha256 == hashlib.sha256(recording("mp3")).hexdigest()
    assert is_intact(evidence, evidence.custody.all())
    last = evidence.custody.last()
    assert last is not None and hashlib.sha256(content).hexdigest() in last.purpose
    assert f'href="{file}"' in page_text(client.get(_address(received)))
    assert encode_evidence.func(received.pk) == "nothing to encode"


def test_the_received_file_leaves_no_version_in_a_store(
    versioned_store: FakeS3Store, received: Evidence, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        assert encode_evidence.func(received.pk) == "encoded"
    assert [path.rpartition(".")[2] for path in versioned_store.objects] == ["ogg"]
    left = [path for path, versions in versioned_store.versions.items() if versions]
    assert [path.rpartition(".")[2] for path in left] == ["ogg"]


def test_one_that_cannot_be_encoded_stays_and_is_only_downloaded(
    received: Evidence, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("central.cases.audio_cleaning.MAX_RECORDING_S", 0)
    assert encode_evidence.func(received.pk) == "too_long"
    assert "ยาวเกิน" in page_text(client.get(_address(received)))
    response = client.get(f"{_address(received)}/evidence/{received.pk}/file")
    assert b"".join(response) == recording("mp3")
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment")


def test_one_that_was_given_up_is_tried_again(
    received: Evidence, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object, **__: object) -> object:
        raise OcrError(OcrErrorReason.TIMEOUT)

    with monkeypatch.context() as patched:
        patched.setattr(recording_encoding, "run_in_child", busy)
        with pytest.raises(EncodingFailedError):
            encode_evidence.func(received.pk)
    again = f"{_address(received)}/evidence/{received.pk}/encode"
    give_up_evidence(received.pk)
    assert again in page_text(client.get(_address(received)))
    assert client.post(again).status_code == 302
    assert encode_evidence.func(received.pk) == "encoded"


def test_an_erasure_deletes_one_that_waits_and_the_worker_brings_none_back(
    received: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, case_id = received.file.name, received.investigation.case_id
    Case.objects.update(closed_at=timezone.now())

    def erased_meanwhile(function: Callable[..., object], *arguments: object, **_: object) -> object:
        assert erase_case(case_id, Actor.system(), erasure_id=1) == [name]
        return function(*arguments)

    monkeypatch.setattr(recording_encoding, "run_in_child", erased_meanwhile)
    assert encode_evidence.func(received.pk) == "encoded or deleted meanwhile"
    assert not Evidence.objects.exists()
