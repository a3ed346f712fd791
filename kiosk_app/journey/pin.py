"""The technician's PIN, kept as a salted scrypt hash: `scrypt$<salt hex>$<hash hex>`."""

import hashlib
import hmac

_N, _R, _P = 2**13, 8, 1  # 16 MiB and about 20 ms: felt by a guesser, not by the interface


def hash_pin(pin: str, salt: bytes) -> str:
    """The line for kiosk.toml. `salt` is at least 8 random bytes, given by the caller."""
    return f"scrypt${salt.hex()}${_digest(pin, salt).hex()}"


def pin_matches(pin: str, hashed: str) -> bool:
    """Whether the PIN is the one that was hashed. A malformed hash matches nothing."""
    try:
        scheme, salt, digest = hashed.split("$")
        return scheme == "scrypt" and hmac.compare_digest(_digest(pin, bytes.fromhex(salt)), bytes.fromhex(digest))
    except ValueError:
        return False


def _digest(pin: str, salt: bytes) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, n=_N, r=_R, p=_P, dklen=32)
