"""Fetches the file of a message from LINE and checks it, before the transaction: both take up to a minute.

A file that would not be taken is not fetched. To send one costs its sender nothing, to decode it costs the centre
seconds of a processor."""

from django.core.files.uploadedfile import SimpleUploadedFile

from central.cases.attachments import CleanFile, prepare_files
from central.cases.errors import NotAllowedError
from central.cases.models import Case
from central.line_account.chat_content import Step
from central.line_account.incoming import Incoming, IncomingKind
from central.line_account.line_api import ContentError, LineApi
from central.line_account.turn import Turn
from central.line_account.written_parts import refuse_file
from central.people.shared_throttle import SharedThrottle
from protocol.bilingual_text import BilingualText

_STEPS = frozenset({Step.STORY, Step.DETAILS, Step.CASE})  # in which a file is taken
_FETCH_ATTEMPTS = 2
# Of one user: five photos, taken back and sent again twice.
_FILES_OF_USER = SharedThrottle("line-files", limit=15, window_s=300)
_NOT_FETCHED = BilingualText(
    "รับไฟล์จาก LINE ไม่สำเร็จ โปรดส่งไฟล์นี้อีกครั้ง", "This file could not be fetched from LINE. Please send it again"
)
_TOO_LARGE = BilingualText("ไฟล์ใหญ่เกินไป โปรดส่งไฟล์ที่เล็กลง", "The file is too large. Please send a smaller one")
_CLOSED = BilingualText("เรื่องนี้ปิดแล้ว จึงไม่ได้รับไฟล์", "This case is closed, so the file was not taken")
_TOO_MANY_NOW = BilingualText(
    "ท่านส่งหลายไฟล์ในเวลาสั้น ไฟล์ล่าสุดจึงไม่ได้รับ โปรดรอ 5 นาทีแล้วส่งอีกครั้ง",
    "You have sent many files in a short time, so the last one was not taken. Wait 5 minutes and send it again",
)


def fetch_file(turn: Turn, api: LineApi) -> tuple[CleanFile | None, BilingualText | None]:
    """The cleaned file of this turn, or why there is none. Neither in a step that takes no files."""
    if turn.incoming.kind is not IncomingKind.FILE or turn.content.step not in _STEPS:
        return None, None
    refusal = _refuse_unfetched(turn)
    if refusal is not None:
        return None, refusal
    return _fetch(turn.incoming, api)


def _refuse_unfetched(turn: Turn) -> BilingualText | None:
    step = turn.content.step
    if step is not Step.STORY and not _is_case_open(turn):
        return _CLOSED
    if step is not Step.CASE and (refusal := refuse_file(turn)) is not None:  # at a case, this is the first file
        return refusal
    return None if _FILES_OF_USER.count_attempt(f"{turn.chat.route_id}:{turn.chat.user_id}") else _TOO_MANY_NOW


def _is_case_open(turn: Turn) -> bool:
    """Whether the user has opened a case that takes details."""
    content = turn.content
    is_open = content.case_until is not None and content.case_until > turn.now
    return is_open and Case.objects.filter(tracking_hash=content.case_hash, closed_at=None).exists()


def _fetch(incoming: Incoming, api: LineApi) -> tuple[CleanFile | None, BilingualText | None]:
    for attempt in range(_FETCH_ATTEMPTS):
        try:
            content = api.fetch_content(incoming.message_id)
            break
        except ContentError as error:
            if error.is_too_large:
                return None, _TOO_LARGE
            if attempt == _FETCH_ATTEMPTS - 1:
                return None, _NOT_FETCHED
    try:
        (file,) = prepare_files([SimpleUploadedFile(incoming.file_name or "file", content)])
    except NotAllowedError as error:
        return None, error.sentence
    return file, None
