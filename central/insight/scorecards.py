"""What each lead agency of a centre has done in a period, from the facts, and its place among the others."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet, Sum

from central.agencies.models import Agency
from central.centres.models import Centre
from central.insight.figures import facts_of
from central.insight.models import CaseFact
from central.insight.periods import Period
from central.insight.ranking import Ranked, TopicResult, rank
from central.insight.stages import nearest_rank
from protocol.bilingual_text import BilingualText


@dataclass(frozen=True)
class Scorecard:
    """One agency. Open cases are those of now; all others were closed or rated in the period. `median_days` are
    calendar days from the order to the agency's last report."""

    agency_id: int
    name: BilingualText
    closed: int
    open_now: int
    median_days: int | None
    rated: int
    stars: int
    ranked: Ranked

    @property
    def rating(self) -> float | None:
        """The mean of the stars for the agency."""
        return round(self.stars / self.rated, 2) if self.rated else None


def build_scorecards(centre: Centre, period: Period) -> list[Scorecard]:
    """The agencies that closed a case of this centre in the period, in the order of their ranking. Five queries."""
    return _scorecards(facts_of([centre]).filter(agency__isnull=False), period)


def scorecards_of_agencies(agency_ids: Collection[int], period: Period) -> list[Scorecard]:
    """Those of these agencies that closed a case in the period, ranked among each other. Four queries."""
    return _scorecards(CaseFact.objects.filter(agency__in=agency_ids), period)


def _scorecards(facts: QuerySet[CaseFact], period: Period) -> list[Scorecard]:
    facts = facts.order_by()
    closed = facts.filter(closed_on__range=(period.first, period.last))
    results: list[TopicResult] = []
    counts: dict[int, int] = defaultdict(int)
    by_topic = closed.values_list("agency", "topic").annotate(
        cases=Count("pk"), dated=Count("pk", filter=Q(in_time__isnull=False)), done=Count("pk", filter=Q(in_time=True))
    )
    for agency, topic, cases, dated, done in by_topic:
        results.append(TopicResult(agency, topic, dated, done))
        counts[agency] += cases
    days: dict[int, dict[int, int]] = defaultdict(dict)
    stages = closed.filter(days_at_agency__isnull=False).values_list("agency", "days_at_agency")
    for agency, number, cases in stages.annotate(cases=Count("pk")):
        days[agency][number] = cases
    rows = facts.values_list("agency").annotate(
        waiting=Count("pk", filter=Q(closed_on=None)),
        rated=Count("agency_stars", filter=Q(rated_on__range=(period.first, period.last))),
        stars=Sum("agency_stars", filter=Q(rated_on__range=(period.first, period.last))),
    )
    others = {agency: (waiting, rated, stars or 0) for agency, waiting, rated, stars in rows}
    names = {agency.pk: agency.name for agency in Agency.objects.filter(pk__in=counts)}
    return [
        Scorecard(
            agency_id=ranked.key,
            name=names[ranked.key],
            closed=counts[ranked.key],
            open_now=others[ranked.key][0],
            median_days=nearest_rank(days[ranked.key], 50),
            rated=others[ranked.key][1],
            stars=others[ranked.key][2],
            ranked=ranked,
        )
        for ranked in rank(results)
    ]


def has_ended(period: Period, today: date) -> bool:
    """Whether the period is over: certificates are not made for a ranking that may change by the day."""
    return period.last < today
