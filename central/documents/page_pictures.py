"""The picture of a page of an attached PDF or TIFF file, made when an officer looks at it. Nothing is stored.

The bytes of such a file are foreign: only a confined child opens them, and the browser gets a JPEG of this service."""

from threading import BoundedSemaphore

from central.cases.models import Attachment
from ocr.errors import OcrError
from ocr.read_document import prepare_page

_DEADLINE_S = 20.0  # a dense page takes 1 s; a request that waits longer keeps a thread from everybody else
_MAX_WAIT_S = 10.0
_children = BoundedSemaphore(2)


class PictureUnavailableError(Exception):
    """The page cannot be shown, or too many are being made."""


def page_picture(attachment: Attachment, index: int) -> bytes:
    """Page `index` (from 0) as a JPEG. `attachment` must come from a function of `cases.reading`. Raises
    PictureUnavailableError."""
    with attachment.file.open("rb") as file:
        raw = file.read()
    if not _children.acquire(timeout=_MAX_WAIT_S):
        raise PictureUnavailableError
    try:
        page, _ = prepare_page(raw, index, deadline_s=_DEADLINE_S)
    except OcrError:
        raise PictureUnavailableError from None
    finally:
        _children.release()
    return page.jpeg
