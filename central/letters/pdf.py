"""A letter as PDF/A-2u, the archival format with embedded fonts and searchable text."""

import segno
from django.db import transaction
from django.template.loader import render_to_string

from central.cases.locking import lock_case
from central.letters.kinds import LetterState
from central.letters.models import Letter
from central.letters.page import LetterPage, letter_page, lines
from central.printed_letters import write_pdf

_VARIANT = "pdf/a-2u"


def letter_pdf(page: LetterPage) -> bytes:
    """The file, of one page or more."""
    return write_pdf(letter_html(page), variant=_VARIANT)


def letter_html(page: LetterPage) -> str:
    """The letter as HTML. Every value is escaped, so none can name a file."""
    code = segno.make(page.code_url, error="m", micro=False).svg_data_uri(border=2) if page.code_url else ""
    context = {
        "page": page,
        "office": page.office,
        "text": page.text,
        "qr": code,
        "references": lines(page.text.reference),
        "enclosures": lines(page.text.enclosures),
    }
    return render_to_string(f"letters/{page.layout.value}.html", context)


def final_pdf(letter: Letter, service_url: str) -> bytes:
    """The file of an issued letter. It is made once and stored, so that it stays the same when the letterhead changes;
    of other letters it is made each time."""
    if letter.pdf:
        return bytes(letter.pdf)
    pdf = letter_pdf(letter_page(letter, service_url))
    if letter.current_state is LetterState.ISSUED:
        with transaction.atomic():
            case = lock_case(letter.case_id)  # its data may be erased while the file is made
            if case.erased_at is None:
                Letter.objects.filter(pk=letter.pk, pdf=None, state=LetterState.ISSUED.value).update(pdf=pdf)
    return pdf
