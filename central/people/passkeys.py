"""The second factor of a passkey (WebAuthn): a key in the officer's phone, computer or security key.

The page embeds the options, a script asks the browser for the answer and posts it in a form field; there is no API for
scripts. The challenge is kept in the session and used once."""

import json
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django_otp_webauthn.exceptions import OTPWebAuthnApiError
from django_otp_webauthn.helpers import WebAuthnHelper
from django_otp_webauthn.models import WebAuthnCredential
from webauthn.helpers.exceptions import WebAuthnException

from central.centres.models import Officer

_ADDING_STATE, _USING_STATE = "passkey_adding", "passkey_using"
MAX_ANSWER_CHARS = 20_000  # an answer has about 2,000


class PasskeyError(Exception):
    """The browser's answer is not valid: wrong key, wrong site, used challenge or damaged data."""


# The library parses what the browser sent: a forged answer can fail in each of these ways.
_FAILURES = (
    PasskeyError,
    OTPWebAuthnApiError,
    WebAuthnException,
    ValidationError,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    LookupError,
)


def relying_party_id(request: HttpRequest) -> str:
    """The host name that passkeys belong to: a passkey made at one host works at no other."""
    return request.get_host().partition(":")[0] if not request.get_host().startswith("[") else request.get_host()


class PasskeyHelper(WebAuthnHelper):  # type: ignore[misc]
    """Accepts answers for the address of the request, which is one of ALLOWED_HOSTS."""

    def get_allowed_origins(self) -> list[str]:
        return [f"{self.request.scheme}://{self.request.get_host()}"]

    def create_attestation(self, *unused: object) -> None:
        """Keep no statement about the make of the device: no attestation is requested."""


def adding_options(request: HttpRequest, officer: Officer) -> dict[str, Any]:
    """The options for `navigator.credentials.create`. Remembers the challenge in the session."""
    options, state = PasskeyHelper(request).register_begin(officer)
    request.session[_ADDING_STATE] = state
    return dict(options)


def add_passkey(request: HttpRequest, officer: Officer, answer: str) -> None:
    """Store the passkey that the browser made. Raises PasskeyError."""
    state = request.session.pop(_ADDING_STATE, None)
    try:
        with transaction.atomic():
            passkey = PasskeyHelper(request).register_complete(officer, _required(state), _parsed(answer))
    except (*_FAILURES, IntegrityError) as error:  # IntegrityError: this passkey is another account's
        raise PasskeyError from error
    passkey.name = "passkey"
    passkey.save(update_fields=["name"])


def using_options(request: HttpRequest, officer: Officer) -> dict[str, Any]:
    """The options for `navigator.credentials.get`. Remembers the challenge in the session."""
    options, state = PasskeyHelper(request).authenticate_begin(officer, require_user_verification=False)
    request.session[_USING_STATE] = state
    return dict(options)


def use_passkey(request: HttpRequest, officer: Officer, answer: str) -> bool:
    """Whether the browser's answer was made with one of the officer's passkeys for the last challenge."""
    state = request.session.pop(_USING_STATE, None)
    try:
        PasskeyHelper(request).authenticate_complete(officer, _required(state), _parsed(answer))
    except _FAILURES:
        return False
    return True


def passkeys_of(officer: Officer) -> list[WebAuthnCredential]:
    """The passkeys of an officer, oldest first."""
    return list(WebAuthnCredential.objects.filter(user=officer).order_by("pk"))


def _required(state: Any) -> dict[str, Any]:
    if not isinstance(state, dict):
        raise PasskeyError
    return state


def _parsed(answer: str) -> dict[str, Any]:
    if len(answer) > MAX_ANSWER_CHARS:
        raise PasskeyError
    parsed = json.loads(answer)  # JSONDecodeError is a ValueError
    if not isinstance(parsed, dict):
        raise PasskeyError
    return parsed
