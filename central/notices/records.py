"""Records how an attempt to send a notice has ended."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from central.notices import routes
from central.notices.adapters.result import SendResult
from central.notices.adapters.sending import ReadyNotice
from central.notices.codes import NoticeChannel, NoticeFailure, NoticeState
from central.notices.costs import count_cost
from central.notices.models import Notice, NoticeConsent, NoticeRoute
from central.notices.texts import sms_parts
from central.notices.timing import MAX_ATTEMPTS, pause_of_notice


def record_results(results: Iterable[tuple[ReadyNotice, SendResult]], now: datetime) -> None:
    """Record the ends of some attempts in one transaction."""
    # In one order: two workers that record the same notices never wait for each other.
    ordered = sorted(results, key=lambda pair: pair[0].notice_id)
    with transaction.atomic():
        for sent, result in ordered:
            _record(sent, result, now)
        for route_id in sorted({sent.route_id for sent, _ in ordered}):
            _record_on_route(route_id, [result for sent, result in ordered if sent.route_id == route_id], now)


def _record(sent: ReadyNotice, result: SendResult, now: datetime) -> None:
    """An attempt whose claim was lost to another worker changes nothing, unless it was accepted: then the other one
    need not try again."""
    notice = Notice.objects.select_for_update(of=("self",)).select_related("route").filter(pk=sent.notice_id).first()
    if notice is None or notice.state != NoticeState.QUEUED.value:
        return
    if result.failure is None:
        _accept(notice, notice.route, result, now)
    elif notice.attempts == sent.attempt:
        _fail(notice, result, now)


def _record_on_route(route_id: int, results: Iterable[SendResult], now: datetime) -> None:
    accepted = [result for result in results if result.failure is None]
    failed = [result for result in results if result.is_of_the_route]
    if accepted:
        routes.note_success(route_id, now)
    if failed:
        slowest = max(failed, key=lambda result: result.retry_after_s or 0.0)
        routes.note_failure(route_id, slowest, len(failed), now)


def _accept(notice: Notice, route: NoticeRoute | None, result: SendResult, now: datetime) -> None:
    parts = sms_parts(notice.body) if notice.channel == NoticeChannel.SMS.value else 1
    notice.state, notice.failure, notice.claimed_until = NoticeState.ACCEPTED.value, "", None
    notice.accepted_at, notice.gateway_id, notice.parts = now, result.gateway_id, parts
    notice.cost_satang = parts * route.price_satang if route else 0
    notice.save()
    if route is not None:
        count_cost(route.centre_id, notice, now)


def _fail(notice: Notice, result: SendResult, now: datetime) -> None:
    failure = result.failure or NoticeFailure.INTERNAL
    notice.failure, notice.claimed_until = failure.value, None
    if failure is NoticeFailure.TOO_MANY:  # the gateway has not looked at it: no attempt was used up
        notice.attempts -= 1
    if result.is_permanent or notice.attempts >= MAX_ATTEMPTS:
        notice.state = NoticeState.DEAD.value
    else:
        notice.priority, notice.due_at = Notice.Priority.RETRY, now + pause_of_notice(notice.attempts)
    notice.save()
    if failure is NoticeFailure.GONE:
        NoticeConsent.objects.filter(pk=notice.consent_id, withdrawn_at=None).update(
            withdrawn_at=now, withdrawn_by="gateway", address=""
        )
