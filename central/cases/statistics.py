"""What statistics read of complainants: sex and age band, and nothing else of them.

It writes no audit row: counting reads no person's data in a form that anybody sees."""

from collections.abc import Sequence
from datetime import date

from central.cases.models import Complainant

# Lowest age of each band, oldest first, with its code.
AGE_BANDS = ((75, "75"), (60, "60-74"), (45, "45-59"), (30, "30-44"), (18, "18-29"), (0, "0-17"))
_SEXES = {"1": "male", "2": "female", "male": "male", "female": "female"}  # as on a card, and as typed
_BUDDHIST_YEARS = 543
_MAX_AGE = 125


def sexes_and_birth_dates(case_ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Sex ('male', 'female') and birth date (B.E. YYYYMMDD) by case, each '' when it is not known."""
    rows = Complainant.objects.filter(case__in=case_ids).values_list("case_id", "sex", "birth_date")
    return {case_id: (_SEXES.get(sex, ""), birth_date) for case_id, sex, birth_date in rows}


def age_band(birth_date: str, on: date) -> str:
    """The band of the age on a day, '' for a date that is missing or impossible. Of a card without month and day only
    the year counts."""
    if len(birth_date) != 8 or not (birth_date.isascii() and birth_date.isdecimal()):
        return ""
    year, month, day = int(birth_date[:4]) - _BUDDHIST_YEARS, int(birth_date[4:6]), int(birth_date[6:])
    age = on.year - year - ((on.month, on.day) < (month, day))
    if not 0 <= age <= _MAX_AGE:
        return ""
    return next(code for lowest, code in AGE_BANDS if age >= lowest)
