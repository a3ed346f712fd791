"""The commands that change the routing rules of a centre. Each checks the permission and the rule, and is recorded.

The rules of one centre are numbered 1, 2, 3 …; the centre's row is locked while they change."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.db import transaction

from central.agencies.commands import require_permission
from central.agencies.errors import RegisterError
from central.agencies.kinds import AgencyKind, AgencyLevel
from central.agencies.limits import MAX_REASON_CHARS, MAX_RULES
from central.agencies.models import Agency, RegisterChange, RoutingRule
from central.agencies.register import reachable_agencies
from central.agencies.routing_explanation import conditions_text
from central.agencies.routing_rules import CaseFacts
from central.centres.models import Centre, Officer
from central.channels import Channel
from central.people.roles import Action
from protocol.bilingual_text import BilingualText
from protocol.choices import Nature, RespondentKind
from protocol.topics import Topic
from thai import places

_UNKNOWN_VALUE = BilingualText("ไม่มีตัวเลือกนี้", "There is no such choice")
_UNKNOWN_AREA = BilingualText("ไม่พบพื้นที่นี้", "There is no such area")
_NO_LEAD = BilingualText("โปรดเลือกหน่วยงาน หรือประเภทหน่วยงาน", "Please choose an agency, or a kind of agency")
_TWO_LEADS = BilingualText(
    "เลือกได้อย่างเดียว: หน่วยงาน หรือประเภทหน่วยงาน", "Choose one only: an agency, or a kind of agency"
)
_LEVEL_WITHOUT_KIND = BilingualText("ระดับใช้กับประเภทหน่วยงานเท่านั้น", "A level needs a kind of agency")
_NOT_REACHABLE = BilingualText("ศูนย์นี้ส่งเรื่องให้หน่วยงานนี้ไม่ได้", "This centre cannot send cases to this agency")
_TOO_LONG = BilingualText(f"ยาวเกิน {MAX_REASON_CHARS} ตัวอักษร", f"Longer than {MAX_REASON_CHARS} characters")
_TOO_MANY = BilingualText(f"กฎเกิน {MAX_RULES} ข้อ", f"More than {MAX_RULES} rules")
_CHANGED = BilingualText("มีผู้แก้ไขกฎไปแล้ว โปรดตรวจดูอีกครั้ง", "Someone else has changed the rules. Please check them again")
_CHOICES: dict[str, frozenset[str]] = {
    "topic": frozenset(topic.value for topic in Topic),
    "nature": frozenset(nature.value for nature in Nature),
    "about": frozenset(kind.value for kind in RespondentKind),
    "about_kind": frozenset(AgencyKind),
    "channel": frozenset(Channel),
    "lead_kind": frozenset(AgencyKind),
    "lead_level": frozenset(AgencyLevel),
}


class Direction(StrEnum):
    """Where a rule is moved, by one place."""

    UP = "up"
    DOWN = "down"


@dataclass(frozen=True)
class RuleDetails:
    """A rule as an administrator states it: the columns of `RoutingRule` under the same names, '' and None for any."""

    topic: str = ""
    area_code: str = ""
    nature: str = ""
    about: str = ""
    about_kind: str = ""
    channel: str = ""
    lead_agency: Agency | None = None
    lead_kind: str = ""
    lead_level: str = ""
    support_agency: Agency | None = None
    copy_agency: Agency | None = None
    explanation_th: str = ""
    explanation_en: str = ""

    @property
    def when(self) -> CaseFacts:
        """The conditions."""
        return CaseFacts(self.topic, self.area_code, self.nature, self.about, self.about_kind, self.channel)


def details_of_rule(rule: RoutingRule) -> RuleDetails:
    """The stored details of a rule."""
    return RuleDetails(**{name: getattr(rule, name) for name in RuleDetails.__dataclass_fields__})


@transaction.atomic
def add_rules(
    details: list[RuleDetails], centre: Centre, by: Officer | None, *, first: bool = False
) -> list[RoutingRule]:
    """Add these rules in their order after the last rule of the centre, or before the first."""
    rules = _lock_rules(centre, by)
    if len(rules) + len(details) > MAX_RULES:
        raise RegisterError.of(_TOO_MANY)
    for one in details:
        _check(one, centre)
    added = [RoutingRule(centre=centre, position=0, **vars(one)) for one in details]
    for rule in added:
        rule.save()
    _number([*added, *rules] if first else [*rules, *added])
    for rule in added:
        _record(rule, RegisterChange.Kind.RULE_ADDED, by)
    return added


@transaction.atomic
def edit_rule(rule: RoutingRule, details: RuleDetails, by: Officer | None) -> RoutingRule:
    """Replace conditions, agencies and explanation of a rule. It stays at its place."""
    stored = _find(_lock_rules(rule.centre, by), lambda other: other.pk == rule.pk)
    if details_of_rule(stored) == details:
        return stored
    _check(details, rule.centre)
    for name, value in vars(details).items():
        setattr(stored, name, value)
    stored.save()
    _record(stored, RegisterChange.Kind.RULE_EDITED, by)
    return stored


@transaction.atomic
def move_rule(rule: RoutingRule, direction: Direction, by: Officer | None, *, seen_number: int) -> None:
    """Exchange a rule with the one before or after it. `seen_number` is its number on the page that was shown."""
    rules = _lock_rules(rule.centre, by)
    stored = _find(rules, lambda other: other.pk == rule.pk)
    place = rules.index(stored)
    if place + 1 != seen_number:
        raise RegisterError.of(_CHANGED)
    target = place - 1 if direction is Direction.UP else place + 1
    if not 0 <= target < len(rules):
        return
    rules[place], rules[target] = rules[target], rules[place]
    _number(rules)
    _record(stored, RegisterChange.Kind.RULE_MOVED, by)


@transaction.atomic
def delete_rule(rule: RoutingRule, by: Officer | None) -> None:
    """Delete a rule; the rules after it move up."""
    rules = _lock_rules(rule.centre, by)
    stored = _find(rules, lambda other: other.pk == rule.pk)
    _record(stored, RegisterChange.Kind.RULE_DELETED, by)
    rules.remove(stored)
    stored.delete()
    _number(rules)


def _lock_rules(centre: Centre, by: Officer | None) -> list[RoutingRule]:
    require_permission(by, centre, Action.MANAGE_ROUTING)
    Centre.objects.select_for_update(no_key=True).get(pk=centre.pk)
    return list(RoutingRule.objects.filter(centre=centre))


def _find(rules: list[RoutingRule], is_wanted: Callable[[RoutingRule], bool]) -> RoutingRule:
    stored = next(filter(is_wanted, rules), None)
    if stored is None:
        raise RegisterError.of(_CHANGED)
    return stored


def _number(rules: list[RoutingRule]) -> None:
    for position, rule in enumerate(rules, start=1):
        rule.position = position
    RoutingRule.objects.bulk_update(rules, ["position"])


def _record(rule: RoutingRule, kind: RegisterChange.Kind, by: Officer | None) -> None:
    detail = f"{rule.position} · {conditions_text(details_of_rule(rule).when).th}"
    RegisterChange.objects.create(centre_id=rule.centre_id, kind=kind, by=by, detail=detail[:500])


def _check(details: RuleDetails, centre: Centre) -> None:
    """Raises RegisterError with every error."""
    errors = dict(_errors(details, centre))
    if errors:
        raise RegisterError(errors)


def _errors(details: RuleDetails, centre: Centre) -> Iterator[tuple[str, BilingualText]]:
    for name, values in _CHOICES.items():
        if getattr(details, name) and getattr(details, name) not in values:
            yield name, _UNKNOWN_VALUE
    if details.area_code and places.place(details.area_code) is None:
        yield "area_code", _UNKNOWN_AREA
    if details.lead_agency is None and not details.lead_kind:
        yield "lead_agency", _NO_LEAD
    elif details.lead_agency is not None and details.lead_kind:
        yield "lead_agency", _TWO_LEADS
    if details.lead_level and not details.lead_kind:
        yield "lead_level", _LEVEL_WITHOUT_KIND
    named = [agency.pk for agency in (details.lead_agency, details.support_agency, details.copy_agency) if agency]
    reachable = set(reachable_agencies(centre).filter(pk__in=named).values_list("pk", flat=True))
    for name in ("lead_agency", "support_agency", "copy_agency"):
        agency: Agency | None = getattr(details, name)
        if agency is not None and agency.pk not in reachable:
            yield name, _NOT_REACHABLE
    for name in ("explanation_th", "explanation_en"):
        if len(getattr(details, name)) > MAX_REASON_CHARS:
            yield name, _TOO_LONG
