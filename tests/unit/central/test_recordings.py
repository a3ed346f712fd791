"""Voice recordings: encoded anew in a confined child, played with ranges, their transcript searched and covered."""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client

from central.cases import attachments, recording_encoding
from central.cases.attachments import CleanFile, prepare_files
from central.cases.audio_cleaning import AUDIO, check_recording, clean_recording, duration_s, is_recording
from central.cases.commands import NotAllowedError, OrderInputs, add_note, order, report
from central.cases.models import Attachment, PersonalDataRead
from central.cases.recording_encoding import EncodingFailedError, encode_received
from central.centres.models import Centre
from central.documents.commands import documents_to_repeat, never_read_attachments
from central.documents.models import Document, DocumentPage
from central.documents.recordings import encode_recording, give_up_encoding
from central.documents.transcripts import NO_TRANSCRIPT, store_transcript
from central.people.roles import Role
from ocr.errors import OcrError, OcrErrorReason
from tests.unit.central import sample_files
from tests.unit.central.citizen_page import upload
from tests.unit.central.factories import actor_with, create_agency, create_case, create_officer_with
from tests.unit.central.page_text import page_text
from tests.unit.central.sample_recordings import amr, film, recording


@pytest.fixture
def stored(khonkaen: Centre) -> Attachment:
    case, agency, by = create_case(khonkaen), create_agency(khonkaen), actor_with(khonkaen, Role.CASE_OFFICER)
    order(case, by, seen_revision=None, inputs=OrderInputs(lead=agency))
    clean = CleanFile("เสียงพยาน.ogg", AUDIO, clean_recording(recording("ogg"))[1])
    report(case.referrals.get(), by, seen_revision=None, text="สอบถามแล้ว", is_done=False, attachments=[clean])
    return Attachment.objects.get()


@pytest.fixture
def client(khonkaen: Centre) -> Client:
    signed_in = Client()
    signed_in.force_login(create_officer_with(khonkaen, Role.CASE_OFFICER))
    return signed_in


@pytest.mark.parametrize(
    "ending", ["m4a", "mp3", *(pytest.param(each, marks=pytest.mark.slow) for each in ("3gp", "ogg", "wav", "aac"))]
)
def test_what_a_telephone_records_becomes_opus_without_title_and_place(ending: str) -> None:
    content = recording(ending)
    assert is_recording(content)
    refusal, clean = clean_recording(content)
    assert (refusal, clean[:4], b"OpusHead" in clean[:60]) == ("", b"OggS", True)
    assert duration_s(clean) == pytest.approx(1.0, abs=0.15)
    assert "สมชาย".encode() not in clean and b"13.7563" not in clean


def test_amr_is_accepted() -> None:
    assert duration_s(clean_recording(amr())[1]) == pytest.approx(2.0, abs=0.1)


@pytest.mark.parametrize(
    ("make", "refusal"),
    [
        (film, "video"),
        (lambda: recording("m4a")[:300], "damaged"),
        (lambda: b"ID3" + bytes(range(256)) * 20, "damaged"),
        (lambda: b"OggS" + b"\0" * 500, "damaged"),
    ],
    ids=["a film", "cut off", "noise", "no pages"],
)
def test_what_is_no_recording_is_refused(make: Callable[[], bytes], refusal: str) -> None:
    content = make()
    assert is_recording(content)
    assert clean_recording(content) == (refusal, b"")


def test_a_recording_that_is_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("central.cases.audio_cleaning.MAX_RECORDING_S", 1)
    assert clean_recording(recording("mp3", 4.0)) == ("too_long", b"")


@pytest.mark.parametrize(
    "content", [sample_files.photo(), sample_files.pdf(), b"RIFF\0\0\0\0WEBP", b"\0\0\0\x18ftypheic"]
)
def test_pictures_and_documents_are_no_recordings(content: bytes) -> None:
    assert not is_recording(content)


def test_a_confined_child_checks_and_encodes_a_recording_among_other_files() -> None:
    uploads = [
        upload(sample_files.photo(), "1.jpg"),
        upload(recording("mp3"), "เสียง.mp3"),
        upload(sample_files.pdf(), "3.pdf"),
    ]
    files = prepare_files(uploads, from_offices=True)
    assert [(file.name, file.media_type) for file in files] == [
        ("1.jpg", "image/jpeg"),
        ("เสียง.ogg", AUDIO),
        ("3.pdf", "application/pdf"),
    ]
    assert (files[1].content, [file.is_received for file in files]) == (recording("mp3"), [False, True, False])
    refusal, clean = encode_received(files[1].content)
    assert (refusal, clean[:4]) == ("", b"OggS")


@pytest.mark.parametrize(
    ("make", "refusal"),
    [
        (lambda: recording("mp3"), ""),
        (lambda: recording("wav"), ""),
        (film, "video"),
        (lambda: recording("m4a")[:300], "damaged"),
        (lambda: b"OggS" + b"\0" * 500, "damaged"),
    ],
    ids=["mp3", "wav", "a film", "cut off", "no pages"],
)
def test_who_sends_no_recording_is_told_at_once(make: Callable[[], bytes], refusal: str) -> None:
    assert check_recording(make()) == refusal


@pytest.fixture
def received(khonkaen: Centre, monkeypatch: pytest.MonkeyPatch) -> Attachment:
    """A recording as it was sent, which waits for a worker."""
    monkeypatch.setattr(recording_encoding, "run_in_child", lambda function, *arguments, **_: function(*arguments))
    case, by = create_case(khonkaen), actor_with(khonkaen, Role.CASE_OFFICER)
    sent = CleanFile("เสียงพยาน.ogg", AUDIO, recording("mp3"), is_received=True)
    add_note(case, by, seen_revision=None, note="โทรมา", attachments=[sent])
    return Attachment.objects.get()


def test_a_worker_encodes_a_recording_and_only_then_it_is_played(
    received: Attachment, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    number, digest = received.case.case_number, received.sha256
    path = f"/desk/cases/{number}/files/{received.pk}"
    waiting = page_text(client.get(f"/desk/cases/{number}"))
    assert "กำลังเตรียมไฟล์เสียง" in waiting and "<audio" not in waiting and f'href="{path}"' not in waiting
    assert "กำลังเตรียมไฟล์เสียง" in page_text(client.get(f"{path}/recording"))
    assert client.get(path).status_code == 404, "what was sent is not served"
    with django_capture_on_commit_callbacks(execute=True):
        assert encode_recording.func(received.pk) == "encoded"
    before, after = received.file.name, Attachment.objects.get()
    assert (default_storage.exists(before), after.encoding, after.sha256) == (False, "", digest)
    content = b"".join(client.get(path))
    assert (content[:4], len(content)) == (b"OggS", after.size)
    event = received.case.events.get(kind="recording_encoded")
    assert event.payload["sha256"] == hashlib.sha256(content).hexdigest()
    assert received.case.events.get(kind="add_note").payload["files"][0]["sha256"] == digest
    assert "<audio" in page_text(client.get(f"/desk/cases/{number}"))
    assert encode_recording.func(received.pk) == "nothing to encode"


def test_a_recording_that_cannot_be_encoded_says_why_and_stays(
    received: Attachment, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"/desk/cases/{received.case.case_number}/files/{received.pk}"
    monkeypatch.setattr("central.cases.audio_cleaning.MAX_RECORDING_S", 0)
    assert encode_recording.func(received.pk) == "too_long"
    assert "ยาวเกิน" in page_text(client.get(f"/desk/cases/{received.case.case_number}"))
    response = client.get(path)
    assert b"".join(response) == recording("mp3")
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment")


def test_an_encoding_that_was_given_up_is_tried_again(
    received: Attachment, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object, **__: object) -> object:
        raise OcrError(OcrErrorReason.TIMEOUT)

    path = f"/desk/cases/{received.case.case_number}/files/{received.pk}/recording"
    with monkeypatch.context() as patched:
        patched.setattr(recording_encoding, "run_in_child", busy)
        with pytest.raises(EncodingFailedError):
            encode_recording.func(received.pk)
    assert Attachment.objects.get().encoding == "waiting", "another attempt follows"
    give_up_encoding(received.pk)
    assert 'name="again"' in page_text(client.get(path))
    assert client.post(path, {"again": "1"}).status_code == 302
    assert encode_recording.func(received.pk) == "encoded"


def test_an_erased_case_gets_no_recording_back(received: Attachment, monkeypatch: pytest.MonkeyPatch) -> None:
    def erased_meanwhile(function: Callable[..., object], *arguments: object, **_: object) -> object:
        Attachment.objects.all().delete()
        return function(*arguments)

    monkeypatch.setattr(recording_encoding, "run_in_child", erased_meanwhile)
    assert encode_recording.func(received.pk) == "encoded or deleted meanwhile"
    assert not received.case.events.filter(kind="recording_encoded").exists()


def test_the_sentence_names_the_first_bad_file_and_citizens_attach_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachments, "run_in_child", lambda function, *arguments, **_: function(*arguments))
    photo = upload(sample_files.photo(), "1.jpg")
    with pytest.raises(NotAllowedError, match=r"“film\.mp4” is a film"):
        prepare_files([photo, upload(film(), "film.mp4"), upload(b"MZ", "a.exe")], from_offices=True)
    with pytest.raises(NotAllowedError, match=r"“a\.exe” is neither"):
        prepare_files([upload(b"MZ", "a.exe"), upload(recording("wav"), "b.wav")], from_offices=True)
    with pytest.raises(NotAllowedError, match=r"“b\.wav” is neither"):
        prepare_files([upload(recording("wav"), "b.wav")])


def test_a_recording_is_played_in_ranges_and_nothing_reads_it(stored: Attachment, client: Client) -> None:
    number = stored.case.case_number
    page = page_text(client.get(f"/desk/cases/{number}"))
    path = f"/desk/cases/{number}/files/{stored.pk}"
    assert f'<audio class="player" controls preload="none" src="{path}"' in page
    assert f'href="{path}/recording"' in page and f'href="{path}/text"' not in page
    whole = client.get(path)
    content = b"".join(whole)
    assert (whole["Content-Type"], whole["Accept-Ranges"], "attachment" in whole["Content-Disposition"]) == (
        AUDIO,
        "bytes",
        False,
    )
    assert "media-src 'self'" in whole["Content-Security-Policy"]
    part = client.get(path, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content, part["Content-Range"]) == (
        206,
        content[10:20],
        f"bytes 10-19/{stored.size}",
    )
    rest = client.get(path, headers={"Range": "bytes=100-"})
    assert (rest.status_code, rest.content) == (206, content[100:])
    assert client.get(path, headers={"Range": f"bytes={stored.size}-"}).status_code == 416
    assert b"".join(client.get(path, headers={"Range": "lines=1-2"})) == content
    assert PersonalDataRead.objects.filter(data_kind="attachment").count() == 5
    assert not Document.objects.exists() and not never_read_attachments().exists()
    assert client.get(f"{path}/text")["Location"] == f"{path}/recording"


def test_a_transcript_is_typed_shown_replaced_and_removed(stored: Attachment, client: Client, khonkaen: Centre) -> None:
    path = f"/desk/cases/{stored.case.case_number}/files/{stored.pk}/recording"
    assert client.post(path, {"transcript": "เขาพูดว่า\n\nไม่จ่ายเงินคืน"}).status_code == 302
    assert DocumentPage.objects.get().text == "เขาพูดว่า\nไม่จ่ายเงินคืน"
    page = page_text(client.get(path))
    assert "ไม่จ่ายเงินคืน" in page and 'id="typed-by"' in page
    assert not documents_to_repeat("another model").exists(), "no machine reads it again"
    client.post(path, {"transcript": "ข้อความใหม่", "seen": seen_version(client, path)})
    assert DocumentPage.objects.get().text == "ข้อความใหม่"
    client.post(path, {"transcript": "ข้อความใหม่", "seen": seen_version(client, path)})
    client.post(path, {"transcript": " ", "seen": seen_version(client, path)})
    assert not Document.objects.exists()
    notes = stored.case.events.filter(kind__startswith="transcript_").order_by("seq").values_list("kind", "payload")
    who = client.session["_auth_user_id"]
    assert [(kind, payload["characters"]) for kind, payload in notes] == [
        ("transcript_typed", 24),
        ("transcript_typed", 11),
        ("transcript_removed", 0),
    ]
    assert set(stored.case.events.filter(kind__startswith="transcript_").values_list("by", flat=True)) == {int(who)}
    assert "ลบข้อความจากไฟล์เสียง" in page_text(client.get(f"/desk/cases/{stored.case.case_number}"))
    auditor = Client()
    auditor.force_login(create_officer_with(khonkaen, Role.AUDITOR))
    assert auditor.get(path).status_code == 200
    assert auditor.post(path, {"transcript": "ปลอม"}).status_code == 403
    assert not Document.objects.exists()


def seen_version(client: Client, path: str) -> str:
    return page_text(client.get(path)).split('name="seen" value="')[1].split('"')[0]


def test_of_two_who_type_the_second_sees_the_first_text_and_keeps_the_own(
    stored: Attachment, client: Client, khonkaen: Centre
) -> None:
    path = f"/desk/cases/{stored.case.case_number}/files/{stored.pk}/recording"
    seen = seen_version(client, path)
    store_transcript(stored, create_officer_with(khonkaen, Role.CASE_OFFICER), "ข้อความแรก", seen=NO_TRANSCRIPT)
    refused = client.post(path, {"transcript": "ข้อความที่สอง", "seen": seen})
    page = page_text(refused)
    assert (refused.status_code, DocumentPage.objects.get().text) == (409, "ข้อความแรก")
    assert "มีผู้แก้ไขข้อความนี้ไปแล้ว" in page and "ข้อความที่สอง</textarea>" in page
    assert "ข้อความแรก" in page.split('id="stored"')[1]
    again = page.split('name="seen" value="')[1].split('"')[0]
    assert client.post(path, {"transcript": "ข้อความที่สอง", "seen": again}).status_code == 302
    assert DocumentPage.objects.get().text == "ข้อความที่สอง"
    assert client.post(path, {"transcript": "", "seen": again}).status_code == 409, "a removal too"
    with pytest.raises(NotAllowedError):
        store_transcript(stored, create_officer_with(khonkaen, Role.AUDITOR), "ปลอม", seen=int(again))


def test_the_columns_of_a_file_take_every_type() -> None:
    longest = max(map(len, attachments.EXTENSIONS))
    assert longest <= (Attachment._meta.get_field("media_type").max_length or 0)


def test_a_transcript_goes_with_its_recording(stored: Attachment, khonkaen: Centre) -> None:
    store_transcript(stored, create_officer_with(khonkaen, Role.CASE_OFFICER), "ข้อความ", seen=NO_TRANSCRIPT)
    stored.delete()
    assert not DocumentPage.objects.exists()
