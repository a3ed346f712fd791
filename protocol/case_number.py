"""The case number: public, for letters and telephone calls; it gives access to nothing.

'KKN07A-000123-41' is kiosk, series letter (a new one at each enrolment), running number, and two check digits of
ISO/IEC 7064 Mod 97-10 over everything before them, letters counting A=10 … Z=35.
"""

import re
from dataclasses import dataclass

from protocol import crockford

MAX_RUNNING_NUMBER = 999_999
KIOSK_ID_PATTERN = "[A-Z]{3}[0-9]{2}"
_CENTRE_DIGITS = "00"  # kiosks count from 01
_CASE_NUMBER = re.compile(rf"({KIOSK_ID_PATTERN})([A-Z])([0-9]{{6}})([0-9]{{2}})")
_CASE_NUMBER_START = re.compile(rf"{KIOSK_ID_PATTERN}[A-Z][0-9]{{6}}")


class CaseNumberError(ValueError):
    """The text is no case number; the message is one sentence for people."""


def _check_digits(payload: str) -> int:
    """ISO/IEC 7064 Mod 97-10: the two digits that make the whole leave remainder 1."""
    as_digits = "".join(str(int(symbol, 36)) for symbol in payload)
    return 98 - int(as_digits) * 100 % 97


@dataclass(frozen=True, order=True)
class CaseNumber:
    """A kiosk id ('KKN07'), a series letter and a running number from 1. Raises CaseNumberError for anything else."""

    kiosk: str
    series: str
    running: int

    def __post_init__(self) -> None:
        if not is_kiosk_id(self.kiosk):
            raise CaseNumberError("A kiosk id is three capital letters and two digits, such as KKN07")
        if not re.fullmatch("[A-Z]", self.series):
            raise CaseNumberError("The series of a case number is one capital letter")
        if not 1 <= self.running <= MAX_RUNNING_NUMBER:
            raise CaseNumberError(f"The running number of a case must be between 1 and {MAX_RUNNING_NUMBER}")

    def __str__(self) -> str:
        head = f"{self.kiosk}{self.series}"
        return f"{head}-{self.running:06d}-{_check_digits(f'{head}{self.running:06d}'):02d}"


def is_kiosk_id(text: str) -> bool:
    """Whether `text` is a kiosk id: three capital letters and two digits, 'KKN07'."""
    return re.fullmatch(KIOSK_ID_PATTERN, text) is not None


def centre_id(letters: str) -> str:
    """In place of a kiosk id, in the numbers of cases that are filed at a centre itself: 'KKN00'."""
    return f"{letters}{_CENTRE_DIGITS}"


def is_centre_id(kiosk_id: str) -> bool:
    """Whether this is the id of a centre, which no kiosk may have."""
    return kiosk_id.endswith(_CENTRE_DIGITS)


def starts_like_case_number(text: str) -> bool:
    """Whether the text begins like a case number: kiosk id, series and running number. Check digits may be missing."""
    return _CASE_NUMBER_START.match(crockford.normalise(text)) is not None


def parse(text: str) -> CaseNumber:
    """The case number in a typed text; case, spaces, hyphens and Thai digits do not matter. Raises CaseNumberError."""
    match = _CASE_NUMBER.fullmatch(crockford.normalise(text))
    if match is None:
        raise CaseNumberError("A case number looks like KKN07A-000123-41")
    kiosk, series, running, check = match.groups()
    if _check_digits(f"{kiosk}{series}{running}") != int(check):
        raise CaseNumberError("The case number has a typing error: its check digits do not match")
    return CaseNumber(kiosk, series, int(running))
