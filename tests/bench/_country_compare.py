"""Compares what the product shows of the generated country with the oracle, figure by figure."""

from datetime import date
from fractions import Fraction
from typing import Any

from tests.bench._country_oracle import Counted, Oracle, share

MAPS = ("received", "closed", "ended_percent", "in_time_percent", "indicator_percent", "median_days", "rating", "open")
_SMALLEST = 5


class Comparison:
    """Counts the figures that are equal, and keeps a sentence about each other one."""

    def __init__(self) -> None:
        self.count = 0
        self.differences: list[str] = []

    def equal(self, where: str, shown: object, expected: object) -> None:
        """A number that is shown as it is."""
        self.count += 1
        if shown != expected:
            self.differences.append(f"{where}: {shown} instead of {expected}")

    def rounded(self, where: str, shown: float | None, expected: Fraction | None, decimals: int) -> None:
        """A number that is shown with so many decimal places."""
        self.count += 1
        if shown is None or expected is None:
            is_same = shown is None and expected is None
        else:
            is_same = abs(Fraction(shown) - expected) <= Fraction(1, 2 * 10**decimals) + Fraction(1, 10**9)
        if not is_same:
            self.differences.append(f"{where}: {shown} instead of {expected and float(expected)}")

    def cell(self, where: str, column: str, shown: Any, counted: Counted, total: int) -> None:
        """A figure of a table by the values of a dimension."""
        match column:
            case "received" | "closed" | "rated" | "open" | "median_days":
                self.equal(where, shown, counted[column])
            case "share_percent":
                self.rounded(where, shown, Fraction(100 * counted["received"], total) if total else None, 1)
            case "ended_percent":
                self.rounded(where, shown, share(counted, "ended", "received"), 1)
            case "in_time_percent":
                self.rounded(where, shown, share(counted, "in_time", "dated"), 1)
            case "indicator_percent":
                self.rounded(where, shown, share(counted, "settled", "in_indicator"), 1)
            case "rating":
                mean = Fraction(int(counted["stars"]), counted["rated"]) if counted["rated"] else None
                self.rounded(where, shown, mean, 2)
            case _:
                raise ValueError(f"No oracle for {column}")


def compare_table(comparison: Comparison, where: str, table: Any, expected: dict[str, Counted], total: int) -> None:
    """A table by the values of a dimension, hidden figures apart. A published small figure is a difference."""
    columns = [column.code for column in table.columns]
    counted = [name for name in ("received", "closed", "open") if name in {"received", "closed", *columns}]
    present = {value for value, counts in expected.items() if any(counts[name] for name in counted)}
    comparison.equal(f"{where}, rows", {row.code for row in table.rows}, present)
    for row in table.rows:
        for column, figure in zip(columns, row.figures, strict=True):
            if not figure.is_hidden and row.code in expected:
                comparison.cell(f"{where} {row.code} {column}", column, figure.number, expected[row.code], total)


def compare_report(comparison: Comparison, report: Any, today: date, narrowed: str = "true") -> None:
    """Every table of a report. `narrowed` is the filter of the report in SQL."""
    oracle = Oracle(report.centre.path, report.period.first, report.period.last, today, narrowed)
    where = f"{report.centre.slug} {report.period.code}{' published' if report.is_published else ''}"
    now = oracle.by("")[""]
    before = report.period.before()
    then = Oracle(report.centre.path, before.first, before.last, today, narrowed).by("")[""]
    for table in report.tables:
        name = f"{where} {table.code}"
        match table.code:
            case "summary":
                _compare_summary(comparison, name, table, (now, then), is_published=report.is_published)
            case "stages":
                shown = {row.code: tuple(figure.number for figure in row.figures) for row in table.rows}
                for code, days in oracle.stages().items():
                    comparison.equal(f"{name} {code}", shown[code], days)
            case "backlog":
                for row in table.rows:
                    comparison.equal(f"{name} {row.code}", row.figures[0].number, oracle.backlog()[row.code])
            case "outcome":
                closed = oracle.closed_by_outcome()
                comparison.equal(f"{name}, rows", {row.code for row in table.rows}, set(closed))
                for row in table.rows:
                    if not row.figures[0].is_hidden:
                        comparison.equal(f"{name} {row.code}", row.figures[0].number, closed[row.code])
            case "month":
                months = oracle.by_month()
                for row in table.rows:
                    shown_counts = tuple(figure.number for figure in row.figures[:2])
                    comparison.equal(f"{name} {row.code}", shown_counts, months[row.code])
            case "reform" | "sdg" | "reconciliation":
                pass  # the same code as the strategy, with other terms
            case code:
                compare_table(comparison, name, table, oracle.by(code), now["received"])
        if report.is_published and table.dimension:
            small = [row.code for row in table.rows for cell in row.figures if 0 < (cell.number or 0) < _SMALLEST]
            comparison.equal(f"{name}, small figures", small, [])


def _compare_summary(comparison: Comparison, name: str, table: Any, sums: Any, *, is_published: bool) -> None:
    for row in table.rows:
        for at, (figure, counted) in enumerate(zip(row.figures, sums, strict=True)):
            where = f"{name} {row.code} {at}"
            if row.code == "reopened":
                comparison.equal(where, figure.number, counted["reopened"])
            elif row.code == "rating" and is_published and not figure.is_hidden:
                mean = Fraction(int(counted["stars"]), counted["rated"]) if counted["rated"] else None
                comparison.rounded(where, figure.number, mean, 1)
            elif not figure.is_hidden and not (row.code == "open" and at == 1):
                comparison.cell(where, row.code, figure.number, counted, 0)


def compare_overview(comparison: Comparison, overview: Any) -> None:
    """The single view: tiles, months, places and their indexes."""
    today, where = overview.today, f"{overview.centre.slug} overview"
    year, month = overview.year_period, overview.today.replace(day=1)
    names = ("received", "closed", "dated", "in_time", "in_indicator", "settled", "rated", "stars")
    for name, counts, first in (("month", overview.month, month), ("year", overview.year, year.first)):
        expected = Oracle(overview.centre.path, first, today, today).by("")[""]
        for measure in names:
            comparison.equal(f"{where} {name} {measure}", getattr(counts, measure), expected[measure])
    oracle = Oracle(overview.centre.path, year.first, year.last, today)
    now = oracle.by("")[""]
    comparison.equal(f"{where} open", overview.open_cases, now["open"])
    comparison.equal(f"{where} overdue", overview.overdue, oracle.overdue())
    indexes = oracle.indexes("centre") if overview.places else {}
    for place in overview.places:
        own = Oracle(place.centre.path, year.first, year.last, today)
        expected = own.by("")[""]
        for measure in names:
            comparison.equal(
                f"{where} {place.centre.slug} {measure}", getattr(place.counts, measure), expected[measure]
            )
        comparison.equal(f"{where} {place.centre.slug} open", place.use.open_cases, expected["open"])
        comparison.equal(f"{where} {place.centre.slug} overdue", place.use.overdue, own.overdue())
        index = indexes.get(place.centre.path.rstrip("/").rsplit("/", 1)[-1])
        shown = place.ranked.index if place.ranked else None
        comparison.rounded(f"{where} {place.centre.slug} index", shown, index, 1)


def compare_map(comparison: Comparison, subject: Any, table: Any, today: date, dimension: str) -> None:
    """The table beside a map, which has the figures that colour it."""
    oracle = Oracle(subject.centre.path, subject.period.first, subject.period.last, today)
    expected, code = oracle.by(dimension), subject.place.code
    if dimension == "province" and code:
        inside = {area for area in expected if subject.place.opens(area)}
        expected = {area: counts for area, counts in expected.items() if area in inside}
    elif code and code != subject.centre.area_code:
        expected = {area: counts for area, counts in expected.items() if area.startswith(code)}
    where = f"{subject.centre.slug} map {code or 'country'} {dimension} {subject.measure}"
    compare_table(comparison, where, table.table, expected, 0)


def compare_scorecards(comparison: Comparison, centre: Any, period: Any, cards: Any, today: date) -> None:
    """Every scorecard of a province."""
    oracle = Oracle(centre.path, period.first, period.last, today)
    expected, indexes = oracle.agencies(), oracle.indexes("agency")
    comparison.equal(f"{centre.slug} agencies", {str(card.agency_id) for card in cards}, set(expected))
    for card in cards:
        shown = (card.closed, card.rated, card.stars, card.open_now, card.median_days)
        comparison.equal(f"agency {card.agency_id}", shown, expected.get(str(card.agency_id)))
        index = indexes.get(str(card.agency_id), Fraction(100))  # without a case that had a due date: the average
        comparison.rounded(f"agency {card.agency_id} index", card.ranked.index, index, 1)
