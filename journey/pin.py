"""The technician's PIN, kept as a salted scrypt hash: `scrypt2$<salt hex>$<hash hex>`.

With the hash, an attacker can try every PIN. One attempt takes about 1 s of a core and 64 MiB, so that trying all PINs
of four digits takes hours, and all of six digits about ten days. `scrypt$…` is an earlier format with a hundredth of
that cost: it is still accepted, and `is_weak` reports it to `kiosk doctor`.
"""

import hashlib
import hmac

MIN_PIN_DIGITS = 6  # the minimum of `kiosk pin`
_R = 8
_COSTS = {"scrypt": (2**13, 1), "scrypt2": (2**16, 6)}  # n, p
_MAX_MEMORY_BYTES = 128 * 2**20


def hash_pin(pin: str, salt: bytes, scheme: str = "scrypt2") -> str:
    """The hash for kiosk.toml. `salt` is at least 8 random bytes from the caller. Takes about 1 s."""
    return f"{scheme}${salt.hex()}${_digest(scheme, pin, salt).hex()}"


def pin_matches(pin: str, pin_hash: str) -> bool:
    """Whether `pin_hash` is the hash of the PIN. A malformed hash matches no PIN. Takes about 1 s."""
    try:
        scheme, salt, digest = pin_hash.split("$")
        return hmac.compare_digest(_digest(scheme, pin, bytes.fromhex(salt)), bytes.fromhex(digest))
    except (ValueError, KeyError):
        return False


def is_weak(pin_hash: str) -> bool:
    """Whether the hash has the earlier format, in which all PINs of four digits are tried within minutes."""
    return pin_hash.startswith("scrypt$")


def _digest(scheme: str, pin: str, salt: bytes) -> bytes:
    n, p = _COSTS[scheme]
    return hashlib.scrypt(pin.encode(), salt=salt, n=n, r=_R, p=p, maxmem=_MAX_MEMORY_BYTES, dklen=32)
