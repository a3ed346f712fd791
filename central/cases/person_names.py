"""Compares a name as somebody says it with the name of a complainant, from a card or typed."""

import unicodedata

from central.cases.models import Complainant

# Longest first: นางสาว begins with นาง.
_TITLES = ("นางสาว", "น.ส.", "นาย", "นาง", "เด็กชาย", "เด็กหญิง", "ด.ช.", "ด.ญ.", "mrs.", "miss", "mr.", "ms.")


def is_same_name(complainant: Complainant, name: str) -> bool:
    """Whether the complainant is called so. Titles, spaces, capital letters and a middle name do not matter."""
    first, middle, last = complainant.first_name, complainant.middle_name, complainant.last_name
    stored = {_bare(first + last), _bare(first + middle + last)} - {""}
    return _bare(name) in stored


def stored_spellings(name: str) -> list[str]:
    """What `first_name` may hold of somebody with this name: the first name from a card, or the whole typed name with
    or without a title."""
    words = _without_title(" ".join(unicodedata.normalize("NFC", name).split())).split()
    whole = " ".join(words)
    return [words[0], whole, *(f"{title}{space}{whole}" for title in _TITLES for space in ("", " "))] if words else []


def name_parts(complainant: Complainant) -> list[str]:
    """Each name of the complainant without title, as it may stand in a text."""
    names = (complainant.first_name, complainant.middle_name, complainant.last_name)
    return [part for name in names for part in _without_title(name.strip()).split()]


def _bare(name: str) -> str:
    return "".join(_without_title(unicodedata.normalize("NFC", name).casefold().strip()).split())


def _without_title(name: str) -> str:
    title = next((each for each in _TITLES if name.casefold().startswith(each)), "")
    return name[len(title) :].strip()
