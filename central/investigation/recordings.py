"""The background task that encodes recordings which are evidence.

The digest of the received file stays that of the evidence. An entry of the chain of custody has the digest of the
encoded one."""

import hashlib
import logging
from uuid import uuid4

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import QuerySet

from central.background.tasks import TaskPolicy, background_task, enqueue
from central.cases.attachments import EXTENSIONS
from central.cases.audio_cleaning import AUDIO, WORKER_DEADLINE_S
from central.cases.locking import lock_case
from central.cases.models import Attachment
from central.cases.recording_encoding import encode_received
from central.investigation.custody import append_entry
from central.investigation.models import Evidence
from central.pictures import delete_for_good, delete_pictures_on_error

log = logging.getLogger(__name__)


@background_task(TaskPolicy(max_duration_s=WORKER_DEADLINE_S + 60), queue_name="documents", priority=-3)
def encode_evidence(evidence_id: int) -> str:
    """Encode a recording and store the result in its place. Returns what was done."""
    waiting = _waiting(evidence_id).select_related("investigation").first()
    if waiting is None:
        return "nothing to encode"
    with waiting.file.open("rb") as stored:
        content = stored.read()
    refusal, clean = encode_received(content)
    log.info("Evidence %d of %d bytes: %s", evidence_id, len(content), refusal or f"{len(clean)} bytes")
    if refusal:
        _waiting(evidence_id).update(encoding=refusal)
        return refusal
    return _replace(waiting, clean)


def give_up_evidence(evidence_id: int) -> None:
    """The last attempt has failed: the page of the file says so, and the received recording stays."""
    _waiting(evidence_id).update(encoding=Attachment.GIVEN_UP)


def encode_evidence_again(evidence: Evidence) -> None:
    """Try a recording once more that was given up."""
    with transaction.atomic():
        given_up = Evidence.objects.filter(pk=evidence.pk, encoding=Attachment.GIVEN_UP)
        if given_up.update(encoding=Attachment.WAITING):
            enqueue(encode_evidence, evidence.pk)


def _replace(waiting: Evidence, clean: bytes) -> str:
    with delete_pictures_on_error() as stored, transaction.atomic():
        case = lock_case(waiting.investigation.case_id)
        evidence = _waiting(waiting.pk).select_for_update(of=("self",)).select_related("entered_by").first()
        if evidence is None:
            return "encoded or deleted meanwhile"
        received = evidence.file.name
        name = f"investigation/{case.pk}/{uuid4().hex}.{EXTENSIONS[AUDIO]}"
        evidence.file.save(name, ContentFile(clean), save=False)
        stored.append(evidence.file.name)
        evidence.encoding = ""
        evidence.save(update_fields=["file", "encoding"])
        last, digest = evidence.custody.last(), hashlib.sha256(clean).hexdigest()
        holder = last.receiver if last else evidence.stored_at
        append_entry(evidence.entered_by, evidence, holder, holder, f"ระบบแปลงเป็นไฟล์เสียง Ogg Opus (SHA-256 {digest})")
        transaction.on_commit(lambda: delete_for_good(received), robust=True)
    return "encoded"


def _waiting(evidence_id: int) -> QuerySet[Evidence]:
    return Evidence.objects.filter(pk=evidence_id, encoding=Attachment.WAITING)
