"""Files that are attached to a report or a message: checked before the transaction, stored inside it.

A file is opened in a confined child process only (`cases.file_cleaning`, `cases.audio_cleaning`). Nothing is stored
when one of the files is refused, and no file stays behind when the transaction fails."""

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from threading import BoundedSemaphore
from time import monotonic
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile

from central.cases.audio_cleaning import (
    AUDIO,
    DEADLINE_S,
    MAX_RECORDING_S,
    MEMORY_MB,
    PROGRAM,
    check_recording,
    is_recording,
)
from central.cases.errors import NotAllowedError, ScannerAwayError
from central.cases.file_cleaning import MAX_MEGAPIXELS, MAX_PDF_PAGES, Position, clean_files
from central.cases.models import Attachment, CaseEvent, CasePoint
from central.cases.office_cleaning import EXCEL, MAX_UNPACKED_BYTES, WORD
from central.cases.received_points import note_photo_point
from central.cases.refusals import Refusal
from central.events import attachment_stored
from central.virus_scan import Verdict, first_infected
from ocr.confined.child_process import run_in_child
from ocr.errors import OcrError
from protocol.bilingual_text import BilingualText

MAX_FILES = 5  # of one report or message
ACCEPTED_TYPES = "image/jpeg,image/png,image/webp,image/tiff,application/pdf"  # for the file field of a form
ACCEPTED_FROM_OFFICES = f"{ACCEPTED_TYPES},.docx,.xlsx,audio/*,.amr,.m4a,.ogg,.opus"
_DEADLINE_S, _MEMORY_MB = 60.0, 1024  # five photos of 50 megapixels take 8 s and 400 MB
_MAX_SHOWN_NAME_CHARS = 80
EXTENSIONS = {"image/jpeg": "jpg", "application/pdf": "pdf", WORD: "docx", EXCEL: "xlsx", AUDIO: "ogg"}
_UNSAFE = re.compile(r'[\x00-\x1f\x7f"*/:<>?\\|\u200b-\u200f\u202a-\u202e\u2066-\u2069]')
# A child takes a processor and up to 400 MB. Requests beyond this number wait for it and for the virus scanner, but not
# for long: each waiting one keeps a thread of the service from everybody else.
_children = BoundedSemaphore(2)
_MAX_WAIT_S = 10.0

_Cleaned = tuple[str, bytes, tuple[int, int], Position | None]  # as `clean_files` returns them

_REFUSALS: Mapping[Refusal, BilingualText] = {
    Refusal.UNKNOWN_TYPE: BilingualText(
        "ไม่ใช่ภาพถ่าย (JPEG, PNG, WebP) TIFF หรือ PDF", "is neither a photo (JPEG, PNG, WebP) nor a TIFF or PDF file"
    ),
    Refusal.OLD_OFFICE: BilingualText(
        "เป็นไฟล์ Word หรือ Excel แบบเก่า โปรดบันทึกเป็น .docx .xlsx หรือ PDF",
        "is a Word or Excel file of the old kind. Save it as .docx, .xlsx or PDF",
    ),
    Refusal.DAMAGED: BilingualText("เปิดไม่ได้ ไฟล์อาจเสียหาย", "cannot be opened; it may be damaged"),
    Refusal.TOO_MANY_PIXELS: BilingualText(
        f"ภาพใหญ่เกิน {MAX_MEGAPIXELS} ล้านพิกเซล", f"has more than {MAX_MEGAPIXELS} megapixels"
    ),
    Refusal.TOO_MANY_PAGES: BilingualText(f"มีเกิน {MAX_PDF_PAGES} หน้า", f"has more than {MAX_PDF_PAGES} pages"),
    Refusal.TOO_MUCH_INSIDE: BilingualText(
        f"มีข้อมูลภายในเกิน {MAX_UNPACKED_BYTES >> 20} MB โปรดพิมพ์เป็น PDF",
        f"unpacks to more than {MAX_UNPACKED_BYTES >> 20} MB; print it to a PDF",
    ),
    Refusal.ENCRYPTED: BilingualText("มีรหัสผ่าน โปรดแนบไฟล์ที่ไม่มีรหัสผ่าน", "has a password; attach one without"),
    Refusal.INFECTED: BilingualText("มีไวรัส โปรดอย่าส่งไฟล์นี้ต่อ", "contains a virus. Do not pass it on"),
    Refusal.VIDEO: BilingualText(
        "เป็นวิดีโอ โปรดแนบเป็นไฟล์เสียงหรือภาพนิ่ง", "is a film. Attach its sound as a recording, or photos"
    ),
    Refusal.TOO_LONG: BilingualText(
        f"ยาวเกิน {MAX_RECORDING_S // 60} นาที โปรดแบ่งเป็นหลายไฟล์",
        f"is longer than {MAX_RECORDING_S // 60} minutes. Attach it in parts",
    ),
    Refusal.ACTIVE_CONTENT: BilingualText(
        "มีโปรแกรม ลิงก์ภายนอก หรือไฟล์อื่นอยู่ภายใน โปรดพิมพ์เป็น PDF ใหม่",
        "contains a program, other files, or parts from elsewhere; print it to a new PDF",
    ),
}
_TOO_MANY = BilingualText(f"แนบไฟล์ได้ไม่เกิน {MAX_FILES} ไฟล์", f"At most {MAX_FILES} files can be attached")
_TOO_LARGE = BilingualText(
    f"ไฟล์แนบรวมกันใหญ่เกิน {settings.MAX_UPLOAD_BYTES >> 20} MB",
    f"The attached files are larger than {settings.MAX_UPLOAD_BYTES >> 20} MB together",
)
_BUSY = BilingualText(
    "ระบบกำลังตรวจไฟล์ของผู้อื่นอยู่ โปรดส่งอีกครั้งในหนึ่งนาที", "Other files are being checked. Send yours again in a minute"
)
_SCANNER_AWAY = BilingualText(
    "ขณะนี้ตรวจไวรัสไม่ได้ จึงยังไม่ได้บันทึกสิ่งใด โปรดลองอีกครั้งภายหลัง หรือส่งโดยไม่แนบไฟล์",
    "Files cannot be scanned for viruses now, so nothing was stored. Try again later, or send without files",
)
_NOT_CHECKED = BilingualText(
    "ตรวจไฟล์แนบไม่สำเร็จ โปรดแนบไฟล์ที่เล็กลงหรือส่งโดยไม่แนบไฟล์",
    "The attached files could not be checked. Attach smaller ones, or send without them",
)


@dataclass(frozen=True)
class CleanFile:
    """A checked file. `name` is that of the sender, with the ending of its true type. `pixels`: width and height of a
    photo. `position` is where it was taken, latitude and longitude in degrees: only when its sender has added it.
    `is_received`: a recording as it was sent, which a worker encodes."""

    name: str
    media_type: str
    content: bytes
    pixels: tuple[int, int] = (0, 0)
    position: Position | None = None
    is_received: bool = False


def prepare_files(
    uploads: Sequence[UploadedFile], *, keep_positions: bool = False, from_offices: bool = False
) -> list[CleanFile]:
    """The checked files, with the positions of photos if they are to be kept. `from_offices`: Word and Excel files and
    voice recordings are accepted too, from officers and agencies; recordings are checked here and encoded by a worker.
    Call it before a transaction: it takes up to a minute, with recordings up to two. Raises NotAllowedError."""
    if not uploads:
        return []
    if len(uploads) > MAX_FILES:
        raise NotAllowedError(_TOO_MANY)
    if sum(upload.size or 0 for upload in uploads) > settings.MAX_UPLOAD_BYTES:
        raise NotAllowedError(_TOO_LARGE)
    contents = [upload.read() for upload in uploads]
    if not _children.acquire(timeout=_MAX_WAIT_S):
        raise NotAllowedError(_BUSY)
    try:
        refuse_infected(contents, [upload.name or "" for upload in uploads])  # it can take half a minute for a file
        cleaned = _clean(contents, keep_positions, from_offices)
    except OcrError:
        raise NotAllowedError(_NOT_CHECKED) from None
    finally:
        _children.release()
    files = []
    for upload, (media_type, content, pixels, position) in zip(uploads, cleaned, strict=False):
        if media_type not in EXTENSIONS:
            raise NotAllowedError(_refusal_sentence(upload.name or "", Refusal(content.decode())))
        is_received = media_type == AUDIO
        name = _safe_name(upload.name or "", media_type)
        files.append(CleanFile(name, media_type, content, pixels, position, is_received))
    return files


def refuse_infected(contents: Sequence[bytes], names: Sequence[str]) -> None:
    """Have the virus scanner look at files before anything is stored. Raises NotAllowedError for one with a virus, and
    ScannerAwayError when it cannot say."""
    verdict, index = first_infected(contents)
    if verdict is Verdict.INFECTED:
        raise NotAllowedError(_refusal_sentence(names[index], Refusal.INFECTED))
    if verdict is Verdict.AWAY:
        raise ScannerAwayError(_SCANNER_AWAY)


def _clean(contents: Sequence[bytes], keep_positions: bool, from_offices: bool) -> list[_Cleaned]:
    """The files in their order, up to the first that is refused. A recording has a child of its own, which may start
    FFmpeg; the others have one together, which may start nothing. Raises OcrError."""
    recordings = [index for index, content in enumerate(contents) if from_offices and is_recording(content)]
    others = [index for index in range(len(contents)) if index not in recordings]
    cleaned: dict[int, _Cleaned] = {}
    if others:
        batch = [contents[index] for index in others]
        of_others = run_in_child(
            clean_files, batch, keep_positions, from_offices, deadline_s=_DEADLINE_S, memory_mb=_MEMORY_MB
        )
        cleaned.update(zip(others, of_others, strict=False))
    ends_at = monotonic() + DEADLINE_S
    for index in recordings:
        left_s = ends_at - monotonic()
        limits: dict[str, Any] = {"deadline_s": left_s, "memory_mb": MEMORY_MB, "program": PROGRAM}
        refusal = run_in_child(check_recording, contents[index], **limits)
        cleaned[index] = ("", refusal.encode(), (0, 0), None) if refusal else (AUDIO, contents[index], (0, 0), None)
    return [cleaned[index] for index in sorted(cleaned)]


def describe_files(files: Sequence[CleanFile]) -> list[dict[str, Any]]:
    """The files as the payload of an event has them: so the chain of the history covers their content."""
    return [
        {"type": each.media_type, "size": len(each.content), "sha256": hashlib.sha256(each.content).hexdigest()}
        for each in files
    ]


def store_files(event: CaseEvent, files: Sequence[CleanFile], stored: list[str]) -> None:
    """Store the files of an event. `stored` is the list of `delete_pictures_on_error`, which gets their names."""
    positions = [each.position for each in files if each.position is not None]
    note_photo_point(event.case, positions, CasePoint.Source.of_sender(event.actor))
    for each in files:
        attachment = Attachment(
            case=event.case,
            event=event,
            media_type=each.media_type,
            name=each.name,
            size=len(each.content),
            sha256=hashlib.sha256(each.content).hexdigest(),
            latitude=each.position[0] if each.position else None,
            longitude=each.position[1] if each.position else None,
            encoding=Attachment.WAITING if each.is_received else "",
        )
        ending = "received" if each.is_received else EXTENSIONS[each.media_type]
        place = f"attachments/{event.case_id}/{uuid4().hex}.{ending}"
        attachment.file.save(place, ContentFile(each.content), save=False)
        stored.append(attachment.file.name)
        attachment.save()
        attachment_stored.send(sender=Attachment, attachment=attachment)


def refusal_reason(refusal: Refusal) -> BilingualText:
    """Why a file is not accepted, as the end of a sentence."""
    return _REFUSALS[refusal]


def _refusal_sentence(name: str, refusal: Refusal) -> BilingualText:
    shown, reason = _safe_name(name, "")[:_MAX_SHOWN_NAME_CHARS], _REFUSALS[refusal]
    return BilingualText(
        f"ไฟล์ «{shown}» {reason.th} ยังไม่ได้บันทึกสิ่งใด", f"The file “{shown}” {reason.en}. Nothing was stored"
    )


def _safe_name(name: str, media_type: str) -> str:
    """The sender's name for a file, without what a file system or a reader could misunderstand."""
    base = _UNSAFE.sub("", unicodedata.normalize("NFC", name)).strip(" .")
    if not media_type:
        return base
    stem = PurePosixPath(base).stem[:_MAX_SHOWN_NAME_CHARS] or "file"
    return f"{stem}.{EXTENSIONS[media_type]}"
