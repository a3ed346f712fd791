"""What an administrator does with accounts: suspend, activate again, set a new password. Each ends the sessions."""

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction

from central.centres.models import Officer
from central.people.events import record_event
from central.people.models import OfficerEvent
from central.people.sign_in import reset_failures


class AccountError(Exception):
    """The account is in this state already; the message is one sentence."""


def suspend(officer: Officer) -> int:
    """Suspend the account. Returns the number of ended sessions. Raises AccountError."""
    if not officer.is_active:
        raise AccountError(f"{officer.username} is suspended already")
    return _set_active(officer, False, OfficerEvent.Kind.SUSPENDED)


def activate(officer: Officer) -> None:
    """Let a suspended officer sign in again, with the same password. Raises AccountError."""
    if officer.is_active:
        raise AccountError(f"{officer.username} is active already")
    _set_active(officer, True, OfficerEvent.Kind.ACTIVATED)  # ends a session that an older worker began meanwhile


def set_password(officer: Officer, password: str) -> int:
    """Set a new password and forget the failed attempts. Returns the number of ended sessions."""
    officer.set_password(password)
    with transaction.atomic():
        officer.save(update_fields=["password"])
        record_event(OfficerEvent.Kind.PASSWORD_RESET, officer)
        ended = _end_sessions(officer)
    reset_failures(officer)
    return ended


@transaction.atomic
def _set_active(officer: Officer, is_active: bool, event: OfficerEvent.Kind) -> int:
    officer.is_active = is_active
    officer.save(update_fields=["is_active"])
    record_event(event, officer)
    return _end_sessions(officer)


def _end_sessions(officer: Officer) -> int:
    """End every session of this officer and return their number. A session names its officer only in its encoded data,
    so all sessions are read: as many as officers are signed in."""
    ended = 0
    for session in Session.objects.iterator():
        if session.get_decoded().get(SESSION_KEY) == str(officer.pk):
            session.delete()
            ended += 1
    return ended
