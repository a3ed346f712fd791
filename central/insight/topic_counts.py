"""The counts of several centres by topic: of provinces from the monthly counts, of districts added up by the database.

Reading the facts of a fiscal year and adding them up here takes 2 s for 33,000; the database takes a twentieth."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.db.models import Count, F, Q, Sum

from central.centres.models import Centre
from central.insight.days_between import DaysBetween
from central.insight.facts import LEFT_OUT, SETTLED, Counts, Dimension
from central.insight.figures import count_each, top_centres
from central.insight.folding import is_summed
from central.insight.models import CaseFact
from central.insight.periods import Period
from central.insight.stages import StageDays, nearest_rank

TopicCounts = Mapping[str, Counts]


def count_topics(places: Sequence[Centre], period: Period) -> dict[int, TopicCounts]:
    """By key of each place, with the centres below it: the counts by topic."""
    if places and all(is_summed(place) for place in places):
        return {
            key: figures.of(Dimension.TOPIC) for key, figures in count_each(places, period, (Dimension.TOPIC,)).items()
        }
    place_of = top_centres(places)
    days = (period.first, period.last)
    received, closed, reopened = Q(received_on__range=days), Q(closed_on__range=days), Q(reopened_on__range=days)
    rated = Q(rated_on__range=days, stars__isnull=False)
    measures = {
        "received": Count("pk", filter=received),
        "ended": Count("pk", filter=received & Q(closed_on__isnull=False)),
        "in_indicator": Count("pk", filter=received & ~Q(outcome__in=LEFT_OUT)),
        "settled": Count("pk", filter=received & Q(outcome__in=SETTLED)),
        "closed": Count("pk", filter=closed),
        "dated": Count("pk", filter=closed & Q(in_time__isnull=False)),
        "timely": Count("pk", filter=closed & Q(in_time=True)),
        "reopenings": Count("pk", filter=reopened),
        "rated": Count("pk", filter=rated),
        "star_sum": Sum("stars", filter=rated, default=0),
    }
    facts = CaseFact.objects.filter(received | closed | rated | reopened, centre__in=list(place_of)).order_by()
    counts: dict[int, dict[str, Counts]] = {place.pk: defaultdict(Counts) for place in places}
    rows = facts.values("centre", "topic").annotate(**measures).values_list("centre", "topic", *measures)
    for key, topic, *sums in rows:
        counts[place_of[key].pk][topic] += Counts(*sums)
    return {key: dict(by_topic) for key, by_topic in counts.items()}


def days_to_close(places: Sequence[Centre], period: Period) -> dict[int, StageDays]:
    """By key of each place: the days from the receipt to the closing of the cases closed in the period."""
    place_of = top_centres(places)
    closed = CaseFact.objects.filter(centre__in=list(place_of), closed_on__range=(period.first, period.last)).order_by()
    days: dict[int, dict[int, int]] = {place.pk: defaultdict(int) for place in places}
    taken = DaysBetween(F("closed_on"), F("received_on"))
    for key, count, cases in closed.values_list("centre", taken).annotate(cases=Count("*")):
        days[place_of[key].pk][count] += cases
    return {
        key: StageDays(sum(each.values()), nearest_rank(each, 50), nearest_rank(each, 90)) for key, each in days.items()
    }
