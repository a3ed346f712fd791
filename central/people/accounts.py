"""The life of an account: created by invitation, suspended, activated again, ended. It is never deleted, because its
row is evidence in the history of cases. Everything here ends the account's sessions at once."""

from django.db import transaction
from django.utils import timezone

from central.centres.models import Officer
from central.people import invitations, second_factor
from central.people.events import record_event
from central.people.models import OfficerEvent, Profile
from central.people.sessions import end_sessions
from central.people.sign_in import reset_failures


class AccountError(Exception):
    """The account is in this state already; the message is one sentence."""


def profile_of(officer: Officer) -> Profile:
    """The profile of an officer, created when there is none."""
    return Profile.objects.get_or_create(officer=officer)[0]


def has_ended(officer: Officer) -> bool:
    """Whether the account has ended for good."""
    return Profile.objects.filter(officer=officer).exclude(ended_at=None).exists()


@transaction.atomic
def suspend(officer: Officer, by: Officer | None = None, reason: str = "") -> int:
    """Suspend the account; an unused one-time link does not outlive it. Returns the number of ended sessions. Raises
    AccountError."""
    if not officer.is_active:
        raise AccountError(f"{officer.username} is suspended already")
    invitations.revoke_all(officer, by)
    return _set_active(officer, False, OfficerEvent.Kind.SUSPENDED, by, reason)


def activate(officer: Officer, by: Officer | None = None, reason: str = "") -> None:
    """Let a suspended officer sign in again, with the same password. Raises AccountError."""
    if officer.is_active:
        raise AccountError(f"{officer.username} is active already")
    if has_ended(officer):
        raise AccountError(f"the account {officer.username} has ended for good; register the officer again")
    # Also ends a session that an older worker began meanwhile.
    _set_active(officer, True, OfficerEvent.Kind.ACTIVATED, by, reason)


@transaction.atomic
def end(officer: Officer, by: Officer | None = None, reason: str = "") -> int:
    """End the account for good: no sign-in, no second factors, no invitations. Its roles stay listed. Returns the
    number of ended sessions. Raises AccountError."""
    profile = profile_of(officer)
    if profile.ended_at is not None:
        raise AccountError(f"the account {officer.username} has ended already")
    profile.ended_at = timezone.now()
    profile.save(update_fields=["ended_at"])
    officer.set_unusable_password()
    officer.save(update_fields=["password"])
    second_factor.delete_all_factors(officer)
    invitations.revoke_all(officer)
    return _set_active(officer, False, OfficerEvent.Kind.ENDED, by, reason)


def set_password(officer: Officer, password: str) -> int:
    """Set a new password, revoke an unused one-time link and forget the failed attempts. Returns the number of ended
    sessions."""
    officer.set_password(password)
    with transaction.atomic():
        invitations.revoke_all(officer)
        officer.save(update_fields=["password"])
        record_event(OfficerEvent.Kind.PASSWORD_RESET, officer)
        ended = end_sessions(officer)
    reset_failures(officer)
    return ended


def unlock(officer: Officer, by: Officer | None, reason: str) -> None:
    """Forget the failed attempts with password and second factor, which somebody else may have made."""
    reset_failures(officer)
    second_factor.reset_attempts(officer)
    record_event(OfficerEvent.Kind.UNLOCKED, officer, by=by, reason=reason)


@transaction.atomic
def reset_access(officer: Officer, by: Officer | None, reason: str, *, with_second_factor: bool) -> str:
    """Take the password away, and the second factor when it was lost, and issue a one-time link in their place. Both
    need the link: a stolen password and a request for a new second factor must not be enough. Returns the code of the
    link."""
    officer.set_unusable_password()
    officer.save(update_fields=["password"])
    record_event(OfficerEvent.Kind.PASSWORD_RESET, officer, by=by, reason=reason)
    if with_second_factor:
        second_factor.delete_all_factors(officer)
        record_event(OfficerEvent.Kind.FACTOR_RESET, officer, by=by, reason=reason)
    end_sessions(officer)
    reset_failures(officer)
    second_factor.reset_attempts(officer)
    return invitations.issue(officer, by)


@transaction.atomic
def _set_active(officer: Officer, is_active: bool, event: OfficerEvent.Kind, by: Officer | None, reason: str) -> int:
    officer.is_active = is_active
    officer.save(update_fields=["is_active"])
    record_event(event, officer, by=by, reason=reason)
    return end_sessions(officer)
