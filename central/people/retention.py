"""What is kept of signing in for a time only."""

from datetime import datetime, timedelta

from django.contrib.sessions.models import Session

from central.people.models import FailureCount, OfficerEvent
from central.people.shared_throttle import ROW_RETENTION

EVENT_RETENTION = timedelta(days=365)  # the law on computer crimes asks for 90 days at least


def delete_expired(now: datetime) -> None:
    """Delete counts of failures that hold no longer, sessions that have ended, and events older than a year."""
    FailureCount.objects.filter(window_ends_at__lt=now - ROW_RETENTION).delete()
    Session.objects.filter(expire_date__lt=now).delete()
    OfficerEvent.objects.filter(at__lt=now - EVENT_RETENTION).delete()
