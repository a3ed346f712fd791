"""The second factor of an account: authenticator app, passkey, recovery codes. Attempts are limited by account, so that
somebody who has the password cannot try codes; each used up window doubles the next (decision 0047)."""

from enum import StrEnum

from django.db import transaction
from django.http import HttpRequest
from django_otp_webauthn.models import WebAuthnCredential

from central.centres.models import Officer
from central.client_address import client_address
from central.people import authenticator_apps, passkeys, recovery_codes
from central.people.events import record_event
from central.people.models import AuthenticatorApp, OfficerEvent, RecoveryCode
from central.people.shared_throttle import SharedThrottle

# Three of a million codes are accepted at a time: with 5 tries in 15 minutes and doubling windows, a thief of the
# password has less than 70 tries in a week.
_ACCOUNT_THROTTLE = SharedThrottle("second factor", limit=5, window_s=900, max_window_s=24 * 3600)


class Factor(StrEnum):
    """The kinds of a second factor, as stored in sessions and events."""

    APP = "app"
    PASSKEY = "passkey"
    RECOVERY_CODE = "recovery code"


class TooManyAttemptsError(Exception):
    """No attempt is left in this window."""


def has_second_factor(officer: Officer) -> bool:
    """Whether the officer has an app or a passkey."""
    return (
        AuthenticatorApp.objects.filter(officer=officer).exists()
        or WebAuthnCredential.objects.filter(user=officer).exists()
    )


def verify_code(request: HttpRequest, officer: Officer, typed: str) -> Factor | None:
    """The factor that the typed code proves: an app's six digits or a recovery code. None for a wrong code.
    Raises TooManyAttemptsError."""
    _count_attempt(request, officer)
    if authenticator_apps.use_app_code(officer, typed):
        return _accept(officer, Factor.APP)
    if recovery_codes.use_recovery_code(officer, typed):
        record_event(OfficerEvent.Kind.RECOVERY_CODE_USED, officer, client_address(request))
        return _accept(officer, Factor.RECOVERY_CODE)
    record_event(OfficerEvent.Kind.FACTOR_FAILED, officer, client_address(request), Factor.APP)
    return None


def verify_passkey(request: HttpRequest, officer: Officer, answer: str) -> Factor | None:
    """The passkey factor, when the browser's answer is valid. Raises TooManyAttemptsError."""
    _count_attempt(request, officer)
    if passkeys.use_passkey(request, officer, answer):
        return _accept(officer, Factor.PASSKEY)
    record_event(OfficerEvent.Kind.FACTOR_FAILED, officer, client_address(request), Factor.PASSKEY)
    return None


def add_app(request: HttpRequest, officer: Officer, key: str, typed: str) -> bool:
    """Add the authenticator app with this key. False when the typed code is not of this key."""
    step = authenticator_apps.accepted_step(key, typed)
    if step is None:
        return False
    with transaction.atomic():
        authenticator_apps.add_app(officer, key, step)
        record_event(OfficerEvent.Kind.FACTOR_ADDED, officer, client_address(request), Factor.APP)
    return True


def add_passkey(request: HttpRequest, officer: Officer, answer: str) -> None:
    """Add the passkey that the browser made. Raises passkeys.PasskeyError."""
    with transaction.atomic():
        passkeys.add_passkey(request, officer, answer)
        record_event(OfficerEvent.Kind.FACTOR_ADDED, officer, client_address(request), Factor.PASSKEY)


@transaction.atomic
def remove_factor(request: HttpRequest, officer: Officer, factor: str, factor_id: int) -> bool:
    """Remove an app or a passkey of this officer. False when there is no such one."""
    rows = {
        Factor.APP.value: AuthenticatorApp.objects.filter(officer=officer, pk=factor_id),
        Factor.PASSKEY.value: WebAuthnCredential.objects.filter(user=officer, pk=factor_id),
    }.get(factor)
    if rows is None or not rows.delete()[0]:
        return False
    record_event(OfficerEvent.Kind.FACTOR_REMOVED, officer, client_address(request), factor)
    return True


@transaction.atomic
def delete_all_factors(officer: Officer) -> None:
    """Delete apps, passkeys and recovery codes, and forget failed attempts."""
    AuthenticatorApp.objects.filter(officer=officer).delete()
    WebAuthnCredential.objects.filter(user=officer).delete()
    RecoveryCode.objects.filter(officer=officer).delete()
    reset_attempts(officer)


def reset_attempts(officer: Officer) -> None:
    """Forget the failed attempts of this account."""
    _ACCOUNT_THROTTLE.reset(str(officer.pk))


def _count_attempt(request: HttpRequest, officer: Officer) -> None:
    if not _ACCOUNT_THROTTLE.count_attempt(str(officer.pk)):
        record_event(OfficerEvent.Kind.FACTOR_THROTTLED, officer, client_address(request))
        raise TooManyAttemptsError


def _accept(officer: Officer, factor: Factor) -> Factor:
    reset_attempts(officer)
    return factor
