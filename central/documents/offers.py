"""What a recognised page offers an officer beside its text: numbers, dates and the head of the letter. Pure.

Offers are found in the stored lines when the page is shown, so that they exist for earlier readings too. They are never
facts: nothing is filled with them (decision 0107).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ocr.find_offers import find_offers
from ocr.recognise import Line, OfferKind
from protocol.bilingual_text import BilingualText

_MAX_OFFERS = 12  # a list of members has a number in each line; more than this helps nobody
_LABELS = {
    OfferKind.PHONE: BilingualText("โทรศัพท์", "Phone"),
    OfferKind.DATE: BilingualText("วันที่", "Date"),
    OfferKind.REFERENCE: BilingualText("ที่", "Reference"),
    OfferKind.SUBJECT: BilingualText("เรื่อง", "Subject"),
    OfferKind.RECIPIENT: BilingualText("เรียน", "To"),
}
_ORDER = (OfferKind.REFERENCE, OfferKind.DATE, OfferKind.SUBJECT, OfferKind.RECIPIENT, OfferKind.PHONE)


@dataclass(frozen=True)
class ShownOffer:
    """`text` as on the page. `is_unsure`: a character in it is doubtful."""

    label: str
    text: str = field(repr=False)
    is_unsure: bool


def offers_in_lines(lines: Sequence[Mapping[str, Any]], language: str) -> list[ShownOffer]:
    """The offers of a page's stored lines (`documents.lines`)."""
    return _shown([_line(stored) for stored in lines], language)


def offers_in_text(text: str, language: str) -> list[ShownOffer]:
    """The offers of a page's text that the citizen has checked, which has no places: a line's number stands for its
    height."""
    lines = text.splitlines()
    return _shown([Line(line, 0.0, False, number / len(lines)) for number, line in enumerate(lines)], language)


def _shown(lines: Sequence[Line], language: str) -> list[ShownOffer]:
    offers = find_offers(lines)
    ordered = [offer for kind in _ORDER for offer in offers if offer.kind == kind]
    shown = {(offer.kind, offer.value): offer for offer in reversed(ordered)}  # each value once
    distinct = [offer for offer in ordered if shown[offer.kind, offer.value] is offer]
    return [
        ShownOffer(_LABELS[OfferKind(offer.kind)].in_language(language), offer.text, offer.is_uncertain)
        for offer in distinct[:_MAX_OFFERS]
    ]


def _line(stored: Mapping[str, Any]) -> Line:
    box = tuple(stored["box"])
    centre_y = (box[1] + box[3]) / 2 if len(box) == 4 else 0.5
    return Line(
        str(stored["text"]),
        0.0,  # an offer depends on the doubts only
        bool(stored["unsure"]),
        centre_y,
        box,
        is_handwritten=bool(stored["handwritten"]),
        doubts=tuple(stored["doubts"]),
    )
