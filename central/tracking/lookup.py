"""Finds the status of a case by its tracking code, for the page and the API. The result has no personal data."""

from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from central.centres.wording import headline, official_text
from central.identity_crypto import tracking_hash
from central.messages.renewed_codes import has_ended
from central.surveys.offering import has_answered, offered_survey
from central.throttle import LocalThrottle
from central.tracking import sentences
from central.tracking.tracked_case import TrackedCase, find_tracked_case
from protocol import tracking_code
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
    ENDED_CODE = "ended"
    INVALID_CODE = "no_code"
    TOO_MANY_FAILURES = "too_many"


_FAILURES = {
    LookupOutcome.NOT_FOUND: sentences.NOT_RECEIVED_YET,
    LookupOutcome.ENDED_CODE: sentences.ENDED_CODE,
    LookupOutcome.INVALID_CODE: sentences.INVALID_CODE,
    LookupOutcome.TOO_MANY_FAILURES: sentences.TOO_MANY_FAILURES,
}


@dataclass(frozen=True)
class LookupResult:
    """What a lookup has found, in the language of the answer. Equal results have equal responses and pages."""

    outcome: LookupOutcome
    language: str
    case: TrackedCase | None = None
    has_survey: bool = False  # the citizen can answer the yearly survey

    @property
    def message(self) -> str:
        """The last message of the centre; for a duplicate without one, how its main case stands."""
        if self.case is None:
            return ""
        main = self.case.main_case
        return self.case.latest_message or (sentences.main_case_sentence(main, self.language) if main else "")

    @cached_property
    def response(self) -> TrackingResponse:
        """The answer of the API, which the page shows too."""
        if self.case is None:
            return TrackingResponse(found=False, sentence=_FAILURES[self.outcome].in_language(self.language))
        case = self.case.case
        status = case.current_status
        return TrackingResponse(
            found=True,
            sentence=headline(status, case.centre, self.language),
            case_number=case.case_number,
            status=status,
            agency=case.agency_name,
            officer=case.handler_name,
            due=case.due.isoformat() if case.due else "",
            outcome=case.outcome,
            closed=not milestones_after(status),
            message=self.message,
            is_question=status is CaseStatus.UNCLEAR,
            accepts_details=case.closed_at is None,
            has_rated=case.closed_at is not None and self.case.has_rated,
            steps=tuple(
                TrackingStep(
                    status=change.status,
                    text=official_text(change.status, change.centre, self.language),
                    at=change.at,
                )
                for change in self.case.status_changes
            ),
        )


def find_case_status(text: str, language: str, caller: str) -> LookupResult:
    """`language` is 'th', 'en', or '' for the language the citizen used at the kiosk. `caller` is the network address.
    After too many unknown codes the caller must wait. A known code is always answered."""
    try:
        code = tracking_code.code_from_url(text)
    except tracking_code.TrackingCodeError:
        # The check symbol is wrong: a typing error, not a guess. It is not counted.
        return LookupResult(LookupOutcome.INVALID_CODE, language or "th")
    case = find_tracked_case(tracking_hash(code))
    if case is not None:
        has_survey = _has_survey(case, tracking_hash(code))
        return LookupResult(LookupOutcome.FOUND, language or case.language, case, has_survey)
    if has_ended(code):
        return LookupResult(LookupOutcome.ENDED_CODE, language or "th")
    may_guess = _FAILURE_THROTTLE.count_attempt(caller)
    return LookupResult(LookupOutcome.NOT_FOUND if may_guess else LookupOutcome.TOO_MANY_FAILURES, language or "th")


def _has_survey(case: TrackedCase, code_hash: str) -> bool:
    """One query for a closed case while a survey is open for its centre."""
    survey = offered_survey(case.case.centre.area_code) if case.closed_on is not None else None
    return survey is not None and case.case.erased_at is None and not has_answered(survey.year, code_hash)


def milestones_after(status: CaseStatus) -> tuple[CaseStatus, ...]:
    """The milestones that follow this status. An unclear case returns to checking first."""
    position = _STATUS_ORDER.index(CaseStatus.RECEIVED if status is CaseStatus.UNCLEAR else status)
    return tuple(milestone for milestone in _MILESTONES if _STATUS_ORDER.index(milestone) > position)
