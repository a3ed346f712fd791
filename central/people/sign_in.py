"""The first step of a sign-in, name and password, with limits on attempts that never lock an officer out for good.

A browser that an officer has signed in with before is known by a signed cookie and has its own attempts. All other
callers share attempts by address, by address and account, and by account over all addresses. So an attacker who guesses
from a thousand addresses is stopped, and the officer at the desk is not (decision 0024)."""

import secrets
import unicodedata
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import authenticate
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare

from central.centres.models import Officer
from central.client_address import client_address
from central.people import shared_throttle
from central.people.events import record_event
from central.people.models import OfficerEvent
from central.people.shared_throttle import SharedThrottle

BROWSER_COOKIE = "desk_browser"
_BROWSER_AGE_S = 180 * 24 * 3600
_BROWSER_THROTTLE = SharedThrottle("sign-in browser", limit=10, window_s=900, max_window_s=4 * 3600)
_ACCOUNT_AND_ADDRESS_THROTTLE = SharedThrottle(
    "sign-in account and address", limit=10, window_s=900, max_window_s=24 * 3600
)
_ADDRESS_THROTTLE = SharedThrottle("sign-in address", limit=50, window_s=900)
_ACCOUNT_THROTTLE = SharedThrottle("sign-in account", limit=30, window_s=3600)
OLD_PASSWORD_THROTTLE = SharedThrottle("old password", limit=10, window_s=900, max_window_s=4 * 3600)


@dataclass(frozen=True)
class SignInResult:
    """The result of an attempt: the officer or None. `is_throttled`: there were too many attempts."""

    officer: Officer | None
    is_throttled: bool = False


def sign_in(request: HttpRequest, name: str, password: str) -> SignInResult:
    """Check this name and password within the limits, and record a failure. Starts no session: the second factor
    follows (central.people.sessions)."""
    caller, account = client_address(request), _account_key(name)
    officer = Officer.objects.filter(username=name).first()
    browser = _known_browser_key(request, officer)
    attempts = (
        [(_BROWSER_THROTTLE, browser)]
        if browser
        else [
            (_ADDRESS_THROTTLE, caller),
            (_ACCOUNT_AND_ADDRESS_THROTTLE, f"{caller} {account}"),
            (_ACCOUNT_THROTTLE, account),
        ]
    )
    if not shared_throttle.count_attempts(attempts):
        record_event(OfficerEvent.Kind.SIGN_IN_THROTTLED, officer, caller)
        return SignInResult(None, is_throttled=True)
    authenticated = authenticate(request, username=name, password=password)
    if not isinstance(authenticated, Officer):
        record_event(OfficerEvent.Kind.SIGN_IN_FAILED, officer, caller)
        return SignInResult(None)
    shared_throttle.take_back_attempts(attempts)
    for throttle, key in attempts:
        if throttle in (_BROWSER_THROTTLE, _ACCOUNT_AND_ADDRESS_THROTTLE):
            throttle.reset(key)
    return SignInResult(authenticated)


def remember_browser(response: HttpResponse, officer: Officer) -> None:
    """Give this browser its own attempts for this officer's account, until the password changes."""
    value = f"{officer.pk}:{_password_fingerprint(officer)}:{secrets.token_hex(16)}"
    set_desk_cookie(response, BROWSER_COOKIE, signing.dumps(value, salt=BROWSER_COOKIE), _BROWSER_AGE_S)


def set_desk_cookie(response: HttpResponse, name: str, value: str, max_age_s: int) -> None:
    """Set a cookie with the restrictions of the session cookie: sent to the desk only, over TLS where the service has
    it, and never from another site."""
    response.set_cookie(
        name,
        value,
        max_age=max_age_s,
        path=settings.SESSION_COOKIE_PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )


def reset_failures(officer: Officer) -> None:
    """Forget the failed attempts of this account."""
    _ACCOUNT_THROTTLE.reset(_account_key(officer.username))
    OLD_PASSWORD_THROTTLE.reset(str(officer.pk))


def _known_browser_key(request: HttpRequest, officer: Officer | None) -> str:
    """The throttle key of a browser this officer has signed in with, '' for any other browser."""
    try:
        value = signing.loads(request.COOKIES.get(BROWSER_COOKIE, ""), salt=BROWSER_COOKIE, max_age=_BROWSER_AGE_S)
    except signing.BadSignature:
        return ""
    officer_id, _, rest = str(value).partition(":")
    fingerprint, _, browser_id = rest.partition(":")
    if officer is None or officer_id != str(officer.pk):
        return ""
    if not constant_time_compare(fingerprint, _password_fingerprint(officer)):
        return ""
    return f"{officer_id}:{browser_id}"


def _password_fingerprint(officer: Officer) -> str:
    """A short hash that changes with the password."""
    return officer.get_session_auth_hash()[:16]


def _account_key(name: str) -> str:
    """The throttle key of a user name, the same for all ways to write it."""
    return unicodedata.normalize("NFKC", name).casefold().strip()
