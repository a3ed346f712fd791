"""What citizens write freely in a survey: masked before it is stored, and deleted after two fiscal years at most."""

from datetime import date, datetime

from central.cases.excerpts import cover_names
from central.cases.models import Case, Complainant
from central.cases.person_names import name_parts
from central.masking import MASKS, Masked, cover_own_names, mask_numbers
from central.surveys.models import SurveyAnswer, SurveyQuestion
from thai.dates import day_in_thailand, fiscal_year


def masked_text(text: str, case: Case) -> str:
    """The text without numbers and addresses of people, without names after a title, and without the names of the
    complainant of this case."""
    complainant = Complainant.objects.filter(case=case).first()
    own_names = name_parts(complainant) if complainant else []
    return cover_own_names(cover_names(mask_numbers(text)), own_names, MASKS[Masked.NAME].th)


def delete_old_texts(now: datetime) -> None:
    """Delete the texts of each fiscal year when the following one has ended. The figures stay."""
    kept_since = date(fiscal_year(day_in_thailand(now)) - 2, 10, 1)
    SurveyAnswer.objects.filter(question__kind=SurveyQuestion.Kind.TEXT.value, response__month__lt=kept_since).delete()
