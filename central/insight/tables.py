"""A table of a report as values. Pure: no Django."""

from dataclasses import dataclass

from protocol.bilingual_text import BilingualText


@dataclass(frozen=True)
class Figure:
    """One number of a table: None where there is none, hidden where it must not be shown. `measure` and the table's
    dimension lead to its cases."""

    number: int | float | None
    unit: str = ""  # '', '%'
    is_hidden: bool = False
    measure: str = ""  # '' for a figure without a list of cases


@dataclass(frozen=True)
class Row:
    """One row: its code, its name, and its figures in the order of the columns."""

    code: str
    name: BilingualText
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Column:
    """A column: its code in files, and its heading."""

    code: str
    name: BilingualText


@dataclass(frozen=True)
class Table:
    """A table of a report. `dimension` is '' for one that is not by the values of a dimension."""

    code: str
    title: BilingualText
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    dimension: str = ""
    note: BilingualText | None = None
