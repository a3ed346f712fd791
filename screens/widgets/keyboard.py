"""The keyboard on the glass: drawn on one canvas, hit by the nearest key, writing into one field.

One widget instead of sixty: switching a layer replaces textures, and a finger between two keys still writes. A key that
is held writes its other sign (the shifted one, a capital), which stands above it meanwhile.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kivy.cache import Cache
from kivy.clock import Clock
from kivy.graphics import Color, Fbo, InstructionGroup, Rectangle, SmoothRoundedRectangle
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.widget import Widget

from kiosk_app.language import _, say
from screens.rules import load_rules
from screens.theme import ICONS, worn
from screens.touchable import Box, taken
from screens.widgets.crisp import crisp
from screens.widgets.glyphs import Glyphs
from screens.widgets.layouts import LAYOUTS, NEXT_LAYOUT, Key, KeyAction

HELD_AFTER = 0.5  # seconds until a finger on a key holds it
REPEAT_EVERY = 0.09  # seconds, for a held delete
PAINTED = "screens.keyboard"  # Kivy's cache of painted layers: 2.7 MB each at 1080 pixels
WIDE = 3  # key widths: room for a word
_ICONS = {KeyAction.SHIFT: "arrow-big-up", KeyAction.DELETE: "backspace"}
_LABELS = {KeyAction.THAI: "ไทย", KeyAction.ENGLISH: "EN", KeyAction.NUMBERS: "๑๒๓"}
_MESSAGES = {KeyAction.SPACE: _("Space"), KeyAction.ENTER: _("New line")}

Cache.register(PAINTED, limit=8)


@dataclass(frozen=True)
class PlacedKey:
    """A key and its rectangle in the widget's own coordinates."""

    key: Key
    box: Box

    def distance(self, x: float, y: float) -> float:
        """Squared distance from a point to the rectangle; 0 inside."""
        dx = max(self.box.x - x, 0, x - self.box.x - self.box.width)
        dy = max(self.box.y - y, 0, y - self.box.y - self.box.height)
        return dx * dx + dy * dy


class Keyboard(Widget):
    """Keys of `layout`. What is written goes to `field` (a screens.widgets.field.Field)."""

    layout = StringProperty("th")
    shifted = BooleanProperty(False)
    field: Any = ObjectProperty(None, allownone=True)
    ground = BooleanProperty(True)  # the tray under the keys
    row_height = NumericProperty(104)
    glyph = NumericProperty(46)

    def __init__(self, **kwargs: Any) -> None:
        self.look = worn()
        super().__init__(**kwargs)
        self._placed: list[PlacedKey] = []
        self._pressed: PlacedKey | None = None
        self._held = False  # the pressed key is to write its other sign
        self._glyphs = Glyphs(self.look)
        self._timer: Any = None
        self._repeat: Any = None
        self._mark = InstructionGroup()
        self._draw = Clock.create_trigger(self._redraw, -1)
        for name in ("layout", "shifted", "size", "pos", "ground"):
            self.fbind(name, self._draw)
        for name in ("language", "contrast", "u", "portrait"):
            self.look.fbind(name, self._draw)
        self._draw()

    # --- drawing

    def _place(self) -> list[PlacedKey]:
        rows = LAYOUTS[self.layout]
        side, gap = 16 * self.look.u, 16 * self.look.u
        pitch = self.height / len(rows)
        placed = []
        for index, row in enumerate(rows):
            units = sum(key.units for key in row)
            unit = (self.width - 2 * side - gap * (len(row) - 1)) / units
            x, y = side, self.height - (index + 1) * pitch + gap / 2
            for key in row:
                if key.action is not KeyAction.GAP:
                    placed.append(PlacedKey(key, Box(x, y, key.units * unit, pitch - gap)))
                x += key.units * unit + gap
        return placed

    def _writes(self, key: Key) -> str:
        return key.shifted if self.shifted and key.shifted else key.plain

    def _other(self, key: Key) -> str:
        """What it writes when it is held; '' when it has only one sign."""
        return (key.plain if self.shifted else key.shifted) if key.shifted else ""

    def _label(self, key: Key) -> tuple[str, str, float]:
        """Text, typeface and size of what stands on a key."""
        if key.action is KeyAction.DELETE and key.units > WIDE:
            return say(_("Delete"), self.look.language), "SarabunMedium", self.glyph
        if key.action in _ICONS:
            return ICONS[_ICONS[key.action]], "icons", self.glyph * 1.1
        if key.action in _LABELS:
            return _LABELS[key.action], "SarabunMedium", self.glyph * 0.76
        if key.action in _MESSAGES:
            return say(_MESSAGES[key.action], self.look.language), "Sarabun", self.glyph * 0.76
        return self._writes(key), "Sarabun", self.glyph

    def _redraw(self, *_args: object) -> None:
        self._placed = self._place() if self.width > 1 and self.height > 1 else []
        self.canvas.clear()
        if not self._placed:
            return
        with self.canvas:
            if self.ground:
                Color(1, 1, 1, 1)
                picture = self._picture()
                Rectangle(texture=picture.texture, pos=(round(self.x), round(self.y)), size=picture.size)
            else:
                for placed in self._placed:
                    self._draw_key(placed, *self.pos)
            self.canvas.add(self._mark)

    def _picture(self) -> Fbo:
        """The layer's keys, painted once for all keyboards: 35 ms that otherwise each sign and each page would take."""
        look = self.look
        layer = (self.layout, self.shifted, tuple(self.size), look.language, look.contrast, look.u, look.portrait)
        picture = Cache.get(PAINTED, layer)
        if picture is None:
            picture = Fbo(size=(round(self.width), round(self.height)))
            crisp(picture.texture)
            with picture:
                Color(*look.tray)
                Rectangle(size=picture.size)
                for placed in self._placed:
                    self._draw_key(placed, 0, 0)
            picture.draw()
            Cache.append(PAINTED, layer, picture)
        return picture

    def _draw_key(self, placed: PlacedKey, left: float, bottom: float) -> None:
        box, key = placed.box, placed.key
        lit = key.action is KeyAction.SHIFT and self.shifted
        raised = self.shifted and bool(key.shifted)  # the whole layer shows that shift is on
        soft = key.action not in (KeyAction.WRITE, KeyAction.SPACE)
        x, y = left + box.x, bottom + box.y
        radius = [14 * self.look.u]
        if not self.ground:
            Color(*self.look.line)
            SmoothRoundedRectangle(pos=(x - 2, y - 2), size=(box.width + 4, box.height + 4), radius=radius, segments=6)
        look = self.look
        Color(*(look.gold if lit else look.note_ground if raised else look.key_soft if soft else look.key))
        SmoothRoundedRectangle(pos=(x, y), size=(box.width, box.height), radius=radius, segments=6)
        Color(1, 1, 1, 1)
        text, font, size = self._label(key)
        self._stamp(self._glyphs.texture(text, font, size, self.look.gold_ink if lit else self.look.ink), x, y, box)
        above = self._other(key)
        if above and above.lower() != self._writes(key).lower():  # a capital needs no telling
            corner = self._glyphs.texture(above, "SarabunMedium", self.glyph * 0.5, self.look.key_corner)
            Rectangle(
                texture=corner,
                pos=(
                    round(x + box.width - corner.width - 4 * self.look.u),
                    round(y + box.height - corner.height + 4 * self.look.u),
                ),
                size=corner.size,
            )

    def _stamp(self, texture: Any, x: float, y: float, box: Box) -> None:
        pos = round(x + (box.width - texture.width) / 2), round(y + (box.height - texture.height) / 2)
        Rectangle(texture=texture, pos=pos, size=texture.size)

    def _show_pressed(self, placed: PlacedKey | None) -> None:
        """Mark the key under the finger; a held one shows its other sign above the finger, where it can be seen."""
        self._pressed = placed
        self._mark.clear()
        if placed is None:
            return
        box, radius = placed.box, [14 * self.look.u]
        x, y = self.x + box.x, self.y + box.y
        self._mark.add(Color(*self.look.primary[:3], 0.35))
        self._mark.add(SmoothRoundedRectangle(pos=(x, y), size=(box.width, box.height), radius=radius, segments=6))
        if not self._held:
            return
        width, height = max(box.width, 1.6 * self.glyph), 2 * self.glyph
        left = max(self.x, min(x + (box.width - width) / 2, self.right - width))
        self._mark.add(Color(*self.look.gold))
        bubble = Box(round(left), round(y + box.height + 10 * self.look.u), round(width), round(height))
        self._mark.add(
            SmoothRoundedRectangle(pos=(bubble.x, bubble.y), size=(bubble.width, bubble.height), radius=radius)
        )
        sign = self._glyphs.texture(self._other(placed.key), "SarabunMedium", 1.3 * self.glyph, self.look.gold_ink)
        self._mark.add(Color(1, 1, 1, 1))
        place = bubble.x + (bubble.width - sign.width) / 2, bubble.y + (bubble.height - sign.height) / 2
        self._mark.add(Rectangle(texture=sign, pos=(round(place[0]), round(place[1])), size=sign.size))

    # --- touching

    def taps(self) -> Iterator[tuple[str, str, Box]]:
        """One for each key: 'key.ก', 'key.shift', 'key.space', 'key.delete', 'key.enter', 'key.english' …"""
        x, y = self.to_window(*self.pos)
        for placed in self._placed or self._place():
            key, box = placed.key, placed.box
            text = self._writes(key) if key.action is KeyAction.WRITE else ""
            yield f"key.{text or key.action.value}", text, Box(x + box.x, y + box.y, box.width, box.height)

    def _nearest(self, touch: Any) -> PlacedKey | None:
        x, y = touch.x - self.x, touch.y - self.y
        return min(self._placed, key=lambda placed: placed.distance(x, y), default=None)

    def on_touch_down(self, touch: Any) -> bool:
        if self.disabled or not self.collide_point(*touch.pos) or touch.is_mouse_scrolling:
            return False
        touch.grab(self)
        taken.dispatch("on_taken")
        self._touch_key(self._nearest(touch))
        if self._pressed is not None and self._pressed.key.action is KeyAction.DELETE:
            self._delete()
            self._repeat = Clock.schedule_once(self._start_repeating, HELD_AFTER)
        return True

    def on_touch_move(self, touch: Any) -> bool:
        if touch.grab_current is not self:
            return False
        if self._repeat is None:
            nearest = self._nearest(touch)
            if nearest is not self._pressed:
                self._touch_key(nearest)
        return True

    def on_touch_up(self, touch: Any) -> bool:
        if touch.grab_current is not self:
            return False
        touch.ungrab(self)
        pressed, held = self._pressed, self._held
        self._touch_key(None)
        if self._repeat is not None:
            self._repeat.cancel()
            self._repeat = None
        elif pressed is not None and (held or self.collide_point(*touch.pos)):
            self._press(pressed.key, held)
        return True

    def _touch_key(self, placed: PlacedKey | None) -> None:
        """The finger stands on this key now, since this moment."""
        self._held = False
        self._show_pressed(placed)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if placed is not None and self._other(placed.key):
            self._timer = Clock.schedule_once(self._ask_once_more, HELD_AFTER)

    def _ask_once_more(self, _seconds: float) -> None:
        """A slow frame must not make a tap a long one: let the touches that wait be heard first."""
        self._timer = Clock.schedule_once(self._hold)

    def _hold(self, _seconds: float) -> None:
        self._held = True
        self._show_pressed(self._pressed)

    def _start_repeating(self, _seconds: float) -> None:
        self._repeat = Clock.schedule_interval(lambda _s: self._delete(), REPEAT_EVERY)

    def _delete(self) -> None:
        if self.field is not None:
            self.field.delete_back()

    def _press(self, key: Key, held: bool) -> None:
        action = key.action
        if action is KeyAction.SHIFT:
            self.shifted = not self.shifted
        elif action in NEXT_LAYOUT:
            self.layout, self.shifted = NEXT_LAYOUT[action], False
        elif action is KeyAction.DELETE:  # the finger slid onto it
            self._delete()
        elif self.field is not None:
            sign = {KeyAction.SPACE: " ", KeyAction.ENTER: "\n"}.get(action)
            self.field.write(sign or (self._other(key) if held else self._writes(key)))
            self.shifted = False  # for one sign; capitals and upper marks rarely come in twos


load_rules(__file__)
