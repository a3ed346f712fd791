"""The centres directly below one, side by side: what they received and closed, their place among each other, and how
much their officers use the system."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Max, Q

from central.cases import clock
from central.cases.models import Case
from central.centres.models import Centre, Membership
from central.insight.facts import Counts
from central.insight.figures import top_centres
from central.insight.periods import Period
from central.insight.ranking import Ranked, TopicResult, rank
from central.insight.stages import StageDays
from central.insight.topic_counts import TopicCounts, count_topics, days_to_close

STALE_DAYS = 30  # calendar days without a step: the reports of progress of a complex case come every 30 days at most


@dataclass(frozen=True)
class Use:
    """How the officers of a centre and of those below it use the system now. `stale`: open cases without a step for
    `STALE_DAYS`."""

    officers: int = 0
    last_sign_in: datetime | None = None
    open_cases: int = 0
    overdue: int = 0
    stale: int = 0


@dataclass(frozen=True)
class ComparedPlace:
    """One centre with those below it. `ranked` is None where no case with a due date was closed, `days_to_close` where
    they were not asked for."""

    centre: Centre
    counts: Counts
    days_to_close: StageDays | None
    ranked: Ranked | None
    use: Use


def compare_places(centre: Centre, period: Period, today: date, *, with_days: bool = False) -> list[ComparedPlace]:
    """The active centres directly below this one in the order of their place, those without one last. None of a
    district. The number of queries does not grow with the centres."""
    places = _places_below(centre)
    counts = count_topics(places, period)
    ranked = _rank(counts)
    days = days_to_close(places, period) if with_days else {}
    uses = _uses(places, today)
    compared = [
        ComparedPlace(
            centre=place,
            counts=sum(counts[place.pk].values(), Counts()),
            days_to_close=days.get(place.pk),
            ranked=ranked.get(place.pk),
            use=uses[place.pk],
        )
        for place in places
    ]
    order = {key: number for number, key in enumerate(ranked)}
    return sorted(compared, key=lambda each: order.get(each.centre.pk, len(order)))


def place_among_siblings(centre: Centre, period: Period) -> tuple[Ranked, int] | None:
    """The place of this centre among those beside it, and how many of them have a place. None where it has none."""
    siblings = _places_below(centre.parent) if centre.parent is not None else []
    if len(siblings) < 2:
        return None
    ranked = _rank(count_topics(siblings, period))
    own = ranked.get(centre.pk)
    if own is None or own.place is None:
        return None
    return own, sum(each.place is not None for each in ranked.values())


def _places_below(centre: Centre) -> list[Centre]:
    return list(Centre.objects.filter(parent=centre, is_active=True).order_by("area_code", "path"))


def _rank(counts: Mapping[int, TopicCounts]) -> dict[int, Ranked]:
    """By key of the centre, the best one first."""
    results = [
        TopicResult(key, topic, each.dated, each.in_time)
        for key, by_topic in counts.items()
        for topic, each in by_topic.items()
        if each.dated
    ]
    return {each.key: each for each in rank(results)}


def _uses(places: Sequence[Centre], today: date) -> dict[int, Use]:
    place_of = {key: place.pk for key, place in top_centres(places).items()}
    keys = list(place_of)
    stale_since = clock.now() - timedelta(days=STALE_DAYS)
    stale = Q(last_activity_at__lt=stale_since) | Q(last_activity_at=None, received_at__lt=stale_since)
    cases = Case.objects.filter(centre__in=keys, closed_at=None).order_by().values("centre")
    counted = cases.annotate(
        open_cases=Count("*"), overdue=Count("centre", filter=Q(due__lt=today)), stale=Count("centre", filter=stale)
    )
    sums: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in counted:
        total = sums[place_of[row["centre"]]]
        for index, name in enumerate(("open_cases", "overdue", "stale")):
            total[index] += row[name]
    officers = _officers(keys, place_of)
    return {
        place.pk: Use(
            len(officers[place.pk]), max(filter(None, officers[place.pk].values()), default=None), *sums[place.pk]
        )
        for place in places
    }


def _officers(keys: Iterable[int], place_of: Mapping[int, int]) -> dict[int, dict[int, datetime | None]]:
    """By place, the last sign-in of each officer with an active account."""
    rows = Membership.objects.filter(centre__in=list(keys), agency=None, officer__is_active=True).order_by()
    officers: dict[int, dict[int, datetime | None]] = defaultdict(dict)
    for centre_id, officer_id, last in rows.values_list("centre", "officer").annotate(last=Max("officer__last_login")):
        officers[place_of[centre_id]][officer_id] = last
    return officers
