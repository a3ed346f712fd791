"""Codes of a case beside its status and its channel (`central.channels`), with their names. Pure: no Django."""

from collections.abc import Mapping
from enum import StrEnum

from protocol.bilingual_text import BilingualText


class Urgency(StrEnum):
    """The degrees of urgency of Thai official letters."""

    NORMAL = "normal"
    URGENT = "urgent"
    VERY_URGENT = "very_urgent"
    MOST_URGENT = "most_urgent"


URGENCIES: Mapping[Urgency, BilingualText] = {
    Urgency.NORMAL: BilingualText("ปกติ", "Normal"),
    Urgency.URGENT: BilingualText("ด่วน", "Urgent"),
    Urgency.VERY_URGENT: BilingualText("ด่วนมาก", "Very urgent"),
    Urgency.MOST_URGENT: BilingualText("ด่วนที่สุด", "Most urgent"),
}


class Mission(StrEnum):
    """The missions of a district's centre (docs/facts.md §1); a case without one has ''."""

    LAND_FOREST = "land_forest"
    DISASTER = "disaster"
    URGENT_POLICY = "urgent_policy"
    THE_POOR = "the_poor"
    ONE_STOP = "one_stop"


MISSIONS: Mapping[Mission, BilingualText] = {
    Mission.LAND_FOREST: BilingualText("ที่ดินและป่าไม้", "Land and forest"),
    Mission.DISASTER: BilingualText("สาธารณภัย", "Disaster"),
    Mission.URGENT_POLICY: BilingualText("นโยบายเร่งด่วน", "Urgent policy"),
    Mission.THE_POOR: BilingualText("แก้ปัญหาความยากจน", "The poor"),
    Mission.ONE_STOP: BilingualText("บริการเบ็ดเสร็จ", "One-stop service"),
}


class Outcome(StrEnum):
    """Why a case was closed."""

    RESOLVED = "resolved"
    EXPLAINED = "explained"
    NOT_OUR_POWER = "not_our_power"
    DUPLICATE = "duplicate"
    WITHDRAWN = "withdrawn"
    NO_RESPONSE = "no_response"
    FORWARDED_OUT = "forwarded_out"


OUTCOMES: Mapping[Outcome, BilingualText] = {
    Outcome.RESOLVED: BilingualText("แก้ไขแล้ว", "Resolved"),
    Outcome.EXPLAINED: BilingualText("ชี้แจงทำความเข้าใจแล้ว", "Explained"),
    Outcome.NOT_OUR_POWER: BilingualText("อยู่นอกอำนาจหน้าที่", "Outside our power"),
    Outcome.DUPLICATE: BilingualText("เรื่องซ้ำ", "Duplicate"),
    Outcome.WITHDRAWN: BilingualText("ผู้ร้องขอถอนเรื่อง", "Withdrawn by the citizen"),
    Outcome.NO_RESPONSE: BilingualText("ไม่ได้รับรายละเอียดเพิ่มเติมจากผู้ร้อง", "No response from the citizen"),
    Outcome.FORWARDED_OUT: BilingualText("ส่งต่อหน่วยงานภายนอก", "Forwarded to an outside body"),
}
# The citizen is never told "not ours" without the next owner.
OUTCOMES_WITH_NEXT_OWNER = frozenset({Outcome.NOT_OUR_POWER, Outcome.FORWARDED_OUT})


class Attention(StrEnum):
    """Why a case waits for an officer of the centre."""

    NEW = "new"
    RETURNED = "returned"  # by the agency
    AGENCY_ANSWERED = "agency_answered"
    CITIZEN_ANSWERED = "citizen_answered"
    DECIDED = "decided"  # a proposal was returned
    REOPENING_REQUESTED = "reopening_requested"  # by the citizen, of a closed case
    REOPENED = "reopened"


ATTENTIONS: Mapping[Attention, BilingualText] = {
    Attention.NEW: BilingualText("เรื่องใหม่", "New"),
    Attention.RETURNED: BilingualText("หน่วยงานส่งคืน", "Returned by the agency"),
    Attention.AGENCY_ANSWERED: BilingualText("หน่วยงานรายงานแล้ว", "Answered by the agency"),
    Attention.CITIZEN_ANSWERED: BilingualText("ผู้ร้องตอบแล้ว", "Answered by the citizen"),
    Attention.DECIDED: BilingualText("ผู้บังคับบัญชาส่งกลับ", "Sent back by the superior"),
    Attention.REOPENING_REQUESTED: BilingualText("ผู้ร้องขอเปิดเรื่องอีกครั้ง", "Reopening requested"),
    Attention.REOPENED: BilingualText("เปิดเรื่องใหม่อีกครั้ง", "Reopened"),
}


class NoticeGiven(StrEnum):
    """How an officer who entered the case gave the privacy notice. Other channels show it, and have ''."""

    READ_OUT = "read_out"
    ON_PAPER = "on_paper"
    NOBODY = "nobody"  # a letter without a sender


NOTICES_GIVEN: Mapping[NoticeGiven, BilingualText] = {
    NoticeGiven.READ_OUT: BilingualText("อ่านให้ผู้ร้องฟัง", "Read out"),
    NoticeGiven.ON_PAPER: BilingualText("ให้เป็นเอกสาร", "Given on paper"),
    NoticeGiven.NOBODY: BilingualText("ไม่มีผู้รับแจ้ง (ไม่มีชื่อผู้ส่ง)", "Nobody to tell (no sender)"),
}


class ReferralKind(StrEnum):
    """What an agency is asked to do: lead the work, support it, or supervise by a copy."""

    LEAD = "lead"
    SUPPORT = "support"
    COPY = "copy"


REFERRAL_KINDS: Mapping[ReferralKind, BilingualText] = {
    ReferralKind.LEAD: BilingualText("หน่วยงานหลัก", "Lead"),
    ReferralKind.SUPPORT: BilingualText("หน่วยงานสนับสนุน", "Support"),
    ReferralKind.COPY: BilingualText("สำเนาเพื่อกำกับดูแล", "Copy for supervision"),
}


class ReferralState(StrEnum):
    """The delivery state of a referral."""

    SENT = "sent"
    ACCEPTED = "accepted"
    DONE = "done"
    RETURNED = "returned"
    RECALLED = "recalled"


REFERRAL_STATES: Mapping[ReferralState, BilingualText] = {
    ReferralState.SENT: BilingualText("ส่งแล้ว รอรับเรื่อง", "Sent"),
    ReferralState.ACCEPTED: BilingualText("รับเรื่องแล้ว", "Accepted"),
    ReferralState.DONE: BilingualText("รายงานผลแล้วเสร็จ", "Done"),
    ReferralState.RETURNED: BilingualText("ส่งคืนศูนย์", "Returned"),
    ReferralState.RECALLED: BilingualText("ศูนย์เรียกคืน", "Recalled"),
}
ACTIVE_STATES = frozenset({ReferralState.SENT, ReferralState.ACCEPTED})


class RespondentType(StrEnum):
    """What a respondent is, as stored."""

    PERSON = "person"
    AGENCY = "agency"
    SHOP = "shop"
    VEHICLE = "vehicle"
    PLACE = "place"


RESPONDENT_TYPES: Mapping[RespondentType, BilingualText] = {
    RespondentType.PERSON: BilingualText("บุคคล", "Person"),
    RespondentType.AGENCY: BilingualText("หน่วยงาน", "Agency"),
    RespondentType.SHOP: BilingualText("ร้านค้า บริษัท", "Shop or company"),
    RespondentType.VEHICLE: BilingualText("ทะเบียนรถ", "Vehicle plate"),
    RespondentType.PLACE: BilingualText("สถานที่", "Place"),
}
