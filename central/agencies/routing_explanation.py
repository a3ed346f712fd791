"""The routing's sentences in both languages: which rule took a case, and why the earlier ones did not. Plain Python."""

from collections.abc import Mapping, Sequence
from typing import Any

from central.agencies.kinds import KINDS, LEVELS
from central.agencies.routing_rules import CONDITIONS, AgencyEntry, AgencyOfKind, CaseFacts, Rule
from central.channels import CHANNELS
from central.submission_labels import ABOUT, NATURE, TOPIC
from protocol.bilingual_text import BilingualText, name_of
from thai import places

NO_RULE = BilingualText(
    "ไม่มีกฎข้อใดใช้กับเรื่องนี้ โปรดเลือกหน่วยงานเอง", "No rule applies to this case. Please choose the agency yourself."
)
CONDITION_NAMES: Mapping[str, BilingualText] = {
    "topic": BilingualText("ประเภทเรื่อง", "topic"),
    "area": BilingualText("พื้นที่เกิดเหตุ", "place"),
    "nature": BilingualText("ลักษณะเรื่อง", "nature"),
    "about": BilingualText("ผู้ถูกร้อง", "respondent"),
    "about_kind": BilingualText("หน่วยงานที่ถูกร้อง", "agency complained about"),
    "channel": BilingualText("ช่องทาง", "channel"),
}


_VALUE_NAMES: Mapping[str, Mapping[Any, BilingualText]] = {
    "topic": TOPIC,
    "nature": NATURE,
    "about": ABOUT,
    "about_kind": KINDS,
    "channel": CHANNELS,
}
_NOT_STATED = BilingualText("ไม่ได้ระบุ", "not stated")


def value_name(condition: str, code: str) -> BilingualText:
    """The name of a condition's value; the code itself when this version does not know it."""
    if not code:
        return _NOT_STATED
    if condition == "area":
        return BilingualText(places.full_name(code, "th") or code, places.full_name(code, "en") or code)
    return name_of(_VALUE_NAMES[condition], code)


def rule_name(rule: Rule) -> BilingualText:
    """«กฎข้อ 3»; with its centre when it is inherited."""
    if rule.inherited_from is None:
        return BilingualText(f"กฎข้อ {rule.number}", f"Rule {rule.number}")
    return BilingualText(
        f"กฎข้อ {rule.number} ของ{rule.inherited_from.th}", f"Rule {rule.number} of {rule.inherited_from.en}"
    )


def conditions_text(when: CaseFacts) -> BilingualText:
    """The conditions of a rule in one line."""
    set_names = [name for name in CONDITIONS if getattr(when, name)]
    if not set_names:
        return BilingualText("ทุกเรื่อง", "every case")
    values = [(CONDITION_NAMES[name], value_name(name, getattr(when, name))) for name in set_names]
    return BilingualText(
        " และ ".join(f"{name.th} {value.th}" for name, value in values),
        " and ".join(f"{name.en} {value.en}" for name, value in values),
    )


def kind_text(of_kind: AgencyOfKind) -> BilingualText:
    """The lead of a rule that names a kind: «ตำรวจ ระดับจังหวัด ของพื้นที่เกิดเหตุ»."""
    name = _kind_name(of_kind)
    if not of_kind.level:
        return BilingualText(f"{name.th} ที่ใกล้พื้นที่เกิดเหตุที่สุด", f"{name.en}, nearest to the place")
    return BilingualText(f"{name.th} ของพื้นที่เกิดเหตุ", f"{name.en}, of the place")


def _kind_name(of_kind: AgencyOfKind) -> BilingualText:
    """Kind and level: «ตำรวจ ระดับจังหวัด»."""
    kind = name_of(KINDS, of_kind.kind)
    if not of_kind.level:
        return kind
    level = name_of(LEVELS, of_kind.level)
    return BilingualText(f"{kind.th} ระดับ{level.th}", f"{kind.en} ({level.en})")


def not_taken(rule: Rule, failed: Sequence[str], facts: CaseFacts) -> BilingualText:
    """Why this rule did not take the case: every condition that failed."""
    name = rule_name(rule)
    rows = [
        (
            CONDITION_NAMES[condition],
            value_name(condition, actual),
            value_name(condition, getattr(rule.when, condition)),
        )
        for condition in failed
        for actual in [getattr(facts, condition)]
    ]
    reasons_th = " และ".join(f"{what.th}คือ «{actual.th}» ไม่ใช่ «{wanted.th}»" for what, actual, wanted in rows)
    reasons_en = ", and ".join(f"the {what.en} is «{actual.en}», not «{wanted.en}»" for what, actual, wanted in rows)
    return BilingualText(f"{name.th} ไม่ใช้: {reasons_th}", f"{name.en} does not apply: {reasons_en}.")


def never_taken(wider: Rule) -> BilingualText:
    """Why a rule takes no case at all."""
    name = rule_name(wider)
    return BilingualText(f"ไม่ถูกใช้: {name.th} รับเรื่องเหล่านี้ทั้งหมด", f"Never applies: {name.en} takes all of these cases")


def taken(
    rule: Rule, lead: AgencyEntry, support: Sequence[AgencyEntry], copies: Sequence[AgencyEntry]
) -> BilingualText:
    """Which rule took the case and to which agencies it goes."""
    name = rule_name(rule)
    th, en = f"{name.th} ใช้กับเรื่องนี้: ส่ง {lead.name.th}", f"{name.en} applies: to {lead.name.en}"
    if support:
        th += f" ร่วมกับ {_names(support).th}"
        en += f", with {_names(support).en}"
    if copies:
        th += f" และสำเนาถึง {_names(copies).th}"
        en += f", with a copy to {_names(copies).en}"
    return _with_reason(rule, BilingualText(th, f"{en}."))


def taken_by_nobody(rule: Rule, facts: CaseFacts, agencies: Mapping[int, AgencyEntry]) -> BilingualText:
    """The rule applies, and its agency takes no cases or is not registered."""
    name = rule_name(rule)
    if isinstance(rule.lead, AgencyOfKind):
        kind, area = _kind_name(rule.lead), value_name("area", facts.area)
        why = BilingualText(
            f"ทะเบียนยังไม่มีหน่วยงาน «{kind.th}» ที่ดูแล {area.th}", f"the register has no agency «{kind.en}» for {area.en}"
        )
    else:
        agency = agencies[rule.lead].name if rule.lead in agencies else _NOT_STATED
        why = BilingualText(f"{agency.th} ปิดรับเรื่องแล้ว", f"{agency.en} takes no cases any more")
    return _with_reason(
        rule,
        BilingualText(
            f"{name.th} ใช้กับเรื่องนี้ แต่{why.th} โปรดเลือกหน่วยงานเอง",
            f"{name.en} applies, but {why.en}. Please choose the agency yourself.",
        ),
    )


def _with_reason(rule: Rule, sentence: BilingualText) -> BilingualText:
    """The sentence, followed by the rule's own reason where it has one."""
    if rule.reason is None:
        return sentence
    return BilingualText(f"{sentence.th} ({rule.reason.th})", f"{sentence.en} ({rule.reason.en})")


def _names(entries: Sequence[AgencyEntry]) -> BilingualText:
    return BilingualText(", ".join(entry.name.th for entry in entries), ", ".join(entry.name.en for entry in entries))
