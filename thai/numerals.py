"""Thai digits ๐–๙ and Arabic digits 0–9."""

_TO_ARABIC = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_TO_THAI = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")


def to_arabic(text: str) -> str:
    """The text with every Thai digit written 0–9; other characters are unchanged."""
    return text.translate(_TO_ARABIC)


def digits(text: str) -> str:
    """The digits in the text, Thai or Arabic, written 0–9; other characters are removed."""
    return "".join(sign for sign in to_arabic(text) if sign.isascii() and sign.isdigit())


def to_thai(text: str) -> str:
    """The text with every digit 0–9 written ๐–๙; other characters are unchanged."""
    return text.translate(_TO_THAI)
