"""The points of the cases of a report, as an officer may see them."""

from dataclasses import dataclass

from django.db.models import Avg, Count, F, IntegerField, Max, Min, QuerySet
from django.db.models.functions import Cast, Floor

from central.cases.models import Case, CasePoint
from central.cases.points import with_visible_point
from central.centres.models import Centre, Officer
from central.insight.clusters import Cluster, CountedPoints, clusters
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

    def clusters(self, degrees: float, box: MapBox | None = None) -> list[Cluster]:
        """The points that the officer may see, in cells of this width: all, or those in a part of the map. One
        query."""
        rows = self._visible()
        if box is not None:
            rows = rows.filter(latitude__range=(box.south, box.north), longitude__range=(box.west, box.east))
        row, column = (Cast(Floor(F(name) / degrees), IntegerField()) for name in ("latitude", "longitude"))
        cells = rows.order_by().annotate(row=row, column=column).values("row", "column", "case__area")
        counted = cells.annotate(
            count=Count("pk"), south=Avg("latitude"), west=Avg("longitude"), number=Min("case__case_number")
        )
        names = ("row", "column", "case__area", "count", "south", "west", "number")
        return clusters((CountedPoints(*each) for each in counted.values_list(*names)), degrees)

    def extent(self) -> tuple[int, MapBox | None]:
        """How many points the officer may see, and the part of the map that has them. One query."""
        edges = self._visible().aggregate(
            count=Count("pk"),
            west=Min("longitude"),
            south=Min("latitude"),
            east=Max("longitude"),
            north=Max("latitude"),
        )
        count = edges.pop("count")
        return count, MapBox(**edges) if count else None

    def hidden_by_area(self) -> dict[str, int]:
        """How many cases have a point that the officer must not see, by tambon. One query."""
        hidden = self._of_cases(Case.objects.filter(~with_visible_point(self.officer)))
        return dict(hidden.order_by().values_list("case__area").annotate(Count("pk")))

    def _visible(self) -> QuerySet[CasePoint]:
        return self._of_cases(Case.objects.filter(with_visible_point(self.officer)))

    def _of_cases(self, cases: QuerySet[Case]) -> QuerySet[CasePoint]:
        between = (self.period.first, self.period.last)
        counted = facts_of([self.centre], self.facts).filter(received_on__range=between)
        return CasePoint.objects.filter(case__in=cases.filter(pk__in=counted.values("case")).values("pk"))
