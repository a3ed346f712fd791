"""The beginning of a case, whatever channel it arrived by."""

from collections.abc import Sequence
from datetime import datetime

from central.cases import history
from central.cases.attachments import CleanFile, describe_files
from central.cases.case_clock import start_clock
from central.cases.codes import Attention
from central.cases.commands.step import Actor
from central.cases.event_kinds import EventKind
from central.cases.filing_time import FilingQuality
from central.cases.models import Case, CaseEvent
from central.cases.received_points import note_written_point
from protocol.case_status import CaseStatus


def create_case(case: Case, by: Actor | None = None, files: Sequence[CleanFile] = ()) -> CaseEvent:
    """Store a new case with its first event, and start its clock. In the caller's transaction, which also stores the
    `files` that the event names (`cases.attachments.store_files`). `by` None: the system.

    The citizen's history begins when the case was filed, or when it arrived if the filing time is uncertain. Raises
    IntegrityError for a case number, tracking code or submission that exists already."""
    by = by or Actor.system()
    case.status, case.attention = CaseStatus.RECEIVED.value, Attention.NEW.value
    start_clock(case)
    case.last_activity_at = since = _since(case)
    case.save(force_insert=True)
    note_written_point(case)
    return history.append_event(
        case,
        EventKind.RECEIVED,
        actor=by.kind,
        by=by.officer,
        at=since,
        payload={"files": describe_files(files)} if files else None,
        is_public=True,
    )


def _since(case: Case) -> datetime:
    is_uncertain = case.filing_time_quality == FilingQuality.UNCERTAIN.value
    return case.received_at if is_uncertain else case.filed_at
