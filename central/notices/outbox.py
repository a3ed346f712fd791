"""Puts news into the outbox: one open notice for each consent, in the transaction that causes the news."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.utils import timezone

from central.background.tasks import enqueue
from central.cases.models import Case
from central.notices import routes
from central.notices.codes import News, NoticeState
from central.notices.delivery import deliver_notices
from central.notices.models import Notice, NoticeConsent
from central.notices.timing import sending_time


def add_news(case: Case, news: Collection[News], now: datetime | None = None) -> list[Notice]:
    """Add news to the notice of each consent that is still open, or queue one. The caller holds the lock of the case.

    A replaced tracking code is told at once, also in quiet hours: who has taken over the case could stop the notices
    before the morning. Returns the notices."""
    now = now or timezone.now()
    consents = list(case.notice_consents.filter(withdrawn_at=None))
    if not consents:
        return []
    is_urgent = News.CODE in news
    rules = routes.rules_of(case.centre)
    quiet, gather = (rules.quiet_from, rules.quiet_until), timedelta(minutes=rules.gather_minutes)
    notices = []
    for consent in consents:
        # The lock waits for a worker that is fixing the text of this notice; then it is not open any more.
        notice = (
            Notice.objects.select_for_update().filter(consent=consent, state=NoticeState.QUEUED.value, body="").first()
        )
        if notice is None:
            due_at = now if is_urgent else sending_time(now, consent.last_notice_at, quiet, gather)
            notice = _queue(consent, case, due_at, now)
        elif is_urgent:
            notice.due_at, notice.priority = min(notice.due_at, now), Notice.Priority.FRESH
        notice.news = [each.value for each in News if each.value in {*notice.news, *(one.value for one in news)}]
        notice.save()
        notices.append(notice)
    if any(notice.due_at <= now for notice in notices):
        enqueue(deliver_notices)
    return notices


def _queue(consent: NoticeConsent, case: Case, due_at: datetime, now: datetime) -> Notice:
    return Notice(
        consent=consent,
        case=case,
        channel=consent.channel,
        route=routes.route_of(case.centre, consent.channel),
        centre=case.centre,
        priority=Notice.Priority.FRESH if due_at <= now else Notice.Priority.HELD,
        created_at=now,
        queued_at=now,
        due_at=due_at,
    )
