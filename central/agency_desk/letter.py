"""The printable order: an external letter in the form of Thai official letters, with the QR code of the personal link.

It is Thai only, as official letters are. It has space for the emblem and the number, which the office's own paper and
registry give. It names nobody: who complained is read by the link."""

from datetime import date, datetime

import segno
from django.template.loader import render_to_string
from django.utils import timezone

from central.agency_desk import referral_facts
from central.agency_desk.models import ReferralLink
from central.cases.codes import ReferralKind
from central.cases.models import Referral
from central.printed_letters import write_pdf
from thai import dates
from thai.numerals import to_thai


def order_letter(referral: Referral, link: ReferralLink, url: str) -> bytes:
    """The letter as a PDF of one page or more."""
    return write_pdf(letter_html(referral, link, url))


def letter_html(referral: Referral, link: ReferralLink, url: str) -> str:
    """The letter as HTML. Every value of a case is escaped, so none can name a file."""
    return render_to_string("agency_desk/letter.html", _context(referral, link, url))


def _context(referral: Referral, link: ReferralLink, url: str) -> dict[str, object]:
    case, due = referral.case, referral_facts.referral_due(referral)
    return {
        "language": "th",
        "centre": case.centre.name_th,
        "agency": referral.agency.name_th,
        "number": case.case_number,
        "nature": referral_facts.nature_text(referral, "th"),
        "topic": referral_facts.topic_text(referral, "th"),
        "place": referral_facts.place_text(referral, "th"),
        "received": _date(case.received_at),
        "written": _date(timezone.now()),
        "due": _date(due) if due else "",
        "until": _date(link.expires_at),
        "order": [line for line in referral.order_text.splitlines() if line.strip()],
        "is_lead": referral.kind == ReferralKind.LEAD.value,
        "is_copy": referral.kind == ReferralKind.COPY.value,
        "hotline": to_thai(referral_facts.HOTLINE),
        "url": url,
        "qr": segno.make(url, error="m", micro=False).svg_data_uri(border=2),
    }


def _date(moment: date | datetime) -> str:
    """A date in Thai digits that no line breaks."""
    return to_thai(dates.long_date(moment)).replace(" ", "\u00a0")
