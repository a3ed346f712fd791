"""The background task that encodes the recordings of a case.

The received file stays until the encoded one is stored in its place, in one transaction. When the encoding fails it
stays for good, and an officer can download it."""

import hashlib
import logging
from uuid import uuid4

from django.core.files.base import ContentFile
from django.db import transaction

from central.background.tasks import TaskPolicy, background_task, enqueue
from central.cases.attachments import EXTENSIONS
from central.cases.audio_cleaning import AUDIO, WORKER_DEADLINE_S
from central.cases.commands.transcript_notes import note_on_encoding
from central.cases.locking import lock_case
from central.cases.models import Attachment
from central.cases.recording_encoding import encode_received
from central.pictures import delete_for_good, delete_pictures_on_error

log = logging.getLogger(__name__)


@background_task(TaskPolicy(max_duration_s=WORKER_DEADLINE_S + 60), queue_name="documents", priority=-3)
def encode_recording(attachment_id: int) -> str:
    """Encode a recording and store the result in its place. Returns what was done."""
    waiting = Attachment.objects.filter(pk=attachment_id, encoding=Attachment.WAITING).first()
    if waiting is None:
        return "nothing to encode"
    with waiting.file.open("rb") as stored:
        content = stored.read()
    refusal, clean = encode_received(content)
    log.info("Recording %d of %d bytes: %s", attachment_id, len(content), refusal or f"{len(clean)} bytes")
    if refusal:
        _end(attachment_id, refusal)
        return refusal
    return _replace(waiting, clean)


def give_up_encoding(attachment_id: int) -> None:
    """The last attempt has failed: the page of the case says so, and the received file stays."""
    _end(attachment_id, Attachment.GIVEN_UP)


def encode_again(recording: Attachment) -> None:
    """Try a recording once more that was given up."""
    with transaction.atomic():
        given_up = Attachment.objects.filter(pk=recording.pk, encoding=Attachment.GIVEN_UP)
        if given_up.update(encoding=Attachment.WAITING):
            enqueue(encode_recording, recording.pk)


def _replace(waiting: Attachment, clean: bytes) -> str:
    with delete_pictures_on_error() as stored, transaction.atomic():
        case = lock_case(waiting.case_id)
        recording = Attachment.objects.select_for_update().filter(pk=waiting.pk, encoding=Attachment.WAITING).first()
        if recording is None:
            return "encoded or deleted meanwhile"
        received = recording.file.name
        recording.file.save(f"attachments/{case.pk}/{uuid4().hex}.{EXTENSIONS[AUDIO]}", ContentFile(clean), save=False)
        stored.append(recording.file.name)
        recording.encoding, recording.size = "", len(clean)
        recording.save(update_fields=["file", "encoding", "size"])
        note_on_encoding(case, recording, sha256=hashlib.sha256(clean).hexdigest(), size=len(clean))
        transaction.on_commit(lambda: delete_for_good(received), robust=True)
    return "encoded"


def _end(attachment_id: int, reason: str) -> None:
    Attachment.objects.filter(pk=attachment_id, encoding=Attachment.WAITING).update(encoding=reason)
