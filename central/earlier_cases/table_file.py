"""Reads a CSV or Excel file as a table of texts. Runs in a confined child process only. No Django.

An Excel file is a ZIP archive of XML: its unpacked size is limited before anything is unpacked, and the cells are read
one row after another. Formulas are not calculated: the value that the spreadsheet has stored counts."""

import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from enum import StrEnum
from itertools import islice

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from central.csv_files import CsvFileError, read_cells

MAX_FILE_BYTES = 12 << 20  # 7,000 cases of an office have about 2 MB
MAX_ROWS = 20_000
MAX_COLUMNS = 100
_MAX_CELL_CHARS = 20_000  # as long as a complaint may be
_MAX_TABLE_BYTES = 48 << 20
_MAX_SCANNED_ROWS = 100_000  # empty rows between others included
_MAX_UNPACKED_BYTES, _MAX_ENTRIES = 200 << 20, 2_000
_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"  # .xls, and .xlsx with a password
_DAMAGED = (
    zipfile.BadZipFile,
    InvalidFileException,
    ValueError,
    KeyError,
    TypeError,
    OSError,
    EOFError,
    AttributeError,
)

Row = tuple[int, list[str]]  # number as the spreadsheet counts, and the cells


class TableRefusal(StrEnum):
    """Why a file is refused."""

    DAMAGED = "damaged"
    OLD_EXCEL = "old_excel"
    TOO_LARGE = "too_large"
    TOO_MANY_ROWS = "too_many_rows"
    NOT_TEXT = "not_text"
    EMPTY = "empty"


class _RefusedError(Exception):
    def __init__(self, refusal: TableRefusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


def read_table(content: bytes) -> tuple[str, bytes]:
    """('', the rows that are not empty as JSON, see `Row`), or (code of the TableRefusal, b'')."""
    try:
        rows = _checked(_excel_rows(content) if content.startswith(_ZIP) else _csv_rows(content))
        table = json.dumps(rows, ensure_ascii=False).encode()
        if len(table) > _MAX_TABLE_BYTES:
            raise _RefusedError(TableRefusal.TOO_LARGE)
    except _RefusedError as error:
        return error.refusal.value, b""
    return "", table


def _checked(rows: Iterable[Row]) -> list[Row]:
    """The rows with a text, at most as many as the limit and one heading. Raises _RefusedError."""
    with_text = ((number, cells) for number, cells in rows if any(cells))
    filled = list(islice(with_text, MAX_ROWS + 12))  # titles may stand above the heading
    if len(filled) > MAX_ROWS + 11:
        raise _RefusedError(TableRefusal.TOO_MANY_ROWS)
    if not filled:
        raise _RefusedError(TableRefusal.EMPTY)
    width = max(len(cells) for _, cells in filled)
    return [(number, cells + [""] * (width - len(cells))) for number, cells in filled]


def _csv_rows(content: bytes) -> Iterator[Row]:
    if content.startswith(_OLD_EXCEL):
        raise _RefusedError(TableRefusal.OLD_EXCEL)
    try:
        for number, cells in read_cells(content):
            yield number, [_shortened(cell) for cell in cells[:MAX_COLUMNS]]
    except CsvFileError:
        raise _RefusedError(TableRefusal.NOT_TEXT) from None


def _excel_rows(content: bytes) -> Iterator[Row]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
        if len(entries) > _MAX_ENTRIES or sum(entry.file_size for entry in entries) > _MAX_UNPACKED_BYTES:
            raise _RefusedError(TableRefusal.TOO_LARGE)
        workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheet = next(each for each in workbook.worksheets if each.sheet_state == "visible")
        sheet.reset_dimensions()  # a wrong one in the file would hide rows
        cells = sheet.iter_rows(values_only=True, max_row=_MAX_SCANNED_ROWS, max_col=MAX_COLUMNS)
        for number, values in enumerate(cells, start=1):
            yield number, _without_end([_text(value) for value in values])
    except StopIteration:
        raise _RefusedError(TableRefusal.EMPTY) from None
    except _DAMAGED:
        raise _RefusedError(TableRefusal.DAMAGED) from None


def _without_end(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _text(value: object) -> str:
    """A cell as a person reads it: whole numbers without decimals, dates as ISO 8601, errors of formulas as nothing."""
    if value is None or isinstance(value, bool):
        return "" if value is None else str(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = str(value).strip()
    return "" if text.startswith("#") and text.rstrip("!?").isupper() else _shortened(text)


def _shortened(text: str) -> str:
    """The text within the limit. A NUL, which no database stores, is left out."""
    return text.replace("\0", "")[:_MAX_CELL_CHARS]
