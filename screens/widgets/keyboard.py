"""The on-screen keyboard: drawn on one canvas, writes into one field.

One widget instead of sixty: switching a layer replaces one texture, and a finger between two keys presses the nearest
one. With the accessibility option for long presses, a held key writes its shifted character, shown above the key.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from kivy.cache import Cache
from kivy.clock import Clock
from kivy.graphics import Color, Fbo, InstructionGroup, Rectangle, SmoothRoundedRectangle
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.widget import Widget

from journey.language import translate
from screens.kv_loader import load_kv
from screens.rect import Rect
from screens.theme import ICONS, current_theme
from screens.touch_guard import may_act, touch_handled
from screens.widgets.auto_repeat import AutoRepeat
from screens.widgets.glyph_cache import GlyphCache, ink_extent
from screens.widgets.key_layouts import (
    KEY_FACES,
    LANGUAGE_OF,
    LAYOUTS,
    NEXT_LAYOUT,
    THAI_KEDMANEE,
    KeyAction,
    KeyDefinition,
)
from screens.widgets.text_metrics import text_measure
from screens.widgets.textures import use_nearest_filter

HOLD_AFTER_S = 1.2  # until a finger on a key is a long press: a slow tap takes up to one second
LAYER_CACHE = "screens.keyboard"  # Kivy's cache of painted layers: 2.7 MB each at 1080 pixels
WORD_KEY_UNITS = 3  # key widths: wider keys have space for a word
# Characters keep KEY_RIM units of the theme from the edges of their key. In parts of the type size, measured on
# Sarabun: the widest, «ณ», is 0.83 wide; the tallest, «ไ» and a mark on its circle, 1.04 high; a word with two marks on
# one letter 1.58 high. Text of 180 % makes characters 1.44 times as large.
KEY_RIM, WIDEST_GLYPH, TALLEST_GLYPH, WORD_HEIGHT, GLYPH_GROWTH = 3, 0.84, 1.05, 1.6, 0.55
WORD_SCALE = 0.76  # type size of words, in parts of that of characters
CORNER_SCALE = 0.5  # type size of the shifted character in the corner
PAD_SCALE = 1.3  # a pad of ten digits has space for larger ones
CROWDED_ROW_KEYS = 14  # keys in a row that have less space between them
MIN_GLYPH_PX = 8  # for a keyboard that has no size yet
KEY_RADIUS_UNITS = 14

Cache.register(LAYER_CACHE, limit=8)


@dataclass(frozen=True)
class PlacedKey:
    """A key and its rectangle in the widget's own coordinates."""

    key: KeyDefinition
    rect: Rect

    def squared_distance(self, x: float, y: float) -> float:
        """From a point to the rectangle; 0 inside."""
        dx = max(self.rect.x - x, 0, x - self.rect.x - self.rect.width)
        dy = max(self.rect.y - y, 0, y - self.rect.y - self.rect.height)
        return dx * dx + dy * dy


class KeyLabel(NamedTuple):
    """What is written on a key: text, typeface and type size in pixels."""

    text: str
    font: str
    size: float


class Keyboard(Widget):
    """The keys of `layout`. They write into `field`: a TextField, or an object with `write` and `delete_backward`."""

    layout = StringProperty(THAI_KEDMANEE)
    thai_layout = StringProperty(THAI_KEDMANEE)  # the Thai layout that the key «ไทย» switches to
    # Called with the Thai layout that the citizen switched to.
    thai_layout_callback: Callable[[str], None] = ObjectProperty(lambda layout: None)
    shifted = BooleanProperty(False)
    field: Any = ObjectProperty(None, allownone=True)
    draws_background = BooleanProperty(True)  # the tray under the keys
    row_height = NumericProperty(104)
    glyph_size = NumericProperty(46)

    def __init__(self, **kwargs: Any) -> None:
        self.theme = current_theme()
        super().__init__(**kwargs)
        self._placed_keys: list[PlacedKey] = []
        self._pressed_key: PlacedKey | None = None
        self._is_held = False  # the press is a long one: it writes the shifted character
        self._glyphs = GlyphCache(self.theme)
        self._glyph_px = 0.0  # type size of the characters on the keys
        self._hold_timer: Any = None
        self._repeat = AutoRepeat(self._delete)
        self._press_mark = InstructionGroup()
        self._redraw_soon = Clock.create_trigger(self._redraw, -1)
        for name in ("layout", "shifted", "size", "pos", "draws_background"):
            self.fbind(name, self._redraw_soon)
        for name in ("language", "contrast", "unit", "portrait", "scale"):
            self.theme.fbind(name, self._redraw_soon)
        self._redraw_soon()

    # --- layout

    def _place(self) -> list[PlacedKey]:
        """The keys with their rectangles. Sets the type size of the characters."""
        rows = LAYOUTS[self.layout]
        side, gap = 16 * self.theme.unit, (16 if max(map(len, rows)) < CROWDED_ROW_KEYS else 10) * self.theme.unit
        pitch = self.height / len(rows)
        placed = []
        for index, row in enumerate(rows):
            key_width = (self.width - 2 * side - gap * (len(row) - 1)) / sum(key.width_units for key in row)
            x, y = side, self.height - (index + 1) * pitch + gap / 2
            for key in row:
                if key.action is not KeyAction.GAP:
                    placed.append(PlacedKey(key, Rect(x, y, key.width_units * key_width, pitch - gap)))
                x += key.width_units * key_width + gap
        narrowest = min((placed_key.rect.width for placed_key in placed if placed_key.key.base), default=self.width)
        self._glyph_px = self._fitting_glyph_px(narrowest, pitch - gap)
        return placed

    def _fitting_glyph_px(self, width: float, height: float) -> float:
        """The type size of the characters: it grows with the text size until the narrowest key is full."""
        pad_scale = PAD_SCALE if self.layout == "digits" else 1
        preferred_px = self.glyph_size * (1 + (self.theme.scale - 1) * GLYPH_GROWTH) * pad_scale
        rim = 2 * KEY_RIM * self.theme.unit
        fitting: float = min(preferred_px, (width - rim) / WIDEST_GLYPH, (height - rim) / TALLEST_GLYPH)
        return max(MIN_GLYPH_PX, round(fitting))

    # --- texts of the keys

    def _key_text(self, key: KeyDefinition) -> str:
        """The character that the key writes now."""
        return key.shifted if self.shifted and key.shifted else key.base

    def _held_text(self, key: KeyDefinition) -> str:
        """The character that a long press writes; '' for a key with one character."""
        return (key.base if self.shifted else key.shifted) if key.shifted else ""

    def _corner_text(self, key: KeyDefinition) -> str:
        """The other character, shown in the corner; '' for a capital letter, which is obvious."""
        held = self._held_text(key)
        return held if held.lower() != self._key_text(key).lower() else ""

    def _label(self, key: KeyDefinition, rect: Rect) -> KeyLabel:
        """What is written on a key of this size."""
        face = KEY_FACES.get(key.action)
        if face is None:
            return KeyLabel(self._key_text(key), "Sarabun", self._glyph_px)
        if face.icon and not (face.message and key.width_units > WORD_KEY_UNITS):
            return KeyLabel(ICONS[face.icon], "icons", min(self._glyph_px, 0.7 * rect.width))
        if face.literal_text:
            return self._fitted_label(face.literal_text, "SarabunMedium", WORD_SCALE * self._glyph_px, rect)
        word = translate(face.message, self.theme.language)
        if face.icon:  # a word in place of an icon
            return self._fitted_label(word, "SarabunMedium", self._glyph_px, rect)
        return self._fitted_label(word, "Sarabun", WORD_SCALE * self._glyph_px, rect)

    def _fitted_label(self, text: str, font: str, size: float, rect: Rect) -> KeyLabel:
        """The text at the given size, or smaller until it fits the key."""
        rim = 2 * KEY_RIM * self.theme.unit
        width = text_measure(font, round(size))(text)
        fitting = min(size, (rect.height - rim) / WORD_HEIGHT, size * (rect.width - rim) / width)
        return KeyLabel(text, font, max(MIN_GLYPH_PX, int(fitting)))

    # --- drawing

    def _redraw(self, *_args: object) -> None:
        self._placed_keys = self._place() if self.width > 1 and self.height > 1 else []
        self.canvas.clear()
        if not self._placed_keys:
            return
        with self.canvas:
            if self.draws_background:
                Color(1, 1, 1, 1)
                layer = self._painted_layer()
                Rectangle(texture=layer.texture, pos=(round(self.x), round(self.y)), size=layer.size)
            else:
                for placed in self._placed_keys:
                    self._draw_key(placed, *self.pos)
            self.canvas.add(self._press_mark)

    def _painted_layer(self) -> Fbo:
        """The layer's keys, painted once for all keyboards: otherwise each key press and each view takes 35 ms."""
        theme = self.theme
        cache_key = (
            self.layout,
            self.shifted,
            tuple(self.size),
            theme.language,
            theme.contrast,
            theme.unit,
            theme.portrait,
            theme.scale,
        )
        layer = Cache.get(LAYER_CACHE, cache_key)
        if layer is None:
            layer = Fbo(size=(round(self.width), round(self.height)))
            use_nearest_filter(layer.texture)
            with layer:
                Color(*theme.keyboard_background)
                Rectangle(size=layer.size)
                for placed in self._placed_keys:
                    self._draw_key(placed, 0, 0)
            layer.draw()
            Cache.append(LAYER_CACHE, cache_key, layer)
        return layer

    def _draw_key(self, placed: PlacedKey, left: float, bottom: float) -> None:
        """Draw a key on the current canvas; `left` and `bottom` are the keyboard's position on it."""
        key = placed.key
        rect = Rect(left + placed.rect.x, bottom + placed.rect.y, placed.rect.width, placed.rect.height)
        if not self.draws_background:
            self._draw_box(rect.expanded(2), self.theme.divider)
        self._draw_box(rect, self._key_color(key))
        Color(1, 1, 1, 1)
        corner_text = self._corner_text(key)
        # A large character moves aside for the small one in the corner.
        shift = (self._glyph_px - self.glyph_size) / 3 if corner_text else 0
        ink = self.theme.gold_ink if self._is_active_shift(key) else self.theme.ink
        self._draw_label(self._label(key, placed.rect), ink, rect, shift)
        if corner_text:
            self._draw_corner_text(corner_text, rect)

    def _draw_box(self, rect: Rect, color: Any) -> None:
        Color(*color)
        radius = [KEY_RADIUS_UNITS * self.theme.unit]
        SmoothRoundedRectangle(pos=(rect.x, rect.y), size=(rect.width, rect.height), radius=radius, segments=6)

    def _is_active_shift(self, key: KeyDefinition) -> bool:
        return key.action is KeyAction.SHIFT and self.shifted

    def _key_color(self, key: KeyDefinition) -> Any:
        if self._is_active_shift(key):
            return self.theme.gold
        if self.shifted and key.shifted:  # the whole layer shows that shift is on
            return self.theme.warning_background
        if key.action not in (KeyAction.WRITE, KeyAction.SPACE):
            return self.theme.key_muted
        return self.theme.tint if key.tinted else self.theme.key

    def _draw_label(self, label: KeyLabel, color: Any, rect: Rect, shift: float) -> None:
        """In the middle of the key, or up to `shift` to the left of it. A tall or deep character is moved until all its
        ink is on the key, the rim left free."""
        texture = self._glyphs.texture(*label, color)
        rim, slack = round(KEY_RIM * self.theme.unit), (rect.width - texture.width) / 2
        x = round(rect.x + slack - max(0, min(shift, slack - rim)))
        y = round(rect.y + (rect.height - texture.height) / 2)
        if len(label.text) == 1 and label.font != "icons":
            ink_top, ink_bottom = ink_extent(*label)
            top, bottom = y + texture.height - ink_top, y + texture.height - ink_bottom
            y -= max(0, round(top - (rect.y + rect.height - rim)))
            y += max(0, round(rect.y + rim - bottom))
        Rectangle(texture=texture, pos=(x, y), size=texture.size)

    def _draw_corner_text(self, text: str, rect: Rect) -> None:
        size, inset = round(CORNER_SCALE * self.glyph_size), 4 * self.theme.unit
        texture = self._glyphs.texture(text, "SarabunMedium", size, self.theme.key_corner)
        overhang = min(inset, ink_extent(text, "SarabunMedium", size)[0] - 2)  # less than the empty top of the texture
        x = round(rect.x + rect.width - texture.width - inset)
        y = round(rect.y + rect.height - texture.height + overhang)
        Rectangle(texture=texture, pos=(x, y), size=texture.size)

    def _show_pressed(self, placed: PlacedKey | None) -> None:
        """Mark the key under the finger. On a long press a bubble above the finger shows the other character."""
        self._pressed_key = placed
        self._press_mark.clear()
        if placed is None:
            return
        rect, radius = placed.rect, [KEY_RADIUS_UNITS * self.theme.unit]
        x, y = self.x + rect.x, self.y + rect.y
        self._press_mark.add(Color(*self.theme.primary[:3], 0.35))
        self._press_mark.add(
            SmoothRoundedRectangle(pos=(x, y), size=(rect.width, rect.height), radius=radius, segments=6)
        )
        if self._is_held:
            self._add_bubble(self._held_text(placed.key), Rect(x, y, rect.width, rect.height), radius)

    def _add_bubble(self, text: str, key_rect: Rect, radius: list[float]) -> None:
        width, height = max(key_rect.width, 1.6 * self.glyph_size), 2 * self.glyph_size
        left = max(self.x, min(key_rect.x + (key_rect.width - width) / 2, self.right - width))
        bottom = key_rect.y + key_rect.height + 10 * self.theme.unit
        bubble = Rect(round(left), round(bottom), round(width), round(height))
        texture = self._glyphs.texture(text, "SarabunMedium", 1.3 * self.glyph_size, self.theme.gold_ink)
        text_x = round(bubble.x + (bubble.width - texture.width) / 2)
        text_y = round(bubble.y + (bubble.height - texture.height) / 2)
        for instruction in (
            Color(*self.theme.gold),
            SmoothRoundedRectangle(pos=(bubble.x, bubble.y), size=(bubble.width, bubble.height), radius=radius),
            Color(1, 1, 1, 1),
            Rectangle(texture=texture, pos=(text_x, text_y), size=texture.size),
        ):
            self._press_mark.add(instruction)

    # --- touches

    def tap_targets(self) -> Iterator[tuple[str, str, Rect]]:
        """One for each key: 'key.ก', 'key.shift', 'key.space', 'key.delete', 'key.enter', 'key.english' …"""
        x, y = self.to_window(*self.pos)
        for placed in self._placed_keys or self._place():
            key, rect = placed.key, placed.rect
            text = self._key_text(key) if key.action is KeyAction.WRITE else ""
            yield f"key.{text or key.action.value}", text, Rect(x + rect.x, y + rect.y, rect.width, rect.height)

    def key_at(self, x: float, y: float) -> str:
        """Action and text of the key at this point of the window; '' before there are keys."""
        placed = self._nearest_key(x, y)
        return f"{placed.key.action.value} {self._key_text(placed.key)}" if placed is not None else ""

    def cancel_touch(self) -> None:
        """Stop writing and deleting, because the screen changed under the finger."""
        self._touch_key(None)
        self._repeat.stop()

    def _nearest_key(self, x: float, y: float) -> PlacedKey | None:
        x, y = x - self.x, y - self.y
        return min(self._placed_keys, key=lambda placed: placed.squared_distance(x, y), default=None)

    def on_touch_down(self, touch: Any) -> bool:
        if self.disabled or not self.collide_point(*touch.pos) or touch.is_mouse_scrolling:
            return False
        touch.grab(self)
        touch_handled.dispatch("on_touch_handled")
        self._touch_key(self._nearest_key(*touch.pos))
        if self._pressed_key is not None and self._pressed_key.key.action is KeyAction.DELETE:
            self._delete()
            self._repeat.start()
        return True

    def on_touch_move(self, touch: Any) -> bool:
        if touch.grab_current is not self:
            return False
        if not self._repeat.is_running and may_act(touch):
            nearest = self._nearest_key(*touch.pos)
            if nearest is not self._pressed_key:
                self._touch_key(nearest)
        return True

    def on_touch_up(self, touch: Any) -> bool:
        if touch.grab_current is not self:
            return False
        touch.ungrab(self)
        pressed, is_held = self._pressed_key, self._is_held
        self._touch_key(None)
        if self._repeat.is_running:
            self._repeat.stop()
        elif pressed is not None and (is_held or self.collide_point(*touch.pos)):
            self._press(pressed.key, is_held)
        return True

    def _touch_key(self, placed: PlacedKey | None) -> None:
        """Record the key under the finger; None for no key."""
        self._is_held = False
        self._show_pressed(placed)
        if self._hold_timer is not None:
            self._hold_timer.cancel()
            self._hold_timer = None
        if placed is not None and self.theme.long_press_keys and self._held_text(placed.key):
            self._hold_timer = Clock.schedule_once(self._confirm_hold, HOLD_AFTER_S)

    def _confirm_hold(self, _seconds: float) -> None:
        """Wait for one more turn of the clock: a slow frame must not make a tap a long press while its lift waits."""
        self._hold_timer = Clock.schedule_once(self._begin_hold)

    def _begin_hold(self, _seconds: float) -> None:
        self._is_held = True
        self._show_pressed(self._pressed_key)

    def _delete(self) -> None:
        if self.field is not None:
            self.field.delete_backward()

    def _press(self, key: KeyDefinition, is_held: bool) -> None:
        action = key.action
        if action is KeyAction.SHIFT:
            self.shifted = not self.shifted
        elif action is KeyAction.THAI:
            self.layout, self.shifted = self.thai_layout, False
        elif action in NEXT_LAYOUT:
            self.layout, self.shifted = NEXT_LAYOUT[action], False
            if LANGUAGE_OF.get(self.layout) == "th":
                self.thai_layout = self.layout
                self.thai_layout_callback(self.layout)
        elif action is KeyAction.DELETE:  # the finger slid onto it
            self._delete()
        elif self.field is not None:
            blank = {KeyAction.SPACE: " ", KeyAction.ENTER: "\n"}.get(action)
            self.field.write(blank or (self._held_text(key) if is_held else self._key_text(key)))
            self.shifted = False  # for one character; capitals and upper marks rarely come in twos


load_kv(__file__)
