"""The picture of a page of an attached PDF or TIFF file, made when an officer looks at it and not stored, and the
thumbnail of a file, which is stored with its text.

The bytes of such a file are foreign: only a confined child opens them, and the browser gets a JPEG of this service."""

import io
from threading import BoundedSemaphore

from central.cases.models import Attachment
from ocr import pixels
from ocr.errors import OcrError
from ocr.read_document import prepare_page

_DEADLINE_S = 20.0  # a dense page takes 1 s; a request that waits longer keeps a thread from everybody else
_MAX_WAIT_S = 10.0
_THUMBNAIL_PIXELS = (120, 120)  # on the page of a case: what it is, and not what it says
_children = BoundedSemaphore(2)


class PictureUnavailableError(Exception):
    """The page cannot be shown, or too many are being made."""


def small_jpeg(preview: bytes) -> bytes:
    """The thumbnail of a prepared page, from its raw pixels: nothing foreign is decoded. Raises ValueError."""
    picture, output = pixels.unpack(preview).copy(), io.BytesIO()
    picture.thumbnail(_THUMBNAIL_PIXELS)
    picture.save(output, "JPEG", quality=60, optimize=True)
    return output.getvalue()


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
