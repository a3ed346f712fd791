"""Kinds of official letters, and the three layouts of the Prime Minister's Office rules on correspondence. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from protocol.bilingual_text import BilingualText


class Layout(StrEnum):
    """How a letter looks."""

    MEMO = "memo"  # บันทึกข้อความ, inside the office
    EXTERNAL = "external"  # หนังสือภายนอก
    STAMPED = "stamped"  # หนังสือประทับตรา, stamped instead of signed: reminders, acknowledgements


class Audience(StrEnum):
    """Who reads a letter. Only one to the complainant may have a withheld name."""

    OFFICE = "office"
    AGENCY = "agency"
    COMPLAINANT = "complainant"
    ANYBODY = "anybody"


class LetterKind(StrEnum):
    """Kinds as stored."""

    MEMO = "memo"
    EXTERNAL = "external"
    STAMPED = "stamped"
    ORDER = "order"
    COPY = "copy"
    REMINDER = "reminder"
    ANSWER = "answer"
    RECEIPT = "receipt"
    GOVERNOR = "governor"


class LetterState(StrEnum):
    """A draft has no number. A cancelled letter keeps its own."""

    DRAFT = "draft"
    ISSUED = "issued"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class KindRules:
    """One row of the table of kinds."""

    name: BilingualText
    layout: Layout
    audience: Audience


KINDS: Mapping[LetterKind, KindRules] = {
    LetterKind.ORDER: KindRules(
        BilingualText("หนังสือสั่งการหน่วยงาน", "Order to an agency"), Layout.EXTERNAL, Audience.AGENCY
    ),
    LetterKind.COPY: KindRules(
        BilingualText("หนังสือส่งสำเนาเพื่อกำกับดูแล", "Copy to a supervising agency"), Layout.EXTERNAL, Audience.AGENCY
    ),
    LetterKind.REMINDER: KindRules(
        BilingualText("หนังสือเตือนหน่วยงาน", "Reminder to an agency"), Layout.STAMPED, Audience.AGENCY
    ),
    LetterKind.RECEIPT: KindRules(
        BilingualText("หนังสือตอบรับเรื่อง", "Receipt of the complaint"), Layout.STAMPED, Audience.COMPLAINANT
    ),
    LetterKind.ANSWER: KindRules(
        BilingualText("หนังสือตอบผู้ร้อง", "Answer to the complainant"), Layout.EXTERNAL, Audience.COMPLAINANT
    ),
    LetterKind.GOVERNOR: KindRules(
        BilingualText("บันทึกสรุปเสนอผู้บริหาร", "Summary for the governor"), Layout.MEMO, Audience.OFFICE
    ),
    LetterKind.MEMO: KindRules(BilingualText("บันทึกข้อความ", "Memorandum"), Layout.MEMO, Audience.OFFICE),
    LetterKind.EXTERNAL: KindRules(BilingualText("หนังสือภายนอก", "External letter"), Layout.EXTERNAL, Audience.ANYBODY),
    LetterKind.STAMPED: KindRules(BilingualText("หนังสือประทับตรา", "Stamped letter"), Layout.STAMPED, Audience.ANYBODY),
}
STATES: Mapping[LetterState, BilingualText] = {
    LetterState.DRAFT: BilingualText("ร่าง", "Draft"),
    LetterState.ISSUED: BilingualText("ออกเลขแล้ว", "Issued"),
    LetterState.CANCELLED: BilingualText("ยกเลิก", "Cancelled"),
}
