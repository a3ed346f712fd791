"""Words to tap instead of typing them, and the undo button."""

from collections.abc import Iterator
from typing import Any

from kivy.clock import Clock
from kivy.graphics import Color, Rectangle, SmoothRoundedRectangle
from kivy.properties import NumericProperty, ObjectProperty
from kivy.uix.widget import Widget

from journey.complaint.word_suggestions import plan_insertion, suggest_words
from journey.language import _, translate
from screens.kv_loader import load_kv
from screens.rect import Rect
from screens.theme import ICONS, current_theme
from screens.touch_guard import may_act, touch_handled
from screens.widgets.auto_repeat import AutoRepeat
from screens.widgets.glyph_cache import GlyphCache
from screens.widgets.key_layouts import LANGUAGE_OF

UNDO = _("Undo")


class SuggestionBar(Widget):
    """Suggests words for the field that its keyboard writes into. It records neither suggestions nor choices.

    A row above the keyboard in portrait; in landscape, where height is short, a column beside it.
    """

    keyboard: Any = ObjectProperty(None)
    type_size = NumericProperty(36)
    word_height = NumericProperty(88)  # pixels, height of a word's box
    word_gap = NumericProperty(18)  # pixels between two boxes
    undo_type_size = NumericProperty(28)  # pixels, type size of the word "Undo"
    word_margin = NumericProperty(26)  # pixels on both sides of a word

    def __init__(self, **kwargs: Any) -> None:
        self.theme = current_theme()
        self._glyphs = GlyphCache(self.theme)
        self._field: Any = None
        self._text_before = ""
        self._placed: list[tuple[str, Rect]] = []
        self._undo: Rect | None = None
        self._pressed: Rect | None = None
        self._repeat = AutoRepeat(self._undo_change)
        self.press_count = 0  # that inserted a word; `touch_guard` reads it, so that a double tap inserts one
        super().__init__(**kwargs)
        self._redraw_soon = Clock.create_trigger(self._redraw, -1)
        for name in ("size", "pos", "type_size", "word_height"):
            self.fbind(name, self._redraw_soon)
        for name in ("language", "contrast", "unit", "portrait"):
            self.theme.fbind(name, self._redraw_soon)
        self.keyboard.fbind("layout", self._redraw_soon)
        self.keyboard.fbind("field", self._attach_field)
        self._attach_field()

    def clear(self) -> None:
        """Remove the words of the visit and their textures."""
        self._text_before, self._placed = "", []
        self.canvas.clear()
        self._glyphs.clear()
        self._redraw_soon()

    def _attach_field(self, *_args: object) -> None:
        names = ("text", "cursor", "undo_count", "suggestion_topic")
        if self._field is not None:
            for name in names:
                self._field.funbind(name, self._redraw_soon)
        self._field = self.keyboard.field
        if self._field is not None:
            for name in names:
                self._field.fbind(name, self._redraw_soon)
        self._redraw_soon()

    # --- drawing

    def _redraw(self, *_args: object) -> None:
        self.canvas.clear()
        self._placed, self._undo = [], None
        if self.width <= 1 or self._field is None:
            return
        with self.canvas:
            if self._field.undo_count:
                self._undo = self._undo_rect()
                self._draw_box(self._undo)
                self._draw_undo(self._undo)
            for word, rect, texture in self._row() if self.theme.portrait else self._column():
                self._placed.append((word, rect))
                self._draw_box(rect)
                self._draw_centred(texture, rect)

    def _draw_undo(self, rect: Rect) -> None:
        """Icon and word: the word below the icon in the row, beside it in the column."""
        icon = self._glyphs.texture(ICONS["arrow-back-up"], "icons", round(0.5 * self.word_height), self.theme.icon)
        word = self._glyphs.texture(
            translate(UNDO, self.theme.language), "Sarabun", self.undo_type_size, self.theme.ink
        )
        if self.theme.portrait:
            half = self.word_height / 2
            self._draw_centred(icon, Rect(rect.x, rect.y + half - 4 * self.theme.unit, rect.width, half))
            self._draw_centred(word, Rect(rect.x, rect.y, rect.width, half))
        else:
            left = rect.x + (rect.width - icon.width - word.width) / 2 - 4 * self.theme.unit
            self._draw_centred(icon, Rect(left, rect.y, icon.width, rect.height))
            self._draw_centred(word, Rect(left + icon.width + 8 * self.theme.unit, rect.y, word.width, rect.height))

    def _undo_rect(self) -> Rect:
        """At the right end of the row, or at the bottom of the column."""
        if self.theme.portrait:
            width = 1.5 * self.word_height
            return Rect(
                self.right - self.theme.margin - width, self.center_y - self.word_height / 2, width, self.word_height
            )
        margin = self.theme.margin
        return Rect(self.x + margin, self.y + self.word_gap / 2, self.width - margin - self.word_gap, self.word_height)

    def _row(self) -> Iterator[tuple[str, Rect, Any]]:
        x, right = self.x + self.theme.margin, self._undo_rect().x - self.word_gap
        for word in self._words():
            texture = self._texture(word)
            width = texture.width + 2 * self.word_margin
            if x + width <= right:  # otherwise a shorter one may still fit
                yield word, Rect(x, self.center_y - self.word_height / 2, width, self.word_height), texture
                x += width + self.word_gap

    def _column(self) -> Iterator[tuple[str, Rect, Any]]:
        undo = self._undo_rect()
        pitch = self.word_height + self.word_gap
        rows = iter(range(round(self.height / pitch) - 1, 0, -1))
        for word in self._words():
            texture = self._texture(word)
            if texture.width <= undo.width and (row := next(rows, 0)):
                yield word, Rect(undo.x, undo.y + row * pitch, undo.width, self.word_height), texture

    def _texture(self, word: str) -> Any:
        return self._glyphs.texture(word, "SarabunMedium", self.type_size, self.theme.ink)

    def _words(self) -> tuple[str, ...]:
        language = LANGUAGE_OF.get(self.keyboard.layout, "")
        if not self._field.suggestion_topic or self._field.is_full or not language:
            return ()
        self._text_before = self._field.text_before_caret()
        return suggest_words(self._text_before, language, self._field.suggestion_topic)

    def _draw_box(self, rect: Rect) -> None:
        border = max(1, 2 * self.theme.unit)
        fill = self.theme.tint if rect == self._pressed else self.theme.panel
        for color, inset in ((self.theme.divider, 0), (fill, border)):
            Color(*color)
            SmoothRoundedRectangle(
                pos=(rect.x + inset, rect.y + inset),
                size=(rect.width - 2 * inset, rect.height - 2 * inset),
                radius=[20 * self.theme.unit - inset],
                segments=8,
            )

    def _draw_centred(self, texture: Any, rect: Rect) -> None:
        Color(1, 1, 1, 1)
        pos = round(rect.x + (rect.width - texture.width) / 2), round(rect.y + (rect.height - texture.height) / 2)
        Rectangle(texture=texture, pos=pos, size=texture.size)

    # --- touches

    def tap_targets(self) -> Iterator[tuple[str, str, Rect]]:
        """'suggest.1' … with their words, and 'undo' while there is something to undo."""
        x, y = self.to_window(0, 0)
        for number, (word, rect) in enumerate(self._placed, start=1):
            yield f"suggest.{number}", word, Rect(rect.x + x, rect.y + y, rect.width, rect.height)
        if self._undo is not None:
            rect = self._undo
            yield "undo", translate(UNDO, self.theme.language), Rect(rect.x + x, rect.y + y, rect.width, rect.height)

    def touch_areas(self) -> Iterator[tuple[str, str, Rect]]:
        """The targets, each with the space around it that also takes touches."""
        for name, text, rect in self.tap_targets():
            yield name, text, rect.expanded(self.word_gap / 2)

    def _touched_box(self, touch: Any) -> Rect | None:
        """The box under the finger, or close beside it."""
        boxes = [rect for _word, rect in self._placed] + ([self._undo] if self._undo is not None else [])
        return next((rect for rect in boxes if rect.expanded(self.word_gap / 2).contains(*touch.pos)), None)

    def on_touch_down(self, touch: Any) -> bool:
        if self.disabled or touch.is_mouse_scrolling or not self.collide_point(*touch.pos):
            return False
        self._pressed = self._touched_box(touch)
        if self._pressed is not None:
            touch.grab(self)
            touch_handled.dispatch("on_touch_handled")
            if self._pressed == self._undo:
                self._field.undo()
                self._repeat.start()
            self._redraw_soon()
        return True

    def on_touch_up(self, touch: Any) -> bool:
        if touch.grab_current is not self:
            return False
        touch.ungrab(self)
        pressed, self._pressed = self._pressed, None
        if self._repeat.is_running:
            self._repeat.stop()
        elif may_act(touch) and self.collide_point(*touch.pos) and self._touched_box(touch) == pressed:
            self._insert_word(next(word for word, rect in self._placed if rect == pressed))
        self._redraw_soon()
        return True

    def cancel_touch(self) -> None:
        """Stop undoing, because the screen changed under the finger."""
        self._repeat.stop()

    def _undo_change(self) -> None:
        self._field.undo()

    def _insert_word(self, word: str) -> None:
        self.press_count += 1
        replaced, written = plan_insertion(self._text_before, word, LANGUAGE_OF[self.keyboard.layout])
        self._field.write(written, replace_count=replaced)


load_kv(__file__)
