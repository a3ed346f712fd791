"""The facts of a case and of its complainant, as rows of label and value."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from central.agencies.kinds import KINDS
from central.cases.codes import MISSIONS, NOTICES_GIVEN, URGENCIES
from central.cases.models import Case, Complainant
from central.channels import CHANNELS, Channel
from central.desk import labels
from central.filing.notice_texts import notice_text
from protocol.bilingual_text import BilingualText
from thai import dates, phone, places


@dataclass(frozen=True)
class FieldRow:
    """A row of a table of fields: which column it shows, under which label, and how."""

    column: str
    label: BilingualText
    show: Callable[[Any, str], str]  # from the stored value and the language
    note_column: str = ""  # a free text shown below the value
    details: Callable[[str, str], str] | None = None  # folded below, from the note and the language of the record
    is_optional: bool = False  # not shown when empty
    is_of_kiosks: bool = False  # shown only for a case filed at a kiosk


def _choice(table: Mapping[Any, BilingualText]) -> Callable[[Any, str], str]:
    return lambda code, language: labels.label(table, code, language) if code else ""


def _text(value: Any, language: str) -> str:
    return str(value)


# A field of the submission that an officer must see has a row here. A test compares the rows with the submission.
CASE_ROWS = (
    FieldRow("nature", BilingualText("ลักษณะ", "Nature"), _choice(labels.NATURE)),
    FieldRow("topic", BilingualText("ประเภท", "Topic"), _choice(labels.TOPIC), note_column="topic_note"),
    FieldRow("about", BilingualText("เกี่ยวกับ", "About"), _choice(labels.ABOUT), note_column="about_note"),
    FieldRow("area", BilingualText("พื้นที่", "Place"), places.full_name, note_column="location_note"),
    FieldRow(
        "for_whom", BilingualText("ร้องในนาม", "On behalf of"), _choice(labels.FOR_WHOM), note_column="for_whom_note"
    ),
    FieldRow("filed_at", BilingualText("ยื่นเมื่อ", "Filed"), dates.short_datetime),
    FieldRow(
        "filing_time_quality",
        BilingualText("ที่มาของเวลายื่น", "Filing time known"),
        _choice(labels.FILING_TIME_QUALITY),
        is_of_kiosks=True,
    ),
    FieldRow("received_at", BilingualText("ศูนย์ได้รับเมื่อ", "Received"), dates.short_datetime),
    FieldRow(
        "assisted",
        BilingualText("ผู้ช่วย", "Help"),
        lambda assisted, language: (
            BilingualText("เจ้าหน้าที่ช่วยกรอก", "An officer helped to fill it in").in_language(language) if assisted else ""
        ),
        is_optional=True,
    ),
    FieldRow(
        "notice_given",
        BilingualText("ประกาศความเป็นส่วนตัว", "Privacy notice"),
        _choice(NOTICES_GIVEN),
        note_column="notice_version",
        details=notice_text,
        is_optional=True,
    ),
)
# How officers classify the case, above what was submitted.
CLASS_ROWS = (
    FieldRow("channel", BilingualText("ช่องทาง", "Channel"), _choice(CHANNELS)),
    FieldRow("urgency", BilingualText("ความเร่งด่วน", "Urgency"), _choice(URGENCIES)),
    FieldRow("subtopic", BilingualText("ประเภทย่อย", "Sub-topic"), _text, is_optional=True),
    FieldRow("mission", BilingualText("ภารกิจ", "Mission"), _choice(MISSIONS), is_optional=True),
    FieldRow("about_kind", BilingualText("หน่วยงานที่ถูกร้อง", "Agency complained about"), _choice(KINDS), is_optional=True),
)
# Columns of a submission that the page shows outside the table, or that are no content.
SHOWN_ELSEWHERE = frozenset(
    {"submission_id", "case_number", "text", "name_disclosure", "language", "notice_version", "notice_accepted_at"}
)
COMPLAINANT_ROWS = (
    FieldRow("full_name", BilingualText("ชื่อ", "Name"), _text),
    FieldRow("phone", BilingualText("โทรศัพท์", "Telephone"), lambda number, language: phone.display(number)),
    FieldRow(
        "citizen_id_last4",
        BilingualText("เลขประจำตัวประชาชน", "Citizen ID"),
        lambda last4, language: f"x-xxxx-xxxxx-x{last4}" if last4 else "",
        is_optional=True,
    ),
    FieldRow("birth_date", BilingualText("วันเกิด", "Date of birth"), dates.card_date, is_optional=True),
    FieldRow("address", BilingualText("ที่อยู่", "Address"), _text, is_optional=True),
    FieldRow("source", BilingualText("ที่มา", "Source"), _choice(labels.IDENTITY_SOURCE)),
)
_NEWER_CONTENT = BilingualText("จากตู้รุ่นใหม่กว่า", "From a newer kiosk")  # fields this version does not know


@dataclass(frozen=True)
class ShownRow:
    label: str
    value: str
    note: str
    details: str = ""


def shown_rows(
    rows: tuple[FieldRow, ...], record: Case | Complainant, language: str, words: Callable[[str], str] = str
) -> list[ShownRow]:
    """The rows of a case or a complainant, with what a newer kiosk sent below them. `words` is that of
    `cases.points.shown_words`."""
    shown = []
    is_from_kiosk = isinstance(record, Case) and record.channel == Channel.KIOSK.value
    for row in rows:
        if row.is_of_kiosks and not is_from_kiosk:
            continue
        value = row.show(getattr(record, row.column), language)
        note = getattr(record, row.note_column) if row.note_column else ""
        if value or not row.is_optional:
            details = row.details(note, getattr(record, "language", language)) if row.details else ""
            shown.append(ShownRow(row.label.in_language(language), value or "–", words(note), details))
    for name, content in record.newer_content.items():
        shown.append(ShownRow(_NEWER_CONTENT.in_language(language), words(f"{name}: {content}"), ""))
    return shown
