"""Words on the screen: wrapped Thai, single words that shrink to fit, icons."""

from typing import Any

from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.label import Label

from screens.rules import load_rules
from screens.theme import ICONS
from screens.widgets.line_box import LineLabel, measurer
from thai.words import wrap

SMALLEST = 8  # pixels


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


class Text(Said):
    """A paragraph as wide as its place and as high as its lines."""

    lines = NumericProperty(0)  # at most so many, then «…»; 0 is no limit
    balance = BooleanProperty(False)  # lines of about equal length
    cut = BooleanProperty(False)  # there are more words than lines

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for name in ("said", "width", "font_size", "font_name", "lines", "balance"):
            self.fbind(name, self._wrap)
        self._wrap()

    def _wrap(self, *_changed: object) -> None:
        if not self.said or self.width <= 1:
            self.text, self.cut = "", False
            return
        measure = measurer(self.font_name, self.font_size)
        wrapped = wrap(self.said, measure, self.width, balance=self.balance)
        limit = int(self.lines)
        self.cut = bool(limit and len(wrapped) > limit)
        if self.cut:
            last = wrapped[limit - 1]
            while last and measure(last + " …") > self.width:
                last = last[:-1]
            wrapped = [*wrapped[: limit - 1], last.rstrip() + " …"]
        self.text = "\n".join(wrapped)


class Word(Said):
    """One line as wide as it comes out; wider than `limit`, its type shrinks until it fits."""

    type_size = NumericProperty(40)
    limit = NumericProperty(0)  # pixels; 0 is no limit

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for name in ("said", "type_size", "limit", "font_name"):
            self.fbind(name, self._fit)
        self._fit()

    def _fit(self, *_changed: object) -> None:
        self.text = self.said
        size = self.type_size
        if self.limit > 0 and self.said:
            while size > SMALLEST and (width := measurer(self.font_name, size)(self.said)) > self.limit:
                size = max(SMALLEST, min(size - 1, int(size * self.limit / width)))
        self.font_size = size


class Icon(Label):
    """A glyph of the icon typeface, by its name."""

    icon = StringProperty()
    glyph = NumericProperty(56)  # pixels

    def on_icon(self, _widget: object, name: str) -> None:
        self.text = ICONS[name] if name else ""


load_rules(__file__)
