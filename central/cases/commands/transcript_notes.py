"""Events about a recording and its transcript. They change nothing of its case: the case's revision stays."""

from central.cases import history
from central.cases.commands.step import Actor
from central.cases.errors import ERASED, NO_PERMISSION, NotAllowedError
from central.cases.event_kinds import ActorKind, EventKind
from central.cases.models import Attachment, Case, CaseEvent
from central.people.permission import actions_at
from central.people.roles import Action


def check_transcript_change(case: Case, by: Actor) -> None:
    """Raises NotAllowedError unless this person may type transcripts of the case, which the caller has locked."""
    if case.erased_at is not None:
        raise NotAllowedError(ERASED)
    # Whoever may add a note works on the case; an auditor only listens.
    if by.officer is None or Action.ADD_NOTE not in actions_at(by.officer, case.centre, case.area):
        raise NotAllowedError(NO_PERMISSION)


def note_on_transcript(case: Case, recording: Attachment, by: Actor, *, characters: int) -> CaseEvent:
    """Append the internal event of a transcript of so many characters; 0: it was removed. The caller has locked the
    case and called `check_transcript_change`."""
    kind = EventKind.TRANSCRIPT_TYPED if characters else EventKind.TRANSCRIPT_REMOVED
    payload = {"attachment": recording.pk, "characters": characters}
    return history.append_event(case, kind, actor=by.kind, by=by.officer, payload=payload)


def note_on_encoding(case: Case, recording: Attachment, *, sha256: str, size: int) -> CaseEvent:
    """Append the internal event that a worker has encoded a recording, with the digest and the bytes of the result: the
    event that added it has those of the received file. The caller has locked the case."""
    payload = {"attachment": recording.pk, "sha256": sha256, "size": size}
    return history.append_event(case, EventKind.RECORDING_ENCODED, actor=ActorKind.SYSTEM, payload=payload)
