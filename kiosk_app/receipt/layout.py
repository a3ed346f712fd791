"""The receipt: its content, and its layout from top to bottom, one for every paper width."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from PIL import Image

from journey.language import localise_digits
from kiosk_app.receipt import strips, texts
from kiosk_app.receipt.strips import StripSizes, Typeface
from kiosk_app.receipt.texts import receipt_text
from protocol import tracking_code
from protocol.bilingual_text import BilingualText
from thai import dates


@dataclass(frozen=True)
class ReceiptContent:
    """The content of one receipt. It identifies the case by code and number and says nothing about person or
    complaint."""

    centre_name_th: str
    centre_name_en: str
    code: str = field(repr=False)  # canonical tracking code
    number: str
    url: str = field(repr=False)  # tracking address, the content of the QR code
    page_count: int = 0  # scanned pages
    saved_at: datetime | None = None  # aware; None while the clock is not trusted
    language: str = "th"  # comes first and large; the other language is small beneath
    copy_number: int = 1  # more than 1 for a reprint


def draw_receipt(content: ReceiptContent, width_dots: int) -> Image.Image:
    """The receipt as a bitmap (mode '1', 0 black) of exactly `width_dots`.

    Raises ShapingMissingError, and ValueError for a width that no paper has or a time without time zone.
    """
    return strips.stack_strips(width_dots, _Receipt(content, StripSizes(width_dots)).strips())


class _Receipt:
    """One receipt while it is drawn."""

    def __init__(self, content: ReceiptContent, sizes: StripSizes) -> None:
        self._content = content
        self._sizes = sizes
        self._main, self._other = ("th", "en") if content.language == "th" else ("en", "th")

    def strips(self) -> Iterator[Image.Image]:
        """Everything on the receipt, top to bottom."""
        yield from self._heading()
        yield from self._tracking_code()
        yield from self._case()
        yield from self._next_steps()

    def _heading(self) -> Iterator[Image.Image]:
        """Who issued the receipt, what it is, whether it is a copy, and when the complaint was saved."""
        sizes, content = self._sizes, self._content
        yield sizes.gap(8)
        yield strips.draw_emblem(sizes.width, sizes.emblem)
        yield from self._centred_pair(BilingualText(content.centre_name_th, content.centre_name_en), sizes.centre)
        yield sizes.gap(12)
        yield sizes.rule()
        yield sizes.gap(8)
        yield from self._centred_pair(texts.TITLE, sizes.title)
        if content.copy_number > 1:
            label = f"{texts.COPY_LABEL.in_language(self._main)} · {texts.COPY_LABEL.in_language(self._other)}"
            yield sizes.gap(8)
            yield strips.draw_inverse_label(sizes.width, label, sizes.body.bold)
            yield sizes.gap(6)
        if content.saved_at is not None:
            yield sizes.centred(_date_time(content.saved_at, self._main), sizes.body)
            yield sizes.centred(_date_time(content.saved_at, self._other), sizes.small)

    def _tracking_code(self) -> Iterator[Image.Image]:
        """The QR code, the address to type instead, and the tracking code."""
        sizes, content = self._sizes, self._content
        yield strips.draw_qr(sizes.width, content.url)
        yield from self._centred_pair(texts.SCAN_ADVICE, sizes.body)
        if "#" in content.url:
            address = content.url.partition("#")[0].partition("://")[2]
            yield sizes.centred(receipt_text(texts.ADDRESS, self._main, address=address), sizes.small)
        code = tracking_code.display(content.code)
        yield sizes.centred(code, sizes.code.shrunk_to_fit(code, sizes.width - 2 * sizes.margin))
        yield from self._centred_pair(texts.CODE, sizes.body)
        yield sizes.gap(14)

    def _case(self) -> Iterator[Image.Image]:
        """Case number and attachments as a table between dashed rules."""
        sizes, content = self._sizes, self._content
        rows = [self._row(texts.CASE_NUMBER, content.number)]
        if content.page_count:
            count = texts.ONE_PAGE if content.page_count == 1 else texts.PAGE_COUNT
            rows.append(self._row(texts.ATTACHMENTS, receipt_text(count, self._main, count=content.page_count)))
        yield sizes.dashes()
        yield sizes.gap(4)
        yield strips.draw_table(sizes.width, sizes.margin, rows, sizes.body, sizes.small)
        yield sizes.gap(14)
        yield sizes.dashes()

    def _next_steps(self) -> Iterator[Image.Image]:
        """What happens next and whom to call, in both languages."""
        sizes = self._sizes
        yield sizes.gap(4)
        for language, face in ((self._main, sizes.body), (self._other, sizes.small)):
            text = "\n".join(receipt_text(text, language) for text in (texts.NEXT_STEP, texts.CONTACT))
            yield sizes.paragraph(text, face)
        yield sizes.gap(18)

    def _centred_pair(self, text: BilingualText, face: Typeface) -> Iterator[Image.Image]:
        yield self._sizes.centred(text.in_language(self._main), face)
        yield self._sizes.centred(text.in_language(self._other), self._sizes.small)

    def _row(self, label: BilingualText, value: str) -> tuple[str, str, str]:
        return label.in_language(self._main), label.in_language(self._other), value


def _date_time(saved_at: datetime, language: str) -> str:
    """Date and time; neither is broken between two lines."""
    day = localise_digits(dates.long_date_with_weekday(saved_at, language), language)
    time = localise_digits(dates.clock_time(saved_at, language), language)
    return receipt_text(texts.DATE_TIME, language, day=_without_breaks(day), time=_without_breaks(time))


def _without_breaks(text: str) -> str:
    return text.replace(" ", "\u00a0")
