"""What can be pressed: buttons with an icon, tiles, chips, rows."""

from collections.abc import Iterator
from typing import Any

from kivy.properties import BooleanProperty, ColorProperty, NumericProperty, StringProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout

from screens.rules import load_rules
from screens.touch_guard import acts
from screens.touchable import Box, box_of, taken
from screens.widgets.box import Ground
from screens.widgets.line_box import measurer

LEAST_BESIDE_ICON = 0.8  # of its size of type, for what stands beside an icon


class Press(ButtonBehavior, Ground, BoxLayout):
    """A ground that can be pressed. `name` is what it is called outside the drawing, whatever its language."""

    name = StringProperty()
    message = StringProperty()
    words = StringProperty()
    quiet = StringProperty()  # message id of a second line
    quiet_words = StringProperty()
    icon = StringProperty()
    on = BooleanProperty(False)  # chosen
    ink = ColorProperty("#14213D")
    public = BooleanProperty(False)  # its words tell nothing of anybody: they may be read aloud
    spoken = StringProperty()  # what it is called aloud; '' is what stands on it
    turn = 0  # how often it was pressed: a press changes what the next one does, so a double tap counts once

    def on_touch_down(self, touch: Any) -> bool:
        if self.collide_point(*touch.pos) and not touch.is_mouse_scrolling and not acts(touch, self):
            return True  # in a list it comes later than the finger: meanwhile this changed
        return bool(super().on_touch_down(touch))

    def on_touch_up(self, touch: Any) -> bool:
        if touch.grab_current is self and not acts(touch, self):
            touch.ungrab(self)
            self._do_release()
            return True
        return bool(super().on_touch_up(touch))

    def on_release(self) -> None:
        """The finger left."""
        self.turn += 1

    def on_press(self) -> None:
        """A finger, or the keypad, took it."""
        taken.dispatch("on_taken")

    def taps(self) -> Iterator[tuple[str, str, Box]]:
        """Name, text and place, see screens.touchable."""
        if self.name:
            yield (
                self.name,
                " ".join(word.said for word in self.walk(restrict=True) if getattr(word, "said", "")),
                box_of(self),
            )


class Action(Press):
    """A button: icon, words, icon behind, in the middle."""

    kind = StringProperty("outline")  # filled, outline, quiet, gold, night
    icon_behind = StringProperty()
    type_size = NumericProperty(44)
    gap = NumericProperty(26)  # between icon and words
    crowded = BooleanProperty(False)  # the words need the room of the icons

    def needs_icons_room(self, said: str, width: float, size: float, icon: str, icon_behind: str) -> bool:
        """Whether the words would have to shrink much beside the icons: then the icons give way."""
        if not said or not (icon or icon_behind):
            return False
        wanted = measurer("SarabunSemiBold", size)(said)
        return wanted * LEAST_BESIDE_ICON > self.room_beside_icons(width, size, icon, icon_behind)

    def room_beside_icons(self, width: float, size: float, icon: str, icon_behind: str) -> float:
        """Pixels for the words."""
        return float(width - 2 * self.padding[0] - (1.25 * size + self.gap) * (bool(icon) + bool(icon_behind)))


class IconButton(Press):
    """An icon, or two letters, with a word under it: `message`, or `caption` as it is."""

    caption = StringProperty()
    caption_ink = ColorProperty("#14213D")


class Tile(Press):
    """A choice with its icon in a tinted square, two lines."""


class Chip(Press):
    """A small choice among a few."""


class Badge(Ground, BoxLayout):
    """An icon in a tinted square."""

    icon = StringProperty()
    side = NumericProperty(92)
    ink = ColorProperty("#12376E")


load_rules(__file__)
