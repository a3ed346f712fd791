"""The beginning of a case, whatever channel it arrived by."""

from datetime import datetime

from central.cases import history
from central.cases.case_clock import start_clock
from central.cases.codes import Attention
from central.cases.event_kinds import ActorKind, EventKind
from central.cases.filing_time import FilingQuality
from central.cases.models import Case
from protocol.case_status import CaseStatus


def create_case(case: Case) -> Case:
    """Store a new case with its first event, and start its clock. In the caller's transaction.

    The citizen's history begins when the case was filed, or when it arrived if the filing time is uncertain. Raises
    IntegrityError for a case number, tracking code or submission that exists already."""
    case.status, case.attention = CaseStatus.RECEIVED.value, Attention.NEW.value
    start_clock(case)
    case.last_activity_at = since = _since(case)
    case.save(force_insert=True)
    history.append_event(case, EventKind.RECEIVED, actor=ActorKind.SYSTEM, at=since, is_public=True)
    return case


def _since(case: Case) -> datetime:
    is_uncertain = case.filing_time_quality == FilingQuality.UNCERTAIN.value
    return case.received_at if is_uncertain else case.filed_at
