"""Sends one SMS at once, beside the outbox: a one-time code that somebody waits for, without consent or quiet hours."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from central.centres.models import Centre
from central.notices import routes
from central.notices.adapters.result import Gateway, OutgoingNotice, SendResult
from central.notices.adapters.sms import send_sms
from central.notices.codes import NoticeChannel, NoticeFailure
from central.notices.costs import add_cost
from central.notices.models import NoticeRoute
from central.notices.route_secrets import decrypt_secret
from central.notices.texts import sms_parts


def send_one_time_sms(centre: Centre, number: str, text: str, key: UUID, language: str) -> SendResult:
    """Send by the SMS route of the centre. `number` is in E.164 form. Speaks to another machine: not in a
    transaction."""
    route = routes.route_of(centre, NoticeChannel.SMS.value)
    if route is None:
        return SendResult(NoticeFailure.NO_ROUTE)
    gateway = Gateway(route.url, route.sender, route.body_template, route.id_field, decrypt_secret(route.secret))
    result = send_sms(gateway, OutgoingNotice(key, number, "", text, "", language))
    _record(route, result, sms_parts(text))
    return result


def _record(route: NoticeRoute, result: SendResult, parts: int) -> None:
    now = timezone.now()
    with transaction.atomic():
        if result.failure is None:
            routes.note_success(route.pk, now)
            add_cost(route.centre_id, NoticeChannel.SMS.value, parts, parts * route.price_satang, now)
        elif result.is_of_the_route:
            routes.note_failure(route.pk, result, 1, now)
