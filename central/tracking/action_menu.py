"""Which actions the tracking page offers. A function of what the page is made from, so a cached page has them right."""

from central.tracking.tracked_case import TrackedCase
from protocol.bilingual_text import BilingualText
from protocol.case_status import CaseStatus

_DETAILS = ("details", BilingualText("เพิ่มรายละเอียดหรือภาพ", "Add details or photos"))


def possible_actions(tracked: TrackedCase) -> list[tuple[str, BilingualText]]:
    """Path below /t/ and name of each. The answer to a question has a button beside the question."""
    case = tracked.case
    if case.closed_at is None and case.current_status is not CaseStatus.UNCLEAR:
        return [_DETAILS]
    return []
