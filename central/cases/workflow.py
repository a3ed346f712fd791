"""Which status may follow which: one table (docs/facts.md §1).

The `to_*` statuses are an approval ladder that a centre may leave at any rung by giving an order; `unclear` waits for
the citizen and leads back to checking; `closed` is the only end, and nothing leads out of it.
"""

from protocol.case_status import CaseStatus

TRANSITIONS: dict[CaseStatus, tuple[CaseStatus, ...]] = {
    CaseStatus.RECEIVED: (CaseStatus.CHECKING,),
    CaseStatus.CHECKING: (CaseStatus.TO_DIRECTOR, CaseStatus.ORDERED, CaseStatus.UNCLEAR, CaseStatus.CLOSED),
    CaseStatus.TO_DIRECTOR: (
        CaseStatus.TO_CHIEF,
        CaseStatus.ORDERED,
        CaseStatus.CHECKING,
        CaseStatus.UNCLEAR,
        CaseStatus.CLOSED,
    ),
    CaseStatus.TO_CHIEF: (
        CaseStatus.TO_GOVERNOR,
        CaseStatus.ORDERED,
        CaseStatus.CHECKING,
        CaseStatus.UNCLEAR,
        CaseStatus.CLOSED,
    ),
    CaseStatus.TO_GOVERNOR: (CaseStatus.ORDERED, CaseStatus.CHECKING, CaseStatus.UNCLEAR, CaseStatus.CLOSED),
    CaseStatus.ORDERED: (CaseStatus.IN_PROGRESS, CaseStatus.CHECKING, CaseStatus.UNCLEAR, CaseStatus.CLOSED),
    CaseStatus.IN_PROGRESS: (CaseStatus.ORDERED, CaseStatus.UNCLEAR, CaseStatus.CLOSED),
    CaseStatus.UNCLEAR: (CaseStatus.CHECKING, CaseStatus.CLOSED),
    CaseStatus.CLOSED: (),
}


def next_statuses(status: CaseStatus) -> tuple[CaseStatus, ...]:
    """Where a case in this status may go, the usual way first."""
    return TRANSITIONS[status]
