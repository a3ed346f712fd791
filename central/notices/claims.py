"""Claims due notices for a worker, and fixes their text."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from central.centres.models import Centre
from central.notices import routes
from central.notices.adapters.result import Gateway, OutgoingNotice
from central.notices.adapters.sending import ADAPTERS, ReadyNotice
from central.notices.codes import NoticeChannel, NoticeFailure, NoticeState
from central.notices.models import Notice, NoticeRoute
from central.notices.route_secrets import decrypt_secret
from central.notices.texts import compose
from central.notices.timing import EXPIRES_AFTER, MAX_ATTEMPTS

CLAIM_S = 120  # longer than any adapter takes
_PER_ROUTE = 8  # at the same time, so that one gateway that hangs leaves room for the others
_PROBES = 1  # at a gateway that has just failed


def claim_notices(limit: int, busy_routes: Collection[int], now: datetime) -> list[ReadyNotice]:
    """Claim up to `limit` due notices: fresh news first, then what was held, then retries. `busy_routes` has the route
    of each notice that this worker is sending now."""
    if not _waiting(now).exists():  # without a lock: on SQLite every transaction takes the write lock
        return []
    with transaction.atomic():
        places, ready = _Places(busy_routes, now), list[ReadyNotice]()
        # Not by `route_of` alone: thousands that wait for one gateway would hide those behind them.
        due = _due(now).exclude(route__in=places.full_routes())
        rows = list(due.select_related("case__centre", "consent")[: limit * 2])
        for row in rows:
            if len(ready) == limit:
                break
            claimed = _claim(row, places, now)
            if claimed is not None:
                ready.append(claimed)
        return ready


def _due(now: datetime) -> QuerySet[Notice]:
    query = _waiting(now).order_by("priority", "due_at")
    if connection.features.has_select_for_update_skip_locked:
        return query.select_for_update(skip_locked=True, of=("self",))
    return query


def _waiting(now: datetime) -> QuerySet[Notice]:
    is_free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    return Notice.objects.filter(is_free, state=NoticeState.QUEUED.value, due_at__lte=now)


def _claim(row: Notice, places: "_Places", now: datetime) -> ReadyNotice | None:
    """The notice, ready to be sent; None when its gateway has no place now, or when it ends here."""
    if row.queued_at < now - EXPIRES_AFTER or row.attempts >= MAX_ATTEMPTS:
        _end(row, NoticeFailure.EXPIRED if row.attempts < MAX_ATTEMPTS else NoticeFailure(row.failure or "internal"))
        return None
    route = places.route_of(row.case.centre, row.channel)
    if route is None or NoticeChannel(row.channel) not in ADAPTERS:
        _end(row, NoticeFailure.NO_ROUTE)
        return None
    if not places.take(route):
        return None
    text = compose(row.case, row.news)
    if not row.body:
        row.body = text.body
        row.consent.last_notice_at = now
        row.consent.save(update_fields=["last_notice_at"])
    row.route, row.attempts, row.claimed_until = route, row.attempts + 1, now + timedelta(seconds=CLAIM_S)
    row.save(update_fields=["body", "route", "attempts", "claimed_until"])
    return ReadyNotice(
        notice_id=row.pk,
        attempt=row.attempts,
        route_id=route.pk,
        channel=NoticeChannel(row.channel),
        gateway=places.gateway_of(route),
        outgoing=OutgoingNotice(row.key, row.consent.address, text.subject, row.body, text.url, row.case.language),
    )


def _end(row: Notice, failure: NoticeFailure) -> None:
    row.state, row.failure, row.claimed_until = NoticeState.DEAD.value, failure.value, None
    row.save(update_fields=["state", "failure", "claimed_until"])


class _Places:
    """The routes of one round of claims, and how many notices each may still take."""

    def __init__(self, busy_routes: Collection[int], now: datetime) -> None:
        self._busy = Counter(busy_routes)
        self._now = now
        self._routes: dict[tuple[int, str], NoticeRoute | None] = {}
        self._gateways: dict[int, Gateway] = {}

    def route_of(self, centre: Centre, channel: str) -> NoticeRoute | None:
        """`routes.route_of`, read once."""
        if (centre.pk, channel) not in self._routes:
            self._routes[centre.pk, channel] = routes.route_of(centre, channel)
        return self._routes[centre.pk, channel]

    def full_routes(self) -> list[int]:
        """The routes that take nothing now."""
        routes_in_use = NoticeRoute.objects.filter(is_active=True).only("pk", "pause_until")
        return [route.pk for route in routes_in_use if not self._has_place(route)]

    def take(self, route: NoticeRoute) -> bool:
        """Whether one more notice may be sent by this route now."""
        if not self._has_place(route):
            return False
        self._busy[route.pk] += 1
        return True

    def _has_place(self, route: NoticeRoute) -> bool:
        if route.pause_until is None:
            return self._busy[route.pk] < _PER_ROUTE
        return route.pause_until <= self._now and self._busy[route.pk] < _PROBES

    def gateway_of(self, route: NoticeRoute) -> Gateway:
        """Its settings with the secret in the clear."""
        if route.pk not in self._gateways:
            self._gateways[route.pk] = Gateway(
                route.url, route.sender, route.body_template, route.id_field, decrypt_secret(route.secret)
            )
        return self._gateways[route.pk]
