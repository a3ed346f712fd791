"""The tracking code: the citizen's key to the case. Everyone who has it sees the case status, so it is never logged.

Twelve Crockford symbols from `secrets` (60 bits) and a check symbol: the value of the twelve symbols modulo 37. The
code is generated again while the check value is outside the alphabet of 32 symbols. 37 is prime and greater than 32,
and divides neither a power of 32 nor 32 - 1: so every single wrong symbol and every swap of two neighbours, check
symbol included, is detected.
"""

import secrets
from urllib.parse import unquote

from protocol import crockford

DATA_SYMBOLS = 12
LENGTH = DATA_SYMBOLS + 1
MODULUS = 37
_BITS = 5 * DATA_SYMBOLS


class TrackingCodeError(ValueError):
    """The text is no tracking code. The message states the reason and never contains the code."""


def generate() -> str:
    """A new code: 13 canonical symbols without hyphens."""
    while True:
        code = code_of(secrets.randbits(_BITS))
        if code:
            return code


def code_of(value: int) -> str:
    """The code of the lowest 60 bits of a number; '' where the check value is outside the alphabet."""
    value %= 1 << _BITS
    if value % MODULUS >= len(crockford.ALPHABET):
        return ""
    return crockford.encode(value, DATA_SYMBOLS) + crockford.ALPHABET[value % MODULUS]


def parse(text: str) -> str:
    """The canonical code in a typed text; case, spaces, hyphens, Thai digits and O/I/L do not matter.

    Raises TrackingCodeError when the length, a symbol or the check is wrong."""
    code = crockford.normalise_lookalikes(text)
    if len(code) != LENGTH:
        raise TrackingCodeError(f"A tracking code has {LENGTH} symbols, not {len(code)}")
    try:
        value, check = crockford.decode(code[:DATA_SYMBOLS]), crockford.decode(code[DATA_SYMBOLS:])
    except ValueError:
        raise TrackingCodeError("A tracking code has only digits and letters, and no U") from None
    if value % MODULUS != check:
        raise TrackingCodeError("One symbol of the tracking code is wrong, or two are swapped")
    return code


def display(code: str) -> str:
    """The code in its display form: '7KQ2-M9XD-4TBVS'."""
    return f"{code[:4]}-{code[4:8]}-{code[8:]}"


def tracking_url(public_url: str, code: str) -> str:
    """The content of the QR code. The code follows '#', so browsers do not send it and no server logs it."""
    return f"{public_url.rstrip('/')}/t#{display(code)}"


def code_from_url(text: str) -> str:
    """The canonical code in the content of a QR code: a tracking URL or the bare code. Raises TrackingCodeError."""
    return parse(unquote(text.rpartition("#")[2]))
