"""The background task that encodes recordings which are evidence.

The digest of the received file stays that of the evidence. An entry of the chain of custody has the digest of the
encoded one."""

import hashlib
from uuid import uuid4

from django.db import transaction

from central.background.tasks import TaskPolicy, background_task, enqueue
from central.cases.attachments import EXTENSIONS
from central.cases.audio_cleaning import AUDIO, WORKER_DEADLINE_S
from central.cases.locking import lock_case
from central.cases.models import Attachment
from central.cases.recording_encoding import encode_waiting, end_waiting, store_encoded, wait_again
from central.investigation.custody import append_entry
from central.investigation.models import Evidence
from central.pictures import delete_pictures_on_error


@background_task(TaskPolicy(max_duration_s=WORKER_DEADLINE_S + 60), queue_name="documents", priority=-3)
def encode_evidence(evidence_id: int) -> str:
    """Encode a recording and store the result in its place. Returns what was done."""
    return encode_waiting(Evidence.objects.select_related("investigation"), evidence_id, _replace)


def give_up_evidence(evidence_id: int) -> None:
    """The last attempt has failed: the page of the file says so, and the received recording stays."""
    end_waiting(Evidence.objects.all(), evidence_id, Attachment.GIVEN_UP)


def encode_evidence_again(evidence: Evidence) -> None:
    """Try a recording once more that was given up."""
    wait_again(Evidence.objects.all(), evidence.pk, lambda: enqueue(encode_evidence, evidence.pk))


def _replace(waiting: Evidence, clean: bytes) -> str:
    with delete_pictures_on_error() as stored, transaction.atomic():
        case = lock_case(waiting.investigation.case_id)
        still_waiting = Evidence.objects.filter(pk=waiting.pk, encoding=Attachment.WAITING)
        evidence = still_waiting.select_for_update(of=("self",)).select_related("entered_by").first()
        if evidence is None:
            return "encoded or deleted meanwhile"
        store_encoded(evidence, f"investigation/{case.pk}/{uuid4().hex}.{EXTENSIONS[AUDIO]}", clean, stored)
        evidence.save(update_fields=["file", "encoding"])
        last, digest = evidence.custody.last(), hashlib.sha256(clean).hexdigest()
        holder = last.receiver if last else evidence.stored_at
        append_entry(evidence.entered_by, evidence, holder, holder, f"ระบบแปลงเป็นไฟล์เสียง Ogg Opus (SHA-256 {digest})")
    return "encoded"
