"""The steps in the life of an account that an administrator takes on the page of a person."""

from collections.abc import Callable, Mapping

from central.centres.models import Officer
from central.people import accounts, invitations
from central.people.accounts import AccountError
from central.people.events import record_event
from central.people.models import OfficerEvent
from central.people.sessions import end_sessions


def _suspend(officer: Officer, by: Officer, reason: str) -> str:
    accounts.suspend(officer, by, reason)
    return ""


def _activate(officer: Officer, by: Officer, reason: str) -> str:
    accounts.activate(officer, by, reason)
    return ""


def _end(officer: Officer, by: Officer, reason: str) -> str:
    accounts.end(officer, by, reason)
    return ""


def _end_sessions(officer: Officer, by: Officer, reason: str) -> str:
    end_sessions(officer)
    record_event(OfficerEvent.Kind.SESSIONS_ENDED, officer, by=by, reason=reason)
    return ""


def _revoke_link(officer: Officer, by: Officer, reason: str) -> str:
    invitations.revoke_all(officer, by, reason)
    return ""


def _unlock(officer: Officer, by: Officer, reason: str) -> str:
    accounts.unlock(officer, by, reason)
    return ""


def _reset_password(officer: Officer, by: Officer, reason: str) -> str:
    _require_active(officer)
    return accounts.reset_access(officer, by, reason, with_second_factor=False)


def _reset_factor(officer: Officer, by: Officer, reason: str) -> str:
    _require_active(officer)
    return accounts.reset_access(officer, by, reason, with_second_factor=True)


def _require_active(officer: Officer) -> None:
    if not officer.is_active:
        raise AccountError(f"{officer.username} is suspended")


# Each returns the code of a one-time link, '' when it issues none.
ACCOUNT_STEPS: Mapping[str, Callable[[Officer, Officer, str], str]] = {
    "suspend": _suspend,
    "activate": _activate,
    "end": _end,
    "end-sessions": _end_sessions,
    "revoke-link": _revoke_link,
    "unlock": _unlock,
    "reset-password": _reset_password,
    "reset-factor": _reset_factor,
}
