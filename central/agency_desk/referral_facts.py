"""What pages, mails and letters say about a referral: its due date, and texts made of its case. No personal data."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from central import submission_labels
from central.cases.codes import ReferralKind
from central.cases.models import Referral
from protocol.bilingual_text import BilingualText
from thai import dates, places

REQUESTS = {
    ReferralKind.LEAD: BilingualText("ให้ดำเนินการเป็นหน่วยงานหลัก", "to lead the work"),
    ReferralKind.SUPPORT: BilingualText("ให้สนับสนุนหน่วยงานหลัก", "to support the lead agency"),
    ReferralKind.COPY: BilingualText("เพื่อทราบและกำกับดูแล", "for supervision"),
}
HOTLINE = "1567"


def referral_due(referral: Referral) -> date | None:
    """The day by which the agency has to finish. That of a lead moves with the case's clock."""
    if referral.kind == ReferralKind.COPY.value:
        return None
    if referral.kind == ReferralKind.LEAD.value:
        return referral.case.due or referral.due
    return referral.due


def due_text(referral: Referral, language: str) -> str:
    """The due date for people, '' without one."""
    due = referral_due(referral)
    return dates.long_date(due, language) if due else ""


def request_text(referral: Referral, language: str) -> str:
    """What the agency is asked for."""
    return REQUESTS[ReferralKind(referral.kind)].in_language(language)


def topic_text(referral: Referral, language: str) -> str:
    """The topic of the case."""
    return _label(submission_labels.TOPIC, referral.case.topic, language)


def nature_text(referral: Referral, language: str) -> str:
    """Complaint, request for help, tip-off …"""
    return _label(submission_labels.NATURE, referral.case.nature, language)


def place_text(referral: Referral, language: str) -> str:
    """The tambon, district and province of the incident, '' when it is not known."""
    return places.full_name(referral.case.area, language) if referral.case.area else ""


def _label(table: Mapping[Any, BilingualText], code: str, language: str) -> str:
    names = {getattr(key, "value", key): text for key, text in table.items()}
    return names[code].in_language(language) if code in names else code
