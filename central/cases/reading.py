"""The only ways to personal data: each checks the permission and writes an audit row before anything is shown."""

from django.db.models import QuerySet

from central.cases import withheld_names
from central.cases.models import Case, Complainant, LetterPage, NameRequest, PersonalDataRead
from central.centres.models import Officer
from central.centres.permission import Ability, has_ability, permitted_centres


class ReadingDeniedError(Exception):
    """This officer may not read this."""


def visible_cases(officer: Officer) -> QuerySet[Case]:
    """The cases this officer may work on, for lists: number, topic and status. Reading one goes through `open_case`."""
    return Case.objects.filter(centre__in=permitted_centres(officer, Ability.WORK)).select_related("centre")


def open_case(officer: Officer, case_number: str) -> Case:
    """The complaint itself. Raises Case.DoesNotExist, also when it belongs to somebody else's centre."""
    case = visible_cases(officer).get(case_number=case_number)
    PersonalDataRead.objects.create(case=case, officer=officer, data_kind=PersonalDataRead.DataKind.CASE)
    return case


def open_person(officer: Officer, case: Case, reason: str) -> Complainant:
    """Name and contact; the reason goes into the audit. A withheld name needs besides that a second person has allowed
    it (`withheld_names.request_name`), and the reason is the one told to them. Raises ReadingDeniedError,
    Complainant.DoesNotExist."""
    if not has_ability(officer, Ability.READ_PEOPLE, case.centre):
        raise ReadingDeniedError
    if case.is_name_withheld:
        grant = withheld_names.find_grant(officer, case)
        if grant is None or grant.decided_by is None:
            raise ReadingDeniedError
        reason = _grant_reason(grant)
    if not reason.strip():
        raise ReadingDeniedError
    person = Complainant.objects.get(case=case)
    PersonalDataRead.objects.create(
        case=case, officer=officer, data_kind=PersonalDataRead.DataKind.PERSON, reason=reason.strip()
    )
    return person


def open_page(officer: Officer, case: Case, index: int) -> LetterPage:
    """A page's picture. A letter is signed: that of a withheld name is covered as the name is, and opens with the same
    permission. Raises ReadingDeniedError, LetterPage.DoesNotExist."""
    reason = str(index + 1)
    if case.is_name_withheld:
        grant = withheld_names.find_grant(officer, case)
        if grant is None:
            raise ReadingDeniedError
        reason = f"{reason} · {_grant_reason(grant)}"
    page = case.pages.get(index=index)
    PersonalDataRead.objects.create(case=case, officer=officer, data_kind=PersonalDataRead.DataKind.PAGE, reason=reason)
    return page


def readable_pages(case: Case, person: Complainant | None) -> QuerySet[LetterPage] | None:
    """The pages with their recognised text, None while they are covered: those of a withheld name until `open_person`
    has given the `person`."""
    if case.is_name_withheld and (person is None or person.case_id != case.pk):
        return None
    return case.pages.all()


def _grant_reason(grant: NameRequest) -> str:
    by = grant.decided_by.get_username() if grant.decided_by else ""
    return f"{grant.reason} ({by})"
