"""The report of a month or a fiscal year to the head of a province or district, as a Thai memorandum (บันทึกข้อความ):
its contents for PDF and Word. Thai only, with Thai digits, as official letters are."""

from dataclasses import dataclass

from central.centres.wording import head_of
from central.insight.dictionary import DICTIONARY
from central.insight.figure_texts import figure_text
from central.insight.report import Report
from central.insight.sentences import describe
from central.insight.summary import KPI_DEFINITION
from thai import dates
from thai.numerals import to_thai

# Tables of the memorandum, in their order. The others are in the files of the report's page.
_TABLES = ("summary", "topic", "district", "agency", "channel", "outcome", "stages", "backlog")
_MAX_ROWS = 15


@dataclass(frozen=True)
class MemoTable:
    """A table as text: heading, column names, and rows of a name and its figures."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(frozen=True)
class Memo:
    """What the memorandum says."""

    office: str
    day: str
    subject: str
    addressee: str
    facts: str
    tables: tuple[MemoTable, ...]
    definition: str
    hidden_note: str


def write_memo(report: Report) -> Memo:
    """The memorandum of a published report."""
    centre = report.centre
    has_hidden = any(figure.is_hidden for table in report.tables for row in table.rows for figure in row.figures)
    return Memo(
        office=centre.name_th,
        day=to_thai(dates.long_date(report.made_on)),
        subject=to_thai(f"รายงานสรุปผลการดำเนินงานเรื่องร้องเรียนร้องทุกข์ ประจำ{report.period.official_name}"),
        addressee=head_of(centre),
        facts=to_thai(describe(report).th),
        tables=tuple(_table(report, code) for code in _TABLES if any(table.code == code for table in report.tables)),
        definition=to_thai(KPI_DEFINITION.th),
        hidden_note=to_thai(f"* {DICTIONARY['hidden'].th}") if has_hidden else "",
    )


def _table(report: Report, code: str) -> MemoTable:
    table = report.table(code)
    rows = [(row.name.th, *(to_thai(figure_text(figure)) for figure in row.figures)) for row in table.rows]
    note = ""
    if len(rows) > _MAX_ROWS:
        note = to_thai(f"แสดง {_MAX_ROWS} แถวแรกจาก {len(rows)} แถว")
    columns = tuple(to_thai(column.name.th) for column in table.columns)
    shown = tuple((to_thai(name), *figures) for name, *figures in rows[:_MAX_ROWS])
    return MemoTable(to_thai(table.title.th), columns, shown, note)
