"""Finds the status of a case by its tracking code, for the page and the API. The result has no personal data."""

from dataclasses import dataclass
from enum import Enum

from central.cases.models import Case, CaseEventText
from central.cases.status_changes import public_status_changes
from central.centres.wording import headline, official_text
from central.identity_crypto import tracking_hash
from central.throttle import LocalThrottle
from central.tracking import sentences
from protocol import tracking_code
from protocol.bilingual_text import BilingualText
from protocol.case_status import CASE_STATUSES, CaseStatus
from protocol.messages import TrackingResponse, TrackingStep

# Many citizens share one address: that of a hall or of a mobile network.
_FAILURE_THROTTLE = LocalThrottle("tracking", limit=60, window_s=600)

# The steps that every case may expect. Those of the approval ladder are shown once they are reached.
_MILESTONES = tuple(status for status, texts in CASE_STATUSES.items() if texts.is_milestone)
_STATUS_ORDER = list(CaseStatus)


class LookupOutcome(Enum):
    """How a lookup ended."""

    FOUND = "found"
    NOT_FOUND = "not_here"
    INVALID_CODE = "no_code"
    TOO_MANY_FAILURES = "too_many"


@dataclass(frozen=True)
class LookupResult:
    """The response and its language, with the values that only the page shows."""

    outcome: LookupOutcome
    response: TrackingResponse
    language: str
    case: Case | None = None
    milestones_ahead: tuple[str, ...] = ()  # official texts


def find_case_status(text: str, language: str, caller: str) -> LookupResult:
    """`language` is 'th', 'en', or '' for the language the citizen used at the kiosk. `caller` is the network address.
    After too many unknown codes the caller must wait. A known code is always answered."""
    try:
        code = tracking_code.code_from_url(text)
    except tracking_code.TrackingCodeError:
        # The check symbol is wrong: a typing error, not a guess. It is not counted.
        return _failed_lookup(LookupOutcome.INVALID_CODE, sentences.INVALID_CODE, language)
    case = Case.objects.select_related("centre").filter(tracking_hash=tracking_hash(code)).first()
    if case is not None:
        return _successful_lookup(case, language or case.language)
    if not _FAILURE_THROTTLE.count_attempt(caller):
        return _failed_lookup(LookupOutcome.TOO_MANY_FAILURES, sentences.TOO_MANY_FAILURES, language)
    return _failed_lookup(LookupOutcome.NOT_FOUND, sentences.NOT_RECEIVED_YET, language)


def _failed_lookup(outcome: LookupOutcome, sentence: BilingualText, language: str) -> LookupResult:
    language = language or "th"
    return LookupResult(outcome, TrackingResponse(found=False, sentence=sentence.in_language(language)), language)


def _successful_lookup(case: Case, language: str) -> LookupResult:
    status = case.current_status
    response = TrackingResponse(
        found=True,
        sentence=headline(status, case.centre, language),
        case_number=case.case_number,
        status=status,
        agency=case.agency_name,
        officer=case.handler_name,
        due=case.due.isoformat() if case.due else "",
        outcome=case.outcome,
        closed=not milestones_after(status),
        steps=tuple(
            TrackingStep(status=change.status, text=official_text(change.status, change.centre, language), at=change.at)
            for change in public_status_changes(case)
        ),
    )
    milestones_ahead = tuple(official_text(ahead, case.centre, language) for ahead in milestones_after(status))
    return LookupResult(LookupOutcome.FOUND, response, language, case, milestones_ahead)


def latest_message(case: Case) -> str:
    """The last text for the citizen, by the centre or the agency: a question, or news about the work.

    '' for a closed case: its outcome says it."""
    if case.closed_at is not None:
        return ""
    texts = CaseEventText.objects.filter(event__case=case, event__is_public=True).exclude(public_text="")
    return texts.order_by("-event__seq").values_list("public_text", flat=True).first() or ""


def milestones_after(status: CaseStatus) -> tuple[CaseStatus, ...]:
    """The milestones that follow this status. An unclear case returns to checking first."""
    position = _STATUS_ORDER.index(CaseStatus.RECEIVED if status is CaseStatus.UNCLEAR else status)
    return tuple(milestone for milestone in _MILESTONES if _STATUS_ORDER.index(milestone) > position)
