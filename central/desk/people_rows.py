"""Rows of the pages about people: what they show, in the language of the page."""

from collections.abc import Iterable

from central.centres.models import Membership, Officer
from central.desk import labels
from central.desk.account_state import STATE_LABELS, account_state
from central.people.memberships import grantable_roles
from central.people.models import OfficerEvent
from central.people.roles import MATRIX, Role
from central.people.second_factor import has_second_factor
from central.people.sessions import sessions_of
from protocol.bilingual_text import BilingualText
from thai import dates, phone, places

_MAX_EVENTS_SHOWN = 50
_TEXT_FIELDS = (
    ("position", BilingualText("ตำแหน่ง", "Position")),
    ("level", BilingualText("ระดับ", "Level")),
    ("office", BilingualText("สังกัด", "Office")),
)
_PHONE_FIELDS = (
    ("office_phone", BilingualText("โทรศัพท์ที่ทำงาน", "Office phone")),
    ("mobile_phone", BilingualText("โทรศัพท์มือถือ", "Mobile phone")),
)
_EMAIL = BilingualText("อีเมล", "E-mail")
_SECOND_FACTOR = BilingualText("การยืนยันขั้นที่สอง", "Second factor")
_SET_UP, _MISSING = BilingualText("ตั้งแล้ว", "Set up"), BilingualText("ยังไม่ได้ตั้ง", "Not set up")
_LAST_SIGN_IN = BilingualText("เข้าสู่ระบบล่าสุด", "Last sign-in")


def role_name(role: str, language: str) -> str:
    """The name of a stored role; the code itself for a role of a newer version."""
    return MATRIX[Role(role)].name.in_language(language) if role in list(Role) else role


def person_row(officer: Officer, memberships: Iterable[Membership], language: str) -> dict[str, object]:
    """One line of the list of people."""
    state, profile = account_state(officer), getattr(officer, "profile", None)
    return {
        "officer": officer,
        "name": officer.display_name,
        "position": profile.position if profile else "",
        "roles": [
            {"role": role_name(each.role, language), "centre": _place_name(each, language)} for each in memberships
        ],
        "state": state.value,
        "state_text": STATE_LABELS[state].in_language(language),
        "last_login": dates.short_datetime(officer.last_login, language) if officer.last_login else "",
    }


def profile_rows(officer: Officer, language: str) -> list[dict[str, str]]:
    """Label and value of what is known about the person."""
    profile = getattr(officer, "profile", None)
    rows = [(text, getattr(profile, name, "")) for name, text in _TEXT_FIELDS]
    rows += [(text, phone.display(getattr(profile, name, ""))) for name, text in _PHONE_FIELDS]
    rows.append((_EMAIL, officer.email))
    rows.append((_SECOND_FACTOR, (_SET_UP if has_second_factor(officer) else _MISSING).in_language(language)))
    if officer.last_login:
        rows.append((_LAST_SIGN_IN, dates.short_datetime(officer.last_login, language)))
    return [{"label": text.in_language(language), "value": value} for text, value in rows if value]


def membership_rows(by: Officer, memberships: Iterable[Membership], language: str) -> list[dict[str, object]]:
    """The roles of a person, each with whether `by` may take it away."""
    return [
        {
            "membership": each,
            "role": role_name(each.role, language),
            "centre": _place_name(each, language),
            "can_move": each.agency_id is None,
            "tambons": ", ".join(_tambon_name(code, language) for code in each.tambons.split(",") if code),
            "may_change": each.officer_id != by.pk
            and each.role in {role.value for role in grantable_roles(by, each.centre)},
        }
        for each in memberships
    ]


def session_rows(officer: Officer, language: str) -> list[dict[str, str]]:
    """The running sessions of a person."""
    return [
        {
            "browser": row.browser,
            "address": row.address,
            "last_seen": dates.short_datetime(row.last_seen_at, language),
        }
        for row in sessions_of(officer)
    ]


def event_rows(officer: Officer, language: str) -> list[dict[str, object]]:
    """The recorded events of an account, newest first."""
    events = OfficerEvent.objects.filter(officer=officer).select_related("by")[:_MAX_EVENTS_SHOWN]
    return [
        {
            "when": dates.short_datetime(event.at, language),
            "what": labels.label(labels.ACCOUNT_EVENT, event.kind, language),
            "detail": event.detail,
            "reason": event.reason,
            "by": event.by.username if event.by else "",
            "address": event.address,
            "times": event.occurrences,
        }
        for event in events
    ]


def _place_name(membership: Membership, language: str) -> str:
    """The agency of a role of an agency, otherwise the centre."""
    return (membership.agency or membership.centre).name_in(language)


def _tambon_name(code: str, language: str) -> str:
    place = places.place(code)
    if place is None:
        return code
    return place.en if language == "en" else place.th
