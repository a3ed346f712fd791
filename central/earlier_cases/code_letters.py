"""Letters that bring citizens the tracking codes of their imported cases.

A code is derived from the key of its row and stored nowhere. A letter is printed while the batch is kept, for a case
whose code is still that one. Name and address are read as on the page of the case: with a reason, recorded for each
case. A case without name or address, and one with a withheld name, gets its code at the counter."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import segno
from django.db.models import QuerySet
from django.template.loader import render_to_string

from central.cases import reading
from central.cases.models import Case, Complainant
from central.centres.models import Officer
from central.channels import Channel
from central.earlier_cases.importing import key_of_row
from central.earlier_cases.models import ImportBatch, ImportedCase, ImportRow, RowState
from central.filing.keys import code_of_key
from central.identity_crypto import tracking_hash
from central.printed_letters import write_pdf
from protocol import tracking_code
from protocol.choices import NameDisclosure
from thai import dates
from thai.places import full_name

LETTERS_AT_ONCE = 25  # in one PDF: they take 3 s
_AT_ONCE = 200


@dataclass(frozen=True)
class CodeLetter:
    """What one letter says."""

    row: int
    case_number: str
    earlier_number: str
    code: str = field(repr=False)
    url: str = field(repr=False)
    name: str = field(repr=False)
    address: str = field(repr=False)
    filed: str
    centre: str

    @property
    def shown_code(self) -> str:
        return tracking_code.display(self.code)

    @property
    def address_to_type(self) -> str:
        return self.url.partition("#")[0].partition("://")[2]

    @property
    def qr(self) -> str:
        """The QR code as a data URI."""
        return segno.make(self.url, error="m", micro=False).svg_data_uri(border=2)


def next_letters(
    officer: Officer, batch: ImportBatch, reason: str, *, after: int, service_url: str
) -> Sequence[CodeLetter]:
    """The next letters in the order of the file, after the row with this number. Each reading of a person is recorded
    with the reason."""
    letters = []
    for row in _rows(batch, after):
        letter = _letter(officer, batch, row, reason, service_url)
        if letter is not None:
            letters.append(letter)
        if len(letters) == LETTERS_AT_ONCE:
            break
    return letters


def letters_pdf(letters: Sequence[CodeLetter], now: datetime) -> bytes:
    """One page for each letter."""
    written = dates.long_date(now)
    return write_pdf(render_to_string("earlier_cases/code_letters.html", {"letters": letters, "written": written}))


def count_letters(batch: ImportBatch) -> int:
    """How many cases can get a letter, as far as it is known without reading anybody."""
    return _with_person(batch).count()


def _rows(batch: ImportBatch, after: int) -> Iterator[ImportRow]:
    rows = _with_person(batch).filter(number__gt=after).select_related("case__centre")
    return rows.order_by("number").iterator(_AT_ONCE)


def _with_person(batch: ImportBatch) -> QuerySet[ImportRow]:
    named = NameDisclosure.NAMED.value
    return batch.rows.filter(state=RowState.IMPORTED, case__name_disclosure=named).exclude(
        case__complainant__address=""
    )


def _letter(officer: Officer, batch: ImportBatch, row: ImportRow, reason: str, service_url: str) -> CodeLetter | None:
    """None when the citizen has another code by now, and where the officer may not read who it is."""
    case, code = row.case, code_of_key(Channel.IMPORT, key_of_row(batch, row))
    if case is None or tracking_hash(code) != case.tracking_hash:
        return None
    try:
        person = reading.open_complainant(officer, case, reason)
    except (reading.ReadingDeniedError, Complainant.DoesNotExist):
        return None
    return CodeLetter(
        row=row.number,
        case_number=case.case_number,
        earlier_number=_earlier_number(case),
        code=code,
        url=tracking_code.tracking_url(case.centre.public_url or service_url, code),
        name=" ".join(filter(None, (f"{person.title}{person.first_name}", person.last_name))),
        address=" ".join(filter(None, (person.address, full_name(person.address_area)))),
        filed=dates.long_date(case.filed_at),
        centre=case.centre.name_th,
    )


def _earlier_number(case: Case) -> str:
    return ImportedCase.objects.values_list("earlier_number", flat=True).get(case=case)
