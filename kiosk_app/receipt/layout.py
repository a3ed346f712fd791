"""The receipt's and the slips' layout, one for every paper width."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PIL import Image

from journey.language import localise_digits
from kiosk_app.receipt import strips, texts
from kiosk_app.receipt.content import ReceiptContent
from kiosk_app.receipt.strips import Typeface
from kiosk_app.receipt.texts import BilingualText
from protocol import tracking_code
from thai import dates

PAPER_WIDTHS_DOTS = (384, 512, 576)  # 58 mm paper, 80 mm paper of two makes of head
DESIGN_WIDTH_DOTS = 576


@dataclass(frozen=True)
class _Layout:
    """Sizes for one width. Type shrinks half as fast as paper: 58 mm wraps more, but stays readable at arm's length."""

    width: int

    def _size(self, at_576: int) -> int:
        return round(at_576 * (1 + self.width / DESIGN_WIDTH_DOTS) / 2)

    @property
    def margin(self) -> int:
        return round(self.width / 24)

    def gap(self, at_576: int) -> Image.Image:
        return strips.blank_strip(self.width, self._size(at_576))

    @property
    def emblem(self) -> int:
        return self._size(80)

    @property
    def centre(self) -> Typeface:
        return Typeface("Bold", self._size(42))

    @property
    def title(self) -> Typeface:
        return Typeface("Bold", self._size(36))

    @property
    def body(self) -> Typeface:
        return Typeface("Medium", self._size(28))

    @property
    def small(self) -> Typeface:
        return Typeface("Medium", self._size(22))

    @property
    def code(self) -> Typeface:
        return Typeface("Bold", self._size(58))

    def centred(self, text: str, face: Typeface) -> Image.Image:
        return strips.draw_paragraph(self.width, self.margin, text, face, centred=True)

    def paragraph(self, text: str, face: Typeface) -> Image.Image:
        return strips.draw_paragraph(self.width, self.margin, text, face)

    def rule(self) -> Image.Image:
        return strips.draw_rule(self.width, self.margin)

    def dashes(self) -> Image.Image:
        return strips.draw_dashed_rule(self.width, self.margin)


def draw_receipt(content: ReceiptContent, width_dots: int) -> Image.Image:
    """The receipt as a bitmap (mode '1', 0 black) of exactly `width_dots` (384, 512 or 576). Raises ShapingMissing, and
    ValueError for a width no paper has or a moment without time zone."""
    return strips.stack_strips(width_dots, _receipt(content, _layout_for(width_dots)))


def draw_slip(title: str, lines: Sequence[str], width_dots: int) -> Image.Image:
    """A slip for staff: a title and paragraphs («*…*» is bold, '' leaves a gap), drawn like a receipt."""
    return strips.stack_strips(width_dots, _slip(title, lines, _layout_for(width_dots)))


def _layout_for(width_dots: int) -> _Layout:
    if width_dots not in PAPER_WIDTHS_DOTS:
        raise ValueError(f"Receipts are drawn for 384, 512 or 576 dots, not {width_dots}.")
    return _Layout(width_dots)


def _receipt(content: ReceiptContent, layout: _Layout) -> Iterator[Image.Image]:
    main, other = ("en", "th") if content.language == "en" else ("th", "en")
    centres = {"th": content.centre_name_th, "en": content.centre_name_en}

    def centred_pair(sentence: BilingualText, face: Typeface) -> Iterator[Image.Image]:
        yield layout.centred(sentence.in_language(main), face)
        yield layout.centred(sentence.in_language(other), layout.small)

    yield layout.gap(8)
    yield strips.draw_emblem(layout.width, layout.emblem)
    yield layout.centred(centres[main], layout.centre)
    yield layout.centred(centres[other], layout.small)
    yield layout.gap(12)
    yield layout.rule()
    yield layout.gap(8)
    yield from centred_pair(texts.TITLE, layout.title)
    if content.copy_number > 1:
        yield layout.gap(8)
        yield strips.draw_inverse_label(
            layout.width,
            f"{texts.COPY.in_language(main)} · {texts.COPY.in_language(other)}",
            layout.body.bold,
        )
        yield layout.gap(6)
    if content.saved_at is not None:
        for language, face in ((main, layout.body), (other, layout.small)):
            day = localise_digits(dates.long_date_with_weekday(content.saved_at, language), language)
            time = localise_digits(dates.clock_time(content.saved_at, language), language)
            yield layout.centred(texts.DATE_TIME.in_language(language, day=_unbroken(day), time=_unbroken(time)), face)
    yield strips.draw_qr(layout.width, content.url)
    yield from centred_pair(texts.SCAN, layout.body)
    if "#" in content.url:
        address = content.url.partition("#")[0].partition("://")[2]
        yield layout.centred(texts.ADDRESS.in_language(main, address=address), layout.small)
    shown = tracking_code.display(content.code)
    yield layout.centred(shown, layout.code.shrunk_to_fit(shown, layout.width - 2 * layout.margin))
    yield from centred_pair(texts.CODE, layout.body)
    yield layout.gap(14)
    yield layout.dashes()
    yield layout.gap(4)
    entries = [(label.in_language(main), label.in_language(other), value) for label, value in _rows(content, main)]
    yield strips.draw_table(layout.width, layout.margin, entries, layout.body, layout.small)
    yield layout.gap(14)
    yield layout.dashes()
    yield layout.gap(4)
    for language, face in ((main, layout.body), (other, layout.small)):
        yield layout.paragraph(texts.NEXT.in_language(language) + "\n" + texts.CONTACT.in_language(language), face)
    yield layout.gap(18)


def _unbroken(text: str) -> str:
    return text.replace(" ", "\u00a0")


def _rows(content: ReceiptContent, language: str) -> Iterator[tuple[BilingualText, str]]:
    yield texts.NUMBER, content.number
    if content.page_count:
        count = texts.ONE_PAGE if content.page_count == 1 else texts.PAGE_COUNT
        yield texts.PAGES, count.in_language(language, count=content.page_count)


def _slip(title: str, lines: Sequence[str], layout: _Layout) -> Iterator[Image.Image]:
    yield layout.gap(18)
    yield layout.centred(title, layout.title)
    yield layout.gap(10)
    yield layout.rule()
    yield layout.gap(14)
    for line in lines:
        yield layout.paragraph(line, layout.body) if line else layout.gap(18)
    yield layout.gap(18)
