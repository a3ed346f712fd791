"""Makes facts of cases from what is stored: the case, its history, its referrals, sex and age of its complainant."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from central.cases.codes import ReferralKind, ReferralState
from central.cases.event_kinds import EventKind
from central.cases.filing_time import FilingQuality
from central.cases.models import Case, CaseEvent, Referral
from central.cases.statistics import age_band, sexes_and_birth_dates
from central.classification.terms import TermTable, load_terms
from central.insight.facts import FactValues
from protocol.case_status import CaseStatus
from thai.dates import day_in_thailand

_NOBODY = ("", "")
_MAX_STORED_DAYS = 32_000  # of a small integer


@dataclass(frozen=True)
class _Event:
    at: datetime
    kind: str
    status: str
    payload: Mapping[str, object]


def build_facts(cases: Sequence[Case]) -> dict[int, FactValues]:
    """The facts of these cases, by the key of the case. Four queries, however many cases."""
    keys = [case.pk for case in cases]
    people = sexes_and_birth_dates(keys)
    events: dict[int, list[_Event]] = defaultdict(list)
    stored = CaseEvent.objects.filter(case__in=keys).order_by("at", "id")
    for case_id, *columns in stored.values_list("case_id", "at", "kind", "status", "payload"):
        events[case_id].append(_Event(*columns))
    leads: dict[int, list[Referral]] = defaultdict(list)
    for referral in Referral.objects.filter(case__in=keys, kind=ReferralKind.LEAD.value).order_by("sent_at", "id"):
        leads[referral.case_id].append(referral)
    terms = load_terms()
    return {
        case.pk: build_fact(case, events[case.pk], leads[case.pk], terms, people.get(case.pk, _NOBODY))
        for case in cases
    }


def build_fact(
    case: Case,
    events: Sequence[_Event],
    leads: Sequence[Referral],
    terms: TermTable,
    person: tuple[str, str] = _NOBODY,
) -> FactValues:
    """The fact of one case. `events` and `leads` are in the order of time."""
    sex, birth_date = person
    received_on = _day_of_receipt(case)
    closed_on = max(day_in_thailand(case.closed_at), received_on) if case.closed_at else None
    last = leads[-1] if leads and leads[-1].state != ReferralState.RETURNED.value else None
    reopened_on = _last_day(events, EventKind.REOPEN)
    rated_on, stars, agency_stars = _last_rating(events, last.agency_id if last else None)
    return FactValues(
        centre_id=case.centre_id,
        area=case.area,
        topic=case.topic,
        channel=case.channel,
        outcome=case.outcome_code if case.closed_at else "",
        agency_id=last.agency_id if last else None,
        sex=sex,
        age_band=age_band(birth_date, received_on),
        received_on=received_on,
        closed_on=closed_on,
        reopened_on=reopened_on,
        rated_on=rated_on,
        in_time=None if closed_on is None or case.due is None else closed_on <= case.due,
        stars=stars,
        agency_stars=agency_stars,
        days_to_take=_days(received_on, _day_taken(events)),
        days_to_order=_days(received_on, day_in_thailand(leads[0].sent_at) if leads else None),
        days_at_agency=_days_at_agency(leads[-1]) if leads else None,
        **terms.codes(case.topic, case.subtopic, case.terms),
    )


def _day_of_receipt(case: Case) -> date:
    """The day on which the citizen has filed the case; of arrival where the kiosk's clock was not trusted."""
    is_uncertain = case.filing_time_quality == FilingQuality.UNCERTAIN.value
    return day_in_thailand(case.received_at if is_uncertain else case.filed_at)


def _day_taken(events: Sequence[_Event]) -> date | None:
    """The day on which an officer took the case. What was done in an earlier system is not known."""
    if any(event.kind == EventKind.IMPORTED.value for event in events):
        return None
    waiting = ("", CaseStatus.RECEIVED.value)
    return next((day_in_thailand(event.at) for event in events if event.status not in waiting), None)


def _last_day(events: Sequence[_Event], kind: EventKind) -> date | None:
    return next((day_in_thailand(event.at) for event in reversed(events) if event.kind == kind.value), None)


def _last_rating(events: Sequence[_Event], agency_id: int | None) -> tuple[date | None, int | None, int | None]:
    """Day of the last rating, stars for the centre, stars for the agency."""
    event = next((each for each in reversed(events) if each.kind == EventKind.RATE.value), None)
    if event is None:
        return None, None, None
    ratings = event.payload.get("ratings", [])
    by_agency = {row["agency"]: row["stars"] for row in ratings} if isinstance(ratings, list) else {}
    agency_stars = by_agency.get(agency_id) if agency_id is not None else None
    return day_in_thailand(event.at), by_agency.get(None), agency_stars


def _days_at_agency(lead: Referral) -> int | None:
    if lead.state != ReferralState.DONE.value or lead.ended_at is None:
        return None
    return _days(day_in_thailand(lead.sent_at), day_in_thailand(lead.ended_at))


def _days(start: date, end: date | None) -> int | None:
    """Days between, 0 where a time of the past was entered later than what followed it."""
    return None if end is None else min(max((end - start).days, 0), _MAX_STORED_DAYS)
