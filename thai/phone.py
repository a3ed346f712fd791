"""Validates and formats Thai telephone numbers as people type them."""

import re

from thai import numerals

_NUMBER = re.compile(r"0(?:[689]\d{8}|[2-57]\d{7})", re.ASCII)  # mobile 06 08 09: ten digits; fixed line: nine
_MOBILE_DIGITS = 10
MAX_DIGITS = 13  # as typed: ten, or nine after 0066
_SEPARATORS = re.compile(r"[\s()./\u2010-\u2015-]+")
_COUNTRY_CODE = re.compile(r"(?:\+|00)?66(?=0?[2-9])0?")


def normalise(text: str) -> str:
    """The number as nine or ten digits from 0: spaces, hyphens, brackets, Thai digits and +66 are accepted.

    Raises ValueError with a sentence for the user."""
    digits = _COUNTRY_CODE.sub("0", _SEPARATORS.sub("", numerals.to_arabic(text)), count=1) if text else ""
    if not _NUMBER.fullmatch(digits):
        raise ValueError("A Thai phone number has 10 digits (mobile) or 9 (fixed line) and begins with 0.")
    return digits


def thai_mobile_number(text: str) -> str:
    """The mobile number in E.164 form ('+66812345678'), which an SMS can be sent to; '' for a fixed line, another
    country, or no number.

    Numbers that begin with 06, 08 or 09 are mobile (ITU national numbering plan). A number of another country is not
    sent to: the price differs a hundredfold, and gateways of Thai offices refuse it."""
    try:
        digits = normalise(text)
    except ValueError:
        return ""
    return f"+66{digits[1:]}" if len(digits) == _MOBILE_DIGITS else ""


def is_phone_number(text: str) -> bool:
    """Whether it is a number as `normalise` returns it."""
    return _NUMBER.fullmatch(text) is not None


def display(typed: str) -> str:
    """The digits typed so far, in the usual groups: '0812345678' -> '081-234-5678', '043123456' -> '043-123-456',
    '021234567' -> '02-123-4567', '08123' -> '081-23', '66812345678' -> '66-81-234-5678'. Other characters are left
    out."""
    digits = numerals.digits(typed)
    if digits.startswith("66"):
        return "-".join(filter(None, ("66", display("0" + digits[2:])[1:].lstrip("-"))))
    head = 2 if digits.startswith("02") else 3
    return "-".join(filter(None, (digits[:head], digits[head : head + 3], digits[head + 3 :])))
