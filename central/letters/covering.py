"""Covers a withheld name in the words of a letter."""

from central.cases.models import Case, Complainant
from central.cases.person_names import name_parts
from central.letters.texts import LetterText
from central.masking import cover_own_names

_COVER = "ผู้ร้อง"  # in place of the name


def cover_withheld_name(text: LetterText, case: Case, complainant: Complainant | None) -> LetterText:
    """The text as anybody but the complainant may read it."""
    if not case.is_name_withheld or complainant is None:
        return text
    names = name_parts(complainant)
    return LetterText(**{name: cover_own_names(value, names, _COVER) for name, value in vars(text).items()})
