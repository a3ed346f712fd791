"""The content of the decision page: one proposal as a card, and how many wait behind it."""

from collections.abc import Mapping
from dataclasses import dataclass

from central.agencies.models import Agency
from central.cases import commands, reading
from central.cases.codes import OUTCOMES
from central.cases.event_kinds import EventKind
from central.cases.models import Case, CaseEvent, Proposal
from central.cases.points import shown_words
from central.centres.models import Officer
from central.database_values import parse_date
from central.desk import labels
from central.desk.case_history import ShownEvent, shown_events
from central.people.roles import Action
from thai import dates, places


@dataclass(frozen=True)
class Opinion:
    """What somebody on the ladder wrote about the proposal."""

    by: str
    when: str
    text: str


@dataclass(frozen=True)
class DecisionCard:
    """One proposal with everything that its decision needs."""

    proposal: Proposal
    case: Case
    text: str  # what the citizen typed
    topic: str
    place: str
    filed: str
    waiting_since: str
    lead: str
    supports: tuple[str, ...]
    copies: tuple[str, ...]
    handler: str
    due: str
    outcome: str
    next_owner: str
    opinions: tuple[Opinion, ...]
    events: tuple[ShownEvent, ...]
    may_approve: bool
    may_send_up: bool


def build_decision_card(officer: Officer, proposal: Proposal, language: str) -> DecisionCard:
    """The card of a proposal. Opening it is audited as a reading of the case."""
    case = reading.open_case(officer, proposal.case.case_number)
    content: Mapping[str, object] = proposal.content
    agencies = _agency_names(content, language)
    due = parse_date(str(content.get("due", "")))
    steps = commands.allowed_steps(case, officer)
    return DecisionCard(
        proposal=proposal,
        case=case,
        text=shown_words(officer, case)(case.text),
        topic=labels.label(labels.TOPIC, case.topic, language),
        place=places.full_name(case.area, language),
        filed=dates.short_date(case.filed_at, language),
        waiting_since=dates.short_datetime(proposal.proposed_at, language),
        lead=agencies.get(content.get("lead"), ""),
        supports=tuple(agencies[pk] for pk in _ids(content.get("supports")) if pk in agencies),
        copies=tuple(agencies[pk] for pk in _ids(content.get("copies")) if pk in agencies),
        handler=str(content.get("handler_name", "")),
        due=dates.long_date(due, language) if due else "",
        outcome=labels.label(OUTCOMES, str(content.get("outcome", "")), language),
        next_owner=str(content.get("next_owner", "")),
        opinions=tuple(_opinions(proposal, language)),
        events=tuple(shown_events(case, officer, language)),
        may_approve=Action.APPROVE in steps,
        may_send_up=Action.SEND_UP in steps,
    )


def _agency_names(content: Mapping[str, object], language: str) -> dict[object, str]:
    ids = [*_ids([content.get("lead")]), *_ids(content.get("supports")), *_ids(content.get("copies"))]
    return {pk: agency.name_in(language) for pk, agency in Agency.objects.in_bulk(ids).items()} if ids else {}


def _ids(values: object) -> list[int]:
    return [value for value in values if isinstance(value, int)] if isinstance(values, list) else []


def _opinions(proposal: Proposal, language: str) -> list[Opinion]:
    """The proposing officer's opinion, then those of the superiors who sent the proposal up."""
    events = CaseEvent.objects.filter(case=proposal.case_id, at__gte=proposal.proposed_at)
    sent_up = events.filter(kind=EventKind.SEND_UP.value).select_related("by", "texts").order_by("seq")
    first = Opinion(
        proposal.proposed_by.display_name, dates.short_datetime(proposal.proposed_at, language), proposal.opinion
    )
    return [
        first,
        *(
            Opinion(
                event.by.display_name if event.by else "",
                dates.short_datetime(event.at, language),
                texts.note if (texts := getattr(event, "texts", None)) else "",
            )
            for event in sent_up
        ),
    ]
