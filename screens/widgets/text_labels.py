"""Text on the screen: wrapped Thai paragraphs, single lines that shrink to fit, icons."""

import re
from typing import Any

from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.label import Label

from screens.kv_loader import load_kv
from screens.theme import ICONS
from screens.widgets.text_metrics import UniformLineLabel, cached_units, text_measure
from thai.line_breaking import min_width, wrap

MIN_TYPE_SIZE_PX = 8
_SEPARATOR_AT_END = re.compile(r"^· | ·$")
SHRINK_STEPS = (1.0, 0.9, 0.8, 0.7)  # of the type size, for a text with a word that is wider than the label


class MessageLabel(Label):
    """A label that shows a message of the catalogue in the visit's language, or a literal text."""

    message = StringProperty()  # id in the catalogue
    literal_text = StringProperty()  # shown as it is, when there is no message
    in_other_language = BooleanProperty(False)  # in the other language, for the quiet second line
    display_text = StringProperty()  # the text that is shown, set by the rule
    public = BooleanProperty(False)  # holds no personal data: may be read aloud in the hall, as messages always may

    def _create_label(self) -> None:
        super()._create_label()
        # Kivy has no way to choose the class; to create a second label would double the work.
        self._label.__class__ = UniformLineLabel


def fit_type_size(display_text: str, font_name: str, size: float, limit: float) -> float:
    """The largest type size in pixels, at most `size`, at which one line is no wider than `limit`; 0 is no limit."""
    if limit > 0 and display_text:
        while size > MIN_TYPE_SIZE_PX and (width := text_measure(font_name, size)(display_text)) > limit:
            size = max(MIN_TYPE_SIZE_PX, min(size - 1, int(size * limit / width)))
    return size


class TextLabel(MessageLabel):
    """A wrapped paragraph, as high as its lines. No word, name or number is broken: where one is wider than the label,
    the type is smaller, down to the last of SHRINK_STEPS."""

    line_limit = NumericProperty(0)  # maximum number of lines, then «…»; 0 is no limit
    balance = BooleanProperty(False)  # lines of about equal length
    is_truncated = BooleanProperty(False)  # the text has more lines than `line_limit`
    max_type_size = NumericProperty(0)  # pixels, upper limit of the type size; 0 is no limit
    own_type_size = NumericProperty(0)  # pixels: the type size that fits, without `max_type_size`
    drawn_type_size = NumericProperty("15sp")  # pixels; `font_size` is the size wanted

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("width", 1)  # until the layout; at Kivy's default of 100 each text would be wrapped twice
        super().__init__(**kwargs)
        for name in ("display_text", "width", "font_size", "font_name", "line_limit", "balance", "max_type_size"):
            self.fbind(name, self._wrap)
        self._wrap()

    def _wrap(self, *_changed: object) -> None:
        if not self.display_text or self.width <= 1:
            self.text, self.is_truncated = "", False
            return
        measure, share = text_measure(self.font_name, self.font_size), 1.0
        # Measured at the wanted size: a typeface is opened at another size only when something is drawn in it.
        if (
            measure(self.display_text) > self.width
            and (widest := min_width(self.display_text, measure, cached_units)) > self.width
        ):
            share = next((share for share in SHRINK_STEPS if share * widest <= self.width), SHRINK_STEPS[-1])
        self.own_type_size = int(share * self.font_size) if share < 1 else self.font_size
        self.drawn_type_size = min(self.own_type_size, self.max_type_size or self.own_type_size)
        room = self.width * self.font_size / self.drawn_type_size
        lines = wrap(self.display_text, measure, room, balance=self.balance, split_units=cached_units)
        limit = int(self.line_limit)
        self.is_truncated = bool(limit and len(lines) > limit)
        if self.is_truncated:
            last = lines[limit - 1]
            while last and measure(last + " …") > room:
                last = last[:-1]
            lines = [*lines[: limit - 1], last.rstrip() + " …"]
        if self._label.options["font_size"] != self.drawn_type_size:
            self._label.options["font_size"] = self.drawn_type_size
            self._trigger_texture()
        if self.message:
            # At a line's end a separator is superfluous. A citizen's words are not changed.
            lines = [_SEPARATOR_AT_END.sub("", line) for line in lines]
        self.text = "\n".join(lines)


class SingleLineLabel(MessageLabel):
    """One line, as wide as its text. When the text is wider than `limit`, its type shrinks until it fits."""

    type_size = NumericProperty(40)
    limit = NumericProperty(0)  # pixels; 0 is no limit
    max_type_size = NumericProperty(0)  # pixels, upper limit of the type size; 0 is no limit

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for name in ("display_text", "type_size", "limit", "max_type_size", "font_name"):
            self.fbind(name, self._fit)
        self._fit()

    def _fit(self, *_changed: object) -> None:
        self.text = self.display_text
        size = min(self.type_size, self.max_type_size or self.type_size)
        self.font_size = fit_type_size(self.display_text, self.font_name, size, self.limit)


class IconLabel(Label):
    """A glyph of the icon typeface, by the icon's name."""

    icon = StringProperty()
    glyph_size = NumericProperty(56)  # pixels

    def on_icon(self, _widget: object, name: str) -> None:
        self.text = ICONS[name] if name else ""


load_kv(__file__)
