"""Deletes old notices. The costs of each month stay, and so do the consents, as proof of what was agreed to."""

from datetime import datetime, timedelta

from central.notices.codes import NoticeState
from central.notices.models import Notice

NOTICES_KEPT = timedelta(days=365)  # a complaint about a notice that did not arrive is answered within the year
_AT_ONCE = 500  # rows of one transaction: on SQLite each takes the write lock


def delete_old_notices(now: datetime) -> int:
    """The recurring job; returns the number of deleted notices. What still waits is not deleted."""
    count, last = 0, 0
    # By the primary key, which grows with the age: no index of its own, and the newest rows are never read.
    while rows := list(
        Notice.objects.filter(pk__gt=last).order_by("pk").values_list("pk", "created_at", "state")[:_AT_ONCE]
    ):
        old = [pk for pk, created_at, state in rows if created_at < now - NOTICES_KEPT and state != NoticeState.QUEUED]
        count += Notice.objects.filter(pk__in=old).delete()[0]
        last = rows[-1][0]
        if rows[-1][1] >= now - NOTICES_KEPT:
            break
    return count
