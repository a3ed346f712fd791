"""The single view of a centre: its figures now, its main topics over twelve months, and the centres below it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from central.cases import queues
from central.cases.models import Case
from central.centres.models import Centre
from central.insight.attention import AttentionItem, list_attention
from central.insight.facts import Counts, Dimension
from central.insight.figures import Figures, count_cases
from central.insight.periods import MONTHS, Period, fiscal_year_of, month_number, months_until
from central.insight.places_compared import ComparedPlace, compare_places, place_among_siblings
from central.insight.ranking import Ranked

_TOPICS = 5


@dataclass(frozen=True)
class TopicMonths:
    """One topic: cases received in each of the months, the oldest first."""

    topic: str
    received: Sequence[int]

    @property
    def total(self) -> int:
        """In all months."""
        return sum(self.received)


@dataclass(frozen=True)
class Overview:
    """What the page shows. `year` is the fiscal year of today; `standing` the centre's place among those beside it and
    how many have a place, None where it has none."""

    centre: Centre
    today: date
    month: Counts
    year: Counts
    by_month: Mapping[int, Counts]
    open_cases: int
    overdue: int
    topics: Sequence[TopicMonths]
    places: Sequence[ComparedPlace]
    attention: Sequence[AttentionItem]
    standing: tuple[Ranked, int] | None

    @property
    def year_period(self) -> Period:
        """The fiscal year of today."""
        return fiscal_year_of(self.today)


def build_overview(centre: Centre, today: date) -> Overview:
    """The overview of this centre and those below it. The number of queries does not grow with the centres."""
    year = fiscal_year_of(today)
    figures = count_cases([centre], months_until(today), (Dimension.ALL, Dimension.TOPIC), with_months=True)
    of_year = [counts for month, counts in figures.by_month.items() if month >= month_number(year.first)]
    places = compare_places(centre, year, today)
    open_cases = Case.objects.filter(centre__in=list(centre.subtree().values_list("pk", flat=True)), closed_at=None)
    return Overview(
        centre=centre,
        today=today,
        month=figures.by_month.get(month_number(today), Counts()),
        year=sum(of_year, Counts()),
        by_month=figures.by_month,
        open_cases=open_cases.count(),
        overdue=queues.overdue(open_cases, today).count(),
        topics=top_topics(figures, today),
        places=places,
        attention=list_attention(centre, today, {place.centre: place.use for place in places}),
        standing=place_among_siblings(centre, year),
    )


def top_topics(figures: Figures, last_day: date) -> list[TopicMonths]:
    """The topics with the most cases received in the months until this day."""
    months = range(month_number(last_day) - MONTHS + 1, month_number(last_day) + 1)
    topics = [
        TopicMonths(
            topic, [figures.months_of[Dimension.TOPIC, topic].get(month, Counts()).received for month in months]
        )
        for topic in figures.of(Dimension.TOPIC)
    ]
    return sorted((each for each in topics if each.total), key=lambda each: (-each.total, each.topic))[:_TOPICS]
