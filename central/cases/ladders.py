"""The approval ladder of each kind of centre: which status waits for which role. Pure.

A province proposes to the director, the head of the provincial office, and the vice governor or governor. A district
has one step, the นายอำเภอ. The ministry decides at its director."""

from collections.abc import Mapping
from dataclasses import dataclass

from central.people.roles import Role
from protocol.case_status import CaseStatus
from protocol.centre_kind import CentreKind


@dataclass(frozen=True)
class LadderStep:
    """A status of the ladder, and the role that decides there."""

    status: CaseStatus
    role: Role


_DIRECTOR = LadderStep(CaseStatus.TO_DIRECTOR, Role.DIRECTOR)
LADDERS: Mapping[CentreKind, tuple[LadderStep, ...]] = {
    CentreKind.MINISTRY: (_DIRECTOR,),
    CentreKind.PROVINCE: (
        _DIRECTOR,
        LadderStep(CaseStatus.TO_CHIEF, Role.CHIEF),
        LadderStep(CaseStatus.TO_GOVERNOR, Role.GOVERNOR),
    ),
    CentreKind.DISTRICT: (LadderStep(CaseStatus.TO_CHIEF, Role.DISTRICT_CHIEF),),
}
LADDER_STATUSES = frozenset(step.status for ladder in LADDERS.values() for step in ladder)


def deciding_role(kind: CentreKind, status: CaseStatus) -> Role | None:
    """The role that decides a proposal with this status. None: this kind of centre has no such step."""
    return next((step.role for step in LADDERS[kind] if step.status is status), None)


def first_step(kind: CentreKind) -> CaseStatus:
    """The status of a new proposal."""
    return LADDERS[kind][0].status


def step_above(kind: CentreKind, status: CaseStatus) -> CaseStatus | None:
    """The next status up the ladder, None at its top and for a status that is no step of it."""
    statuses = [step.status for step in LADDERS[kind]]
    position = statuses.index(status) + 1 if status in statuses else len(statuses)
    return statuses[position] if position < len(statuses) else None
