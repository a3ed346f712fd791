"""Metrics of notices and of conversations on LINE."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count, Min, Sum
from django.utils import timezone
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from central.line_account.models import LineEvent, LineReply
from central.notices.codes import NoticeChannel, NoticeState
from central.notices.models import Notice, NoticeCost, NoticeRoute
from central.notices.routes import is_usable

# Both have an index of their own; counting the millions that were sent would take a second.
_COUNTED_STATES = (NoticeState.QUEUED, NoticeState.DEAD)


def collect_notices() -> Iterator[Metric]:
    """The outbox of notices, its gateways, and what was sent."""
    now = timezone.now()
    counts = GaugeMetricFamily("central_notices", "Notices that are not sent.", labels=("channel", "state"))
    for state in _COUNTED_STATES:
        rows = Notice.objects.filter(state=state.value).order_by().values_list("channel")
        by_channel = dict(rows.annotate(count=Count("pk")))
        for channel in NoticeChannel:
            counts.add_metric((channel.value, state.value), by_channel.get(channel.value, 0))
    yield counts
    oldest = Notice.objects.filter(state=NoticeState.QUEUED.value, due_at__lte=now).aggregate(at=Min("due_at"))["at"]
    yield _age("central_notice_oldest_seconds", "Time that the oldest due notice has waited.", oldest, now)
    yield _routes(now)
    yield from _sent()


def collect_line() -> Iterator[Metric]:
    """What LINE users wait for."""
    now = timezone.now()
    waiting = LineEvent.objects.filter(answered_at=None).aggregate(count=Count("pk"), oldest=Min("received_at"))
    yield GaugeMetricFamily("central_line_events", "Events of LINE that wait for an answer.", value=waiting["count"])
    yield _age("central_line_oldest_seconds", "Age of the oldest of them.", waiting["oldest"], now)
    unsent = LineReply.objects.count()
    yield GaugeMetricFamily("central_line_replies", "Answers that LINE has not accepted.", value=unsent)


def _routes(now: datetime) -> Metric:
    routes = GaugeMetricFamily("central_notice_routes", "Gateways by state.", labels=("channel", "state"))
    counts = {(channel.value, state): 0 for channel in NoticeChannel for state in ("working", "paused", "unusable")}
    for route in NoticeRoute.objects.filter(is_active=True):
        is_paused = route.pause_until is not None and route.pause_until > now
        state = "paused" if is_paused else "working" if is_usable(route) else "unusable"
        counts[route.channel, state] += 1
    for labels, count in counts.items():
        routes.add_metric(labels, count)
    return routes


def _sent() -> Iterator[Metric]:
    accepted = CounterMetricFamily("central_notices_accepted", "Notices that gateways accepted.", labels=("channel",))
    costs = CounterMetricFamily("central_notice_cost_satang", "What they cost.", labels=("channel",))
    totals = NoticeCost.objects.order_by().values_list("channel").annotate(count=Sum("notices"), cost=Sum("satang"))
    by_channel = {channel: (count, cost) for channel, count, cost in totals}
    for channel in NoticeChannel:
        count, cost = by_channel.get(channel.value, (0, 0))
        accepted.add_metric((channel.value,), count)
        costs.add_metric((channel.value,), cost)
    yield accepted
    yield costs


def _age(name: str, text: str, oldest: datetime | None, now: datetime) -> Metric:
    return GaugeMetricFamily(name, text, value=max(0.0, (now - oldest).total_seconds()) if oldest else 0.0)
