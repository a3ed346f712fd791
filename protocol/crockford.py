"""Crockford's base 32: ten digits and 22 letters that are not mistaken for one another when read aloud or copied.

Source: https://www.crockford.com/base32.html. Look-alike letters are accepted when a code is read.
"""

import unicodedata

from thai.numerals import to_arabic

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKES = str.maketrans("OIL", "011")


def normalise(text: str) -> str:
    """The text in upper case with Arabic digits, without spaces, hyphens and invisible characters."""
    plain = to_arabic(unicodedata.normalize("NFKC", text)).upper()
    # Zs: all kinds of spaces, Pd: hyphens and dashes, Cf: zero-width characters in copied text.
    return "".join(c for c in plain if not c.isspace() and unicodedata.category(c) not in {"Zs", "Pd", "Cf"})


def normalise_lookalikes(text: str) -> str:
    """`normalise`, with O replaced by 0, and I and L by 1."""
    return normalise(text).translate(_LOOKALIKES)


def encode(value: int, length: int) -> str:
    """`value` as exactly `length` symbols, most significant first. Raises ValueError when it does not fit."""
    if not 0 <= value < 32**length:
        raise ValueError(f"{length} symbols hold 0 … 32**{length} - 1")
    return "".join(ALPHABET[value >> 5 * digit_index & 31] for digit_index in reversed(range(length)))


def decode(symbols: str) -> int:
    """The number that the symbols encode. Raises ValueError for a symbol outside the alphabet."""
    value = 0
    for symbol in symbols:
        value = value * 32 + ALPHABET.index(symbol)
    return value
