"""The routing applied to the register: loads rules and agencies for one case. A constant number of queries."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Protocol

from django.db.models import Q

from central.agencies.models import Agency, RoutingRule
from central.agencies.register import own_and_above, reachable_agencies
from central.agencies.routing import RoutingResult, route
from central.agencies.routing_rules import AgencyEntry, AgencyOfKind, CaseFacts, Rule
from central.centres.models import Centre
from protocol.bilingual_text import BilingualText


class RoutableCase(Protocol):
    """The columns of a case that decide who gets it."""

    topic: str
    area: str
    nature: str
    about: str
    about_kind: str
    channel: str


def facts_of(case: RoutableCase) -> CaseFacts:
    """The facts of a case."""
    return CaseFacts(case.topic, case.area, case.nature, case.about, case.about_kind, case.channel)


def propose_route(facts: CaseFacts, centre: Centre) -> RoutingResult:
    """Which agency gets a case of this centre: by the centre's own rules, then by those of the centres above it. A case
    without a place is taken to be in the centre's area."""
    facts = replace(facts, area=facts.area or centre.area_code)
    rules = rules_in_force(centre)
    named = {key for rule in rules for key in (*rule.support, *rule.copies)}
    named |= {rule.lead for rule in rules if isinstance(rule.lead, int)}
    kinds = {rule.lead.kind for rule in rules if isinstance(rule.lead, AgencyOfKind)}
    return route(facts, rules, agency_entries(named, kinds, centre, facts.area))


def rules_in_force(centre: Centre) -> tuple[Rule, ...]:
    """The centre's own rules in their order, then those of its parent, and so on up to the root."""
    holders = list(own_and_above(centre))
    rows: dict[int, list[RoutingRule]] = {holder.pk: [] for holder in holders}
    for row in RoutingRule.objects.filter(centre__in=holders):
        rows[row.centre_id].append(row)
    return tuple(
        _rule(row, number, None if holder.pk == centre.pk else BilingualText(holder.name_th, holder.name_en))
        for holder in holders
        for number, row in enumerate(rows[holder.pk], start=1)
    )


def _rule(row: RoutingRule, number: int, inherited_from: BilingualText | None) -> Rule:
    reason = BilingualText(row.explanation_th or row.explanation_en, row.explanation_en or row.explanation_th)
    return Rule(
        key=row.pk,
        number=number,
        when=CaseFacts(row.topic, row.area_code, row.nature, row.about, row.about_kind, row.channel),
        lead=row.lead_agency_id if row.lead_agency_id is not None else AgencyOfKind(row.lead_kind, row.lead_level),
        support=_keys([row.support_agency_id]),
        copies=_keys([row.copy_agency_id]),
        reason=reason if reason.th else None,
        inherited_from=inherited_from,
    )


def _keys(agency_ids: Iterable[int | None]) -> tuple[int, ...]:
    return tuple(agency_id for agency_id in agency_ids if agency_id is not None)


def agency_entries(named: set[int], kinds: set[str], centre: Centre, area: str) -> dict[int, AgencyEntry]:
    """The agencies with these keys, and every one of these kinds that a case of the centre can be ordered to and that
    works around the place. The database chooses by place: the register of the country has 25,000 agencies."""
    around = [area[:digits] for digits in (2, 4, 6) if len(area) >= digits]
    works_there = Q(areas__area_code__in=around) | Q(areas=None, centre__area_code__in=["", *around])
    near = reachable_agencies(centre).filter(works_there, kind__in=kinds)
    agencies = Agency.objects.filter(Q(pk__in=named) | Q(pk__in=near.values("pk")))
    return {agency.pk: _entry(agency, centre) for agency in agencies.select_related("centre").prefetch_related("areas")}


def _entry(agency: Agency, centre: Centre) -> AgencyEntry:
    return AgencyEntry(
        key=agency.pk,
        name=agency.name,
        kind=agency.kind,
        level=agency.level,
        areas=tuple(row.area_code for row in agency.areas.all()) or (agency.centre.area_code,),
        distance=abs(agency.centre.path.count("/") - centre.path.count("/")),
        takes_cases=agency.takes_cases,
    )
