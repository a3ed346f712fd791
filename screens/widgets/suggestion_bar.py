"""Beside the keys: words to tap instead of typing them, and the one button that takes a change back."""

from collections.abc import Iterator
from typing import Any

from kivy.clock import Clock
from kivy.graphics import Color, Rectangle, SmoothRoundedRectangle
from kivy.properties import NumericProperty, ObjectProperty
from kivy.uix.widget import Widget

from journey.complaint.word_suggestions import placing, suggest
from journey.language import _, say
from screens.kv_loader import load_rules
from screens.theme import ICONS, worn
from screens.touch_guard import acts
from screens.touch_targets import Box, taken
from screens.widgets.auto_repeat import Repeat
from screens.widgets.glyph_cache import Glyphs
from screens.widgets.key_layouts import LANGUAGE_OF

UNDO = _("Undo")


class Suggestions(Widget):
    """Follows the field its keyboard writes into. Nothing is kept of what was offered or taken.

    A strip above the keyboard in portrait; in landscape, where height is short, a column at its side.
    """

    keyboard: Any = ObjectProperty(None)
    type_size = NumericProperty(36)
    slot = NumericProperty(88)  # pixels, height of a word's ground
    word_gap = NumericProperty(18)  # pixels between two words' grounds
    word_size = NumericProperty(28)  # pixels, type of the word «undo»
    word_margin = NumericProperty(26)  # pixels on both sides of a word

    def __init__(self, **kwargs: Any) -> None:
        self.look = worn()
        self._glyphs = Glyphs(self.look)
        self._field: Any = None
        self._before = ""
        self._placed: list[tuple[str, Box]] = []
        self._undo: Box | None = None
        self._pressed: Box | None = None
        self._repeat = Repeat(self._take_back)
        self.turn = 0  # how often a word was taken: a double tap takes it once, see screens.touch_guard
        super().__init__(**kwargs)
        self._follow = Clock.create_trigger(self._redraw, -1)
        for name in ("size", "pos", "type_size", "slot"):
            self.fbind(name, self._follow)
        for name in ("language", "contrast", "u", "portrait"):
            self.look.fbind(name, self._follow)
        self.keyboard.fbind("layout", self._follow)
        self.keyboard.fbind("field", self._take_field)
        self._take_field()

    def forget(self) -> None:
        """No word of the visit before stands here, drawn or not."""
        self._before, self._placed = "", []
        self.canvas.clear()
        self._glyphs.forget()
        self._follow()

    def _take_field(self, *_args: object) -> None:
        names = ("text", "cursor", "steps", "helped")
        if self._field is not None:
            for name in names:
                self._field.funbind(name, self._follow)
        self._field = self.keyboard.field
        if self._field is not None:
            for name in names:
                self._field.fbind(name, self._follow)
        self._follow()

    # --- drawing

    def _redraw(self, *_args: object) -> None:
        self.canvas.clear()
        self._placed, self._undo = [], None
        if self.width <= 1 or self._field is None:
            return
        with self.canvas:
            if self._field.steps:
                self._undo = self._undo_box()
                self._draw_ground(self._undo)
                self._draw_undo(self._undo)
            for word, box, texture in self._row() if self.look.portrait else self._column():
                self._placed.append((word, box))
                self._draw_ground(box)
                self._stamp(texture, box)

    def _draw_undo(self, box: Box) -> None:
        """Icon and word: under it in the strip, beside it in the column."""
        icon = self._glyphs.texture(ICONS["arrow-back-up"], "icons", round(0.5 * self.slot), self.look.icon)
        word = self._glyphs.texture(say(UNDO, self.look.language), "Sarabun", self.word_size, self.look.ink)
        if self.look.portrait:
            half = self.slot / 2
            self._stamp(icon, Box(box.x, box.y + half - 4 * self.look.u, box.width, half))
            self._stamp(word, Box(box.x, box.y, box.width, half))
        else:
            left = box.x + (box.width - icon.width - word.width) / 2 - 4 * self.look.u
            self._stamp(icon, Box(left, box.y, icon.width, box.height))
            self._stamp(word, Box(left + icon.width + 8 * self.look.u, box.y, word.width, box.height))

    def _undo_box(self) -> Box:
        """At the strip's right end, or at the column's foot."""
        if self.look.portrait:
            width = 1.5 * self.slot
            return Box(self.right - self.look.margin - width, self.center_y - self.slot / 2, width, self.slot)
        margin = self.look.margin
        return Box(self.x + margin, self.y + self.word_gap / 2, self.width - margin - self.word_gap, self.slot)

    def _row(self) -> Iterator[tuple[str, Box, Any]]:
        x, right = self.x + self.look.margin, self._undo_box().x - self.word_gap
        for word in self._words():
            texture = self._texture(word)
            width = texture.width + 2 * self.word_margin
            if x + width <= right:  # else a shorter one may still fit
                yield word, Box(x, self.center_y - self.slot / 2, width, self.slot), texture
                x += width + self.word_gap

    def _column(self) -> Iterator[tuple[str, Box, Any]]:
        undo = self._undo_box()
        pitch = self.slot + self.word_gap
        rows = iter(range(round(self.height / pitch) - 1, 0, -1))
        for word in self._words():
            texture = self._texture(word)
            if texture.width <= undo.width and (row := next(rows, 0)):
                yield word, Box(undo.x, undo.y + row * pitch, undo.width, self.slot), texture

    def _texture(self, word: str) -> Any:
        return self._glyphs.texture(word, "SarabunMedium", self.type_size, self.look.ink)

    def _words(self) -> tuple[str, ...]:
        language = LANGUAGE_OF.get(self.keyboard.layout, "")
        if not self._field.helped or self._field.full or not language:
            return ()
        self._before = self._field.before_caret()
        return suggest(self._before, language, self._field.helped)

    def _draw_ground(self, box: Box) -> None:
        edge = max(1, 2 * self.look.u)
        for color, inset in ((self.look.line, 0), (self.look.tint if box == self._pressed else self.look.card, edge)):
            Color(*color)
            SmoothRoundedRectangle(
                pos=(box.x + inset, box.y + inset),
                size=(box.width - 2 * inset, box.height - 2 * inset),
                radius=[20 * self.look.u - inset],
                segments=8,
            )

    def _stamp(self, texture: Any, box: Box) -> None:
        Color(1, 1, 1, 1)
        pos = round(box.x + (box.width - texture.width) / 2), round(box.y + (box.height - texture.height) / 2)
        Rectangle(texture=texture, pos=pos, size=texture.size)

    # --- touching

    def taps(self) -> Iterator[tuple[str, str, Box]]:
        """'suggest.1' … with their words, and 'undo' while there is something to take back."""
        x, y = self.to_window(0, 0)
        for number, (word, box) in enumerate(self._placed, start=1):
            yield f"suggest.{number}", word, Box(box.x + x, box.y + y, box.width, box.height)
        if self._undo is not None:
            box = self._undo
            yield "undo", say(UNDO, self.look.language), Box(box.x + x, box.y + y, box.width, box.height)

    def spots(self) -> Iterator[tuple[str, str, Box]]:
        """As `taps`, each with the room around it that takes touches too."""
        slack = self.word_gap / 2
        for name, text, box in self.taps():
            yield name, text, Box(box.x - slack, box.y - slack, box.width + 2 * slack, box.height + 2 * slack)

    def _hit(self, touch: Any) -> Box | None:
        """What lies under the finger, or hardly beside it."""
        boxes = [box for _word, box in self._placed] + ([self._undo] if self._undo is not None else [])
        slack = self.word_gap / 2
        for box in boxes:
            beside = max(box.x - touch.x, touch.x - box.x - box.width, box.y - touch.y, touch.y - box.y - box.height)
            if beside <= slack:
                return box
        return None

    def on_touch_down(self, touch: Any) -> bool:
        if self.disabled or touch.is_mouse_scrolling or not self.collide_point(*touch.pos):
            return False
        self._pressed = self._hit(touch)
        if self._pressed is not None:
            touch.grab(self)
            taken.dispatch("on_taken")
            if self._pressed == self._undo:
                self._field.undo()
                self._repeat.start()
            self._follow()
        return True

    def on_touch_up(self, touch: Any) -> bool:
        if touch.grab_current is not self:
            return False
        touch.ungrab(self)
        pressed, self._pressed = self._pressed, None
        if self._repeat.running:
            self._repeat.stop()
        elif acts(touch) and self.collide_point(*touch.pos) and self._hit(touch) == pressed:
            self._take(next(word for word, box in self._placed if box == pressed))
        self._follow()
        return True

    def cancel_touch(self) -> None:
        """What stands on the glass changed under the finger: it takes nothing more back."""
        self._repeat.stop()

    def _take_back(self) -> None:
        self._field.undo()

    def _take(self, word: str) -> None:
        self.turn += 1
        replaced, written = placing(self._before, word, LANGUAGE_OF[self.keyboard.layout])
        self._field.write(written, instead_of=replaced)


load_rules(__file__)
