"""The table of the workflow against an independent one: every step in every status, and the ladders."""

import pytest

from central.cases.ladders import LADDERS, deciding_role, first_step, step_above
from central.cases.workflow import WORKFLOW, Input, WorkflowFacts, is_allowed, target_status, working_status
from central.people.roles import MATRIX, Action, Role, Scope
from protocol.case_status import CaseStatus as S
from protocol.centre_kind import CentreKind

# Written out by hand: rows are steps, columns the statuses where the step exists.
# r received, c checking, d director, h head of office, g governor, o ordered, p in progress, u unclear, x closed
_COLUMNS = dict(
    zip(
        "rcdhgopux",
        (
            S.RECEIVED,
            S.CHECKING,
            S.TO_DIRECTOR,
            S.TO_CHIEF,
            S.TO_GOVERNOR,
            S.ORDERED,
            S.IN_PROGRESS,
            S.UNCLEAR,
            S.CLOSED,
        ),
        strict=True,
    )
)
_EXPECTED = {
    Action.TAKE: "r",
    Action.ASSIGN_OWNER: "rcdhgopu",
    Action.ASK_DETAILS: "cop",
    Action.RECORD_DETAILS: "rcdhgopu",
    Action.PROPOSE: "cop",
    Action.APPROVE: "dhg",
    Action.SEND_UP: "dh",
    Action.RETURN_PROPOSAL: "dhg",
    Action.WITHDRAW_PROPOSAL: "dhg",
    Action.ORDER: "rcop",
    Action.RECALL: "cdhgopu",
    Action.ACCEPT: "cdhgopu",
    Action.REPORT: "cdhgopu",
    Action.RETURN_TO_CENTRE: "cdhgopu",
    Action.CLOSE: "copu",
    Action.CORRECT_OUTCOME: "x",
    Action.RATE: "x",
    Action.REQUEST_REOPENING: "x",
    Action.REFUSE_REOPENING: "x",
    Action.REOPEN: "x",
    Action.LINK_DUPLICATE: "rcu",
    Action.UNLINK_DUPLICATE: "x",
    Action.RECLASSIFY: "rcdhgopu",
    Action.SET_POINT: "rcdhgopu",
    Action.MOVE_CENTRE: "rcu",
    Action.SET_DUE: "rcdhgopu",
    Action.RENEW_CODE: "rcdhgopux",
    Action.REQUEST_DATA: "rcdhgopux",
    Action.ANSWER_DATA_REQUEST: "rcdhgopux",
    Action.TAKE_OVER_TEXT: "rcdhgopu",
    Action.ADD_NOTE: "rcdhgopux",
}


@pytest.mark.parametrize("action", WORKFLOW)
@pytest.mark.parametrize("letter", _COLUMNS)
def test_a_step_exists_only_in_its_statuses(action: Action, letter: str) -> None:
    assert is_allowed(action, _COLUMNS[letter]) == (letter in _EXPECTED[action])


def test_only_steps_of_a_case_are_in_the_workflow() -> None:
    assert set(WORKFLOW) == set(_EXPECTED)
    assert not any(is_allowed(action, status) for action in set(Action) - set(_EXPECTED) for status in S)


def test_required_inputs() -> None:
    required = {action: set(rules.required) for action, rules in WORKFLOW.items() if rules.required}
    assert required == {
        Action.ASSIGN_OWNER: {Input.OWNER},
        Action.ASK_DETAILS: {Input.QUESTION},
        Action.RECORD_DETAILS: {Input.DETAILS},
        Action.RETURN_PROPOSAL: {Input.REASON},
        Action.WITHDRAW_PROPOSAL: {Input.REASON},
        Action.ORDER: {Input.AGENCY},
        Action.RECALL: {Input.REASON},
        Action.REPORT: {Input.REPORT},
        Action.RETURN_TO_CENTRE: {Input.REASON},
        Action.CLOSE: {Input.OUTCOME, Input.OUTCOME_TEXT},
        Action.CORRECT_OUTCOME: {Input.OUTCOME, Input.OUTCOME_TEXT, Input.REASON},
        Action.RATE: {Input.RATING},
        Action.REQUEST_DATA: {Input.RIGHT},
        Action.ANSWER_DATA_REQUEST: {Input.ANSWER},
        Action.REQUEST_REOPENING: {Input.REASON},
        Action.REFUSE_REOPENING: {Input.REASON},
        Action.REOPEN: {Input.REASON},
        Action.LINK_DUPLICATE: {Input.LEAD_CASE},
        Action.UNLINK_DUPLICATE: {Input.REASON},
        Action.MOVE_CENTRE: {Input.CENTRE, Input.REASON},
        Action.SET_DUE: {Input.DUE, Input.REASON},
        Action.ADD_NOTE: {Input.NOTE},
    }


def target(action: Action, status: S, **facts: bool) -> S:
    return target_status(action, WorkflowFacts(status, CentreKind.PROVINCE, **facts))


def test_every_step_leads_where_the_table_says() -> None:
    assert target(Action.TAKE, S.RECEIVED) is S.CHECKING
    for status in (S.CHECKING, S.ORDERED, S.IN_PROGRESS):
        assert target(Action.ASK_DETAILS, status) is S.UNCLEAR
        assert target(Action.CLOSE, status) is S.CLOSED
    assert target(Action.CLOSE, S.UNCLEAR) is S.CLOSED
    assert target(Action.ORDER, S.RECEIVED) is S.ORDERED
    assert target(Action.MOVE_CENTRE, S.CHECKING) is S.RECEIVED
    assert target(Action.LINK_DUPLICATE, S.CHECKING) is S.CLOSED
    assert target(Action.UNLINK_DUPLICATE, S.CLOSED) is S.CHECKING
    assert target(Action.ACCEPT, S.ORDERED) is target(Action.REPORT, S.ORDERED) is S.IN_PROGRESS
    for status in (S.IN_PROGRESS, S.UNCLEAR, S.TO_DIRECTOR):
        assert target(Action.ACCEPT, status) is target(Action.REPORT, status) is status
    for action in (Action.RECORD_DETAILS, Action.RECLASSIFY, Action.ADD_NOTE, Action.SET_DUE, Action.ASSIGN_OWNER):
        assert target(action, S.TO_CHIEF) is S.TO_CHIEF
    assert target(Action.REOPEN, S.CLOSED, had_lead=True) is S.ORDERED
    assert target(Action.REOPEN, S.CLOSED) is S.CHECKING


@pytest.mark.parametrize(
    ("active", "accepted", "expected"),
    [(False, False, S.CHECKING), (True, False, S.ORDERED), (True, True, S.IN_PROGRESS)],
)
def test_a_case_returns_to_whoever_works_on_it(active: bool, accepted: bool, expected: S) -> None:
    facts = {"lead_is_active": active, "lead_has_accepted": accepted}
    assert working_status(WorkflowFacts(S.UNCLEAR, CentreKind.PROVINCE, **facts)) is expected
    assert target(Action.RECORD_DETAILS, S.UNCLEAR, **facts) is expected
    assert target(Action.RETURN_PROPOSAL, S.TO_CHIEF, **facts) is expected


def test_a_province_has_three_steps_and_a_district_has_its_chief() -> None:
    province, district, ministry = CentreKind.PROVINCE, CentreKind.DISTRICT, CentreKind.MINISTRY
    assert first_step(province) is S.TO_DIRECTOR
    assert step_above(province, S.TO_DIRECTOR) is S.TO_CHIEF
    assert step_above(province, S.TO_CHIEF) is S.TO_GOVERNOR
    assert step_above(province, S.TO_GOVERNOR) is None
    assert first_step(district) is S.TO_CHIEF
    assert step_above(district, S.TO_CHIEF) is None
    assert deciding_role(district, S.TO_CHIEF) is Role.DISTRICT_CHIEF
    assert deciding_role(province, S.TO_CHIEF) is Role.CHIEF
    assert deciding_role(district, S.TO_DIRECTOR) is None
    assert first_step(ministry) is S.TO_DIRECTOR
    assert {step.status for ladder in LADDERS.values() for step in ladder} == {
        S.TO_DIRECTOR,
        S.TO_CHIEF,
        S.TO_GOVERNOR,
    }


def test_every_deciding_role_may_decide() -> None:
    for ladder in LADDERS.values():
        for step in ladder:
            assert {Action.APPROVE, Action.RETURN_PROPOSAL} <= MATRIX[step.role].actions
            assert MATRIX[step.role].scope is Scope.CENTRE


def test_every_case_can_be_closed_from_every_status() -> None:
    ways_out = {
        S.RECEIVED: S.CHECKING,
        S.TO_DIRECTOR: S.CHECKING,
        S.TO_CHIEF: S.CHECKING,
        S.TO_GOVERNOR: S.CHECKING,
    }
    for status in set(S) - {S.CLOSED}:
        assert is_allowed(Action.CLOSE, ways_out.get(status, status))
