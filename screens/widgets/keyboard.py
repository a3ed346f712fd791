"""The keyboard on the glass: drawn on one canvas, hit by the nearest key, writing into one field.

One widget instead of sixty: switching a layer replaces textures, and a finger between two keys still writes. Where the
citizen wishes it, a key that is held writes its other sign (the shifted one, a capital), shown above it meanwhile.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from kivy.cache import Cache
from kivy.clock import Clock
from kivy.graphics import Color, Fbo, InstructionGroup, Rectangle, SmoothRoundedRectangle
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.widget import Widget

from journey.language import _, translate
from screens.kv_loader import load_kv
from screens.theme import ICONS, current_theme
from screens.touch_guard import may_act
from screens.touch_targets import Rect, touch_handled
from screens.widgets.auto_repeat import AutoRepeat
from screens.widgets.glyph_cache import GlyphCache, ink_extent
from screens.widgets.key_layouts import LANGUAGE_OF, LAYOUTS, NEXT_LAYOUT, THAI_KEDMANEE, KeyAction, KeyDefinition
from screens.widgets.nearest_filter import use_nearest_filter
from screens.widgets.text_metrics import text_measure

HOLD_AFTER_S = 1.2  # seconds until a finger on a key holds it: a slow finger that means a tap takes up to one
LAYER_CACHE = "screens.keyboard"  # Kivy's cache of painted layers: 2.7 MB each at 1080 pixels
WORD_KEY_UNITS = 3  # key widths: room for a word
# Signs keep KEY_RIM units of the theme from their key's edges. In parts of their size, measured on Sarabun, the widest,
# «ณ», is 0.83 wide, the tallest, «ไ» and a mark on its circle, 1.04 high; a word with two marks on one letter is 1.58
# high. Type of 180 % makes signs 1.44 times as large.
KEY_RIM, WIDEST_GLYPH, TALLEST_GLYPH, WORD_HEIGHT, GLYPH_GROWTH = 3, 0.84, 1.05, 1.6, 0.55
PAD_SCALE = 1.3  # a pad of ten figures has room for larger ones
CROWDED_ROW_KEYS = 14  # keys in a row that leave less room between them
MIN_GLYPH_PX = 8  # pixels, for a keyboard that has no place yet
_ICONS = {KeyAction.SHIFT: "arrow-big-up", KeyAction.DELETE: "backspace"}
_LABELS = {
    KeyAction.THAI: "ไทย",
    KeyAction.KEDMANEE: "ฟหกด",
    KeyAction.ALPHABET: "ก–ฮ",
    KeyAction.ENGLISH: "EN",
    KeyAction.NUMBERS: "๑๒๓",
}
_MESSAGES = {KeyAction.SPACE: _("Space"), KeyAction.ENTER: _("New line")}

Cache.register(LAYER_CACHE, limit=8)


@dataclass(frozen=True)
class PlacedKey:
    """A key and its rectangle in the widget's own coordinates."""

    key: KeyDefinition
    rect: Rect

    def distance(self, x: float, y: float) -> float:
        """Squared distance from a point to the rectangle; 0 inside."""
        dx = max(self.rect.x - x, 0, x - self.rect.x - self.rect.width)
        dy = max(self.rect.y - y, 0, y - self.rect.y - self.rect.height)
        return dx * dx + dy * dy


class Keyboard(Widget):
    """Keys of `layout`. What is written goes to `field` (a screens.widgets.text_field.TextField)."""

    layout = StringProperty(THAI_KEDMANEE)
    thai_layout = StringProperty(THAI_KEDMANEE)  # the Thai layout that the key «ไทย» leads to
    thai_layout_callback: Callable[[str], None] = ObjectProperty(
        lambda layout: None
    )  # told which one the citizen switched to
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
        self._is_held = False  # the pressed key is to write its other sign
        self._glyphs = GlyphCache(self.theme)
        self._glyph_px = 0.0  # size of the signs on the keys, pixels
        self._timer: Any = None
        self._repeat = AutoRepeat(self._delete)
        self._mark = InstructionGroup()
        self._draw = Clock.create_trigger(self._redraw, -1)
        for name in ("layout", "shifted", "size", "pos", "draws_background"):
            self.fbind(name, self._draw)
        for name in ("language", "contrast", "unit", "portrait", "scale"):
            self.theme.fbind(name, self._draw)
        self._draw()

    # --- drawing

    def _place(self) -> list[PlacedKey]:
        rows = LAYOUTS[self.layout]
        side, gap = 16 * self.theme.unit, (16 if max(map(len, rows)) < CROWDED_ROW_KEYS else 10) * self.theme.unit
        pitch = self.height / len(rows)
        placed = []
        for index, row in enumerate(rows):
            units = sum(key.width_units for key in row)
            unit = (self.width - 2 * side - gap * (len(row) - 1)) / units
            x, y = side, self.height - (index + 1) * pitch + gap / 2
            for key in row:
                if key.action is not KeyAction.GAP:
                    placed.append(PlacedKey(key, Rect(x, y, key.width_units * unit, pitch - gap)))
                x += key.width_units * unit + gap
        narrow = min((placed_key.rect.width for placed_key in placed if placed_key.key.base), default=self.width)
        self._glyph_px = self._size_of_signs(narrow, pitch - gap)
        return placed

    def _size_of_signs(self, width: float, height: float) -> float:
        """Pixels: they grow with the citizen's size of type as far as the narrowest key holds the widest of them."""
        wanted = (
            self.glyph_size
            * (1 + (self.theme.scale - 1) * GLYPH_GROWTH)
            * (PAD_SCALE if self.layout == "digits" else 1)
        )
        rim = 2 * KEY_RIM * self.theme.unit
        fitting: float = min(wanted, (width - rim) / WIDEST_GLYPH, (height - rim) / TALLEST_GLYPH)
        return max(MIN_GLYPH_PX, round(fitting))

    def _key_text(self, key: KeyDefinition) -> str:
        return key.shifted if self.shifted and key.shifted else key.base

    def _held_text(self, key: KeyDefinition) -> str:
        """What it writes when it is held; '' when it has only one sign."""
        return (key.base if self.shifted else key.shifted) if key.shifted else ""

    def _label(self, key: KeyDefinition, rect: Rect) -> tuple[str, str, float]:
        """Text, typeface and size of what stands on a key of this size."""
        if key.action is KeyAction.DELETE and key.width_units > WORD_KEY_UNITS:
            return self._fitted(translate(_("Delete"), self.theme.language), "SarabunMedium", self._glyph_px, rect)
        if key.action in _ICONS:
            return ICONS[_ICONS[key.action]], "icons", min(self._glyph_px, 0.7 * rect.width)
        if key.action in _LABELS:
            return self._fitted(_LABELS[key.action], "SarabunMedium", 0.76 * self._glyph_px, rect)
        if key.action in _MESSAGES:
            return self._fitted(
                translate(_MESSAGES[key.action], self.theme.language), "Sarabun", 0.76 * self._glyph_px, rect
            )
        return self._key_text(key), "Sarabun", self._glyph_px

    def _fitted(self, text: str, font: str, size: float, rect: Rect) -> tuple[str, str, float]:
        rim = 2 * KEY_RIM * self.theme.unit
        shrunk = min(
            size, (rect.height - rim) / WORD_HEIGHT, size * (rect.width - rim) / text_measure(font, round(size))(text)
        )
        return text, font, max(MIN_GLYPH_PX, int(shrunk))

    def _redraw(self, *_args: object) -> None:
        self._placed_keys = self._place() if self.width > 1 and self.height > 1 else []
        self.canvas.clear()
        if not self._placed_keys:
            return
        with self.canvas:
            if self.draws_background:
                Color(1, 1, 1, 1)
                picture = self._picture()
                Rectangle(texture=picture.texture, pos=(round(self.x), round(self.y)), size=picture.size)
            else:
                for placed in self._placed_keys:
                    self._draw_key(placed, *self.pos)
            self.canvas.add(self._mark)

    def _picture(self) -> Fbo:
        """The layer's keys, painted once for all keyboards: 35 ms that otherwise each sign and each page would take."""
        theme = self.theme
        layer = (
            self.layout,
            self.shifted,
            tuple(self.size),
            theme.language,
            theme.contrast,
            theme.unit,
            theme.portrait,
            theme.scale,
        )
        picture = Cache.get(LAYER_CACHE, layer)
        if picture is None:
            picture = Fbo(size=(round(self.width), round(self.height)))
            use_nearest_filter(picture.texture)
            with picture:
                Color(*theme.keyboard_background)
                Rectangle(size=picture.size)
                for placed in self._placed_keys:
                    self._draw_key(placed, 0, 0)
            picture.draw()
            Cache.append(LAYER_CACHE, layer, picture)
        return picture

    def _draw_key(self, placed: PlacedKey, left: float, bottom: float) -> None:
        rect, key = placed.rect, placed.key
        lit = key.action is KeyAction.SHIFT and self.shifted
        raised = self.shifted and bool(key.shifted)  # the whole layer shows that shift is on
        soft = key.action not in (KeyAction.WRITE, KeyAction.SPACE)
        x, y = left + rect.x, bottom + rect.y
        radius = [14 * self.theme.unit]
        if not self.draws_background:
            Color(*self.theme.divider)
            SmoothRoundedRectangle(
                pos=(x - 2, y - 2), size=(rect.width + 4, rect.height + 4), radius=radius, segments=6
            )
        theme = self.theme
        plain = theme.tint if key.tinted else theme.key
        Color(*(theme.gold if lit else theme.warning_background if raised else theme.key_muted if soft else plain))
        SmoothRoundedRectangle(pos=(x, y), size=(rect.width, rect.height), radius=radius, segments=6)
        Color(1, 1, 1, 1)
        above = self._held_text(key)
        if above.lower() == self._key_text(key).lower():  # a capital needs no telling
            above = ""
        aside = (self._glyph_px - self.glyph_size) / 3 if above else 0  # a large sign makes way for the small one
        colour = self.theme.gold_ink if lit else self.theme.ink
        self._stamp(self._label(key, rect), colour, Rect(x, y, rect.width, rect.height), aside)
        if above:
            small = round(0.5 * self.glyph_size)
            corner = self._glyphs.texture(above, "SarabunMedium", small, self.theme.key_corner)
            over = min(
                4 * self.theme.unit, ink_extent(above, "SarabunMedium", small)[0] - 2
            )  # less than its texture's empty top
            Rectangle(
                texture=corner,
                pos=(
                    round(x + rect.width - corner.width - 4 * self.theme.unit),
                    round(y + rect.height - corner.height + over),
                ),
                size=corner.size,
            )

    def _stamp(self, sign: tuple[str, str, float], color: Any, rect: Rect, aside: float = 0) -> None:
        """In the middle of the key; a tall or deep sign is moved until all its ink is on the key, its rim left free."""
        text, font, size = sign
        texture = self._glyphs.texture(text, font, size, color)
        rim, slack = round(KEY_RIM * self.theme.unit), (rect.width - texture.width) / 2
        x, y = (
            round(rect.x + slack - max(0, min(aside, slack - rim))),
            round(rect.y + (rect.height - texture.height) / 2),
        )
        if len(text) == 1 and font != "icons":
            above, below = ink_extent(text, font, size)
            top, bottom = y + texture.height - above, y + texture.height - below
            y -= max(0, round(top - (rect.y + rect.height - rim)))
            y += max(0, round(rect.y + rim - bottom))
        Rectangle(texture=texture, pos=(x, y), size=texture.size)

    def _show_pressed(self, placed: PlacedKey | None) -> None:
        """Mark the key under the finger; a held one shows its other sign above the finger, where it can be seen."""
        self._pressed_key = placed
        self._mark.clear()
        if placed is None:
            return
        rect, radius = placed.rect, [14 * self.theme.unit]
        x, y = self.x + rect.x, self.y + rect.y
        self._mark.add(Color(*self.theme.primary[:3], 0.35))
        self._mark.add(SmoothRoundedRectangle(pos=(x, y), size=(rect.width, rect.height), radius=radius, segments=6))
        if not self._is_held:
            return
        width, height = max(rect.width, 1.6 * self.glyph_size), 2 * self.glyph_size
        left = max(self.x, min(x + (rect.width - width) / 2, self.right - width))
        self._mark.add(Color(*self.theme.gold))
        bubble = Rect(round(left), round(y + rect.height + 10 * self.theme.unit), round(width), round(height))
        self._mark.add(
            SmoothRoundedRectangle(pos=(bubble.x, bubble.y), size=(bubble.width, bubble.height), radius=radius)
        )
        sign = self._glyphs.texture(
            self._held_text(placed.key), "SarabunMedium", 1.3 * self.glyph_size, self.theme.gold_ink
        )
        self._mark.add(Color(1, 1, 1, 1))
        place = bubble.x + (bubble.width - sign.width) / 2, bubble.y + (bubble.height - sign.height) / 2
        self._mark.add(Rectangle(texture=sign, pos=(round(place[0]), round(place[1])), size=sign.size))

    # --- touching

    def tap_targets(self) -> Iterator[tuple[str, str, Rect]]:
        """One for each key: 'key.ก', 'key.shift', 'key.space', 'key.delete', 'key.enter', 'key.english' …"""
        x, y = self.to_window(*self.pos)
        for placed in self._placed_keys or self._place():
            key, rect = placed.key, placed.rect
            text = self._key_text(key) if key.action is KeyAction.WRITE else ""
            yield f"key.{text or key.action.value}", text, Rect(x + rect.x, y + rect.y, rect.width, rect.height)

    def key_at(self, x: float, y: float) -> str:
        """What a touch there means; '' before there are keys."""
        placed = self._nearest(x, y)
        return f"{placed.key.action.value} {self._key_text(placed.key)}" if placed is not None else ""

    def cancel_touch(self) -> None:
        """What stands on the glass changed under the finger: it writes and deletes nothing more."""
        self._touch_key(None)
        self._repeat.stop()

    def _nearest(self, x: float, y: float) -> PlacedKey | None:
        x, y = x - self.x, y - self.y
        return min(self._placed_keys, key=lambda placed: placed.distance(x, y), default=None)

    def on_touch_down(self, touch: Any) -> bool:
        if self.disabled or not self.collide_point(*touch.pos) or touch.is_mouse_scrolling:
            return False
        touch.grab(self)
        touch_handled.dispatch("on_touch_handled")
        self._touch_key(self._nearest(*touch.pos))
        if self._pressed_key is not None and self._pressed_key.key.action is KeyAction.DELETE:
            self._delete()
            self._repeat.start()
        return True

    def on_touch_move(self, touch: Any) -> bool:
        if touch.grab_current is not self:
            return False
        if not self._repeat.is_running and may_act(touch):
            nearest = self._nearest(*touch.pos)
            if nearest is not self._pressed_key:
                self._touch_key(nearest)
        return True

    def on_touch_up(self, touch: Any) -> bool:
        if touch.grab_current is not self:
            return False
        touch.ungrab(self)
        pressed, held = self._pressed_key, self._is_held
        self._touch_key(None)
        if self._repeat.is_running:
            self._repeat.stop()
        elif pressed is not None and (held or self.collide_point(*touch.pos)):
            self._press(pressed.key, held)
        return True

    def _touch_key(self, placed: PlacedKey | None) -> None:
        """The finger stands on this key now, since this moment."""
        self._is_held = False
        self._show_pressed(placed)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if placed is not None and self.theme.long_press_keys and self._held_text(placed.key):
            self._timer = Clock.schedule_once(self._confirm_hold, HOLD_AFTER_S)

    def _confirm_hold(self, _seconds: float) -> None:
        """A slow frame must not make a tap a long one: let the touches that wait be heard first."""
        self._timer = Clock.schedule_once(self._begin_hold)

    def _begin_hold(self, _seconds: float) -> None:
        self._is_held = True
        self._show_pressed(self._pressed_key)

    def _delete(self) -> None:
        if self.field is not None:
            self.field.delete_backward()

    def _press(self, key: KeyDefinition, held: bool) -> None:
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
            sign = {KeyAction.SPACE: " ", KeyAction.ENTER: "\n"}.get(action)
            self.field.write(sign or (self._held_text(key) if held else self._key_text(key)))
            self.shifted = False  # for one sign; capitals and upper marks rarely come in twos


load_kv(__file__)
