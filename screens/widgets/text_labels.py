"""Words on the screen: wrapped Thai, single words that shrink to fit, icons."""

import re
from typing import Any

from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.label import Label

from screens.kv_loader import load_rules
from screens.theme import ICONS
from screens.widgets.text_metrics import LineLabel, cut_units, measurer
from thai.line_breaking import least_width, wrap

SMALLEST = 8  # pixels
_SEPARATOR_AT_END = re.compile(r"^· | ·$")
SHARES = (1.0, 0.9, 0.8, 0.7)  # of its size of type, for a text with a word that is wider than its place


class Said(Label):
    """A label that says a message of the catalogue in the visit's language, or given words as they are."""

    message = StringProperty()  # id in the catalogue
    words = StringProperty()  # used when there is no message
    other = BooleanProperty(False)  # in the other language: the quiet second line
    said = StringProperty()  # what comes of these, set by the rule
    public = BooleanProperty(False)  # its words tell nothing of anybody: they may be read aloud, as messages always are

    def _create_label(self) -> None:
        super()._create_label()
        self._label.__class__ = LineLabel  # Kivy names its own class there; a second label would only be thrown away


def fitted(said: str, font_name: str, size: float, limit: float) -> float:
    """The size of type, pixels, at most `size`, in which one line is no wider than `limit`; 0 is no limit."""
    if limit > 0 and said:
        while size > SMALLEST and (width := measurer(font_name, size)(said)) > limit:
            size = max(SMALLEST, min(size - 1, int(size * limit / width)))
    return size


class Text(Said):
    """A paragraph as wide as its place and as high as its lines. No word, name or number in it is broken: where one is
    wider than the place, the type is smaller, down to the last of SHARES."""

    lines = NumericProperty(0)  # at most so many, then «…»; 0 is no limit
    balance = BooleanProperty(False)  # lines of about equal length
    cut = BooleanProperty(False)  # there are more words than lines
    most = NumericProperty(0)  # pixels: its type is no larger; 0 is no limit
    size_alone = NumericProperty(0)  # pixels of type that it has room for
    drawn_size = NumericProperty("15sp")  # pixels; `font_size` is what is wanted

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("width", 1)  # until its place is known; Kivy's 100 would have each text wrapped once in vain
        super().__init__(**kwargs)
        for name in ("said", "width", "font_size", "font_name", "lines", "balance", "most"):
            self.fbind(name, self._wrap)
        self._wrap()

    def _wrap(self, *_changed: object) -> None:
        if not self.said or self.width <= 1:
            self.text, self.cut = "", False
            return
        measure, share = measurer(self.font_name, self.font_size), 1.0
        # Measured in the type that is wanted: a typeface is opened for a size only when something is drawn in it.
        if measure(self.said) > self.width and (widest := least_width(self.said, measure, cut_units)) > self.width:
            share = next((share for share in SHARES if share * widest <= self.width), SHARES[-1])
        self.size_alone = int(share * self.font_size) if share < 1 else self.font_size
        self.drawn_size = min(self.size_alone, self.most or self.size_alone)
        room = self.width * self.font_size / self.drawn_size
        wrapped = wrap(self.said, measure, room, balance=self.balance, cut=cut_units)
        limit = int(self.lines)
        self.cut = bool(limit and len(wrapped) > limit)
        if self.cut:
            last = wrapped[limit - 1]
            while last and measure(last + " …") > room:
                last = last[:-1]
            wrapped = [*wrapped[: limit - 1], last.rstrip() + " …"]
        if self._label.options["font_size"] != self.drawn_size:
            self._label.options["font_size"] = self.drawn_size
            self._trigger_texture()
        if self.message:
            # A line's end parts what it separates already. A citizen's words stay as they are.
            wrapped = [_SEPARATOR_AT_END.sub("", line) for line in wrapped]
        self.text = "\n".join(wrapped)


class Word(Said):
    """One line as wide as it comes out; wider than `limit`, its type shrinks until it fits."""

    type_size = NumericProperty(40)
    limit = NumericProperty(0)  # pixels; 0 is no limit
    most = NumericProperty(0)  # pixels: its type is no larger; 0 is no limit

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for name in ("said", "type_size", "limit", "most", "font_name"):
            self.fbind(name, self._fit)
        self._fit()

    def _fit(self, *_changed: object) -> None:
        self.text = self.said
        size = min(self.type_size, self.most or self.type_size)
        self.font_size = fitted(self.said, self.font_name, size, self.limit)


class Icon(Label):
    """A glyph of the icon typeface, by its name."""

    icon = StringProperty()
    glyph = NumericProperty(56)  # pixels

    def on_icon(self, _widget: object, name: str) -> None:
        self.text = ICONS[name] if name else ""


load_rules(__file__)
