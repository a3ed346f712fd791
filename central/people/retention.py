"""Deletes data about sign-ins and registrations once its retention time is over."""

from datetime import datetime, timedelta

from django.contrib.sessions.models import Session

from central.people.events import USE_KINDS
from central.people.models import FailureCount, OfficerEvent, Registration
from central.people.shared_throttle import ROW_RETENTION

EVENT_RETENTION = timedelta(days=365)  # the Computer Crime Act requires at least 90 days
_REFUSED_RETENTION = timedelta(days=90)  # a refused applicant may ask why
_UNDECIDED_RETENTION = timedelta(days=180)


def delete_expired(now: datetime) -> None:
    """Delete expired failure counts, ended sessions, events of the use of accounts older than a year, and registrations
    that led to no account. The history of an account (roles, transfers, suspensions) stays: it is evidence."""
    FailureCount.objects.filter(window_ends_at__lt=now - ROW_RETENTION).delete()
    Session.objects.filter(expire_date__lt=now).delete()
    OfficerEvent.objects.filter(at__lt=now - EVENT_RETENTION, kind__in=USE_KINDS).delete()
    Registration.objects.filter(status=Registration.Status.REFUSED, decided_at__lt=now - _REFUSED_RETENTION).delete()
    Registration.objects.filter(
        status=Registration.Status.WAITING, submitted_at__lt=now - _UNDECIDED_RETENTION
    ).delete()
