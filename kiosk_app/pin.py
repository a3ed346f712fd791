"""The technician's PIN, kept in kiosk.toml as a salted scrypt hash: `scrypt$<salt>$<hash>`, both hex.

A PIN of six digits can be tried out by whoever holds the hash, so the file is 0640 as well and the journey locks the
screen after a few wrong tries. The hash keeps the PIN itself, which people use elsewhere too, out of backups.
"""

import hashlib
import hmac
import re
import secrets

_SALT_BYTES = 16
_ALLOWED = re.compile(r"\d{4,12}")


def make(pin: str) -> str:
    """The line for kiosk.toml. Raises ValueError unless the PIN is 4 to 12 digits."""
    if not _ALLOWED.fullmatch(pin) or not pin.isascii():
        raise ValueError("a PIN is 4 to 12 digits")
    salt = secrets.token_bytes(_SALT_BYTES)
    return f"scrypt${salt.hex()}${_hash(pin, salt).hex()}"


def matches(pin: str, kept: str) -> bool:
    """Whether it is the PIN that was kept; with nothing kept, none is."""
    scheme, _, rest = kept.partition("$")
    salt, _, digest = rest.partition("$")
    if scheme != "scrypt":
        return False
    return hmac.compare_digest(_hash(pin, bytes.fromhex(salt)), bytes.fromhex(digest))


def _hash(pin: str, salt: bytes) -> bytes:
    # n=2**13: about 20 ms and 8 MB, because it runs on the thread that draws.
    return hashlib.scrypt(pin.encode(), salt=salt, n=2**13, r=8, p=1, dklen=32)
