"""Removes people from a text before it is indexed: an officer finds people by `cases.person_search`, with a reason and
an audit row, and never by the words of the index (decision 0170). Pure."""

import re
from collections.abc import Iterable

from central.cases.excerpts import cover_names
from central.masking import cover_own_names
from thai.numerals import to_arabic

# Telephone numbers and citizen ids, as people write them. Other numbers stay: of houses, contracts, plates, letters.
_DIGITS_OF_PERSONS = re.compile(r"(?<!\d)(?:(?:\+?66|0)(?:[\s.-]?\d){8,9}|\d(?:[\s-]?\d){12})(?!\d)")


def cover_people(text: str, own_names: Iterable[str]) -> str:
    """The text without names after a title, addresses of the internet, telephone numbers, citizen ids, and without
    the names of the complainant, wherever they are in it."""
    return cover_own_names(_DIGITS_OF_PERSONS.sub(" ", cover_names(to_arabic(text))), own_names, " ")
