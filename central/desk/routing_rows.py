"""What the page of the routing rules shows, as plain texts in the language of the page."""

from collections.abc import Iterable, Mapping
from typing import Any

from central.agencies.models import Agency
from central.agencies.routing import RoutingResult
from central.agencies.routing_explanation import CONDITION_NAMES, conditions_text, kind_text, never_taken, value_name
from central.agencies.routing_rules import AgencyOfKind, CaseFacts, Rule


def fact_texts(facts: CaseFacts, language: str) -> str:
    """The stated facts in one line."""
    return " · ".join(
        f"{text.in_language(language)}: {value_name(name, getattr(facts, name)).in_language(language)}"
        for name, text in CONDITION_NAMES.items()
        if getattr(facts, name)
    )


def named_agencies(rules: Iterable[Rule]) -> dict[int, Agency]:
    """The agencies that these rules name, by their key."""
    keys = {key for rule in rules for key in (*rule.support, *rule.copies)}
    keys |= {rule.lead for rule in rules if isinstance(rule.lead, int)}
    return Agency.objects.in_bulk(keys)


def build_rule_row(
    rule: Rule, agencies: Mapping[int, Agency], result: RoutingResult | None, wider: Rule | None, language: str
) -> dict[str, Any]:
    """One line of the rules. `result` is that of the test, whose rule is marked; `wider` is an earlier rule that takes
    all cases of this one."""

    def names(keys: tuple[int, ...]) -> str:
        return ", ".join(agencies[key].name_in(language) for key in keys)

    if isinstance(rule.lead, AgencyOfKind):
        lead, is_missing = kind_text(rule.lead).in_language(language), False
    else:
        lead, is_missing = names((rule.lead,)), not agencies[rule.lead].takes_cases
    return {
        "rule": rule,
        "when": conditions_text(rule.when).in_language(language),
        "lead": lead,
        "is_missing": is_missing,
        "support": names(rule.support),
        "copies": names(rule.copies),
        "reason": rule.reason.in_language(language) if rule.reason else "",
        "inherited_from": rule.inherited_from.in_language(language) if rule.inherited_from else "",
        "never_taken": never_taken(wider).in_language(language) if wider else "",
        "took_it": result is not None and result.rule is not None and result.rule.key == rule.key,
    }
