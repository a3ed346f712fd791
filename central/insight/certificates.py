"""The certificates of the three best agencies of a period, as one PDF with a page for each."""

from collections.abc import Sequence

from django.template.loader import render_to_string

from central.centres.models import Centre
from central.centres.wording import head_of
from central.insight.periods import Period
from central.insight.ranking import AVERAGE
from central.insight.scorecards import Scorecard
from central.printed_letters import write_pdf
from thai.numerals import to_thai

PLACES = 3


def best_agencies(cards: Sequence[Scorecard]) -> list[Scorecard]:
    """Those on the first three places that are better than expected; more than three where some share a place."""
    return [
        card
        for card in cards
        if card.ranked.place is not None and card.ranked.place <= PLACES and card.ranked.index > AVERAGE
    ]


def certificates_pdf(centre: Centre, period: Period, cards: Sequence[Scorecard]) -> bytes:
    """The PDF of these agencies. Place and date of signing are left to be written by hand."""
    pages = [
        {
            "agency": card.name.th,
            "place": to_thai(str(card.ranked.place)),
            "facts": to_thai(
                f"แก้ไขเรื่องร้องเรียนร้องทุกข์แล้วเสร็จภายในกำหนด {card.ranked.in_time:,} เรื่อง จาก {card.ranked.dated:,} เรื่อง"
            ),
        }
        for card in cards
    ]
    context = {
        "pages": pages,
        "office": centre.name_th,
        "period": to_thai(period.name.th),
        "signer": head_of(centre),
        "language": "th",
    }
    return write_pdf(render_to_string("insight/certificates.html", context))
