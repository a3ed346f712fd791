"""Reading letters. Each reading of a text is audited (`cases.reading.audit_letter`)."""

from dataclasses import dataclass

from django.db.models import QuerySet

from central.cases import reading
from central.cases.models import Case
from central.centres.models import Officer
from central.letters.models import Letter
from central.people.permission import permitted_centres
from central.people.roles import Action
from thai.numerals import to_arabic

# What a list shows: no text, so that nobody has to be named in it.
_LISTED = ("case", "centre", "kind", "state", "year", "sequence", "number", "dated", "version", "signed", "token")


@dataclass(frozen=True)
class RegisterFilter:
    """Which letters of the register: '' and None filter nothing."""

    number: str = ""
    year: int | None = None


def letters_of(case: Case) -> QuerySet[Letter]:
    """The letters of a case, newest first, without their texts."""
    return case.letters.only(*_LISTED)


def open_letter(officer: Officer, case: Case, letter_id: int) -> Letter:
    """Read a letter of a case that `cases.reading` has found for this officer. Raises ReadingDeniedError,
    Letter.DoesNotExist."""
    letter: Letter = case.letters.select_related("centre", "template", "signed").get(pk=letter_id)
    reference = letter.number or f"#{letter.pk}"
    reading.audit_letter(officer, case, reference, names_complainant=letter.names_complainant)
    return letter


def find_by_token(officer: Officer, token: str) -> Letter | None:
    """The letter with this code, of a case that the officer may work on; without its text."""
    cases = reading.visible_cases(officer)
    return Letter.objects.filter(token=token, case__in=cases).select_related("case").only(*_LISTED, "case").first()


def register(officer: Officer, wanted: RegisterFilter) -> QuerySet[Letter]:
    """The numbered letters of the officer's centres, the newest number first, without their texts."""
    centres = permitted_centres(officer, Action.WRITE_LETTERS)
    rows = Letter.objects.filter(centre__in=centres, sequence__isnull=False).select_related("case", "centre")
    if wanted.year is not None:
        rows = rows.filter(year=wanted.year)
    if number := to_arabic(wanted.number).strip():
        last = number.rpartition("/")[2].strip()
        rows = rows.filter(sequence=int(last)) if last.isdecimal() and len(last) < 9 else rows.filter(number=number)
    return rows.order_by("-year", "-sequence", "-id").defer("body", "subject", "addressee", "pdf")
