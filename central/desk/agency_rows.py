"""What the pages of the register show of agencies, as plain texts in the language of the page."""

from dataclasses import dataclass
from typing import Any

from central.agencies.kinds import KINDS, LEVELS
from central.agencies.models import Agency, AgencyContact, RegisterChange
from central.desk import labels
from central.desk.agency_forms import AgencyForm
from protocol.bilingual_text import BilingualText
from thai import dates, places

_AREAS_IN_A_ROW = 2
_FIELD_NAMES = {
    **AgencyForm.field_labels,
    "contact_point": labels.AGENCY_CONTACT[AgencyContact.Kind.CONTACT_POINT],
    "cceo": labels.AGENCY_CONTACT[AgencyContact.Kind.CCEO],
    "other_contacts": labels.AGENCY_CONTACT[AgencyContact.Kind.OTHER],
    "is_active": BilingualText("การใช้งาน", "In use"),
}


@dataclass(frozen=True)
class AgencyRow:
    """One line of the list."""

    agency: Agency
    name: str
    kind: str
    areas: str
    contact: str
    centre: str


def build_row(agency: Agency, language: str) -> AgencyRow:
    """The line of an agency. Uses prefetched areas and contacts and a selected centre."""
    areas = area_names(agency, language)
    more = len(areas) - _AREAS_IN_A_ROW
    shown = ", ".join(areas[:_AREAS_IN_A_ROW])
    return AgencyRow(
        agency=agency,
        name=agency.name_in(language),
        kind=kind_and_level(agency, language),
        areas=f"{shown} +{more}" if more > 0 else shown,
        contact=_first_contact(agency),
        centre=agency.centre.name_in(language),
    )


def kind_and_level(agency: Agency, language: str) -> str:
    """«ตำรวจ · อำเภอ»."""
    kind, level = labels.label(KINDS, agency.kind, language), labels.label(LEVELS, agency.level, language)
    return f"{kind} · {level}"


def area_names(agency: Agency, language: str) -> list[str]:
    """The areas of an agency by name; that of its centre when it states none."""
    codes = [row.area_code for row in agency.areas.all()] or [agency.centre.area_code]
    whole_country = "ทั่วประเทศ" if language == "th" else "The whole country"
    return [places.full_name(code, language) or whole_country for code in codes]


def contact_facts(agency: Agency) -> list[AgencyContact]:
    """The contacts in the order of their kinds: contact point, executive, others."""
    order = list(AgencyContact.Kind)
    return sorted(agency.contacts.all(), key=lambda contact: order.index(AgencyContact.Kind(contact.kind)))


def change_facts(change: RegisterChange, language: str) -> dict[str, Any]:
    """One line of the history."""
    return {
        "what": labels.label(labels.REGISTER_CHANGE, change.kind, language),
        "detail": _changed_fields(change, language),
        "by": change.by.get_username() if change.by else "",
        "when": dates.short_datetime(change.at, language),
    }


def _changed_fields(change: RegisterChange, language: str) -> str:
    """The detail with the names of fields as the form has them."""
    names = (change.detail if change.agency_id else "").split(", ")
    if not all(name in _FIELD_NAMES for name in names):
        return change.detail
    return ", ".join(_FIELD_NAMES[name].in_language(language) for name in names)


def _first_contact(agency: Agency) -> str:
    contact = next(iter(contact_facts(agency)), None)
    if contact is None:
        return agency.phone or agency.email
    return " · ".join(text for text in (contact.name, contact.phone or agency.phone) if text)
