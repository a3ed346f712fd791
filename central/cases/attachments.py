"""Files that are attached to a report or a message: photos and PDF, checked before the transaction, stored inside it.

A file is opened in a confined child process only (`cases.file_cleaning`). Nothing is stored when one of the files is
refused, and no file stays behind when the transaction fails."""

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from threading import BoundedSemaphore
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile

from central.cases.errors import NotAllowedError
from central.cases.file_cleaning import MAX_MEGAPIXELS, MAX_PDF_PAGES, Position, clean_files
from central.cases.models import Attachment, CaseEvent
from central.cases.office_cleaning import EXCEL, WORD
from central.cases.refusals import Refusal
from central.events import attachment_stored
from ocr.confined.child_process import run_in_child
from ocr.errors import OcrError
from protocol.bilingual_text import BilingualText

MAX_FILES = 5  # of one report or message
ACCEPTED_TYPES = "image/jpeg,image/png,image/webp,image/tiff,application/pdf"  # for the file field of a form
ACCEPTED_WITH_OFFICE = f"{ACCEPTED_TYPES},.docx,.xlsx"
_DEADLINE_S, _MEMORY_MB = 60.0, 1024  # five photos of 50 megapixels take 8 s and 400 MB
_MAX_SHOWN_NAME_CHARS = 80
EXTENSIONS = {"image/jpeg": "jpg", "application/pdf": "pdf", WORD: "docx", EXCEL: "xlsx"}
_UNSAFE = re.compile(r'[\x00-\x1f\x7f"*/:<>?\\|\u200b-\u200f\u202a-\u202e\u2066-\u2069]')
# A child takes a processor and up to 400 MB. Requests beyond this number wait, but not for long: each waiting one keeps
# a thread of the service from everybody else.
_children = BoundedSemaphore(2)
_MAX_WAIT_S = 10.0

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
    Refusal.ENCRYPTED: BilingualText("มีรหัสผ่าน โปรดแนบไฟล์ที่ไม่มีรหัสผ่าน", "has a password; attach one without"),
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
_NOT_CHECKED = BilingualText(
    "ตรวจไฟล์แนบไม่สำเร็จ โปรดแนบไฟล์ที่เล็กลงหรือส่งโดยไม่แนบไฟล์",
    "The attached files could not be checked. Attach smaller ones, or send without them",
)


@dataclass(frozen=True)
class CleanFile:
    """A checked file. `name` is that of the sender, with the ending of its true type. `pixels`: width and height of a
    photo. `position` is where it was taken, latitude and longitude in degrees: only when its sender has added it."""

    name: str
    media_type: str
    content: bytes
    pixels: tuple[int, int] = (0, 0)
    position: Position | None = None


def prepare_files(
    uploads: Sequence[UploadedFile], *, keep_positions: bool = False, with_office: bool = False
) -> list[CleanFile]:
    """The checked files, with the positions of photos if they are to be kept. `with_office`: Word and Excel files are
    accepted too, from officers and agencies. Call it before a transaction: it takes up
    to a minute. Raises NotAllowedError."""
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
        cleaned = run_in_child(
            clean_files, contents, keep_positions, with_office, deadline_s=_DEADLINE_S, memory_mb=_MEMORY_MB
        )
    except OcrError:
        raise NotAllowedError(_NOT_CHECKED) from None
    finally:
        _children.release()
    files = []
    for upload, (media_type, content, pixels, position) in zip(uploads, cleaned, strict=False):
        if media_type not in EXTENSIONS:
            raise NotAllowedError(_refusal_sentence(upload.name or "", Refusal(content.decode())))
        files.append(CleanFile(_safe_name(upload.name or "", media_type), media_type, content, pixels, position))
    return files


def describe_files(files: Sequence[CleanFile]) -> list[dict[str, Any]]:
    """The files as the payload of an event has them: so the chain of the history covers their content."""
    return [
        {"type": each.media_type, "size": len(each.content), "sha256": hashlib.sha256(each.content).hexdigest()}
        for each in files
    ]


def store_files(event: CaseEvent, files: Sequence[CleanFile], stored: list[str]) -> None:
    """Store the files of an event. `stored` is the list of `delete_pictures_on_error`, which gets their names."""
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
        )
        place = f"attachments/{event.case_id}/{uuid4().hex}.{EXTENSIONS[each.media_type]}"
        attachment.file.save(place, ContentFile(each.content), save=False)
        stored.append(attachment.file.name)
        attachment.save()
        attachment_stored.send(sender=Attachment, attachment=attachment)


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
