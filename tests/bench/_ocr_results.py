"""One row per page and reader, the measured figures of a group of rows, and their CSV file."""

import csv
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from tests.ocr_pages.metrics import PageScore


@dataclass(frozen=True)
class PageResult:
    """A page read by a reader. `strength` is that of the page's degradation."""

    split: str
    kind: str
    index: int
    typeface: str
    strength: float
    reader: str
    characters: int
    character_errors: int
    thai_digits: int
    wrong_thai_digits: int
    words: int
    word_errors: int
    processor_s: float
    wall_s: float
    peak_mb: float
    first_line_s: float | None  # processor time until the first line; None for readers that do not stream
    is_readable: bool
    failure: str

    @property
    def page(self) -> tuple[str, str, int]:
        """What identifies the page among the rows of one reader."""
        return self.split, self.kind, self.index

    @property
    def error_percent(self) -> float:
        """Character error of the page."""
        return _percent(self.character_errors, self.characters)


@dataclass(frozen=True)
class Figures:
    """A group of pages read by one reader; errors in percent, pooled over the characters, digits or words of all."""

    pages: int
    error: float
    median_error: float  # of the pages
    worst_error: float
    digit_error: float | None  # None without Thai digits
    word_error: float
    processor_s: float  # a page
    peak_mb: float
    first_line_s: float | None  # mean of the pages
    unreadable: int


def summarise(rows: Sequence[PageResult]) -> Figures:
    """The figures of rows of one reader. Raises ValueError for no rows."""
    if not rows:
        raise ValueError("no rows")
    digits = sum(row.thai_digits for row in rows)
    return Figures(
        pages=len(rows),
        error=_percent(sum(row.character_errors for row in rows), sum(row.characters for row in rows)),
        median_error=statistics.median(row.error_percent for row in rows),
        worst_error=max(row.error_percent for row in rows),
        digit_error=_percent(sum(row.wrong_thai_digits for row in rows), digits) if digits else None,
        word_error=_percent(sum(row.word_errors for row in rows), sum(row.words for row in rows)),
        processor_s=statistics.fmean(row.processor_s for row in rows),
        peak_mb=max(row.peak_mb for row in rows),
        first_line_s=_mean_or_none([row.first_line_s for row in rows if row.first_line_s is not None]),
        unreadable=sum(not row.is_readable for row in rows),
    )


def figures_by(rows: Iterable[PageResult], group: Callable[[PageResult], str]) -> dict[str, dict[str, Figures]]:
    """group -> reader -> figures, in the order of the rows."""
    groups: dict[str, dict[str, list[PageResult]]] = {}
    for row in rows:
        groups.setdefault(group(row), {}).setdefault(row.reader, []).append(row)
    return {
        name: {reader: summarise(members) for reader, members in by_reader.items()}
        for name, by_reader in groups.items()
    }


def pages_worse(rows: Sequence[PageResult], reader: str, baseline: str, points: float) -> list[PageResult]:
    """The reader's pages whose character error is more than `points` above the baseline's of the same page."""
    errors = {row.page: row.error_percent for row in rows if row.reader == baseline}
    return [
        row
        for row in rows
        if row.reader == reader and row.page in errors and row.error_percent > errors[row.page] + points
    ]


def counts_of(score: PageScore) -> dict[str, int]:
    """The fields that a result shares with a score."""
    return asdict(score)


class RowFile:
    """A CSV file that has every row as soon as it is measured: a run may be ended at any time."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("w", newline="", encoding="utf-8")
        self._table = csv.DictWriter(self._file, [field.name for field in fields(PageResult)], lineterminator="\n")
        self._table.writeheader()

    def write(self, rows: Iterable[PageResult]) -> None:
        """Append the rows."""
        self._table.writerows(asdict(row) for row in rows)
        self._file.flush()

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _mean_or_none(values: Sequence[float]) -> float | None:
    return statistics.fmean(values) if values else None


def _percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 0.0
