"""The routing as plain functions: first match, determinism, order, nearest agency, explanation."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from central.agencies.kinds import AgencyKind, AgencyLevel
from central.agencies.routing import RoutingResult, nearest, route, unreachable_rules
from central.agencies.routing_explanation import NO_RULE, conditions_text, kind_text, rule_name, value_name
from central.agencies.routing_rules import CONDITIONS, AgencyEntry, AgencyOfKind, CaseFacts, Rule
from central.channels import Channel
from protocol.bilingual_text import BilingualText
from protocol.choices import Nature, RespondentKind
from protocol.topics import Topic

AREAS = ["", "40", "4001", "400101", "400102", "4002", "56", "5601", "10"]
KINDS = ["police", "land", "roads"]


def entry(key: int, **values: object) -> AgencyEntry:
    return replace(AgencyEntry(key, BilingualText(f"หน่วยงาน {key}", f"Agency {key}")), **values)  # type: ignore[arg-type]


def codes(*values: str) -> st.SearchStrategy[str]:
    return st.sampled_from(["", *values])


CASE_FACTS = st.builds(
    CaseFacts,
    topic=codes("land", "drugs", "flood"),
    area=st.sampled_from(AREAS),
    nature=codes("complaint", "help"),
    about=codes("official", "nobody"),
    about_kind=codes(*KINDS),
    channel=codes("kiosk", "post"),
)
LEADS = st.integers(1, 6) | st.builds(
    AgencyOfKind, kind=st.sampled_from(KINDS), level=codes("national", "province", "district")
)
RULES = st.lists(
    st.builds(
        Rule,
        key=st.integers(1, 10**6),
        number=st.just(0),
        when=CASE_FACTS,
        lead=LEADS,
        support=st.just(()) | st.tuples(st.integers(1, 6)),
        copies=st.just(()) | st.tuples(st.integers(1, 6)),
        reason=st.none() | st.just(BilingualText("ตามคำสั่ง", "by order")),
        inherited_from=st.none() | st.just(BilingualText("ศูนย์กลาง", "Ministry")),
    ),
    max_size=8,
).map(lambda rules: [replace(rule, number=index, key=index) for index, rule in enumerate(rules, start=1)])
AGENCIES = st.dictionaries(
    st.integers(1, 6),
    st.tuples(
        st.sampled_from(KINDS),
        st.sampled_from([level.value for level in AgencyLevel]),
        st.lists(st.sampled_from(AREAS), min_size=1, max_size=3).map(tuple),
        st.integers(0, 2),
        st.booleans(),
    ),
).map(
    lambda rows: {
        key: entry(key, kind=kind, level=level, areas=areas, distance=distance, takes_cases=takes)
        for key, (kind, level, areas, distance, takes) in rows.items()
    }
)


def accepts(rule: Rule, facts: CaseFacts) -> bool:
    """An independent statement of what a rule accepts."""
    for name in ("topic", "nature", "about", "about_kind", "channel"):
        wanted = getattr(rule.when, name)
        if wanted and wanted != getattr(facts, name):
            return False
    return facts.area[: len(rule.when.area)] == rule.when.area


@settings(deadline=None)
@given(CASE_FACTS, RULES, AGENCIES)
def test_the_first_rule_that_accepts_the_case_takes_it(
    facts: CaseFacts, rules: list[Rule], agencies: dict[int, AgencyEntry]
) -> None:
    accepting = [rule for rule in rules if accepts(rule, facts)]
    assert route(facts, rules, agencies).rule == (accepting[0] if accepting else None)


@settings(deadline=None)
@given(CASE_FACTS, RULES, AGENCIES, st.randoms())
def test_the_result_depends_on_the_order_of_the_rules_only(
    facts: CaseFacts, rules: list[Rule], agencies: dict[int, AgencyEntry], rng: object
) -> None:
    shuffled = list(agencies.items())
    rng.shuffle(shuffled)  # type: ignore[attr-defined]
    result = route(facts, rules, agencies)
    assert route(facts, rules, dict(shuffled)) == result
    after = rules.index(result.rule) + 1 if result.rule else len(rules)
    assert route(facts, rules[:after], agencies).rule == result.rule, "later rules change nothing"


@settings(deadline=None)
@given(CASE_FACTS, RULES, AGENCIES)
def test_the_explanation_names_every_rule_up_to_the_one_that_took_the_case(
    facts: CaseFacts, rules: list[Rule], agencies: dict[int, AgencyEntry]
) -> None:
    result = route(facts, rules, agencies)
    examined = rules if result.rule is None else rules[: rules.index(result.rule) + 1]
    sentences = result.explanation[: len(examined)]
    for rule, sentence in zip(examined, sentences, strict=True):
        assert sentence.th.startswith(rule_name(rule).th)
        assert sentence.en.startswith(rule_name(rule).en)
        assert ("applies" in sentence.en) == (rule is result.rule)
    assert (result.explanation[-1] == NO_RULE) == (result.rule is None)
    if result.lead is not None:
        assert result.lead.name.th in result.explanation[-1].th
    for copy in result.copies if result.lead else ():
        assert copy.name.en in result.explanation[-1].en


@settings(deadline=None)
@given(CASE_FACTS, RULES, AGENCIES)
def test_only_agencies_that_take_cases_are_proposed(
    facts: CaseFacts, rules: list[Rule], agencies: dict[int, AgencyEntry]
) -> None:
    result = route(facts, rules, agencies)
    assert all(agency.takes_cases for agency in (result.lead, *result.support, *result.copies) if agency is not None)


@settings(deadline=None)
@given(CASE_FACTS, RULES, AGENCIES)
def test_a_rule_that_is_called_unreachable_never_takes_a_case(
    facts: CaseFacts, rules: list[Rule], agencies: dict[int, AgencyEntry]
) -> None:
    result, hidden = route(facts, rules, agencies), unreachable_rules(rules)
    assert result.rule is None or result.rule.key not in hidden
    for rule in rules:
        if rule.key not in hidden:
            chosen = route(rule.when, rules, agencies).rule  # its narrowest case
            assert chosen == rule


@settings(deadline=None)
@given(st.sampled_from(KINDS), codes("district", "province"), st.sampled_from(AREAS), AGENCIES)
def test_the_nearest_agency_has_the_narrowest_area_around_the_place(
    kind: str, level: str, area: str, agencies: dict[int, AgencyEntry]
) -> None:
    chosen = nearest(AgencyOfKind(kind, level), area, agencies)
    fitting = {
        agency.key: max(len(own) for own in agency.areas if area.startswith(own))
        for agency in agencies.values()
        if agency.takes_cases and agency.kind == kind and level in ("", agency.level)
        if any(area.startswith(own) for own in agency.areas)
    }
    assert (chosen is None) == (not fitting)
    if chosen is not None:
        assert fitting[chosen.key] == max(fitting.values())


def test_equally_near_agencies_are_ordered_by_centre_level_and_age() -> None:
    def lead(*entries: AgencyEntry) -> int:
        chosen = nearest(AgencyOfKind("police"), "400101", {agency.key: agency for agency in entries})
        assert chosen is not None
        return chosen.key

    province = entry(1, kind="police", level="province", areas=("40",))
    assert lead(province, entry(2, kind="police", level="district", areas=("4001",))) == 2
    assert lead(province, entry(2, kind="police", level="district", areas=("40",), distance=1)) == 1
    assert lead(province, entry(2, kind="police", level="district", areas=("40",))) == 2
    assert lead(province, entry(2, kind="police", level="province", areas=("40",))) == 1


def decide(facts: CaseFacts, *rules: Rule) -> RoutingResult:
    agencies = {key: entry(key) for key in (1, 2)} | {3: entry(3, takes_cases=False)}
    return route(facts, rules, agencies)


def test_the_sentences_say_which_condition_failed_and_who_gets_the_case() -> None:
    land = Rule(10, 1, CaseFacts(topic="land", area="4001"), lead=1)
    other = Rule(11, 2, CaseFacts(), lead=1, support=(2,), copies=(2,), reason=BilingualText("ทั่วไป", "general"))
    result = decide(CaseFacts(topic="drugs", area="40"), land, other)
    assert result.explanation == (
        BilingualText(
            "กฎข้อ 1 ไม่ใช้: ประเภทเรื่องคือ «ยาเสพติด/อบายมุข» ไม่ใช่ «ที่ดิน/ที่สาธารณประโยชน์»"
            " และพื้นที่เกิดเหตุคือ «จ.ขอนแก่น» ไม่ใช่ «อ.เมืองขอนแก่น จ.ขอนแก่น»",
            "Rule 1 does not apply: the topic is «Drugs and vice», not «Land»,"
            " and the place is «Khon Kaen», not «Mueang Khon Kaen, Khon Kaen».",
        ),
        BilingualText(
            "กฎข้อ 2 ใช้กับเรื่องนี้: ส่ง หน่วยงาน 1 ร่วมกับ หน่วยงาน 2 และสำเนาถึง หน่วยงาน 2 (ทั่วไป)",
            "Rule 2 applies: to Agency 1, with Agency 2, with a copy to Agency 2. (general)",
        ),
    )


@pytest.mark.parametrize(
    ("lead", "sentence"),
    [
        (3, "Rule 1 applies, but Agency 3 takes no cases any more. Please choose the agency yourself."),
        (9, "Rule 1 applies, but not stated takes no cases any more. Please choose the agency yourself."),
        (
            AgencyOfKind("police", "district"),
            "Rule 1 applies, but the register has no agency «Police (District)» for Khon Kaen. "
            "Please choose the agency yourself.",
        ),
    ],
)
def test_a_rule_whose_agency_is_missing_still_ends_the_search(lead: int | AgencyOfKind, sentence: str) -> None:
    result = decide(CaseFacts(area="40"), Rule(1, 1, CaseFacts(), lead), Rule(2, 2, CaseFacts(), lead=1))
    assert result.rule is not None
    assert (result.rule.key, result.lead) == (1, None)
    assert [text.en for text in result.explanation] == [sentence]


def test_every_known_code_has_a_name_and_an_unknown_one_is_shown_as_it_is() -> None:
    known = {"topic": Topic, "nature": Nature, "about": RespondentKind, "about_kind": AgencyKind, "channel": Channel}
    for condition, enum in known.items():
        for member in enum:
            assert value_name(condition, str(member.value)).th != member.value
    for condition in CONDITIONS:
        assert value_name(condition, "99") == ("99", "99")
        assert value_name(condition, "").en == "not stated"
    assert kind_text(AgencyOfKind("court", "moon")).en == "court (moon), of the place"
    assert conditions_text(CaseFacts()).en == "every case"
    assert conditions_text(CaseFacts(nature="help", about_kind="police")).en == (
        "nature Request for help and agency complained about Police"
    )
