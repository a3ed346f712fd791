"""Posts beside complaints, by topic: the last seven days and the weekly mean of the weeks before."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, QuerySet
from django.utils import timezone

from central.cases.models import Case
from central.centres.models import Centre
from central.insight.rising import WEEKS
from central.listening.models import SocialPost

_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class TopicTrend:
    """One topic. The means are of a week."""

    topic: str
    posts: int
    posts_mean: float
    cases: int
    cases_mean: float


def topic_trends(centres: QuerySet[Centre], today: date) -> list[TopicTrend]:
    """Every topic with a post in these weeks, most posts first."""
    begin, start = today - _WEEK + timedelta(days=1), today - (WEEKS + 1) * _WEEK + timedelta(days=1)
    posts = SocialPost.objects.filter(source__centre__in=centres, published_on__gte=start).exclude(topic="")
    cases = Case.objects.filter(centre__in=centres, received_at__gte=_midnight(start))
    new_posts = _counts(posts.filter(published_on__gte=begin))
    old_posts = _counts(posts.filter(published_on__lt=begin))
    new_cases = _counts(cases.filter(received_at__gte=_midnight(begin)))
    old_cases = _counts(cases.filter(received_at__lt=_midnight(begin)))
    trends = [
        TopicTrend(topic, new_posts[topic], old_posts[topic] / WEEKS, new_cases[topic], old_cases[topic] / WEEKS)
        for topic in {*new_posts, *old_posts}
    ]
    return sorted(trends, key=lambda row: (-row.posts, -row.posts_mean, row.topic))


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def _counts(rows: QuerySet[Any]) -> Counter[str]:
    counts: Iterable[tuple[str, int]] = rows.order_by().values_list("topic").annotate(Count("pk"))
    return Counter(dict(counts))
