"""Which agency gets a case: ordered rules, the first that accepts the case takes it. Plain Python, no Django.

A rule that accepts the case ends the search even when nobody can be named, for example because no agency of the kind
covers the area: the next rule could send an accusation to the office it accuses (decision 0044)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from central.agencies import routing_explanation as explain
from central.agencies.kinds import AgencyLevel
from central.agencies.routing_rules import AgencyEntry, AgencyOfKind, CaseFacts, Rule
from protocol.bilingual_text import BilingualText

_NARROWNESS = {level.value: index for index, level in enumerate(AgencyLevel)}


@dataclass(frozen=True)
class RoutingResult:
    """The proposal for one case. `explanation` has a sentence for every rule up to the one that took the case."""

    rule: Rule | None
    lead: AgencyEntry | None
    support: tuple[AgencyEntry, ...]
    copies: tuple[AgencyEntry, ...]
    explanation: tuple[BilingualText, ...]


def route(facts: CaseFacts, rules: Sequence[Rule], agencies: Mapping[int, AgencyEntry]) -> RoutingResult:
    """Apply the rules in their order. `agencies` has every agency that a rule may name, by its key."""
    sentences: list[BilingualText] = []
    for rule in rules:
        failed = rule.failed_conditions(facts)
        if failed:
            sentences.append(explain.not_taken(rule, failed, facts))
            continue
        lead = find_lead(rule.lead, facts.area, agencies)
        support, copies = _named(rule.support, agencies), _named(rule.copies, agencies)
        sentences.append(
            explain.taken(rule, lead, support, copies) if lead else explain.taken_by_nobody(rule, facts, agencies)
        )
        return RoutingResult(rule, lead, support, copies, tuple(sentences))
    return RoutingResult(None, None, (), (), (*sentences, explain.NO_RULE))


def unreachable_rules(rules: Sequence[Rule]) -> dict[int, Rule]:
    """The rules that never take a case, by key, each with the earlier rule that takes all of theirs."""
    hidden: dict[int, Rule] = {}
    for index, rule in enumerate(rules):
        wider = next((earlier for earlier in rules[:index] if earlier.accepts_all_of(rule)), None)
        if wider is not None:
            hidden[rule.key] = wider
    return hidden


def find_lead(lead: int | AgencyOfKind, area: str, agencies: Mapping[int, AgencyEntry]) -> AgencyEntry | None:
    """The agency that a rule names. None when it takes no cases, or when no agency of the kind covers the area."""
    if isinstance(lead, AgencyOfKind):
        return nearest(lead, area, agencies)
    entry = agencies.get(lead)
    return entry if entry is not None and entry.takes_cases else None


def nearest(of_kind: AgencyOfKind, area: str, agencies: Mapping[int, AgencyEntry]) -> AgencyEntry | None:
    """The agency of this kind whose own area around `area` is the narrowest. Among equals: the one registered nearest
    in the tree of centres, then the one of the narrowest level, then the one registered first."""
    candidates = [
        (-closeness, entry.distance, -_NARROWNESS.get(entry.level, 0), entry.key)
        for entry in agencies.values()
        if entry.takes_cases
        and entry.kind == of_kind.kind
        and of_kind.level in ("", entry.level)
        and (closeness := entry.closeness(area)) is not None
    ]
    return agencies[min(candidates)[-1]] if candidates else None


def _named(keys: Sequence[int], agencies: Mapping[int, AgencyEntry]) -> tuple[AgencyEntry, ...]:
    return tuple(agencies[key] for key in keys if key in agencies and agencies[key].takes_cases)
