"""The workflow of a case as a table: which status may follow which, and what a status requires (docs/facts.md §1).

The `to_*` statuses are an approval ladder. A centre may leave it at any step by giving an order. `unclear` waits for
the citizen and leads back to checking. `closed` is the only final status.
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
# Statuses that a case reaches only with an outcome, which the citizen reads.
NEEDS_OUTCOME = frozenset({CaseStatus.CLOSED})


def next_statuses(status: CaseStatus) -> tuple[CaseStatus, ...]:
    """The statuses that may follow this one, the usual one first."""
    return TRANSITIONS[status]
