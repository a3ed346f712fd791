"""How an agency reads a case that was ordered to it. Each reading writes an audit row first.

An agency reads the case and the order. Name, contact and the pictures of a letter, which names its writer, need a code
in addition (`agency_desk.access_codes`), and are never open for a withheld name or to a supervisor's copy."""

from django.db.models import QuerySet

from central.cases.codes import ACTIVE_STATES, ReferralKind
from central.cases.models import Attachment, Case, Complainant, LetterPage, PersonalDataRead, Referral
from central.cases.person_names import name_parts
from central.cases.reading import ReadingDeniedError
from central.centres.models import Officer
from protocol.choices import NameDisclosure


def open_referred_case(referral: Referral, officer: Officer | None) -> Case:
    """Read the case of this referral, without its complainant. `officer` is None for a personal link."""
    _audit(referral, officer, PersonalDataRead.DataKind.CASE, "")
    return referral.case


def may_read_people(referral: Referral) -> bool:
    """Whether a code may open name, contact and letter to this agency."""
    return (
        referral.kind != ReferralKind.COPY.value
        and referral.state in ACTIVE_STATES
        and NameDisclosure(referral.case.name_disclosure) is NameDisclosure.NAMED
    )


def own_names(referral: Referral) -> list[str]:
    """The complainant's names, to be masked in what the agency reads. They are shown to nobody."""
    complainant = Complainant.objects.filter(case=referral.case_id).first()
    return name_parts(complainant) if complainant else []


def open_complainant(referral: Referral, officer: Officer | None, reason: str) -> Complainant:
    """Read name and contact; the caller has checked the code. Raises ReadingDeniedError, Complainant.DoesNotExist."""
    if not may_read_people(referral):
        raise ReadingDeniedError
    complainant = Complainant.objects.get(case=referral.case_id)
    _audit(referral, officer, PersonalDataRead.DataKind.PERSON, reason)
    return complainant


def open_letter(referral: Referral) -> QuerySet[LetterPage]:
    """The pages with their recognised text, for the page that `open_complainant` has opened. Raises
    ReadingDeniedError."""
    if not may_read_people(referral):
        raise ReadingDeniedError
    return referral.case.pages.all()


def open_page(referral: Referral, officer: Officer | None, index: int, reason: str) -> LetterPage:
    """Read the picture of a letter page, counted from 0; the caller has checked the code. Raises ReadingDeniedError,
    LetterPage.DoesNotExist."""
    page: LetterPage = open_letter(referral).get(index=index)
    _audit(referral, officer, PersonalDataRead.DataKind.PAGE, f"{index + 1} · {reason}")
    return page


def own_attachments(referral: Referral) -> QuerySet[Attachment]:
    """The files that the agency has attached to its reports on this case."""
    return Attachment.objects.filter(case=referral.case_id, event__payload__referral=referral.pk)


def open_own_attachment(referral: Referral, officer: Officer | None, attachment_id: int) -> Attachment:
    """Read a file of `own_attachments`. Raises Attachment.DoesNotExist, also for a file of another agency."""
    attachment = own_attachments(referral).get(pk=attachment_id)
    _audit(referral, officer, PersonalDataRead.DataKind.ATTACHMENT, str(attachment_id))
    return attachment


def _audit(referral: Referral, officer: Officer | None, kind: PersonalDataRead.DataKind, reason: str) -> None:
    PersonalDataRead.objects.create(
        case=referral.case, officer=officer, agency=referral.agency, data_kind=kind, reason=reason
    )
