"""The background task that encodes the recordings of a case.

The received file stays until the encoded one is stored in its place, in one transaction. When the encoding fails it
stays for good, and an officer can download it."""

import hashlib
from uuid import uuid4

from django.db import transaction

from central.background.tasks import TaskPolicy, background_task, enqueue
from central.cases.attachments import EXTENSIONS
from central.cases.audio_cleaning import AUDIO, WORKER_DEADLINE_S
from central.cases.commands.transcript_notes import note_on_encoding
from central.cases.locking import lock_case
from central.cases.models import Attachment
from central.cases.recording_encoding import encode_waiting, end_waiting, store_encoded, wait_again
from central.pictures import delete_pictures_on_error


@background_task(TaskPolicy(max_duration_s=WORKER_DEADLINE_S + 60), queue_name="documents", priority=-3)
def encode_recording(attachment_id: int) -> str:
    """Encode a recording and store the result in its place. Returns what was done."""
    return encode_waiting(Attachment.objects.all(), attachment_id, _replace)


def give_up_encoding(attachment_id: int) -> None:
    """The last attempt has failed: the page of the case says so, and the received file stays."""
    end_waiting(Attachment.objects.all(), attachment_id, Attachment.GIVEN_UP)


def encode_again(recording: Attachment) -> None:
    """Try a recording once more that was given up."""
    wait_again(Attachment.objects.all(), recording.pk, lambda: enqueue(encode_recording, recording.pk))


def _replace(waiting: Attachment, clean: bytes) -> str:
    with delete_pictures_on_error() as stored, transaction.atomic():
        case = lock_case(waiting.case_id)
        recording = Attachment.objects.select_for_update().filter(pk=waiting.pk, encoding=Attachment.WAITING).first()
        if recording is None:
            return "encoded or deleted meanwhile"
        store_encoded(recording, f"attachments/{case.pk}/{uuid4().hex}.{EXTENSIONS[AUDIO]}", clean, stored)
        recording.size = len(clean)
        recording.save(update_fields=["file", "encoding", "size"])
        note_on_encoding(case, recording, sha256=hashlib.sha256(clean).hexdigest(), size=len(clean))
    return "encoded"
