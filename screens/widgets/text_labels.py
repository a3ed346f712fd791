"""Words on the screen: wrapped Thai, single words that shrink to fit, icons."""

import re
from typing import Any

from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.label import Label

from screens.kv_loader import load_kv
from screens.theme import ICONS
from screens.widgets.text_metrics import UniformLineLabel, cached_units, text_measure
from thai.line_breaking import min_width, wrap

MIN_TYPE_SIZE_PX = 8  # pixels
_SEPARATOR_AT_END = re.compile(r"^· | ·$")
SHRINK_STEPS = (1.0, 0.9, 0.8, 0.7)  # of its size of type, for a text with a word that is wider than its place


class MessageLabel(Label):
    """A label that says a message of the catalogue in the visit's language, or given words as they are."""

    message = StringProperty()  # id in the catalogue
    literal_text = StringProperty()  # used when there is no message
    in_other_language = BooleanProperty(False)  # in the other language: the quiet second line
    display_text = StringProperty()  # what comes of these, set by the rule
    public = BooleanProperty(False)  # its words tell nothing of anybody: they may be read aloud, as messages always are

    def _create_label(self) -> None:
        super()._create_label()
        self._label.__class__ = (
            UniformLineLabel  # Kivy names its own class there; a second label would only be thrown away
        )


def fit_type_size(display_text: str, font_name: str, size: float, limit: float) -> float:
    """The size of type, pixels, at most `size`, in which one line is no wider than `limit`; 0 is no limit."""
    if limit > 0 and display_text:
        while size > MIN_TYPE_SIZE_PX and (width := text_measure(font_name, size)(display_text)) > limit:
            size = max(MIN_TYPE_SIZE_PX, min(size - 1, int(size * limit / width)))
    return size


class TextLabel(MessageLabel):
    """A paragraph as wide as its place and as high as its lines. No word, name or number in it is broken: where one is
    wider than the place, the type is smaller, down to the last of SHRINK_STEPS."""

    line_limit = NumericProperty(0)  # at most so many, then «…»; 0 is no limit
    balance = BooleanProperty(False)  # lines of about equal length
    is_truncated = BooleanProperty(False)  # there are more words than lines
    max_type_size = NumericProperty(0)  # pixels: its type is no larger; 0 is no limit
    own_type_size = NumericProperty(0)  # pixels of type that it has room for
    drawn_type_size = NumericProperty("15sp")  # pixels; `font_size` is what is wanted

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("width", 1)  # until its place is known; Kivy's 100 would have each text wrapped once in vain
        super().__init__(**kwargs)
        for name in ("display_text", "width", "font_size", "font_name", "line_limit", "balance", "max_type_size"):
            self.fbind(name, self._wrap)
        self._wrap()

    def _wrap(self, *_changed: object) -> None:
        if not self.display_text or self.width <= 1:
            self.text, self.is_truncated = "", False
            return
        measure, share = text_measure(self.font_name, self.font_size), 1.0
        # Measured in the type that is wanted: a typeface is opened for a size only when something is drawn in it.
        if (
            measure(self.display_text) > self.width
            and (widest := min_width(self.display_text, measure, cached_units)) > self.width
        ):
            share = next((share for share in SHRINK_STEPS if share * widest <= self.width), SHRINK_STEPS[-1])
        self.own_type_size = int(share * self.font_size) if share < 1 else self.font_size
        self.drawn_type_size = min(self.own_type_size, self.max_type_size or self.own_type_size)
        room = self.width * self.font_size / self.drawn_type_size
        wrapped = wrap(self.display_text, measure, room, balance=self.balance, split_units=cached_units)
        limit = int(self.line_limit)
        self.is_truncated = bool(limit and len(wrapped) > limit)
        if self.is_truncated:
            last = wrapped[limit - 1]
            while last and measure(last + " …") > room:
                last = last[:-1]
            wrapped = [*wrapped[: limit - 1], last.rstrip() + " …"]
        if self._label.options["font_size"] != self.drawn_type_size:
            self._label.options["font_size"] = self.drawn_type_size
            self._trigger_texture()
        if self.message:
            # A line's end parts what it separates already. A citizen's words stay as they are.
            wrapped = [_SEPARATOR_AT_END.sub("", line) for line in wrapped]
        self.text = "\n".join(wrapped)


class SingleLineLabel(MessageLabel):
    """One line as wide as it comes out; wider than `limit`, its type shrinks until it fits."""

    type_size = NumericProperty(40)
    limit = NumericProperty(0)  # pixels; 0 is no limit
    max_type_size = NumericProperty(0)  # pixels: its type is no larger; 0 is no limit

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
    """A glyph of the icon typeface, by its name."""

    icon = StringProperty()
    glyph_size = NumericProperty(56)  # pixels

    def on_icon(self, _widget: object, name: str) -> None:
        self.text = ICONS[name] if name else ""


load_kv(__file__)
