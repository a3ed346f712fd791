"""Reads and writes CSV files as officers exchange them with spreadsheets.

Read: UTF-8 with or without byte order mark, or Windows-874, which Thai Excel saves; comma, semicolon or tab. Size,
rows and columns are limited, and what cannot be read is a sentence about the line. Written: UTF-8 with byte order mark,
which Excel needs to show Thai.

A cell that a spreadsheet would run as a formula is written with an apostrophe before it, which marks it as text, and
read without: names and addresses come from strangers.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from protocol.bilingual_text import BilingualText

MAX_FILE_BYTES = 1024 * 1024  # the 955 centres of the country take 0.15 MB
MAX_ROWS = 5_000

_TOO_MANY_ROWS = BilingualText(f"ไฟล์มีเกิน {MAX_ROWS:,} แถว", f"The file has more than {MAX_ROWS:,} rows")
_NOT_TEXT = BilingualText(
    "อ่านไฟล์นี้ไม่ได้ โปรดบันทึกเป็น CSV (UTF-8)", "This file cannot be read; please save it as CSV (UTF-8)"
)
_EMPTY = BilingualText("ไฟล์ไม่มีแถวข้อมูล", "The file has no rows")


class CsvFileError(Exception):
    """A file that cannot be read as a whole; `sentence` says why."""

    def __init__(self, sentence: BilingualText) -> None:
        super().__init__(sentence.en)
        self.sentence = sentence


@dataclass(frozen=True)
class CsvRow:
    """One row: its number as a spreadsheet counts (the header is 1) and its cells by column, without surrounding
    spaces. Every column of the header has a cell."""

    line: int
    cells: dict[str, str]

    def cell(self, column: str) -> str:
        """The text of a cell, '' where the file does not have the column."""
        return self.cells.get(column, "")


def read_rows(
    content: bytes,
    columns: Sequence[str],
    *,
    aliases: Mapping[str, str] | None = None,
    max_bytes: int = MAX_FILE_BYTES,
) -> list[CsvRow]:
    """The rows of a file whose first row names some of these columns. Empty rows are left out. `aliases` maps further
    headings, as `heading_key` makes them, to columns. Raises CsvFileError."""
    if len(content) > max_bytes:
        megabytes = max_bytes // 1024**2
        raise CsvFileError(BilingualText(f"ไฟล์ใหญ่เกิน {megabytes} MB", f"The file is larger than {megabytes} MB"))
    names = {heading_key(name): name for name in columns} | dict(aliases or {})
    rows: list[CsvRow] = []
    header: list[str] = []
    for number, texts in read_cells(content):
        if not header:
            header = _checked_header(texts, columns, names)
        elif len(rows) == MAX_ROWS:
            raise CsvFileError(_TOO_MANY_ROWS)
        else:
            rows.append(_row(number, texts, header))
    if not rows:
        raise CsvFileError(_EMPTY)
    return rows


def read_cells(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """Number and cells of each row that is not empty, the heading among them; without surrounding spaces. The caller
    limits size and rows. Raises CsvFileError."""
    text = _decode(content)
    first_line = text.lstrip("\r\n").partition("\n")[0]
    delimiter = max(",;\t", key=first_line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for number, cells in enumerate(reader, start=1):
            texts = [_without_mark(cell.strip()) for cell in cells]
            if any(texts):
                yield number, texts
    except csv.Error:
        raise CsvFileError(_line_error(reader.line_num)) from None


def heading_key(text: str) -> str:
    """A heading in the form used for comparison: case, spaces and underscores do not count."""
    return re.sub(r"[\s_]+", "", text.casefold())


def _decode(content: bytes) -> str:
    for encoding in ("utf-8-sig", "cp874"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise CsvFileError(_NOT_TEXT)


def _checked_header(headings: list[str], columns: Sequence[str], names: Mapping[str, str]) -> list[str]:
    while not headings[-1]:  # spreadsheets add empty columns at the end
        headings = headings[:-1]
    header = [names.get(heading_key(heading), "") for heading in headings]
    for name, heading in zip(header, headings, strict=True):
        if not name or header.count(name) > 1:
            known = ", ".join(columns)
            raise CsvFileError(
                BilingualText(
                    f"แถวแรกต้องเป็นชื่อคอลัมน์: {known} (พบ “{heading[:40]}”)",
                    f"The first row names the columns: {known} (found “{heading[:40]}”)",
                )
            )
    return header


def _row(line: int, texts: list[str], header: list[str]) -> CsvRow:
    if any(texts[len(header) :]):
        raise CsvFileError(_line_error(line))
    return CsvRow(line, dict(zip(header, texts + [""] * (len(header) - len(texts)), strict=False)))


def _line_error(line: int) -> BilingualText:
    return BilingualText(f"อ่านบรรทัดที่ {line} ไม่ได้", f"Line {line} cannot be read")


def write_rows(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A file with a header and these rows."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(columns)
    writer.writerows([_marked(cell) for cell in row] for row in rows)
    return file.getvalue().encode("utf-8-sig")


def _marked(cell: str) -> str:
    return f"'{cell}" if _is_formula(cell) else cell


def _without_mark(cell: str) -> str:
    return cell.removeprefix("'") if _is_formula(cell) else cell


def _is_formula(cell: str) -> bool:
    """Whether a spreadsheet would run this cell, or the cell without its marks."""
    return cell.lstrip("'").startswith(("=", "+", "-", "@", "\t", "\r"))
