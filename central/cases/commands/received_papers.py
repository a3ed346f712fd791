"""What came for a case that exists: pages of a scan, a mail. An officer has chosen the case."""

from collections.abc import Sequence

from django.db import transaction

from central.cases.attachments import CleanFile
from central.cases.commands.citizen_steps import record_details
from central.cases.commands.handling import add_note
from central.cases.commands.step import Actor
from central.cases.limits import MAX_NOTE_CHARS
from central.cases.models import Case, CaseEvent
from central.cases.workflow import is_allowed
from central.people.roles import Action


def add_received(
    case: Case, by: Actor, *, is_from_complainant: bool, text: str, attachments: Sequence[CleanFile]
) -> CaseEvent:
    """Add words and files to the case; returns the first event. What came from the complainant is recorded as details
    while the case is open; the rest, and what comes after its closing, is a note. A text that is too long for one event
    continues in the next. Raises NotAllowedError, and then nothing has changed."""
    first, *others = _parts(text)
    with transaction.atomic():
        event = _add(case, by, is_from_complainant, first, attachments)
        for part in others:
            _add(case, by, is_from_complainant, part, ())
    return event


def _add(case: Case, by: Actor, is_from_complainant: bool, text: str, attachments: Sequence[CleanFile]) -> CaseEvent:
    if is_from_complainant and is_allowed(Action.RECORD_DETAILS, case.current_status):
        return record_details(case, by, seen_revision=None, details=text, attachments=attachments)
    return add_note(case, by, seen_revision=None, note=text, attachments=attachments)


def _parts(text: str) -> list[str]:
    """The text in pieces that fit into an event, divided at line ends and spaces where there are any."""
    parts, rest = [], text.strip()
    while len(rest) > MAX_NOTE_CHARS:
        window = rest[:MAX_NOTE_CHARS]
        end = max(window.rfind("\n"), MAX_NOTE_CHARS // 2)
        end = end if window[end] == "\n" else max(window.rfind(" "), MAX_NOTE_CHARS // 2)
        end = end if window[end] in "\n " else MAX_NOTE_CHARS
        parts.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return [*parts, rest]
