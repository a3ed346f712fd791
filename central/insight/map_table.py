"""The table of a map: received, closed, and the measure that colours the map, for each of its areas.

The figures are those of the report with the same centre, period and filter: both are made by `value_tables` from
`count_cases`."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from central.centres.models import Centre
from central.insight.area_counts import CountedAreas, count_open, median_days
from central.insight.facts import Dimension
from central.insight.figures import EVERY_FACT, FactFilter, Figures, count_cases
from central.insight.map_areas import MapPlace
from central.insight.periods import Period
from central.insight.published import Hidden, hidden_cells
from central.insight.regions import region_of
from central.insight.tables import Column, Figure, Table
from central.insight.value_tables import (
    CLOSED,
    ENDED,
    IN_TIME,
    INDICATOR,
    MEDIAN_DAYS,
    NO_MORE,
    OPEN,
    RATED,
    RATING,
    RECEIVED,
    MoreCounts,
    table_by_region,
    table_by_value,
)

MEASURES: Mapping[str, Column] = {
    column.code: column for column in (RECEIVED, CLOSED, ENDED, IN_TIME, INDICATOR, MEDIAN_DAYS, RATING, OPEN)
}
PUBLISHED_MEASURES = (RECEIVED.code, CLOSED.code)


@dataclass(frozen=True)
class MapSubject:
    """What a map is about: the cases of a centre and those below it, a place, a period, a measure of `MEASURES`."""

    centre: Centre
    place: MapPlace
    period: Period
    measure: str = RECEIVED.code
    facts: FactFilter = EVERY_FACT

    @property
    def counted(self) -> FactFilter:
        """Which facts count: those of the place, where it is not all that the centre has."""
        if self.place.code == self.centre.area_code or self.place.is_region:
            return self.facts
        return replace(self.facts, area=self.place.code)

    @property
    def can_publish(self) -> bool:
        """Whether a published report has these figures: whole months without a filter, received or closed, provinces
        for the country, districts for a province."""
        is_whole = self.period.months is not None and self.facts == EVERY_FACT
        if not is_whole or self.measure not in PUBLISHED_MEASURES:
            return False
        if not self.centre.area_code:
            return self.place.is_country or self.place.is_region
        return self.place.code == self.centre.area_code and self.place.dimension is Dimension.DISTRICT


@dataclass(frozen=True)
class MapTable:
    """The rows of all areas with cases, and which of their figures colours the map."""

    table: Table
    measure: Column

    def figures(self) -> dict[str, Figure]:
        """The figure of each row that colours its area."""
        index = next(at for at, column in enumerate(self.table.columns) if column.code == self.measure.code)
        return {row.code: row.figures[index] for row in self.table.rows}


def build_map_table(subject: MapSubject, today: date, *, is_published: bool = False) -> MapTable:
    """The table of a map. Raises ValueError for a published table that no report has (`can_publish`), KeyError for an
    unknown measure."""
    if is_published and not subject.can_publish:
        raise ValueError("No published table has these figures")
    centre, place, period = subject.centre, subject.place, subject.period
    chosen, dimension = MEASURES[subject.measure], place.dimension
    figures = count_cases([centre], period, (Dimension.ALL, dimension), subject.counted)
    if place.is_region:
        inside = {code: counts for code, counts in figures.of(dimension).items() if region_of(code) == place.code}
        figures = Figures(figures.by_month, {**figures.by_value, dimension: inside})
    more = _more_counts(subject, today)
    hidden: Hidden = hidden_cells(centre, period, [dimension]) if is_published else {}
    columns = (RECEIVED, CLOSED, *([] if chosen in (RECEIVED, CLOSED) else [chosen]))
    if chosen is RATING:
        columns = (*columns, RATED)
    if place.is_country and not place.by_province:
        table = table_by_region(figures, hidden, is_published=is_published, columns=columns, more=more)
    else:
        table = table_by_value(dimension, figures, hidden, {}, is_published=is_published, columns=columns, more=more)
    return MapTable(table, chosen)


def _more_counts(subject: MapSubject, today: date) -> MoreCounts:
    place = subject.place

    def area_of(code: str) -> str | None:
        """The area on the map that has this code, None outside a region."""
        if place.is_country and not place.by_province:
            return region_of(code)
        return code if not place.is_region or region_of(code) == place.code else None

    counted = CountedAreas([subject.centre], place.dimension, subject.period, subject.counted, area_of)
    if subject.measure == OPEN.code:
        return MoreCounts(open_cases=count_open(counted, today))
    if subject.measure == MEDIAN_DAYS.code:
        return MoreCounts(median_days=median_days(counted))
    return NO_MORE
