"""The receipt's and the slips' layout, one for every paper width."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PIL import Image

from journey.language import figures
from kiosk_app.receipt import strips, texts
from kiosk_app.receipt.content import ReceiptContent
from kiosk_app.receipt.strips import Type
from kiosk_app.receipt.texts import Sentence
from protocol import tracking_code
from thai import dates

WIDTHS = (384, 512, 576)  # 58 mm paper, 80 mm paper of two makes of head
DESIGNED_FOR = 576


@dataclass(frozen=True)
class _Look:
    """Sizes for one width. Type shrinks half as fast as paper: 58 mm wraps more, but stays readable at arm's length."""

    width: int

    def _size(self, at_576: int) -> int:
        return round(at_576 * (1 + self.width / DESIGNED_FOR) / 2)

    @property
    def margin(self) -> int:
        return round(self.width / 24)

    def gap(self, at_576: int) -> Image.Image:
        return strips.strip(self.width, self._size(at_576))

    @property
    def emblem(self) -> int:
        return self._size(80)

    @property
    def centre(self) -> Type:
        return Type("Bold", self._size(42))

    @property
    def title(self) -> Type:
        return Type("Bold", self._size(36))

    @property
    def body(self) -> Type:
        return Type("Medium", self._size(28))

    @property
    def small(self) -> Type:
        return Type("Medium", self._size(22))

    @property
    def code(self) -> Type:
        return Type("Bold", self._size(58))

    def centred(self, text: str, face: Type) -> Image.Image:
        return strips.text(self.width, self.margin, text, face, centred=True)

    def paragraph(self, text: str, face: Type) -> Image.Image:
        return strips.text(self.width, self.margin, text, face)

    def rule(self) -> Image.Image:
        return strips.rule(self.width, self.margin)

    def dashes(self) -> Image.Image:
        return strips.dashes(self.width, self.margin)


def draw_receipt(content: ReceiptContent, width_dots: int) -> Image.Image:
    """The receipt as a bitmap (mode '1', 0 black) of exactly `width_dots` (384, 512 or 576). Raises ShapingMissing, and
    ValueError for a width no paper has or a moment without time zone."""
    return strips.stack(width_dots, _receipt(content, _look(width_dots)))


def draw_slip(title: str, lines: Sequence[str], width_dots: int) -> Image.Image:
    """A slip for staff: a title and paragraphs («*…*» is bold, '' leaves a gap), drawn like a receipt."""
    return strips.stack(width_dots, _slip(title, lines, _look(width_dots)))


def _look(width_dots: int) -> _Look:
    if width_dots not in WIDTHS:
        raise ValueError(f"Receipts are drawn for 384, 512 or 576 dots, not {width_dots}.")
    return _Look(width_dots)


def _receipt(content: ReceiptContent, look: _Look) -> Iterator[Image.Image]:
    main, other = ("en", "th") if content.language == "en" else ("th", "en")
    centres = {"th": content.centre_th, "en": content.centre_en}

    def centred_pair(sentence: Sentence, face: Type) -> Iterator[Image.Image]:
        yield look.centred(sentence.say(main), face)
        yield look.centred(sentence.say(other), look.small)

    yield look.gap(8)
    yield strips.emblem(look.width, look.emblem)
    yield look.centred(centres[main], look.centre)
    yield look.centred(centres[other], look.small)
    yield look.gap(12)
    yield look.rule()
    yield look.gap(8)
    yield from centred_pair(texts.TITLE, look.title)
    if content.copy > 1:
        yield look.gap(8)
        yield strips.tag(look.width, f"{sentences.COPY.say(main)} · {sentences.COPY.say(other)}", look.body.bold)
        yield look.gap(6)
    if content.moment is not None:
        for language, face in ((main, look.body), (other, look.small)):
            day = figures(dates.with_weekday(content.moment, language), language)
            time = figures(dates.clock_time(content.moment, language), language)
            yield look.centred(texts.MOMENT.say(language, day=_unbroken(day), time=_unbroken(time)), face)
    yield strips.qr(look.width, content.url)
    yield from centred_pair(texts.SCAN, look.body)
    if "#" in content.url:
        address = content.url.partition("#")[0].partition("://")[2]
        yield look.centred(texts.ADDRESS.say(main, address=address), look.small)
    shown = tracking_code.display(content.code)
    yield look.centred(shown, look.code.fitted(shown, look.width - 2 * look.margin))
    yield from centred_pair(texts.CODE, look.body)
    yield look.gap(14)
    yield look.dashes()
    yield look.gap(4)
    entries = [(label.say(main), label.say(other), value) for label, value in _rows(content, main)]
    yield strips.rows(look.width, look.margin, entries, look.body, look.small)
    yield look.gap(14)
    yield look.dashes()
    yield look.gap(4)
    for language, face in ((main, look.body), (other, look.small)):
        yield look.paragraph(texts.NEXT.say(language) + "\n" + texts.ASK.say(language), face)
    yield look.gap(18)


def _unbroken(text: str) -> str:
    return text.replace(" ", "\u00a0")


def _rows(content: ReceiptContent, language: str) -> Iterator[tuple[Sentence, str]]:
    yield texts.NUMBER, content.number
    if content.pages:
        count = texts.ONE_PAGE if content.pages == 1 else texts.PAGE_COUNT
        yield texts.PAGES, count.say(language, count=content.pages)


def _slip(title: str, lines: Sequence[str], look: _Look) -> Iterator[Image.Image]:
    yield look.gap(18)
    yield look.centred(title, look.title)
    yield look.gap(10)
    yield look.rule()
    yield look.gap(14)
    for line in lines:
        yield look.paragraph(line, look.body) if line else look.gap(18)
    yield look.gap(18)
