"""Which phone numbers can receive an SMS: Thai mobile numbers, by one rule for kiosk and centre.

Numbers of the kingdom that begin with 06, 08 or 09 are mobile (ITU national numbering plan); 02 to 05 and 07 are fixed
lines. A number of another country is not sent to: the price differs a hundredfold, and gateways of Thai offices refuse
it."""

import re

_SEPARATORS = re.compile(r"[\s()./-]")
_THAI_MOBILE = re.compile(r"(?:\+?66|0066|0)([689]\d{8})")


def thai_mobile_number(text: str) -> str:
    """The number in E.164 form ('+66812345678'); '' for a fixed line, another country, or no number."""
    digits = _SEPARATORS.sub("", text)
    match = _THAI_MOBILE.fullmatch(digits) if digits.isascii() else None
    return f"+66{match[1]}" if match else ""
