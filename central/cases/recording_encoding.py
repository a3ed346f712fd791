"""Encoding a received recording in a worker, and the sentence about one that is not ready. Attachments and the evidence
of investigation files have a column `encoding` with the same values."""

from central.cases.attachments import refusal_reason
from central.cases.audio_cleaning import MEMORY_MB, PROGRAM, WORKER_DEADLINE_S, clean_recording
from central.cases.models import Attachment
from central.cases.refusals import Refusal
from ocr.confined.child_process import run_in_child
from ocr.errors import OcrError
from protocol.bilingual_text import BilingualText

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
