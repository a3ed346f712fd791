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

from journey.language import _, say
from screens.kv_loader import load_rules
from screens.theme import ICONS, worn
from screens.touch_guard import acts
from screens.touch_targets import Box, taken
from screens.widgets.auto_repeat import Repeat
from screens.widgets.glyph_cache import Glyphs, ink
from screens.widgets.key_layouts import LANGUAGE_OF, LAYOUTS, NEXT_LAYOUT, THAI_KEDMANEE, Key, KeyAction
from screens.widgets.nearest_filter import crisp
from screens.widgets.text_metrics import measurer

HELD_AFTER = 1.2  # seconds until a finger on a key holds it: a slow finger that means a tap takes up to one
PAINTED = "screens.keyboard"  # Kivy's cache of painted layers: 2.7 MB each at 1080 pixels
WIDE = 3  # key widths: room for a word
# Signs keep RIM units of the look from their key's edges. In parts of their size, measured on Sarabun, the widest, «ณ»,
# is 0.83 wide, the tallest, «ไ» and a mark on its circle, 1.04 high; a word with two marks on one letter is 1.58 high.
# Type of 180 % makes signs 1.44 times as large.
RIM, WIDEST, TALLEST, WORD, GROWTH = 3, 0.84, 1.05, 1.6, 0.55
PAD = 1.3  # a pad of ten figures has room for larger ones
CROWDED = 14  # keys in a row that leave less room between them
SMALLEST = 8  # pixels, for a keyboard that has no place yet
_ICONS = {KeyAction.SHIFT: "arrow-big-up", KeyAction.DELETE: "backspace"}
_LABELS = {
    KeyAction.THAI: "ไทย",
    KeyAction.KEDMANEE: "ฟหกด",
    KeyAction.ALPHABET: "ก–ฮ",
    KeyAction.ENGLISH: "EN",
    KeyAction.NUMBERS: "๑๒๓",
}
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
    """Keys of `layout`. What is written goes to `field` (a screens.widgets.text_field.Field)."""

    layout = StringProperty(THAI_KEDMANEE)
    thai = StringProperty(THAI_KEDMANEE)  # the Thai layout that the key «ไทย» leads to
    thai_chosen: Callable[[str], None] = ObjectProperty(lambda layout: None)  # told which one the citizen switched to
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
        self._sign = 0.0  # size of the signs on the keys, pixels
        self._timer: Any = None
        self._repeat = Repeat(self._delete)
        self._mark = InstructionGroup()
        self._draw = Clock.create_trigger(self._redraw, -1)
        for name in ("layout", "shifted", "size", "pos", "ground"):
            self.fbind(name, self._draw)
        for name in ("language", "contrast", "u", "portrait", "scale"):
            self.look.fbind(name, self._draw)
        self._draw()

    # --- drawing

    def _place(self) -> list[PlacedKey]:
        rows = LAYOUTS[self.layout]
        side, gap = 16 * self.look.u, (16 if max(map(len, rows)) < CROWDED else 10) * self.look.u
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
        narrow = min((placed_key.box.width for placed_key in placed if placed_key.key.plain), default=self.width)
        self._sign = self._size_of_signs(narrow, pitch - gap)
        return placed

    def _size_of_signs(self, width: float, height: float) -> float:
        """Pixels: they grow with the citizen's size of type as far as the narrowest key holds the widest of them."""
        wanted = self.glyph * (1 + (self.look.scale - 1) * GROWTH) * (PAD if self.layout == "digits" else 1)
        rim = 2 * RIM * self.look.u
        fitting: float = min(wanted, (width - rim) / WIDEST, (height - rim) / TALLEST)
        return max(SMALLEST, round(fitting))

    def _writes(self, key: Key) -> str:
        return key.shifted if self.shifted and key.shifted else key.plain

    def _other(self, key: Key) -> str:
        """What it writes when it is held; '' when it has only one sign."""
        return (key.plain if self.shifted else key.shifted) if key.shifted else ""

    def _label(self, key: Key, box: Box) -> tuple[str, str, float]:
        """Text, typeface and size of what stands on a key of this size."""
        if key.action is KeyAction.DELETE and key.units > WIDE:
            return self._fitted(say(_("Delete"), self.look.language), "SarabunMedium", self._sign, box)
        if key.action in _ICONS:
            return ICONS[_ICONS[key.action]], "icons", min(self._sign, 0.7 * box.width)
        if key.action in _LABELS:
            return self._fitted(_LABELS[key.action], "SarabunMedium", 0.76 * self._sign, box)
        if key.action in _MESSAGES:
            return self._fitted(say(_MESSAGES[key.action], self.look.language), "Sarabun", 0.76 * self._sign, box)
        return self._writes(key), "Sarabun", self._sign

    def _fitted(self, text: str, font: str, size: float, box: Box) -> tuple[str, str, float]:
        rim = 2 * RIM * self.look.u
        shrunk = min(size, (box.height - rim) / WORD, size * (box.width - rim) / measurer(font, round(size))(text))
        return text, font, max(SMALLEST, int(shrunk))

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
        layer = (
            self.layout,
            self.shifted,
            tuple(self.size),
            look.language,
            look.contrast,
            look.u,
            look.portrait,
            look.scale,
        )
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
        plain = look.tint if key.tinted else look.key
        Color(*(look.gold if lit else look.note_ground if raised else look.key_soft if soft else plain))
        SmoothRoundedRectangle(pos=(x, y), size=(box.width, box.height), radius=radius, segments=6)
        Color(1, 1, 1, 1)
        above = self._other(key)
        if above.lower() == self._writes(key).lower():  # a capital needs no telling
            above = ""
        aside = (self._sign - self.glyph) / 3 if above else 0  # a large sign makes way for the small one
        colour = self.look.gold_ink if lit else self.look.ink
        self._stamp(self._label(key, box), colour, Box(x, y, box.width, box.height), aside)
        if above:
            small = round(0.5 * self.glyph)
            corner = self._glyphs.texture(above, "SarabunMedium", small, self.look.key_corner)
            over = min(4 * self.look.u, ink(above, "SarabunMedium", small)[0] - 2)  # less than its texture's empty top
            Rectangle(
                texture=corner,
                pos=(
                    round(x + box.width - corner.width - 4 * self.look.u),
                    round(y + box.height - corner.height + over),
                ),
                size=corner.size,
            )

    def _stamp(self, sign: tuple[str, str, float], color: Any, box: Box, aside: float = 0) -> None:
        """In the middle of the key; a tall or deep sign is moved until all its ink is on the key, its rim left free."""
        text, font, size = sign
        texture = self._glyphs.texture(text, font, size, color)
        rim, slack = round(RIM * self.look.u), (box.width - texture.width) / 2
        x, y = round(box.x + slack - max(0, min(aside, slack - rim))), round(box.y + (box.height - texture.height) / 2)
        if len(text) == 1 and font != "icons":
            above, below = ink(text, font, size)
            top, bottom = y + texture.height - above, y + texture.height - below
            y -= max(0, round(top - (box.y + box.height - rim)))
            y += max(0, round(box.y + rim - bottom))
        Rectangle(texture=texture, pos=(x, y), size=texture.size)

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

    def key_at(self, x: float, y: float) -> str:
        """What a touch there means; '' before there are keys."""
        placed = self._nearest(x, y)
        return f"{placed.key.action.value} {self._writes(placed.key)}" if placed is not None else ""

    def cancel_touch(self) -> None:
        """What stands on the glass changed under the finger: it writes and deletes nothing more."""
        self._touch_key(None)
        self._repeat.stop()

    def _nearest(self, x: float, y: float) -> PlacedKey | None:
        x, y = x - self.x, y - self.y
        return min(self._placed, key=lambda placed: placed.distance(x, y), default=None)

    def on_touch_down(self, touch: Any) -> bool:
        if self.disabled or not self.collide_point(*touch.pos) or touch.is_mouse_scrolling:
            return False
        touch.grab(self)
        taken.dispatch("on_taken")
        self._touch_key(self._nearest(*touch.pos))
        if self._pressed is not None and self._pressed.key.action is KeyAction.DELETE:
            self._delete()
            self._repeat.start()
        return True

    def on_touch_move(self, touch: Any) -> bool:
        if touch.grab_current is not self:
            return False
        if not self._repeat.running and acts(touch):
            nearest = self._nearest(*touch.pos)
            if nearest is not self._pressed:
                self._touch_key(nearest)
        return True

    def on_touch_up(self, touch: Any) -> bool:
        if touch.grab_current is not self:
            return False
        touch.ungrab(self)
        pressed, held = self._pressed, self._held
        self._touch_key(None)
        if self._repeat.running:
            self._repeat.stop()
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
        if placed is not None and self.look.hold_keys and self._other(placed.key):
            self._timer = Clock.schedule_once(self._ask_once_more, HELD_AFTER)

    def _ask_once_more(self, _seconds: float) -> None:
        """A slow frame must not make a tap a long one: let the touches that wait be heard first."""
        self._timer = Clock.schedule_once(self._hold)

    def _hold(self, _seconds: float) -> None:
        self._held = True
        self._show_pressed(self._pressed)

    def _delete(self) -> None:
        if self.field is not None:
            self.field.delete_back()

    def _press(self, key: Key, held: bool) -> None:
        action = key.action
        if action is KeyAction.SHIFT:
            self.shifted = not self.shifted
        elif action is KeyAction.THAI:
            self.layout, self.shifted = self.thai, False
        elif action in NEXT_LAYOUT:
            self.layout, self.shifted = NEXT_LAYOUT[action], False
            if LANGUAGE_OF.get(self.layout) == "th":
                self.thai = self.layout
                self.thai_chosen(self.layout)
        elif action is KeyAction.DELETE:  # the finger slid onto it
            self._delete()
        elif self.field is not None:
            sign = {KeyAction.SPACE: " ", KeyAction.ENTER: "\n"}.get(action)
            self.field.write(sign or (self._other(key) if held else self._writes(key)))
            self.shifted = False  # for one sign; capitals and upper marks rarely come in twos


load_rules(__file__)
