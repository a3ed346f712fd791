"""The points of the cases of a report, as an officer may see them."""

from dataclasses import dataclass

from django.db.models import Count, QuerySet

from central.cases.models import Case, CasePoint
from central.cases.points import with_visible_point
from central.centres.models import Centre, Officer
from central.insight.clusters import Point
from central.insight.figures import FactFilter, facts_of
from central.insight.periods import Period


@dataclass(frozen=True)
class MapBox:
    """A part of a map, in degrees."""

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True)
class PointQuery:
    """Which points: of cases of a centre and those below it, received in a period. The caller has checked that the
    officer sees the cases of this centre."""

    officer: Officer
    centre: Centre
    period: Period
    facts: FactFilter

    def points(self, box: MapBox | None = None) -> list[Point]:
        """The points that the officer may see, all or those in a part of the map. One query."""
        rows = self._of_cases(Case.objects.filter(with_visible_point(self.officer)))
        if box is not None:
            rows = rows.filter(latitude__range=(box.south, box.north), longitude__range=(box.west, box.east))
        columns = ("latitude", "longitude", "case__case_number", "case__area")
        return [Point(*row) for row in rows.order_by().values_list(*columns).iterator(chunk_size=5_000)]

    def hidden_by_area(self) -> dict[str, int]:
        """How many cases have a point that the officer must not see, by tambon. One query."""
        cases = Case.objects.exclude(pk__in=Case.objects.filter(with_visible_point(self.officer)).values("pk"))
        rows = self._of_cases(cases).order_by().values_list("case__area").annotate(Count("pk"))
        return dict(rows)

    def _of_cases(self, cases: QuerySet[Case]) -> QuerySet[CasePoint]:
        between = (self.period.first, self.period.last)
        counted = facts_of([self.centre], self.facts).filter(received_on__range=between)
        return CasePoint.objects.filter(case__in=cases.filter(pk__in=counted.values("case")).values("pk"))
