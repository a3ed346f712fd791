"""The letter that takes an order and its personal link to an agency: attached to the mail of the order, or printed.

Its words are those of the order letter that the office has issued, with its number. Until one is issued they are those
of the template in use, with a place for number and signature."""

from dataclasses import replace

from central.cases.codes import ReferralKind
from central.cases.models import Case, Complainant, Referral
from central.letters.case_values import case_values
from central.letters.covering import cover_withheld_name
from central.letters.kinds import Audience, LetterKind, LetterState
from central.letters.models import Letter
from central.letters.page import AnswerLink, letter_page, unnumbered_page
from central.letters.pdf import letter_pdf
from central.letters.templates import text_in_use
from central.letters.texts import fill_in, without_gaps


def order_sheet(referral: Referral, link: AnswerLink, service_url: str) -> bytes:
    """The letter as a PDF. `service_url` is for the code by which the signed scan is filed."""
    kind = LetterKind.COPY if referral.kind == ReferralKind.COPY.value else LetterKind.ORDER
    issued = _issued(referral, kind)
    if issued is not None:
        page = letter_page(issued, service_url)
    else:
        case: Case = referral.case
        values = case_values(case, referral, None, Audience.AGENCY)
        text = without_gaps(fill_in(text_in_use(case.centre, kind), values))
        complainant = Complainant.objects.filter(case=case).first()
        page = unnumbered_page(case.centre, kind, cover_withheld_name(text, case, complainant))
    return letter_pdf(replace(page, answer=link))


def _issued(referral: Referral, kind: LetterKind) -> Letter | None:
    """The newest letter of this order. One that names the complainant is not mailed with a link."""
    letters = referral.case.letters.filter(kind=kind.value, state=LetterState.ISSUED.value, names_complainant=False)
    letters = letters.filter(agency=referral.agency_id, created_at__gte=referral.sent_at)
    return letters.select_related("centre").first()
