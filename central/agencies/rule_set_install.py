"""Installs a set of routing rules (`agencies/rule_sets/`) as rows of a centre. Installing it again adds nothing."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from django.db import transaction

from central.agencies import commands
from central.agencies.case_routing import agency_entries
from central.agencies.details import AgencyDetails
from central.agencies.models import Agency, RoutingRule
from central.agencies.register import find_by_code
from central.agencies.routing import nearest
from central.agencies.routing_explanation import kind_text
from central.agencies.routing_rules import AgencyOfKind
from central.agencies.rule_commands import RuleDetails, add_rules, details_of_rule
from central.centres.models import Centre, Officer
from protocol.bilingual_text import BilingualText

_DIRECTORY = files("central.agencies.rule_sets")
RULE_SETS = tuple(sorted(entry.name.removesuffix(".toml") for entry in _DIRECTORY.iterdir() if ".toml" in entry.name))

_AGENCY_KEYS = ("lead", "support", "copy")


@dataclass(frozen=True)
class InstalledRules:
    """What was added, and what the administrator still has to do."""

    name: BilingualText
    added: tuple[RoutingRule, ...]
    created_agencies: tuple[Agency, ...]
    advice: tuple[BilingualText, ...]


@transaction.atomic
def install_rules(set_name: str, centre: Centre, by: Officer | None) -> InstalledRules:
    """Add the rules of this set before the centre's own rules: they are narrower than any rule for a topic. A rule
    whose conditions the centre has already is left as it is. Agencies that the set names are created where neither the
    centre nor one above has their code. Raises RegisterError."""
    Centre.objects.select_for_update(no_key=True).get(pk=centre.pk)  # two at once would both add what is missing
    content = tomllib.loads((_DIRECTORY / f"{set_name}.toml").read_text(encoding="utf-8"))
    agencies, created = {}, []
    for row in content["agency"]:
        agency = find_by_code(row["code"], centre)
        if agency is None:
            agency = commands.create(AgencyDetails(**row), centre, by)
            created.append(agency)
        agencies[agency.code] = agency
    details = [_rule_details(row, agencies) for row in content["rule"]]
    present = {details_of_rule(rule).when for rule in RoutingRule.objects.filter(centre=centre)}
    added = add_rules([one for one in details if one.when not in present], centre, by, first=True)
    return InstalledRules(
        BilingualText(content["name_th"], content["name_en"]),
        tuple(added),
        tuple(created),
        (*_missing_kinds(details, centre), *_missing_addresses(agencies.values())),
    )


def _rule_details(row: dict[str, str], agencies: dict[str, Agency]) -> RuleDetails:
    """The rule of one row: `lead`, `support` and `copy` name agencies of the set, every other key is a field."""
    values: dict[str, Any] = {
        f"{name}_agency" if name in _AGENCY_KEYS else name: agencies[text] if name in _AGENCY_KEYS else text
        for name, text in row.items()
    }
    return RuleDetails(**values)


def _missing_kinds(details: list[RuleDetails], centre: Centre) -> list[BilingualText]:
    """One sentence for each kind of agency that a rule needs and nobody has registered for the centre's area."""
    kinds = dict.fromkeys(AgencyOfKind(one.lead_kind, one.lead_level) for one in details if one.lead_kind)
    entries = agency_entries(set(), {of_kind.kind for of_kind in kinds}, centre, centre.area_code)
    return [
        BilingualText(
            f"โปรดเพิ่มหน่วยงาน: {kind_text(of_kind).th} ทะเบียนยังไม่มี",
            f"Please add this agency, which the register does not have yet: {kind_text(of_kind).en}",
        )
        for of_kind in kinds
        if nearest(of_kind, centre.area_code, entries) is None
    ]


def _missing_addresses(agencies: Iterable[Agency]) -> list[BilingualText]:
    return [
        BilingualText(f"โปรดใส่อีเมลของ{agency.name_th}", f"Please add the e-mail address of {agency.name_in('en')}")
        for agency in agencies
        if not agency.email
    ]
