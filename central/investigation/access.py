"""Who reads an investigation file: its investigators and nobody else, whatever their role. Each reading is audited."""

from django.db.models import Q, QuerySet

from central.cases.models import Case, PersonalDataRead
from central.cases.reading import visible_cases
from central.centres.models import Centre, Officer, subtree_filter
from central.investigation.models import Investigation
from central.people.permission import has_permission, officers_allowed, permitted_centres, team_tambons
from central.people.roles import Action


class NotAnInvestigatorError(Exception):
    """The officer is not among the investigators of this case."""


def is_investigator(officer: Officer, investigation: Investigation) -> bool:
    """Whether the officer is named in the file, and may still work on its case."""
    return own_investigations(officer).filter(pk=investigation.pk).exists()


def own_investigations(officer: Officer) -> QuerySet[Investigation]:
    """The files that this officer reads: who is named, has a role that investigates, and sees the case."""
    named = Investigation.objects.filter(investigators__officer=officer, investigators__removed_at=None)
    allowed = Q(case__centre__in=permitted_centres(officer, Action.INVESTIGATE))
    for path, tambons in team_tambons(officer, Action.INVESTIGATE):
        allowed |= Q(case__centre__in=Centre.objects.filter(subtree_filter(path)), case__area__in=tambons)
    named = named.filter(allowed, case__in=visible_cases(officer))
    return named.select_related("case__centre").distinct()


def open_investigation(officer: Officer, case: Case) -> Investigation:
    """Read the file of a case. Raises NotAnInvestigatorError, Investigation.DoesNotExist."""
    investigation = Investigation.objects.select_related("case__centre", "opened_by", "closed_by").get(case=case)
    if not is_investigator(officer, investigation):
        raise NotAnInvestigatorError
    PersonalDataRead.objects.create(case=case, officer=officer, data_kind=PersonalDataRead.DataKind.INQUIRY)
    return investigation


def may_open_file(officer: Officer, case: Case) -> bool:
    """Whether the officer orders an investigation of this case and names its investigators."""
    return has_permission(officer, Action.OPEN_INVESTIGATION, case.centre)


def possible_investigators(case: Case) -> QuerySet[Officer]:
    """The officers whose role at the centre of the case lets them be named."""
    centres = [case.centre_id, *_centres_above(case)]
    return officers_allowed(Action.INVESTIGATE, centres).order_by("first_name", "username")


def _centres_above(case: Case) -> list[int]:
    above, centre = [], case.centre.parent
    while centre is not None:
        above.append(centre.pk)
        centre = centre.parent
    return above
