"""Finds in a letter's lines what can be offered for a form: phone numbers, dates, its number, subject and recipient.

An offer is what was read and where, for the citizen or officer to accept. It is never a fact: no field is filled with
it unseen.
"""

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import date

from ocr.recognise import Line, Offer, OfferKind
from thai import phone
from thai.dates import month_number
from thai.numerals import to_arabic

_DIGIT = "[0-9๐-๙]"
_PHONE = re.compile(rf"(?<!{_DIGIT})[0๐](?:[ .-]?{_DIGIT}){{8,9}}(?![/.,-]?{_DIGIT})")
_MONTH = r"((?:[ก-ฮ]+\.){2}|เม\.ย\.|มี\.ค\.|มิ\.ย\.|[ก-๎]+)"
_DATE = re.compile(
    rf"(?<!{_DIGIT})({_DIGIT}{{1,2}})\s*{_MONTH}\s*(?:พ\.ศ\.\s*)?({_DIGIT}{{4}}|{_DIGIT}{{2}})(?!{_DIGIT})"
)
_DATE_IN_DIGITS = re.compile(rf"(?<!{_DIGIT})({_DIGIT}{{1,2}})[/-]({_DIGIT}{{1,2}})[/-]({_DIGIT}{{4}})(?!{_DIGIT})")
_REFERENCE = re.compile(rf"^ที่\s*((?:[ก-ฮ]{{1,4}}\.?\s*)?{_DIGIT}[0-9๐-๙.()]*\s*/\s*(?:[ก-ฮ]\s*)?{_DIGIT}+)")
_SUBJECT, _RECIPIENT = re.compile(r"^เรื่อง\s*(\S.*)"), re.compile(r"^เรียน\s*(\S.*)")
_HEAD_SHARE = 0.6  # of the page, from the top, in which its number, subject and recipient are
_BUDDHIST_ERA = 543
_CENTURY, _SHORT_YEARS = 2500, 100  # ๖๙ is 2569


def find_offers(lines: Sequence[Line]) -> tuple[Offer, ...]:
    """The offers of a page, in reading order; each kind of its head once."""
    offers: list[Offer] = []
    for line in lines:
        if line.is_handwritten:
            continue
        offers += [_offer(OfferKind.PHONE, line, match, value) for match, value in _phones(line.text)]
        offers += [_offer(OfferKind.DATE, line, match, value) for match, value in _dates(line.text)]
        if line.centre_y <= _HEAD_SHARE:
            for kind, pattern in _HEAD_PATTERNS:
                match = pattern.match(line.text)
                if match and all(offer.kind != kind for offer in offers):
                    offers.append(_offer(kind, line, match, match[1].strip(), group=1))
    return tuple(offers)


_HEAD_PATTERNS = (
    (OfferKind.REFERENCE, _REFERENCE),
    (OfferKind.SUBJECT, _SUBJECT),
    (OfferKind.RECIPIENT, _RECIPIENT),
)


def _offer(kind: OfferKind, line: Line, match: re.Match[str], value: str, group: int = 0) -> Offer:
    start, end = match.span(group)
    doubts = zip(line.doubts[::2], line.doubts[1::2], strict=True)
    is_uncertain = any(first < end and start < last for first, last in doubts)
    return Offer(kind.value, match[group].strip(), value, is_uncertain, line.box)


def _phones(text: str) -> list[tuple[re.Match[str], str]]:
    """(match, digits) of each number that a Thai telephone can have."""
    phones = []
    for match in _PHONE.finditer(text):
        with suppress(ValueError):
            phones.append((match, phone.normalise(match[0])))
    return phones


def _dates(text: str) -> list[tuple[re.Match[str], str]]:
    """(match, ISO date) of each date that exists."""
    dates = []
    for match in _DATE.finditer(text):
        month = month_number(match[2])
        if month is not None:
            dates.append((match, _iso_date(match[1], str(month), match[3])))
    dates += [(match, _iso_date(*match.groups())) for match in _DATE_IN_DIGITS.finditer(text)]
    return [(match, value) for match, value in dates if value]


def _iso_date(day: str, month: str, year: str) -> str:
    """'' for a day that does not exist. The year is of the Buddhist era; of two digits, in the present century."""
    number = int(to_arabic(year))
    buddhist_year = number + _CENTURY if number < _SHORT_YEARS else number
    try:
        return date(buddhist_year - _BUDDHIST_ERA, int(to_arabic(month)), int(to_arabic(day))).isoformat()
    except ValueError:
        return ""
