"""Files of agencies: bytes to rows by column, and agencies to bytes. `central.csv_files` knows the format."""

from collections.abc import Iterable
from dataclasses import dataclass

from central.agencies.csv_columns import COLUMNS, REQUIRED_COLUMNS, Column
from central.agencies.details import AgencyDetails
from central.agencies.limits import MAX_IMPORT_BYTES
from central.csv_files import CsvFileError, CsvRow, heading_key, read_rows, write_rows
from protocol.bilingual_text import BilingualText

# The Thai headings, and the short ones that offices write themselves.
_ALIASES = {heading_key(column.heading_th): column.name for column in COLUMNS} | {
    "รหัส": "code",
    "ชื่อ": "name_th",
    "ประเภท": "kind",
    "พื้นที่": "areas",
}


@dataclass(frozen=True)
class FileRows:
    """The columns that a file has, in the order of `COLUMNS`, and its rows."""

    columns: tuple[Column, ...]
    rows: tuple[CsvRow, ...]


def read_file(content: bytes) -> FileRows:
    """The rows of a file. Raises CsvFileError when it cannot be read as a whole, or lacks a column."""
    rows = read_rows(content, [column.name for column in COLUMNS], aliases=_ALIASES, max_bytes=MAX_IMPORT_BYTES)
    columns = tuple(column for column in COLUMNS if column.name in rows[0].cells)
    for column in COLUMNS:
        if column.name in REQUIRED_COLUMNS and column not in columns:
            raise CsvFileError(
                BilingualText(f"ไม่มีคอลัมน์ «{column.heading_th}»", f"The column «{column.name}» is missing")
            )
    return FileRows(columns, tuple(rows))


def write_file(agencies: Iterable[AgencyDetails], language: str) -> bytes:
    """A file of these agencies that `read_file` reads back, with headings in this language."""
    headings = [column.heading.in_language(language) for column in COLUMNS]
    return write_rows(headings, ([column.write(details) for column in COLUMNS] for details in agencies))
