"""Deletes data about sign-ins once its retention time is over."""

from datetime import datetime, timedelta

from django.contrib.sessions.models import Session

from central.people.models import FailureCount, OfficerEvent
from central.people.shared_throttle import ROW_RETENTION

EVENT_RETENTION = timedelta(days=365)  # the Computer Crime Act requires at least 90 days


def delete_expired(now: datetime) -> None:
    """Delete expired failure counts, ended sessions, and events older than a year."""
    FailureCount.objects.filter(window_ends_at__lt=now - ROW_RETENTION).delete()
    Session.objects.filter(expire_date__lt=now).delete()
    OfficerEvent.objects.filter(at__lt=now - EVENT_RETENTION).delete()
