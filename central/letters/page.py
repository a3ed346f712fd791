"""What stands on the paper of a letter, ready to draw as PDF or Word: digits, dates, emblem, QR code."""

import base64
import re
from dataclasses import dataclass, replace
from datetime import date

import segno

from central.cases import clock
from central.centres.models import Centre
from central.letters.case_values import sample_values
from central.letters.kinds import KINDS, Layout, LetterKind, LetterState
from central.letters.models import Letter, LetterOffice
from central.letters.offices import office_of
from central.letters.texts import LetterText, fill_in
from thai import dates
from thai.numerals import to_thai

QR_PATH = "/desk/l/"  # and the token; it leads officers back to the letter
# Codes, addresses of mail and of pages: they are typed into a machine, so they keep their digits.
_WITH_LATIN = re.compile(r"[0-9A-Za-z@:/._#-]*[A-Za-z][0-9A-Za-z@:/._#-]*")
_BLANK = "................................"


@dataclass(frozen=True)
class AnswerLink:
    """The personal link by which an agency answers without an account. `is_copy`: it can only read."""

    url: str
    until: str
    is_copy: bool

    @property
    def qr(self) -> str:
        """The QR code of the address as an address of data."""
        return segno.make(self.url, error="m", micro=False).svg_data_uri(border=2)


@dataclass(frozen=True)
class LetterPage:
    """One letter as printed. `number` and `dated` are '' on a draft; `code_url` is in the QR code, '' for a sample.
    `answer` is the link of an order, which is in no stored file."""

    layout: Layout
    office: LetterOffice
    text: LetterText
    number: str
    dated: str
    month: str
    signer_name: str
    signer_position: str
    is_draft: bool
    is_cancelled: bool
    code_url: str
    answer: AnswerLink | None = None

    @property
    def paragraphs(self) -> list[str]:
        """The paragraphs of the body."""
        return lines(self.text.body)

    @property
    def emblem_uri(self) -> str:
        """The emblem as an address of data, '' without one."""
        picture = bytes(self.office.emblem)
        return f"data:image/jpeg;base64,{base64.b64encode(picture).decode()}" if picture else ""


def letter_page(letter: Letter, service_url: str) -> LetterPage:
    """The page of a letter that `letters.reading` has opened."""
    office = office_of(letter.centre)
    return _page(
        LetterPage(
            layout=KINDS[letter.current_kind].layout,
            office=office,
            text=letter.text,
            number=letter.number,
            dated=dates.long_date(letter.dated) if letter.dated else "",
            month=dates.month_and_year(letter.dated or clock.today()),
            signer_name=letter.signer_name,
            signer_position=letter.signer_position,
            is_draft=letter.current_state is LetterState.DRAFT,
            is_cancelled=letter.current_state is LetterState.CANCELLED,
            code_url=f"{service_url}{QR_PATH}{letter.token}",
        )
    )


def sample_page(centre: Centre, kind: LetterKind, text: LetterText, today: date) -> LetterPage:
    """A letter of invented values, for the preview of a template."""
    return _without_number(centre, kind, fill_in(text, sample_values(centre)), today, is_draft=True)


def unnumbered_page(centre: Centre, kind: LetterKind, text: LetterText) -> LetterPage:
    """A letter whose number, day and signature are written by hand."""
    return _without_number(centre, kind, text, clock.today(), is_draft=False)


def _without_number(centre: Centre, kind: LetterKind, text: LetterText, today: date, *, is_draft: bool) -> LetterPage:
    office = office_of(centre)
    return _page(
        LetterPage(
            layout=KINDS[kind].layout,
            office=office,
            text=text,
            number="",
            dated="",
            month=dates.month_and_year(today),
            signer_name=office.signer_name,
            signer_position=office.signer_position,
            is_draft=is_draft,
            is_cancelled=False,
            code_url="",
        )
    )


def lines(text: str) -> list[str]:
    """The lines that have text."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def _page(page: LetterPage) -> LetterPage:
    number = page.number or (f"{page.office.code}/" if page.office.code else _BLANK)
    if not page.office.uses_thai_digits:
        return replace(page, number=number)
    office = LetterOffice(
        **{
            name: _digits(value) if isinstance(value, str) else value
            for name, value in vars(page.office).items()
            if not name.startswith("_")
        }
    )
    text = LetterText(**{name: _digits(value) for name, value in vars(page.text).items()})
    return replace(
        page,
        office=office,
        text=text,
        number=_digits(number),
        dated=_digits(page.dated),
        month=_digits(page.month),
        signer_name=_digits(page.signer_name),
        signer_position=_digits(page.signer_position),
    )


def _digits(text: str) -> str:
    """The text in Thai digits, except words with Latin letters."""
    parts, end = [], 0
    for match in _WITH_LATIN.finditer(text):
        parts += [to_thai(text[end : match.start()]), match[0]]
        end = match.end()
    return "".join((*parts, to_thai(text[end:])))
