"""The recurring work: feeds are fetched, and rising topics raise a warning."""

import logging
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.db.models import Min
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from central.background.tasks import TaskPolicy, background_task, enqueue
from central.insight.rising import MIN_WEEKS, WEEKS, is_rising, probability_of_rise
from central.listening.feed_format import read_feed
from central.listening.fetching import FeedError, fetch
from central.listening.models import ListeningSource, SocialPost, TopicWarning
from central.listening.storing import store_posts
from thai.dates import day_in_thailand

log = logging.getLogger(__name__)
_WEEK = timedelta(days=7)
_Cell = tuple[str, str]  # district and topic


def queue_feeds(now: datetime) -> None:
    """The recurring job: a task for each feed, so that a slow server delays no other."""
    unfinished = DBTaskResult.objects.filter(status__in=(TaskResultStatus.READY, TaskResultStatus.RUNNING))
    queued = {task.args_kwargs["args"][0] for task in unfinished.filter(task_path=fetch_feed.module_path)}
    feeds = ListeningSource.objects.filter(kind=ListeningSource.Kind.FEED, is_active=True).exclude(pk__in=queued)
    for key in feeds.values_list("pk", flat=True):
        enqueue(fetch_feed, key)


@background_task(TaskPolicy(max_attempts=1, max_duration_s=180), priority=-6)
def fetch_feed(source_id: int) -> str:
    """Fetch a feed. One that cannot be read says so on its page, and is tried again in the next period."""
    source = ListeningSource.objects.filter(pk=source_id, is_active=True).select_related("centre").first()
    if source is None:
        return "no source"
    failure, count = "", 0
    try:
        count = store_posts(source, read_feed(fetch(source.url)), timezone.now())
    except FeedError as error:
        failure = error.code
    except Exception as error:  # a feed that some parser cannot take must not stop the others
        log.warning("A feed cannot be read: %s", type(error).__name__)
        failure = "no_feed"
    ListeningSource.objects.filter(pk=source.pk).update(checked_at=timezone.now(), failure=failure)
    return failure or f"{count} posts"


def warn_of_rising_topics(now: datetime) -> None:
    """The daily job: compare the seven days until yesterday with the weeks before, for each topic and district of each
    centre with sources. A pair that has had a warning within four weeks gets none."""
    last_day = day_in_thailand(now) - timedelta(days=1)
    for centre_id in ListeningSource.objects.order_by().values_list("centre", flat=True).distinct():
        _warn(centre_id, last_day, now)


def _warn(centre_id: int, last_day: date, now: datetime) -> None:
    week_starts = last_day - _WEEK + timedelta(days=1)
    posts = SocialPost.objects.filter(source__centre=centre_id).exclude(topic="").exclude(area__in=("",))
    first_days = posts.order_by().values("source").annotate(first=Min("published_on")).values_list("source", "first")
    # A source that has just begun would be a rise of everything that it writes about.
    ages = {source: min(WEEKS, (week_starts - first).days // 7) for source, first in first_days}
    old = {source: age for source, age in ages.items() if age >= MIN_WEEKS}
    if not old:
        return
    weeks = min(old.values())
    recent, before = Counter[_Cell](), Counter[_Cell]()
    rows = posts.filter(source__in=old, published_on__range=(week_starts - weeks * _WEEK, last_day))
    for area, topic, day in rows.order_by().values_list("area", "topic", "published_on"):
        if len(area) >= 4:
            (recent if day >= week_starts else before)[area[:4], topic] += 1
    warned = TopicWarning.objects.filter(centre=centre_id, raised_at__gte=now - 4 * _WEEK)
    known = set(warned.values_list("district", "topic"))
    for cell in rising_cells(recent, before, weeks):
        if cell not in known:
            TopicWarning.objects.create(
                centre_id=centre_id,
                district=cell[0],
                topic=cell[1],
                last_day=last_day,
                count=recent[cell],
                weekly_mean=before[cell] / weeks,
                probability=probability_of_rise(recent[cell], before[cell], weeks),
                raised_at=now,
            )


def rising_cells(recent: Mapping[_Cell, int], before: Mapping[_Cell, int], weeks: int) -> list[_Cell]:
    """The districts and topics that rise."""
    compared = len({*recent, *before})
    return sorted(
        cell for cell in recent if is_rising(recent[cell], before.get(cell, 0), weeks=weeks, compared=compared)
    )
