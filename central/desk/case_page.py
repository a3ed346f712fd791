"""The content of a case's page, section by section, as the template shows it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from central.cases import reading, withheld_names
from central.cases.commands import next_statuses
from central.cases.event_kinds import EVENT_NAMES, EventKind
from central.cases.models import Case, CaseEvent, Complainant, LetterPage, NameRequest, PersonalDataRead
from central.centres.jurisdiction import proposed_centre
from central.centres.models import Centre, Officer
from central.centres.wording import official_text
from central.desk import labels
from central.desk.forms import AssignmentForm, NameRequestForm, ReasonForm, StatusForm
from central.people.permission import has_permission
from central.people.roles import Action
from protocol.bilingual_text import BilingualText
from protocol.case_status import CaseStatus
from thai import dates, phone, places

_READS_SHOWN = 10


@dataclass(frozen=True)
class FieldRow:
    """A row of a table of fields: which column it shows, under which label, and how."""

    column: str
    label: BilingualText
    show: Callable[[Any, str], str]  # from the stored value and the language
    note_column: str = ""  # a free text shown below the value
    is_optional: bool = False  # not shown when empty


def _choice(table: Mapping[Any, BilingualText]) -> Callable[[Any, str], str]:
    return lambda code, language: labels.label(table, code, language)


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
        "filing_time_quality", BilingualText("ที่มาของเวลายื่น", "Filing time known"), _choice(labels.FILING_TIME_QUALITY)
    ),
    FieldRow("received_at", BilingualText("ศูนย์ได้รับเมื่อ", "Received"), dates.short_datetime),
    FieldRow(
        "assisted",
        BilingualText("ผู้ช่วย", "Help"),
        lambda assisted, language: (
            BilingualText("เจ้าหน้าที่ช่วยกรอก", "Staff helped at the kiosk").in_language(language) if assisted else ""
        ),
        is_optional=True,
    ),
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


@dataclass(frozen=True)
class Letter:
    """The scanned letter. `pages` is None while it is withheld."""

    pages: QuerySet[LetterPage] | None
    page_count: int


@dataclass(frozen=True)
class ComplainantSection:
    """What the page shows of the complainant: the data once it is opened, otherwise the way to open it."""

    exists: bool
    disclosure: str
    rows: list[ShownRow]  # empty until opened
    may_read: bool
    is_withheld: bool
    grant: NameRequest | None
    own_request: NameRequest | None
    requests_to_decide: QuerySet[NameRequest]
    reason_form: ReasonForm
    name_request_form: NameRequestForm


@dataclass(frozen=True)
class ShownEvent:
    when: str
    by: str
    text: str
    note: str


@dataclass(frozen=True)
class ShownRead:
    when: str
    by: str
    kind: str
    reason: str


@dataclass(frozen=True)
class CasePage:
    """All sections of the page of one case."""

    case: Case
    status: str
    due: str
    rows: list[ShownRow]
    letter: Letter
    complainant: ComplainantSection
    proposed_centre: Centre | None  # where a new case should move because of its place (decision 0055)
    status_form: StatusForm | None  # None when no status may follow
    assignment_form: AssignmentForm
    events: list[ShownEvent]  # newest first
    reads: list[ShownRead]


def build_case_page(
    officer: Officer,
    case: Case,
    language: str,
    *,
    complainant: Complainant | None = None,
    status_form: StatusForm | None = None,
    assignment_form: AssignmentForm | None = None,
) -> CasePage:
    """The page as this officer may see it. `complainant` is given once it was opened; a form is given when it is shown
    again with what the officer has typed."""
    events = case.events.select_related("by", "texts").reverse()
    status_form = status_form or StatusForm(language, initial={"seen": case.status})
    return CasePage(
        case=case,
        status=official_text(case.current_status, case.centre, language),
        due=dates.long_date(case.due, language) if case.due else "",
        rows=_shown_rows(CASE_ROWS, case, language),
        letter=Letter(reading.readable_pages(case, complainant), case.pages.count()),
        complainant=_complainant_section(officer, case, complainant, language),
        proposed_centre=_proposed_centre(case),
        status_form=status_form.offer(case, language) if next_statuses(case.current_status) else None,
        assignment_form=assignment_form or _assignment_form(case, language),
        events=[_shown_event(event, language, case.centre) for event in events],
        reads=[_shown_read(read, language) for read in case.reads.select_related("officer", "agency")[:_READS_SHOWN]],
    )


def _shown_rows(rows: tuple[FieldRow, ...], record: Case | Complainant, language: str) -> list[ShownRow]:
    shown = []
    for row in rows:
        value = row.show(getattr(record, row.column), language)
        note = getattr(record, row.note_column) if row.note_column else ""
        if value or not row.is_optional:
            shown.append(ShownRow(row.label.in_language(language), value or "–", note))
    for name, content in record.newer_content.items():
        shown.append(ShownRow(_NEWER_CONTENT.in_language(language), f"{name}: {content}", ""))
    return shown


def _complainant_section(
    officer: Officer, case: Case, complainant: Complainant | None, language: str
) -> ComplainantSection:
    withheld = case.is_name_withheld
    return ComplainantSection(
        exists=Complainant.objects.filter(case=case).exists(),
        disclosure=labels.label(labels.NAME_DISCLOSURE, case.name_disclosure, language),
        rows=_shown_rows(COMPLAINANT_ROWS, complainant, language) if complainant else [],
        may_read=has_permission(officer, Action.READ_PEOPLE, case.centre),
        is_withheld=withheld,
        grant=withheld_names.find_grant(officer, case) if withheld else None,
        own_request=withheld_names.own_request(officer, case) if withheld else None,
        requests_to_decide=withheld_names.open_requests(officer).filter(case=case),
        reason_form=ReasonForm(language),
        name_request_form=NameRequestForm(language),
    )


def _proposed_centre(case: Case) -> Centre | None:
    return proposed_centre(case.area, case.centre) if case.current_status is CaseStatus.RECEIVED else None


def _assignment_form(case: Case, language: str) -> AssignmentForm:
    initial = {"agency": case.agency_name, "officer": case.handler_name, "due": case.due}
    return AssignmentForm(language, initial=initial)


def _shown_event(event: CaseEvent, language: str, centre: Centre) -> ShownEvent:
    texts = getattr(event, "texts", None)
    return ShownEvent(
        when=dates.short_datetime(event.at, language),
        by=event.by.get_username() if event.by else "",
        text=_event_text(event, language, centre),
        note=texts.note if texts else "",
    )


def _event_text(event: CaseEvent, language: str, centre: Centre) -> str:
    kind, value = EventKind(event.kind), event.value or str(event.payload.get("value", ""))
    if kind in (EventKind.OLD_STATUS, EventKind.RECEIVED):
        return official_text(CaseStatus(event.status or value), centre, language)
    if kind is EventKind.OLD_DUE and value:
        value = dates.short_date(date.fromisoformat(value), language)
    return f"{EVENT_NAMES[kind].in_language(language)}: {value or '–'}"


def _shown_read(read: PersonalDataRead, language: str) -> ShownRead:
    return ShownRead(
        when=dates.short_datetime(read.at, language),
        by=read.reader,
        kind=labels.label(labels.DATA_KIND, read.data_kind, language),
        reason=read.reason,
    )
