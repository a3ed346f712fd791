"""The only ways to personal data: each checks the permission and writes an audit row before anything is shown."""

from django.db.models import QuerySet

from central.cases import names
from central.cases.models import Case, LetterPage, Person, PersonalRead
from central.centres.models import Officer
from central.centres.permission import Ability, centres_of, may


class ReadingDeniedError(Exception):
    """This officer may not read this."""


def cases_of(officer: Officer) -> QuerySet[Case]:
    """The cases this officer may work on, for lists: number, topic and status. Reading one goes through `open_case`."""
    return Case.objects.filter(centre__in=centres_of(officer, Ability.WORK)).select_related("centre")


def open_case(officer: Officer, case_number: str) -> Case:
    """The complaint itself. Raises Case.DoesNotExist, also when it belongs to somebody else's centre."""
    case = cases_of(officer).get(case_number=case_number)
    PersonalRead.objects.create(case=case, officer=officer, what=PersonalRead.What.CASE)
    return case


def open_person(officer: Officer, case: Case, reason: str) -> Person:
    """Name and contact; the reason goes into the audit. A withheld name needs besides that a second person has allowed
    it (`names.ask`), and the reason is the one told to them. Raises ReadingDeniedError, Person.DoesNotExist."""
    if not may(officer, Ability.READ_PEOPLE, case.centre):
        raise ReadingDeniedError
    if case.withheld:
        granted = names.granted(officer, case)
        if granted is None or granted.decided_by is None:
            raise ReadingDeniedError
        reason = f"{granted.reason} ({granted.decided_by.get_username()})"
    if not reason.strip():
        raise ReadingDeniedError
    person = Person.objects.get(case=case)
    PersonalRead.objects.create(case=case, officer=officer, what=PersonalRead.What.PERSON, reason=reason.strip())
    return person


def open_page(officer: Officer, case: Case, index: int) -> LetterPage:
    """A page's picture. Raises LetterPage.DoesNotExist."""
    page = case.pages.get(index=index)
    PersonalRead.objects.create(case=case, officer=officer, what=PersonalRead.What.PAGE, reason=str(index + 1))
    return page
