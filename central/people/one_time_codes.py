"""Secret codes that are typed or pasted once: of invitations, and of recovery from a lost second factor.

Crockford's symbols, in groups of five. The database holds a keyed hash, so that neither the database nor a back-up of
it opens an account."""

import hashlib
import hmac
import secrets

from django.conf import settings

from protocol import crockford

_GROUP = 5


def generate_code(symbols: int) -> str:
    """A new code of this many symbols, five bits each, without hyphens."""
    return crockford.encode(secrets.randbits(5 * symbols), symbols)


def display_code(code: str) -> str:
    """The code in groups: '7KQ2M-9XD4T-BVSA0-1C2D3'."""
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))


def code_hash(purpose: str, typed: str) -> str:
    """The hash under which a code is stored: 64 hex digits. Case, spaces, hyphens, Thai digits and O/I/L in a typed
    code do not matter."""
    message = f"{purpose}\n{crockford.normalise_lookalikes(typed)}".encode("utf-8", "replace")
    return hmac.new(settings.SECRET_KEY.encode(), message, hashlib.sha256).hexdigest()
