"""Names of the values that cases are counted by."""

from collections.abc import Iterable, Mapping

from central.agencies.models import Agency
from central.cases.codes import OUTCOMES, Outcome
from central.channels import CHANNELS, Channel
from central.classification.terms import load_terms
from central.insight.facts import CODE_LENGTHS, TERMS, Dimension
from protocol.bilingual_text import BilingualText
from protocol.topics import TOPICS, Topic
from thai import places

Names = Mapping[tuple[Dimension, str], BilingualText]  # of agencies and terms, by dimension and value
SEXES: Mapping[str, BilingualText] = {
    "male": BilingualText("ชาย", "Male"),
    "female": BilingualText("หญิง", "Female"),
}
_UNKNOWN: Mapping[Dimension, BilingualText] = {
    Dimension.SUBTOPIC: BilingualText("ไม่ระบุประเภทย่อย", "Without a sub-topic"),
    **dict.fromkeys(TERMS[1:], BilingualText("ไม่จัดเข้าประเด็น", "In none")),
    Dimension.OUTCOME: BilingualText("ยังไม่ยุติ", "Open"),
    Dimension.PROVINCE: BilingualText("ไม่ระบุพื้นที่", "Place not given"),
    Dimension.DISTRICT: BilingualText("ไม่ระบุพื้นที่", "Place not given"),
    Dimension.TAMBON: BilingualText("ไม่ระบุพื้นที่", "Place not given"),
    Dimension.AGENCY: BilingualText("ไม่มีหน่วยงานหลัก", "Without a lead agency"),
    Dimension.SEX: BilingualText("ไม่ทราบ", "Unknown"),
    Dimension.AGE: BilingualText("ไม่ทราบ", "Unknown"),
}


def agency_names(keys: Iterable[str]) -> dict[str, BilingualText]:
    """The names of agencies by key as text. One query."""
    wanted = [int(key) for key in keys if key.isascii() and key.isdecimal()]
    return {str(agency.pk): agency.name for agency in Agency.objects.filter(pk__in=wanted)} if wanted else {}


def stored_names(agency_keys: Iterable[str]) -> Names:
    """The names of these agencies and of all terms. Two queries."""
    terms = {(Dimension(scheme), code): name for (scheme, code), name in load_terms().names().items()}
    return terms | {(Dimension.AGENCY, key): name for key, name in agency_names(agency_keys).items()}


def value_name(dimension: Dimension, value: str, names: Names) -> BilingualText:
    """The name of a value; a code that this version does not know names itself. `names` has what is stored."""
    if not value and dimension in _UNKNOWN:
        return _UNKNOWN[dimension]
    unnamed = BilingualText(value, value)
    match dimension:
        case Dimension.TOPIC if value in {topic.value for topic in Topic}:
            return TOPICS[Topic(value)].official
        case Dimension.CHANNEL if value in set(Channel):
            return CHANNELS[Channel(value)]
        case Dimension.OUTCOME if value in set(Outcome):
            return OUTCOMES[Outcome(value)]
        case Dimension.PROVINCE | Dimension.DISTRICT | Dimension.TAMBON:
            return _place_name(dimension, value) or unnamed
        case Dimension.AGENCY | Dimension.SUBTOPIC:
            return names.get((dimension, value), unnamed)
        case Dimension.STRATEGY | Dimension.REFORM | Dimension.RECONCILIATION | Dimension.SDG:
            return names.get((dimension, value), unnamed)
        case Dimension.SEX:
            return SEXES.get(value, unnamed)
        case Dimension.AGE:
            return _age_name(value)
        case _:
            return unnamed


def _place_name(dimension: Dimension, code: str) -> BilingualText | None:
    place = places.place(code)
    if place is None:
        return None
    if len(code) == CODE_LENGTHS[dimension]:
        return BilingualText(place.th, place.en)
    return BilingualText(f"{place.th} (ไม่ระบุพื้นที่ย่อย)", f"{place.en} (no closer place)")


def _age_name(band: str) -> BilingualText:
    if band.isdecimal():
        return BilingualText(f"{band} ปีขึ้นไป", f"{band} and older")
    lowest, _, highest = band.partition("-")
    if lowest == "0":
        return BilingualText(f"ไม่เกิน {highest} ปี", f"Up to {highest}")
    return BilingualText(f"{lowest}–{highest} ปี", f"{lowest} to {highest}")
