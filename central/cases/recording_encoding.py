"""Encoding a received recording in a worker, and the sentence about one that is not ready. Attachments and the evidence
of investigation files have a column `encoding` with the same values."""

import logging
from collections.abc import Callable
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import QuerySet

from central.cases.attachments import refusal_reason
from central.cases.audio_cleaning import MEMORY_MB, PROGRAM, WORKER_DEADLINE_S, clean_recording
from central.cases.models import Attachment
from central.cases.refusals import Refusal
from central.pictures import delete_for_good
from ocr.confined.child_process import run_in_child
from ocr.errors import OcrError
from protocol.bilingual_text import BilingualText

log = logging.getLogger(__name__)

_WAITING = BilingualText(
    "กำลังเตรียมไฟล์เสียง ฟังได้ในไม่กี่นาที", "The recording is being prepared. It can be played in a few minutes"
)
_GIVEN_UP = BilingualText(
    "ระบบเตรียมเสียงไม่ทำงาน และแจ้งผู้ดูแลระบบแล้ว", "the preparation does not work; the administrators are informed"
)


class EncodingFailedError(Exception):
    """The recording could not be encoded this time. The message is an OcrErrorReason."""


def encode_received(content: bytes) -> tuple[str, bytes]:
    """'' and the encoded recording, or a Refusal and nothing. It may take ten minutes. Raises EncodingFailedError."""
    try:
        return run_in_child(
            clean_recording, content, deadline_s=WORKER_DEADLINE_S, memory_mb=MEMORY_MB, program=PROGRAM
        )
    except OcrError as error:
        raise EncodingFailedError(error.reason.value) from None


def encode_waiting(recordings: QuerySet[Any], key: int, replace: Callable[[Any, bytes], str]) -> str:
    """Encode one of the recordings if it waits, and call `replace` with it and the result. Returns what was done.
    Raises EncodingFailedError."""
    waiting = recordings.filter(pk=key, encoding=Attachment.WAITING).first()
    if waiting is None:
        return "nothing to encode"
    with waiting.file.open("rb") as stored:
        content = stored.read()
    refusal, clean = encode_received(content)
    name = recordings.model.__name__
    log.info("Recording %s %d of %d bytes: %s", name, key, len(content), refusal or f"{len(clean)} bytes")
    if refusal:
        end_waiting(recordings, key, refusal)
        return refusal
    return replace(waiting, clean)


def end_waiting(recordings: QuerySet[Any], key: int, reason: str) -> None:
    """The recording is not encoded, for a Refusal or Attachment.GIVEN_UP. The received file stays."""
    recordings.filter(pk=key, encoding=Attachment.WAITING).update(encoding=reason)


def wait_again(recordings: QuerySet[Any], key: int, enqueue_task: Callable[[], object]) -> None:
    """Try a recording once more that was given up."""
    with transaction.atomic():
        if recordings.filter(pk=key, encoding=Attachment.GIVEN_UP).update(encoding=Attachment.WAITING):
            enqueue_task()


def store_encoded(recording: Any, name: str, clean: bytes, stored: list[str]) -> None:
    """Put the encoded file in the place of the received one, which is deleted with the commit. The caller saves the
    recording. `stored` is that of `delete_pictures_on_error`."""
    received = recording.file.name
    recording.file.save(name, ContentFile(clean), save=False)
    stored.append(recording.file.name)
    recording.encoding = ""
    transaction.on_commit(lambda: delete_for_good(received), robust=True)


def encoding_sentence(encoding: str, language: str) -> str:
    """Why a recording cannot be played, '' for one that can."""
    if not encoding:
        return ""
    if encoding == Attachment.WAITING:
        return _WAITING.in_language(language)
    reason = _GIVEN_UP if encoding == Attachment.GIVEN_UP else refusal_reason(Refusal(encoding))
    return BilingualText(
        f"เตรียมไฟล์เสียงไม่สำเร็จ: {reason.th} ไฟล์ที่ส่งมายังเก็บไว้",
        f"The recording could not be prepared: {reason.en}. The file that was sent is kept",
    ).in_language(language)
