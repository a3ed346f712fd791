"""The second factor of an authenticator app: codes of six digits that change every 30 seconds (TOTP, RFC 6238).

The key is encrypted under a secret of the keyring. Each time step is accepted once: a code that somebody reads over an
officer's shoulder is already used."""

import base64
import secrets
import time
from urllib.parse import quote

import segno
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.utils import timezone
from django_otp.oath import hotp

from central.centres.models import Officer
from central.keyring import keyring
from central.people.models import AuthenticatorApp
from thai.numerals import to_arabic

_KEY_BYTES = 20  # as RFC 4226 recommends for SHA-1
_NONCE_BYTES = 12
_STEP_S = 30
_DIGITS = 6
_TOLERANCE_STEPS = 1  # before and after: a phone's clock may be 30 s off, and typing takes time
_ISSUER = "Damrongdham"


def generate_key() -> str:
    """A new secret key in base 32, as apps let a person type it."""
    return base64.b32encode(secrets.token_bytes(_KEY_BYTES)).decode()


def setup_qr_code(key: str, username: str) -> str:
    """A data: URL of the QR code that adds this key to an app (Key URI Format)."""
    label = quote(f"{_ISSUER}:{username}")
    uri = f"otpauth://totp/{label}?secret={key}&issuer={_ISSUER}&algorithm=SHA1&digits={_DIGITS}&period={_STEP_S}"
    return str(segno.make_qr(uri, error="m").svg_data_uri(scale=5, border=4))


def accepted_step(key: str, typed: str, last_step: int = -1) -> int | None:
    """The time step whose code was typed. None for a wrong code and for a step that is not after `last_step`."""
    digits = "".join(to_arabic(typed).split())
    if not (len(digits) == _DIGITS and digits.isascii() and digits.isdigit()):
        return None
    key_bytes, now = base64.b32decode(key), int(time.time()) // _STEP_S
    for step in range(now - _TOLERANCE_STEPS, now + _TOLERANCE_STEPS + 1):
        expected = f"{hotp(key_bytes, step, _DIGITS):0{_DIGITS}d}"
        if step > last_step and secrets.compare_digest(expected, digits):
            return step
    return None


def add_app(officer: Officer, key: str, step: int) -> None:
    """Store the app whose code of this step was typed during set-up. That code is used up."""
    now = timezone.now()
    nonce = secrets.token_bytes(_NONCE_BYTES)
    encrypted = nonce + _cipher().encrypt(nonce, key.encode(), _associated_data(officer))
    AuthenticatorApp.objects.create(
        officer=officer, key_encrypted=encrypted, last_step=step, added_at=now, last_used_at=now
    )


def use_app_code(officer: Officer, typed: str) -> bool:
    """Whether one of the officer's apps shows this code. The code is used up, also for an attempt at the same time."""
    for app in AuthenticatorApp.objects.filter(officer=officer):
        key = _decrypt_key(app)
        step = accepted_step(key, typed, app.last_step) if key else None
        if step is not None:
            unused = AuthenticatorApp.objects.filter(pk=app.pk, last_step__lt=step)
            return unused.update(last_step=step, last_used_at=timezone.now()) == 1
    return False


def _decrypt_key(app: AuthenticatorApp) -> str:
    """The key in base 32. '' for one that was encrypted under another secret or for another officer."""
    encrypted = bytes(app.key_encrypted)
    nonce, ciphertext = encrypted[:_NONCE_BYTES], encrypted[_NONCE_BYTES:]
    try:
        return _cipher().decrypt(nonce, ciphertext, _associated_data(app.officer)).decode()
    except InvalidTag:
        return ""


def _cipher() -> AESGCM:
    return AESGCM(keyring().derived_key("identity", b"authenticator apps"))


def _associated_data(officer: Officer) -> bytes:
    """Binds the key to its officer: a row that is copied to another account does not decrypt."""
    return f"officer {officer.pk}".encode()
