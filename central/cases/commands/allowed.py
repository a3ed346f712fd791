"""Which steps an officer can make with a case now: the workflow table, the matrix of roles and the rows of the case.

For pages, which offer only these. The commands check the same again, under the lock of the case."""

from collections.abc import Sequence

from central.cases.codes import ACTIVE_STATES, Attention, ReferralKind
from central.cases.commands.citizen_rights import has_open_data_request
from central.cases.commands.deciding import may_decide
from central.cases.commands.step import Actor
from central.cases.ladders import step_above
from central.cases.models import Case, Proposal, Referral
from central.cases.workflow import WORKFLOW, is_allowed
from central.centres.models import Officer
from central.people.permission import actions_at
from central.people.roles import Action

_OF_REFERRALS = frozenset({Action.RECALL, Action.ACCEPT, Action.REPORT, Action.RETURN_TO_CENTRE})
_DECISIONS = frozenset({Action.APPROVE, Action.SEND_UP, Action.RETURN_PROPOSAL})


def allowed_steps(case: Case, officer: Officer, active: Sequence[Referral] | None = None) -> tuple[Action, ...]:
    """The steps in the order of the workflow table. A constant number of queries. `active` are the referrals that have
    not ended, where they are loaded already."""
    permitted = actions_at(officer, case.centre, case.area)
    steps = [action for action in WORKFLOW if action in permitted and is_allowed(action, case.current_status)]
    if _OF_REFERRALS.intersection(steps):
        active = active_referrals(case) if active is None else active
        possible = {action for action in _OF_REFERRALS if any(fits_step(row, action) for row in active)}
        steps = [action for action in steps if action not in _OF_REFERRALS or action in possible]
    if _DECISIONS.intersection(steps):
        decisions = _possible_decisions(case, officer)
        steps = [action for action in steps if action not in _DECISIONS or action in decisions]
    if Action.REFUSE_REOPENING in steps and case.attention != Attention.REOPENING_REQUESTED.value:
        steps.remove(Action.REFUSE_REOPENING)
    if Action.ANSWER_DATA_REQUEST in steps and not has_open_data_request(case):
        steps.remove(Action.ANSWER_DATA_REQUEST)
    if Action.UNLINK_DUPLICATE in steps and case.duplicate_of_id is None:
        steps.remove(Action.UNLINK_DUPLICATE)
    if Action.WITHDRAW_PROPOSAL in steps and not _is_author(case, officer):
        steps.remove(Action.WITHDRAW_PROPOSAL)
    return tuple(steps)


def active_referrals(case: Case) -> list[Referral]:
    """The referrals that have not ended."""
    states = [state.value for state in ACTIVE_STATES]
    return list(case.referrals.select_related("agency").filter(state__in=states))


def fits_step(referral: Referral, action: Action) -> bool:
    """Whether this step can be made with this referral. A copy for supervision has no answer, it can be recalled."""
    return action is Action.RECALL or referral.kind != ReferralKind.COPY.value


def _possible_decisions(case: Case, officer: Officer) -> frozenset[Action]:
    if not may_decide(case, Actor.of(officer)):
        return frozenset()
    decisions = set(_DECISIONS)
    if step_above(case.centre.kind, case.current_status) is None:
        decisions.discard(Action.SEND_UP)
    proposal = Proposal.objects.filter(case=case, decided_at=None).first()
    if proposal is None or proposal.proposed_by_id == officer.pk:
        decisions.discard(Action.APPROVE)
    return frozenset(decisions)


def _is_author(case: Case, officer: Officer) -> bool:
    """Whether the officer may withdraw: as the author of the open proposal, or as the owner of the case."""
    is_proposer = Proposal.objects.filter(case=case, decided_at=None, proposed_by=officer).exists()
    return is_proposer or case.owner_id == officer.pk
