"""Events about an official letter of the office. They change nothing of its case: the case's revision stays."""

from collections.abc import Mapping, Sequence

from django.db import transaction

from central.cases import history
from central.cases.attachments import CleanFile, describe_files, store_files
from central.cases.commands.step import Actor
from central.cases.errors import ERASED, NO_PERMISSION, NotAllowedError
from central.cases.event_kinds import LETTER_NOTES, EventKind
from central.cases.locking import lock_case
from central.cases.models import CaseEvent
from central.people.permission import has_permission
from central.people.roles import Action
from central.pictures import delete_pictures_on_error


def note_on_letter(
    case_id: int, kind: EventKind, by: Actor, payload: Mapping[str, object], files: Sequence[CleanFile] = ()
) -> CaseEvent:
    """Append an internal event of LETTER_NOTES, with the scan that it files. Raises NotAllowedError."""
    if kind not in LETTER_NOTES:
        raise ValueError(kind)
    with transaction.atomic(), delete_pictures_on_error() as stored:
        case = lock_case(case_id)
        if files and case.erased_at is not None:
            raise NotAllowedError(ERASED)
        if by.officer is None or not has_permission(by.officer, Action.WRITE_LETTERS, case.centre):
            raise NotAllowedError(NO_PERMISSION)
        content = {**payload, "files": describe_files(files)} if files else dict(payload)
        event = history.append_event(case, kind, actor=by.kind, by=by.officer, payload=content)
        store_files(event, files, stored)
        return event
