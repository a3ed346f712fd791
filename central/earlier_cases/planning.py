"""Turns one row of a file into what is imported, or into its errors by column.

Nothing is lost: what a column of the case cannot hold, and the columns of the file that have no meaning here, become an
internal note of the case. The note may name a person: it is covered like a letter (`COVERED_NOTES`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

from pydantic import ValidationError

from central.cases.codes import Outcome
from central.cases.limits import MAX_NAME_CHARS, MAX_NOTE_CHARS
from central.earlier_cases import values
from central.earlier_cases.columns import COLUMNS, Column
from central.earlier_cases.statuses import CHOICES, DEFAULT_CODE, EarlierStatus, needs_next_owner
from protocol.bilingual_text import BilingualText
from protocol.choices import MAX_NOTE_CHARS as MAX_FIELD_CHARS
from protocol.choices import MAX_TEXT_CHARS, IdentitySource, NameDisclosure
from protocol.submission import Contact, Identity, SubmissionContent
from protocol.topics import Topic
from thai.dates import BANGKOK_TIME
from thai.places import resolve_code

_FIRST_DAY = date(1994, 4, 1)  # the first Damrongdham centres opened
_NOON = time(12)  # a file has days, not times
_MAX_NUMBER_CHARS = 100
_MAX_REST_CHARS = 20_000

_NO_DATE = BilingualText("ไม่ใช่วันที่", "This is no date")
_TOO_EARLY = BilingualText("ก่อนมีศูนย์ดำรงธรรม (เมษายน 2537)", "Before the first centres (April 1994)")
_IN_FUTURE = BilingualText("เป็นวันในอนาคต", "This is in the future")
_MISSING = BilingualText("ต้องมีข้อความ", "A text is needed")
_CLOSED_BEFORE_FILED = BilingualText("ก่อนวันที่ยื่นเรื่อง", "Before the filing date")
_TOO_LONG = BilingualText("ยาวเกินไป", "Too long")
_NO_NEXT_OWNER = BilingualText("ต้องบอกหน่วยงานที่รับผิดชอบต่อ", "The body that is responsible next is needed")
_UNSTORABLE = BilingualText("มีค่าที่บันทึกไม่ได้", "A value cannot be stored")


@dataclass(frozen=True)
class FileColumns:
    """How a file is read: which column is what, what its words of status mean, and its headings."""

    headings: Sequence[str]
    indexes: Mapping[Column, int]
    statuses: Mapping[str, str]  # word of the status column -> code of a choice
    default_status: str = DEFAULT_CODE
    province: str = ""  # of the centre: for a file without a column of provinces


@dataclass(frozen=True)
class CellError:
    """What is wrong with one cell, without its text. `column` is None for the whole row."""

    column: Column | None
    sentence: BilingualText


@dataclass(frozen=True)
class PlannedCase:
    """One row as it is imported. Its texts are personal."""

    number: str  # in the earlier system
    content: SubmissionContent = field(repr=False)
    filed_at: datetime
    status: EarlierStatus
    agency: str
    handler: str = field(repr=False)
    outcome_text: str = field(repr=False)  # read by the citizen; '' for an open case
    closed_at: datetime | None
    rest: str = field(repr=False)  # what no column holds


class RowRefusedError(Exception):
    """A row that cannot be imported, with its errors."""

    def __init__(self, errors: Sequence[CellError]) -> None:
        super().__init__(f"{len(errors)} errors")
        self.errors = errors


def plan_row(cells: Sequence[str], columns: FileColumns, today: date) -> PlannedCase:
    """What this row becomes. Raises RowRefusedError."""
    return _RowReader(cells, columns, today).plan()


class _RowReader:
    """One row while it is read."""

    def __init__(self, cells: Sequence[str], columns: FileColumns, today: date) -> None:
        self._cells, self._columns, self._today = cells, columns, today
        self._errors: list[CellError] = []
        self._rest: list[str] = []

    def plan(self) -> PlannedCase:
        """Raises RowRefusedError."""
        filed_on = self._day(Column.FILED_ON)
        text = self._text()
        status = self._status()
        closed_on = self._closing_day(status, filed_on)
        number = self._limited(Column.NUMBER, _MAX_NUMBER_CHARS)
        agency, handler = self._limited(Column.AGENCY, MAX_NAME_CHARS), self._limited(Column.HANDLER, MAX_NAME_CHARS)
        outcome_text = self._outcome(status, agency)
        content = self._content(text, filed_on)
        if self._errors or filed_on is None or content is None:
            raise RowRefusedError(self._errors)
        return PlannedCase(
            number=number,
            content=content,
            filed_at=_moment(filed_on),
            status=status,
            agency=agency,
            handler=handler,
            outcome_text=outcome_text,
            closed_at=_moment(closed_on) if closed_on else None,
            rest=self._unused(),
        )

    def _cell(self, column: Column) -> str:
        index = self._columns.indexes.get(column)
        return self._cells[index].strip() if index is not None and index < len(self._cells) else ""

    def _refuse(self, column: Column | None, sentence: BilingualText) -> None:
        self._errors.append(CellError(column, sentence))

    def _add_to_note(self, column: Column) -> None:
        """Add the text of a cell that its column of the case cannot hold to the note."""
        self._rest.append(f"{COLUMNS[column].name.th}: {self._cell(column)}")

    def _day(self, column: Column) -> date | None:
        day = values.parse_date(self._cell(column))
        if day is None:
            self._refuse(column, _NO_DATE)
        elif day > self._today:
            self._refuse(column, _IN_FUTURE)
        elif day < _FIRST_DAY:
            self._refuse(column, _TOO_EARLY)
        return day

    def _text(self) -> str:
        text = self._cell(Column.TEXT)
        if not text:
            self._refuse(Column.TEXT, _MISSING)
        return text

    def _status(self) -> EarlierStatus:
        word = self._cell(Column.STATUS)
        code = self._columns.statuses.get(word, self._columns.default_status) if word else self._columns.default_status
        if not word and self._cell(Column.CLOSED_ON) and Column.STATUS not in self._columns.indexes:
            code = f"closed:{Outcome.RESOLVED.value}"  # a file without statuses, in which a date says that it is closed
        return CHOICES.get(code, CHOICES[DEFAULT_CODE])

    def _closing_day(self, status: EarlierStatus, filed_on: date | None) -> date | None:
        """The day of a closed case: that of the file, or the filing day where the file has none."""
        if status.outcome is None:
            if self._cell(Column.CLOSED_ON):
                self._add_to_note(Column.CLOSED_ON)
            return None
        if not self._cell(Column.CLOSED_ON):
            self._rest.append("ไม่มีวันที่ยุติเรื่องในไฟล์ จึงใช้วันที่ยื่นเรื่อง")
            return filed_on
        day = self._day(Column.CLOSED_ON)
        if day is not None and filed_on is not None and day < filed_on:
            self._refuse(Column.CLOSED_ON, _CLOSED_BEFORE_FILED)
        return day

    def _limited(self, column: Column, max_chars: int) -> str:
        """A text that is kept in full beside the case when it is too long for its column."""
        text = self._cell(column)
        if len(text) <= max_chars:
            return text
        self._add_to_note(column)
        return text[: max_chars - 1] + "…"

    def _outcome(self, status: EarlierStatus, agency: str) -> str:
        """What the citizen reads about a closed case: the text of the file, or the name of the outcome."""
        text = self._cell(Column.OUTCOME)
        if status.outcome is None:
            if text:
                self._add_to_note(Column.OUTCOME)
            return ""
        if needs_next_owner(status.outcome) and not (text or agency):
            self._refuse(Column.OUTCOME, _NO_NEXT_OWNER)
        if len(text) > MAX_NOTE_CHARS:
            self._refuse(Column.OUTCOME, _TOO_LONG)
        next_owner = agency if needs_next_owner(status.outcome) else ""
        sentences = (text or status.name.th.partition(": ")[2], next_owner if next_owner not in text else "")
        return "\n".join(filter(None, sentences))

    def _content(self, text: str, filed_on: date | None) -> SubmissionContent | None:
        name = values.parse_name(self._cell(Column.NAME))
        is_anonymous = not name.first
        topic = values.parse_topic(self._cell(Column.TOPIC))
        try:
            return SubmissionContent(
                topic=topic or (Topic.OTHER if self._cell(Column.TOPIC) else Topic.UNSURE),
                topic_note="" if topic else self._limited(Column.TOPIC, MAX_FIELD_CHARS),
                area=self._area(),
                spot=self._limited(Column.SPOT, MAX_FIELD_CHARS),
                text=text[:MAX_TEXT_CHARS],
                contact=Contact(phone=self._phone(is_anonymous)),
                naming=self._naming(is_anonymous),
                identity=None if is_anonymous else self._identity(name),
                identity_source=IdentitySource.NONE if is_anonymous else IdentitySource.TYPED,
                notice_version="",
                notice_accepted_at=_moment(filed_on or self._today),
                assisted=True,
            )
        except ValidationError:
            self._refuse(None, _UNSTORABLE)
            return None

    def _identity(self, name: values.PersonName) -> Identity:
        citizen_id = values.parse_citizen_id(self._cell(Column.CITIZEN_ID))
        if self._cell(Column.CITIZEN_ID) and not citizen_id:
            self._add_to_note(Column.CITIZEN_ID)
        return Identity(
            citizen_id=citizen_id,
            title=name.title,
            first_name=name.first[:MAX_FIELD_CHARS],
            last_name=name.last[:MAX_FIELD_CHARS],
            address=self._limited(Column.ADDRESS, MAX_FIELD_CHARS),
        )

    def _naming(self, is_anonymous: bool) -> NameDisclosure:
        if is_anonymous:
            return NameDisclosure.ANONYMOUS
        return NameDisclosure.WITHHELD if values.is_withheld(self._cell(Column.WITHHELD)) else NameDisclosure.NAMED

    def _phone(self, is_anonymous: bool) -> str:
        """The number of a named complainant. An anonymous case keeps nothing that leads to a person."""
        typed = self._cell(Column.PHONE)
        number = "" if is_anonymous else values.parse_phone(typed)
        if typed and not number and not is_anonymous:
            self._add_to_note(Column.PHONE)
        return number

    def _area(self) -> str:
        province, district, tambon = (self._cell(each) for each in (Column.PROVINCE, Column.DISTRICT, Column.TAMBON))
        code = resolve_code(province or self._columns.province, district, tambon)
        levels = 2 * (1 + bool(district) + bool(tambon)) if district or tambon or province else 0
        if len(code) < levels:
            self._rest.append(" ".join(filter(None, ("สถานที่ในไฟล์:", tambon, district, province))))
        return code

    def _unused(self) -> str:
        """What became no column of the case, with the headings of the file."""
        used = set(self._columns.indexes.values())
        others = [
            f"{self._columns.headings[index]}: {cell.strip()}"
            for index, cell in enumerate(self._cells)
            if index not in used and cell.strip() and index < len(self._columns.headings)
        ]
        return "\n".join([*self._rest, *others])[:_MAX_REST_CHARS]


def _moment(day: date) -> datetime:
    return datetime.combine(day, _NOON, BANGKOK_TIME).astimezone(UTC)
