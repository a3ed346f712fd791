"""Whatever steps people make in whatever order, the rows of a case agree with each other, and its cached tracking page
is the one made from them."""

import random
from collections.abc import Callable
from datetime import timedelta

import pytest

from central.cases import clock, commands, history
from central.cases.codes import ACTIVE_STATES, Outcome
from central.cases.commands import Actor, ClosingInputs, NotAllowedError, OrderInputs
from central.cases.ladders import LADDER_STATUSES
from central.cases.models import Case, Referral
from central.centres.models import Centre
from central.messages.ratings import rate, rated_bodies
from central.people.roles import Role
from central.tracking.lookup import LookupOutcome, LookupResult
from central.tracking.page import case_page, clear_page_cache
from central.tracking.tracked_case import find_tracked_case
from protocol.case_status import CaseStatus
from tests.unit.central.factories import actor_with, create_agency, create_case

_STEPS = 60


def check(case: Case) -> None:
    """The invariants."""
    open_proposals = case.proposals.filter(decided_at=None).count()
    active = case.referrals.filter(state__in=[state.value for state in ACTIVE_STATES])
    leads = active.filter(kind="lead").count()
    assert open_proposals == (1 if case.current_status in LADDER_STATUSES else 0)
    assert (case.closed_at is not None) is (case.current_status is CaseStatus.CLOSED) is bool(case.outcome_code)
    assert leads <= 1
    assert not case.referrals.filter(ended_at=None).exclude(pk__in=active.values("pk")).exists()
    assert not active.exclude(ended_at=None).exists()
    if case.closed_at is not None:
        assert not active.exists()
    if case.current_status is CaseStatus.RECEIVED:
        assert (leads, case.agency_name) == (0, "")
    if case.current_status is CaseStatus.ORDERED:
        assert leads == 1 or case.referrals.filter(kind="lead", state="done").exists()
    if case.duplicate_of is not None:
        assert case.outcome_code == Outcome.DUPLICATE
        assert case.duplicate_of.duplicate_of is None


def tracking_pages(cases: list[Case]) -> list[str]:
    lookups = [LookupResult(LookupOutcome.FOUND, "th", find_tracked_case(case.tracking_hash)) for case in cases]
    return [case_page(lookup, clock.today(), code="", nonce="", is_part=True) for lookup in lookups]


@pytest.mark.parametrize("seed", range(3))
def test_random_steps_leave_a_consistent_case(khonkaen: Centre, phayao: Centre, seed: int) -> None:
    rng = random.Random(seed)
    roles = (Role.INTAKE, Role.CASE_OFFICER, Role.DIRECTOR, Role.CHIEF, Role.GOVERNOR)
    people = [actor_with(centre, role) for centre in (khonkaen, phayao) for role in roles]
    agencies = [create_agency(khonkaen), create_agency(khonkaen), create_agency(phayao)]
    cases = [create_case(khonkaen), create_case(khonkaen)]

    def order_inputs() -> OrderInputs:
        copies = rng.sample(agencies, rng.choice((0, 0, 1)))
        due = rng.choice((None, None, clock.today() + timedelta(days=rng.randint(1, 60))))
        return OrderInputs(lead=rng.choice((*agencies, None)), copies=copies, text="x", due=due)

    def closing() -> ClosingInputs:
        return ClosingInputs(rng.choice(list(Outcome)).value, "แจ้งผล", "หน่วยงานอื่น")

    def on_referral(case: Case, step: Callable[[Referral, Actor], object], by: Actor) -> None:
        if referrals := list(case.referrals.all()):
            referral = rng.choice(referrals)
            step(referral, rng.choice((by, Actor.agency_link(referral))))

    steps: list[Callable[[Case, Actor], object]] = [
        lambda case, by: commands.take(case, by, seen_revision=None),
        lambda case, by: commands.order(case, by, seen_revision=None, inputs=order_inputs()),
        lambda case, by: commands.order(case, by, seen_revision=None, inputs=order_inputs()),
        lambda case, by: commands.propose(case, by, seen_revision=None, content=rng.choice((order_inputs, closing))()),
        lambda case, by: commands.approve(case, by, seen_revision=None),
        lambda case, by: commands.approve(case, by, seen_revision=None),
        lambda case, by: commands.send_up(case, by, seen_revision=None),
        lambda case, by: commands.return_proposal(case, by, seen_revision=None, reason="x"),
        lambda case, by: commands.withdraw_proposal(case, by, seen_revision=None, reason="x"),
        lambda case, by: commands.ask_details(case, by, seen_revision=None, question="x"),
        lambda case, by: commands.record_details(case, by, seen_revision=None, details="x"),
        lambda case, by: commands.close(case, by, seen_revision=None, inputs=closing()),
        lambda case, by: commands.correct_outcome(case, by, seen_revision=None, inputs=closing(), reason="x"),
        lambda case, by: commands.reopen(case, by, seen_revision=None, reason="x"),
        lambda case, by: commands.request_reopening(
            case, rng.choice((by, Actor.citizen())), seen_revision=None, reason="x"
        ),
        lambda case, by: commands.refuse_reopening(case, by, seen_revision=None, reason="x"),
        lambda case, by: rate(case, Actor.citizen(), dict.fromkeys(rated_bodies(case), 4), "x"),
        lambda case, by: commands.link_duplicate(case, by, seen_revision=None, lead_case=rng.choice(cases)),
        lambda case, by: commands.move_centre(
            case, by, seen_revision=None, centre=rng.choice((khonkaen, phayao)), reason="x"
        ),
        lambda case, by: on_referral(case, lambda row, who: commands.accept(row, who, seen_revision=None), by),
        lambda case, by: on_referral(
            case,
            lambda row, who: commands.report(row, who, seen_revision=None, text="x", is_done=rng.random() < 0.5),
            by,
        ),
        lambda case, by: on_referral(
            case, lambda row, who: commands.return_to_centre(row, who, seen_revision=None, reason="x"), by
        ),
        lambda case, by: on_referral(
            case, lambda row, who: commands.recall(row, by, seen_revision=None, reason="x"), by
        ),
    ]
    made = 0
    while made < _STEPS:
        case = Case.objects.get(pk=rng.choice(cases).pk)
        try:
            rng.choice(steps)(case, rng.choice(people))
        except NotAllowedError:
            continue
        made += 1
        for each in Case.objects.all():
            check(each)
        cached = tracking_pages(cases)
        clear_page_cache()
        assert cached == tracking_pages(cases)
    assert all(history.verify_case(each) is None for each in Case.objects.all())
