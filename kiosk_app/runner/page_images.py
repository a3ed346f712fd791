"""Preparing, recognising and searching pictures, each in a confined child process with a memory limit."""

from collections.abc import Callable, Iterator
from itertools import chain
from threading import Event

from journey.complaint.draft import LetterOffer, RecognisedLine
from journey.complaint.letter_offers import FIELD_OF_OFFER
from kiosk_app.runner.ports import Picture, RecognisedText
from kiosk_app.runner.scan_effects import PREPARE_DEADLINE_S, RECOGNISE_DEADLINE_S
from ocr.confined import child_process
from ocr.decode_picture import find_qr
from ocr.models import required_program
from ocr.prepare_page import prepare
from ocr.recognise import Line, Offer, OfferKind, recognise_by_line
from protocol.tracking_code import TrackingCodeError, code_from_url
from thai.phone import is_phone_number

# Address space of a child: 60 megapixels in colour are twice 180 MB, besides numpy's threads and Python itself.
PREPARE_MEMORY_MB = 1200
RECOGNISE_MEMORY_MB = 1600  # includes Tesseract's two models
# The child ends before the worker's deadline, so that its error is the result and not a time-out.
DEADLINE_MARGIN_S = 1


class ConfinedPageImages:
    """`PageImages` in child processes. Every method raises what `run_in_child` raises."""

    def prepare(self, raw: bytes, quarter_turns: int, cancel: Event) -> Picture:
        """A picture as scanned or stored, rotated clockwise and prepared for sending and showing."""
        page = child_process.run_in_child(
            prepare,
            raw,
            quarter_turns,
            deadline_s=PREPARE_DEADLINE_S - DEADLINE_MARGIN_S,
            memory_mb=PREPARE_MEMORY_MB,
            cancel=cancel,
        )
        return Picture(page.jpeg, page.width, page.height, page.preview, page.blank)

    def recognise(self, jpeg: bytes, cancel: Event, on_line: Callable[[RecognisedLine, float], None]) -> RecognisedText:
        """The text of a prepared page. `on_line` gets each line as soon as it is read, and the fraction of the page."""
        recognised = child_process.stream_from_child(
            recognise_by_line,
            jpeg,
            on_part=lambda progress: on_line(_recognised_line(progress.line), progress.fraction),
            deadline_s=RECOGNISE_DEADLINE_S - DEADLINE_MARGIN_S,
            memory_mb=RECOGNISE_MEMORY_MB,
            cancel=cancel,
            program=required_program(),
        )
        return RecognisedText(
            tuple(map(_recognised_line, recognised.lines)),
            recognised.is_readable,
            recognised.confidence,
            recognised.quarter_turns,
            tuple(_letter_offers(recognised.offers)),
            recognised.is_complete,
        )

    def find_code(self, raw: bytes, cancel: Event) -> str | None:
        """The canonical tracking code of the first QR code that holds one, or None."""
        texts = child_process.run_in_child(
            find_qr,
            raw,
            deadline_s=PREPARE_DEADLINE_S - DEADLINE_MARGIN_S,
            memory_mb=PREPARE_MEMORY_MB,
            cancel=cancel,
        )
        for text in texts:
            try:
                return code_from_url(text)
            except TrackingCodeError:
                continue  # another QR code on the sheet
        return None


# What a child returns has the declared types, and nothing more is certain: a picture may have taken it over.


def _recognised_line(line: Line) -> RecognisedLine:
    spans = zip(line.doubts[::2], line.doubts[1::2], strict=False)
    doubts = tuple(chain.from_iterable(span for span in spans if 0 <= span[0] < span[1] <= len(line.text)))
    box = _valid_box(line.box)
    return RecognisedLine(
        line.text, line.confidence, line.is_uncertain, line.centre_y, box, line.is_handwritten, doubts
    )


def _letter_offers(offers: tuple[Offer, ...]) -> Iterator[LetterOffer]:
    for offer in offers:
        box = _valid_box(offer.box)
        if offer.kind not in FIELD_OF_OFFER or not box:
            continue
        if offer.kind == OfferKind.PHONE and not is_phone_number(offer.value):
            continue
        field_name = FIELD_OF_OFFER[OfferKind(offer.kind)]
        yield LetterOffer(field_name, offer.text, offer.value, offer.is_uncertain, box)


def _valid_box(box: tuple[float, ...]) -> tuple[float, ...]:
    """The box; () for one that is empty or reaches beyond the page."""
    is_valid = len(box) == 4 and 0 <= box[0] < box[2] <= 1 and 0 <= box[1] < box[3] <= 1
    return box if is_valid else ()
