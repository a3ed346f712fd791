"""Which survey is offered for a case: that of its centre, or of the nearest centre above with an open one."""

from dataclasses import dataclass

from django.core.cache import cache

from central.cases.models import Case
from central.surveys.models import Survey, SurveyParticipation

OPEN_SURVEYS_KEY = "open-surveys"
# The tracking page asks for each closed case. A survey that was opened or closed in another process is noticed then.
_CACHE_S = 60


@dataclass(frozen=True)
class OfferedSurvey:
    """An open survey: its key and fiscal year."""

    pk: int
    year: int


def offered_survey(area_code: str) -> OfferedSurvey | None:
    """The open survey for cases of the centre of this area. No query while the process knows the open surveys."""
    surveys: dict[str, OfferedSurvey] | None = cache.get(OPEN_SURVEYS_KEY)
    if surveys is None:
        rows = Survey.objects.filter(opened_at__isnull=False, closed_at=None).order_by()
        surveys = {
            area: OfferedSurvey(pk, year) for area, pk, year in rows.values_list("centre__area_code", "pk", "year")
        }
        cache.set(OPEN_SURVEYS_KEY, surveys, _CACHE_S)
    for length in (len(area_code), 2, 0):
        if area_code[:length] in surveys:
            return surveys[area_code[:length]]
    return None


def survey_for(case: Case) -> Survey | None:
    """The open survey that the citizen of this closed case has not answered this year."""
    offered = offered_survey(case.centre.area_code) if case.closed_at is not None and not case.erased_at else None
    if offered is None or has_answered(offered.year, case.tracking_hash):
        return None
    return Survey.objects.filter(pk=offered.pk, closed_at=None).first()


def has_answered(year: int, tracking_hash: str) -> bool:
    """Whether the survey of this year was answered for the case with this hash of its code."""
    answered = SurveyParticipation.objects.filter(year=year, has_answered=True)
    return answered.filter(case__tracking_hash=tracking_hash).exists()
