"""Queues the reading of a file in the transaction that stores it."""

from typing import Any

from central.background.tasks import enqueue
from central.cases.audio_cleaning import AUDIO
from central.cases.models import Attachment, LetterPage
from central.documents import commands
from central.documents.recordings import encode_recording
from central.events import attachment_stored, letter_page_stored


def connect() -> None:
    """Receive what intake and cases publish."""
    letter_page_stored.connect(_read_letter_page, dispatch_uid="documents.letter_page")
    attachment_stored.connect(_read_attachment, dispatch_uid="documents.attachment")


def _read_letter_page(letter_page: LetterPage, **_: Any) -> None:
    """A page with text is not read again by itself: the kiosk has read it and the citizen has checked the text."""
    if not letter_page.text:
        commands.read_letter_page(letter_page)


def _read_attachment(attachment: Attachment, **_: Any) -> None:
    """Nothing recognises a recording: it is encoded, and an officer types what is said."""
    if attachment.media_type != AUDIO:
        commands.read_attachment(attachment)
    elif attachment.encoding == Attachment.WAITING:
        enqueue(encode_recording, attachment.pk)
