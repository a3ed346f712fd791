"""The numbers of cases that are filed at a centre itself: 'KKN00A-000123-41'.

They have the form of a kiosk's numbers. In place of the kiosk id they have the letters of the centre's province and 00;
kiosks count from 01. The running number is counted under a row lock, so a transaction that fails leaves no gap."""

from central.cases.models import Case
from central.centres.models import Centre
from central.filing.models import CaseNumberSeries
from protocol.case_number import MAX_RUNNING_NUMBER, CaseNumber, centre_id
from thai.province_letters import PROVINCE_LETTERS

_MINISTRY = "MOI"  # no province has these letters
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class SeriesUsedUpError(Exception):
    """The 26 million numbers of a province are used up."""


def next_case_number(centre: Centre) -> CaseNumber:
    """The next number of the centre's province. In the caller's transaction, whose end releases the lock. Raises
    SeriesUsedUpError."""
    issuer = issuer_of(centre)
    CaseNumberSeries.objects.get_or_create(issuer=issuer, defaults={"series": _first_free_letter(issuer)})
    row = CaseNumberSeries.objects.select_for_update().get(issuer=issuer)
    if row.last_number >= MAX_RUNNING_NUMBER:
        _begin_next_letter(row)
    row.last_number += 1
    row.save()
    return CaseNumber(issuer, row.series, row.last_number)


def begin_new_series() -> None:
    """Give every province its next letter: after a restore, numbers that were issued after the backup must not be
    issued again. Raises SeriesUsedUpError."""
    for row in CaseNumberSeries.objects.filter(last_number__gt=0):
        _begin_next_letter(row)
        row.save()


def issuer_of(centre: Centre) -> str:
    """What the numbers of this centre begin with: 'KKN00' for Khon Kaen and its districts."""
    return centre_id(PROVINCE_LETTERS.get(centre.area_code[:2], _MINISTRY))


def _first_free_letter(issuer: str) -> str:
    """The letter after the last one in use: a table that is new must not repeat numbers of stored cases."""
    stored = Case.objects.filter(case_number__startswith=issuer).order_by("-case_number").first()
    return _letter_after(stored.case_number[len(issuer)]) if stored else _LETTERS[0]


def _begin_next_letter(row: CaseNumberSeries) -> None:
    row.series, row.last_number = _letter_after(row.series), 0


def _letter_after(letter: str) -> str:
    if letter == _LETTERS[-1]:
        raise SeriesUsedUpError("This province has used all its series letters for cases filed at its centres")
    return _LETTERS[_LETTERS.index(letter) + 1]
