"""Masks what looks personal in a text for the support bundle.

No part of the kiosk logs personal data; tests search for it. Debian's own programs are not ours to test, so the texts
are masked as well."""

import re

_MASKS = (
    (re.compile(r"(?<![0-9A-Fa-f])\d{13}(?![0-9A-Fa-f])"), "[13 digits]"),  # a citizen id
    (re.compile(r"(?<![0-9A-Fa-f])\d[ -]\d{4}[ -]\d{5}[ -]\d{2}[ -]\d(?!\d)"), "[13 digits]"),
    (re.compile(r"(?<![\w.:/-])(?:\+66|0)[ -]?[689]\d[ -]?\d{3}[ -]?\d{4}(?!\w)"), "[telephone]"),
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+"), "[address]"),
    (re.compile(r"[\u0E00-\u0E7F][\u0E00-\u0E7F ]{79,}"), "[long Thai text]"),  # a story; the kiosk logs in English
)


def mask_personal(text: str) -> str:
    """The text without numbers and addresses of persons, and without long Thai text."""
    for pattern, replacement in _MASKS:
        text = pattern.sub(replacement, text)
    return text
