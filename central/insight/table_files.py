"""A report as files in open formats: CSV and JSON with one value per row, XLSX with one sheet per table."""

import json
from collections.abc import Callable, Iterator, Mapping
from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from central.csv_files import write_rows
from central.insight.dictionary import DICTIONARY
from central.insight.report import Report
from central.insight.sentences import describe
from central.insight.tables import Figure, Table

_COLUMNS = ("centre", "period", "table", "row", "row_name_th", "row_name_en", "column", "unit", "value", "hidden")
_MAX_SHEET_NAME_CHARS = 31
_HIDDEN = "*"


def report_csv(report: Report) -> bytes:
    """One value per row, in UTF-8 with byte order mark. The dictionary follows as rows of the table 'dictionary'."""
    rows = [[str(value) for value in record.values()] for record in _records(report)]
    for code, text in DICTIONARY.items():
        rows.append(["", "", "dictionary", code, text.th, text.en, "", "", "", ""])
    return write_rows(_COLUMNS, rows)


def report_json(report: Report) -> bytes:
    """The same values as CSV, with the dictionary and the paragraph."""
    paragraph = describe(report)
    content = {
        "centre": report.centre.slug,
        "centre_name": {"th": report.centre.name_th, "en": report.centre.name_en},
        "period": report.period.code,
        "first_day": report.period.first.isoformat(),
        "last_day": report.period.last.isoformat(),
        "made_on": report.made_on.isoformat(),
        "summary": {"th": paragraph.th, "en": paragraph.en},
        "values": [
            {**record, "value": record["value"] if record["value"] != "" else None} for record in _records(report)
        ],
        "dictionary": {code: {"th": text.th, "en": text.en} for code, text in DICTIONARY.items()},
    }
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def report_xlsx(report: Report, language: str) -> bytes:
    """A sheet for each table, and one for the dictionary."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for table in report.tables:
        _fill(_sheet(book, table.title.in_language(language)), report, table, language)
    sheet = _sheet(book, {"th": "คำอธิบายข้อมูล"}.get(language, "Data dictionary"))
    for code, text in DICTIONARY.items():
        sheet.append([code, text.in_language(language)])
    sheet.column_dimensions["B"].width = 100
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _records(report: Report) -> Iterator[dict[str, object]]:
    for table in report.tables:
        for row in table.rows:
            for column, figure in zip(table.columns, row.figures, strict=True):
                yield dict(
                    zip(
                        _COLUMNS,
                        (
                            report.centre.slug,
                            report.period.code,
                            table.code,
                            row.code,
                            row.name.th,
                            row.name.en,
                            column.code,
                            figure.unit or ("days" if column.code.endswith("_days") else ""),
                            "" if figure.number is None else figure.number,
                            "hidden" if figure.is_hidden else "",
                        ),
                        strict=True,
                    )
                )


def _sheet(book: Workbook, title: str) -> Worksheet:
    for character in "[]:*?/\\":
        title = title.replace(character, " ")
    sheet: Worksheet = book.create_sheet(title[:_MAX_SHEET_NAME_CHARS])
    return sheet


def _fill(sheet: Worksheet, report: Report, table: Table, language: str) -> None:
    centre = report.centre.name_in(language)
    sheet.append([f"{centre} · {report.period.name.in_language(language)} · {table.title.in_language(language)}"])
    sheet.append(["", *(column.name.in_language(language) for column in table.columns)])
    for cell in (*sheet[1], *sheet[2]):
        cell.font = Font(bold=True)
    for row in table.rows:
        sheet.append([_text(row.name.in_language(language)), *map(_cell, row.figures)])
    notes = [table.note] if table.note else []
    if any(figure.is_hidden for row in table.rows for figure in row.figures):
        notes.append(DICTIONARY["hidden"])
    for note in notes:
        sheet.append([f"{_HIDDEN if note is DICTIONARY['hidden'] else ''} {note.in_language(language)}".strip()])
    sheet.column_dimensions["A"].width = 48
    for letter in "BCDEFG":
        sheet.column_dimensions[letter].width = 18


def _cell(figure: Figure) -> int | float | str | None:
    return _HIDDEN if figure.is_hidden else figure.number


def _text(name: str) -> str:
    """A name that no spreadsheet runs as a formula."""
    return f"'{name}" if name.startswith(("=", "+", "-", "@")) else name


FORMATS: Mapping[str, tuple[str, Callable[[Report, str], bytes]]] = {
    "csv": ("text/csv; charset=utf-8", lambda report, _: report_csv(report)),
    "json": ("application/json", lambda report, _: report_json(report)),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", report_xlsx),
}
