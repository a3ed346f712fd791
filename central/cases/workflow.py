"""Which status may follow which: one table (FACTS §1).

The `to_*` statuses are an approval ladder that a centre may leave at any rung by giving an order; `unclear` waits for
the citizen and leads back to checking; `closed` is the only end, and nothing leads out of it.
"""

from protocol.case_status import CaseStatus as S

TRANSITIONS: dict[S, tuple[S, ...]] = {
    S.RECEIVED: (S.CHECKING,),
    S.CHECKING: (S.TO_DIRECTOR, S.ORDERED, S.UNCLEAR, S.CLOSED),
    S.TO_DIRECTOR: (S.TO_CHIEF, S.ORDERED, S.CHECKING, S.UNCLEAR, S.CLOSED),
    S.TO_CHIEF: (S.TO_GOVERNOR, S.ORDERED, S.CHECKING, S.UNCLEAR, S.CLOSED),
    S.TO_GOVERNOR: (S.ORDERED, S.CHECKING, S.UNCLEAR, S.CLOSED),
    S.ORDERED: (S.IN_PROGRESS, S.CHECKING, S.UNCLEAR, S.CLOSED),
    S.IN_PROGRESS: (S.ORDERED, S.UNCLEAR, S.CLOSED),
    S.UNCLEAR: (S.CHECKING, S.CLOSED),
    S.CLOSED: (),
}


def next_statuses(status: S) -> tuple[S, ...]:
    """Where a case in this status may go, the usual way first."""
    return TRANSITIONS[status]
