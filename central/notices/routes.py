"""Which centre sends by which channel, in which hours, and whether its gateway is tried at present."""

from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar

from django.conf import settings
from django.db.models import QuerySet

from central.centres.models import Centre
from central.notices.adapters.result import SendResult
from central.notices.codes import NoticeChannel, NoticeFailure
from central.notices.models import NoticeRoute, NoticeRules
from central.notices.timing import pause_of_route

# Failures in a row after which a gateway is left alone. One that does not respond at all counts more: each attempt
# occupies a worker until its deadline.
_FAILURES_BEFORE_PAUSE = 6
_WEIGHTS = {NoticeFailure.UNREACHABLE: 3, NoticeFailure.UNAUTHORISED: 6, NoticeFailure.TOO_MANY: 6}
_MAX_FAILURES = 30
_Row = TypeVar("_Row", NoticeRoute, NoticeRules)


def route_of(centre: Centre, channel: str) -> NoticeRoute | None:
    """The active route of the centre, or of the nearest one above that has one."""
    return _nearest(NoticeRoute.objects.filter(channel=channel, is_active=True).select_related("centre"), centre)


def rules_of(centre: Centre) -> NoticeRules:
    """The hours of the centre, or of the nearest one above that has set them; otherwise the default."""
    return _nearest(NoticeRules.objects.select_related("centre"), centre) or NoticeRules(centre=centre)


def working_channels(centre: Centre) -> list[NoticeChannel]:
    """The channels by which the citizens of this centre can be told: what pages and kiosks may offer.

    A route that the gateway refuses for its key is not offered until it accepts something again."""
    slugs = _slugs_above(centre)
    nearest: dict[str, NoticeRoute] = {}
    matches = NoticeRoute.objects.filter(is_active=True, centre__slug__in=slugs).select_related("centre")
    for route in sorted(matches, key=lambda route: slugs.index(route.centre.slug)):
        nearest[route.channel] = route
    return [each for each in NoticeChannel if each.value in nearest and is_usable(nearest[each.value])]


def line_account_of(centre: Centre) -> str:
    """The LINE ID of the official account at which citizens of this centre write, '@…'; '' without one."""
    route = route_of(centre, NoticeChannel.LINE.value)
    return route.sender if route is not None and route.receipt_secret and is_usable(route) else ""


def is_usable(route: NoticeRoute) -> bool:
    """Whether notices of this route can be sent, as far as this service knows."""
    if route.channel == NoticeChannel.EMAIL.value and not settings.MAIL_IS_CONFIGURED:
        return False
    return route.last_failure != NoticeFailure.UNAUTHORISED.value


def note_success(route_id: int, now: datetime) -> None:
    """The gateway has accepted a notice: nothing pauses it."""
    NoticeRoute.objects.filter(pk=route_id).update(failures=0, pause_until=None, last_failure="", last_accepted_at=now)


def note_failure(route_id: int, result: SendResult, count: int, now: datetime) -> None:
    """The gateway has failed `count` times. After several failures in a row, or when it says so, it is left alone for a
    while."""
    current = NoticeRoute.objects.select_for_update().filter(pk=route_id).first()
    if current is None or result.failure is None:
        return
    failure, retry_after_s = result.failure, result.retry_after_s
    current.last_failure = failure.value
    if current.pause_until is None or current.pause_until <= now:  # what was under way at the pause counts once
        current.failures = min(current.failures + count * _WEIGHTS.get(failure, 1), _MAX_FAILURES)
        if current.failures >= _FAILURES_BEFORE_PAUSE or retry_after_s is not None:
            steps = max(current.failures - _FAILURES_BEFORE_PAUSE + 1, 1)
            current.pause_until = now + pause_of_route(steps, retry_after_s)
    current.save(update_fields=["failures", "pause_until", "last_failure"])


def clear_pauses(routes: Iterable[NoticeRoute]) -> None:
    """Try these gateways again at once: their settings were changed, or an officer asks for it."""
    ids = [route.pk for route in routes]
    NoticeRoute.objects.filter(pk__in=ids).update(failures=0, pause_until=None, last_failure="")


def _slugs_above(centre: Centre) -> list[str]:
    """The centres from the topmost down to this one."""
    return [slug for slug in centre.path.split("/") if slug]


def _nearest(query: QuerySet[_Row], centre: Centre) -> _Row | None:
    slugs = _slugs_above(centre)
    rows = {row.centre.slug: row for row in query.filter(centre__slug__in=slugs)}
    return next((rows[slug] for slug in reversed(slugs) if slug in rows), None)
