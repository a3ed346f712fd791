"""Reads and writes CSV files as officers exchange them with spreadsheets.

Read: UTF-8 with or without byte order mark, or Windows-874, which Thai Excel saves; comma, semicolon or tab. Size,
rows and columns are limited, and what cannot be read is a sentence about the line. Written: UTF-8 with byte order mark,
which Excel needs to show Thai.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from protocol.bilingual_text import BilingualText

MAX_FILE_BYTES = 1024 * 1024  # the 955 centres of the country take 0.15 MB
MAX_ROWS = 5_000

_TOO_LARGE = BilingualText("ไฟล์ใหญ่เกิน 1 MB", "The file is larger than 1 MB")
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
    """One row: its line in the file (the header is line 1) and its cells by column, without surrounding spaces."""

    line: int
    cells: dict[str, str]

    def cell(self, column: str) -> str:
        """The text of a cell, '' where the file does not have the column."""
        return self.cells.get(column, "")


def read_rows(content: bytes, columns: Sequence[str]) -> list[CsvRow]:
    """The rows of a file whose first row names some of these columns. Empty rows are left out. Raises CsvFileError."""
    if len(content) > MAX_FILE_BYTES:
        raise CsvFileError(_TOO_LARGE)
    text = _decode(content)
    first_line = text.lstrip("\r\n").partition("\n")[0]
    delimiter = max(",;\t", key=first_line.count)
    rows: list[CsvRow] = []
    header: list[str] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            texts = [cell.strip() for cell in cells]
            if not any(texts):
                continue
            if not header:
                header = _checked_header(texts, columns)
            elif len(rows) == MAX_ROWS:
                raise CsvFileError(_TOO_MANY_ROWS)
            else:
                rows.append(_row(reader.line_num, texts, header))
    except csv.Error:
        raise CsvFileError(_line_error(reader.line_num)) from None
    if not rows:
        raise CsvFileError(_EMPTY)
    return rows


def _decode(content: bytes) -> str:
    for encoding in ("utf-8-sig", "cp874"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise CsvFileError(_NOT_TEXT)


def _checked_header(names: list[str], columns: Sequence[str]) -> list[str]:
    header = [name.lower() for name in names]
    for name in header:
        if name not in columns or header.count(name) > 1:
            known = ", ".join(columns)
            raise CsvFileError(
                BilingualText(
                    f"แถวแรกต้องเป็นชื่อคอลัมน์: {known} (พบ “{name[:40]}”)",
                    f"The first row names the columns: {known} (found “{name[:40]}”)",
                )
            )
    return header


def _row(line: int, texts: list[str], header: list[str]) -> CsvRow:
    if len(texts) > len(header) and any(texts[len(header) :]):
        raise CsvFileError(_line_error(line))
    return CsvRow(line, dict(zip(header, texts, strict=False)))


def _line_error(line: int) -> BilingualText:
    return BilingualText(f"อ่านบรรทัดที่ {line} ไม่ได้", f"Line {line} cannot be read")


def write_rows(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A file with a header and these rows."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(columns)
    writer.writerows(rows)
    return file.getvalue().encode("utf-8-sig")
