"""Ending sessions."""

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session

from central.centres.models import Officer


def end_sessions(officer: Officer) -> int:
    """End every session of this officer; how many there were. A session names its officer only inside, so all are
    looked at: as many as officers are signed in."""
    ended = 0
    for session in Session.objects.iterator():
        if session.get_decoded().get(SESSION_KEY) == str(officer.pk):
            session.delete()
            ended += 1
    return ended
