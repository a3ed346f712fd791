"""The only ways to read personal data. Each writes an audit row first.

A `case` that is passed in must come from `open_case` or `visible_cases`, which check the permission for the case."""

from contextlib import suppress

from django.db.models import Q, QuerySet

from central.cases import withheld_names
from central.cases.event_kinds import COVERED_FILES
from central.cases.models import Attachment, Case, Complainant, LetterPage, NameRequest, PersonalDataRead
from central.centres.models import Centre, Officer, subtree_filter
from central.identity_crypto import decrypt_citizen_id
from central.people.permission import has_permission, permitted_centres, team_tambons
from central.people.roles import Action
from protocol import case_number


class ReadingDeniedError(Exception):
    """The officer may not read this."""


def visible_cases(officer: Officer) -> QuerySet[Case]:
    """The cases this officer may work on, for lists of number, topic and status. `open_case` reads one of them."""
    visible = Q(centre__in=permitted_centres(officer, Action.VIEW_CASES))
    for path, tambons in team_tambons(officer, Action.VIEW_CASES):
        visible |= Q(centre__in=Centre.objects.filter(subtree_filter(path)), area__in=tambons)
    return Case.objects.filter(visible).select_related("centre")


def find_by_typed_number(officer: Officer, typed: str) -> Case | None:
    """The case with this number, however it is typed, if the officer may work on it: for a command, which shows
    nothing of it."""
    numbers = {typed.strip().upper()}
    with suppress(case_number.CaseNumberError):
        numbers.add(str(case_number.parse(typed)))
    return visible_cases(officer).filter(case_number__in=numbers).first()


def open_case(officer: Officer, case_number: str) -> Case:
    """Read a case, without its complainant. Raises Case.DoesNotExist, also for a case of another centre."""
    case = visible_cases(officer).select_related("owner", "point").get(case_number=case_number)
    _audit(officer, case, PersonalDataRead.DataKind.CASE, "")
    return case


def open_complainant(officer: Officer, case: Case, reason: str) -> Complainant:
    """Read name and contact. The reason is written into the audit. A withheld name also needs the permission of a
    second officer (`withheld_names.request_name`), and the reason is then that of the request. Raises
    ReadingDeniedError, Complainant.DoesNotExist."""
    if not has_permission(officer, Action.READ_PEOPLE, case.centre):
        raise ReadingDeniedError
    if case.is_name_withheld:
        reason = _require_grant(officer, case)
    if not reason.strip():
        raise ReadingDeniedError
    complainant = Complainant.objects.get(case=case)
    _audit(officer, case, PersonalDataRead.DataKind.PERSON, reason.strip())
    return complainant


def open_citizen_id(officer: Officer, case: Case, reason: str) -> str:
    """Read the 13 digits, '' when none are on file. Everywhere else an officer sees the last four. The rules are those
    of `open_complainant`; the audit says that the number itself was read."""
    complainant = open_complainant(officer, case, reason)
    _audit(officer, case, PersonalDataRead.DataKind.CITIZEN_ID, reason.strip())
    encrypted = bytes(complainant.citizen_id_encrypted)
    return decrypt_citizen_id(encrypted) if encrypted else ""


def open_copy(officer: Officer, case: Case, reason: str) -> Complainant | None:
    """Read everything, for a copy that the complainant has requested; None for an anonymous case. Only an officer who
    answers such requests may; a withheld name needs its grant here too. Raises ReadingDeniedError."""
    if not has_permission(officer, Action.ANSWER_DATA_REQUEST, case.centre):
        raise ReadingDeniedError
    try:
        complainant: Complainant | None = open_complainant(officer, case, reason)
    except Complainant.DoesNotExist:
        complainant = None
    _audit(officer, case, PersonalDataRead.DataKind.COPY, reason.strip())
    return complainant


def open_page(officer: Officer, case: Case, index: int) -> LetterPage:
    """Read the picture of a letter page, counted from 0. A letter names its writer and the address, so it needs the
    permission to read people, and with a withheld name the same grant as the name. Raises ReadingDeniedError,
    LetterPage.DoesNotExist."""
    if not may_read_letters(officer, case):
        raise ReadingDeniedError
    reason = str(index + 1)
    if case.is_name_withheld:
        reason = f"{reason} · {_require_grant(officer, case)}"
    page = case.pages.get(index=index)
    _audit(officer, case, PersonalDataRead.DataKind.PAGE, reason)
    return page


def open_attachment(officer: Officer, case: Case, attachment_id: int) -> Attachment:
    """Read a file that an agency or the citizen attached. One of the citizen needs what a letter page needs. Raises
    ReadingDeniedError, Attachment.DoesNotExist, also for a file of another case."""
    attachment: Attachment = case.attachments.select_related("event").get(pk=attachment_id)
    reason = str(attachment_id)
    if attachment.event.kind in COVERED_FILES:
        if not may_read_letters(officer, case):
            raise ReadingDeniedError
        if case.is_name_withheld:
            reason = f"{reason} · {_require_grant(officer, case)}"
    _audit(officer, case, PersonalDataRead.DataKind.ATTACHMENT, reason)
    return attachment


def audit_letter(officer: Officer, case: Case, reference: str, *, names_complainant: bool) -> None:
    """Note that the officer reads an official letter of the office. One that names the complainant needs the permission
    to read people, and with a withheld name the same grant as the name. Raises ReadingDeniedError."""
    if not has_permission(officer, Action.VIEW_CASES, case.centre):
        raise ReadingDeniedError
    reason = reference
    if names_complainant:
        if not may_read_letters(officer, case):
            raise ReadingDeniedError
        if case.is_name_withheld:
            reason = f"{reference} · {_require_grant(officer, case)}"
    _audit(officer, case, PersonalDataRead.DataKind.LETTER, reason)


def may_read_letters(officer: Officer, case: Case) -> bool:
    """Whether the officer may read letters of this case at all: a tambon team, an auditor or a clerk may not."""
    return has_permission(officer, Action.READ_PEOPLE, case.centre)


def readable_pages(officer: Officer, case: Case, complainant: Complainant | None) -> QuerySet[LetterPage] | None:
    """The pages with their recognised text. None while they are covered."""
    return case.pages.all() if may_read_words(officer, case, complainant) else None


def may_read_words(officer: Officer, case: Case, complainant: Complainant | None) -> bool:
    """Whether the page may show what the citizen wrote in letters and messages. Not to an officer who may not read
    people, and with a withheld name not until `open_complainant` has returned the `complainant` of this case."""
    if not may_read_letters(officer, case):
        return False
    return not case.is_name_withheld or (complainant is not None and complainant.case_id == case.pk)


def _require_grant(officer: Officer, case: Case) -> str:
    """The reason for the audit from the valid permission. Raises ReadingDeniedError without one."""
    grant: NameRequest | None = withheld_names.find_grant(officer, case)
    if grant is None or grant.decided_by is None:
        raise ReadingDeniedError
    return f"{grant.reason} ({grant.decided_by.get_username()})"


def _audit(officer: Officer, case: Case, kind: PersonalDataRead.DataKind, reason: str) -> None:
    PersonalDataRead.objects.create(case=case, officer=officer, data_kind=kind, reason=reason)
