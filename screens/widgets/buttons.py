"""What can be pressed: buttons with an icon, tiles, chips, rows."""

from collections.abc import Iterator
from typing import Any

from kivy.properties import BooleanProperty, ColorProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout

from screens.kv_loader import load_rules
from screens.touch_guard import acts
from screens.touch_targets import Box, box_of, taken
from screens.widgets.button_row import level_soon
from screens.widgets.containers import Fold, Ground
from screens.widgets.text_labels import fitted
from screens.widgets.text_metrics import measurer

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
        """Name, text and place, see screens.touch_targets."""
        if self.name:
            yield (
                self.name,
                " ".join(word.said for word in self.walk(restrict=True) if getattr(word, "said", "")),
                box_of(self),
            )


class Peer(Press):
    """One of several buttons side by side, see screens.widgets.button_row."""

    kind = StringProperty("outline")
    bare = BooleanProperty(False)  # without its icons, as a neighbour of its kind has no room for them
    most = NumericProperty(0)  # pixels of type that all in the row have room for; 0 is no limit
    asked: Any = ObjectProperty(None)  # all that the size of its words depends on; set by the rule

    def on_asked(self, _widget: object, _asked: object) -> None:
        """Its words or its room changed."""
        level_soon(self)

    def on_parent(self, _widget: object, parent: object) -> None:
        """It has other neighbours; so it has when the part that it is in folds away or comes back."""
        if isinstance(parent, Fold):
            parent.funbind("parent", self._stand_elsewhere)
            parent.fbind("parent", self._stand_elsewhere)
        self._stand_elsewhere()

    def _stand_elsewhere(self, *_changed: object) -> None:
        self.bare, self.most = False, 0
        level_soon(self)

    def words_on_it(self) -> str:
        """What stands on it."""
        raise NotImplementedError

    def size_alone(self) -> float:
        """Pixels of type that it has room for."""
        raise NotImplementedError

    def has_no_room_for_icons(self) -> bool:
        """Whether its words need the place of its icons."""
        return False


class Action(Peer):
    """A button: icon, words, icon behind, in the middle. `kind` is filled, outline, quiet, gold or night."""

    icon_behind = StringProperty()
    type_size = NumericProperty(44)
    gap = NumericProperty(26)  # between icon and words
    crowded = BooleanProperty(False)  # the words need the room of the icons

    def words_on_it(self) -> str:
        return str(self.ids.word.said)

    def size_alone(self) -> float:
        return fitted(self.words_on_it(), "SarabunSemiBold", self.type_size, self.room_for_words())

    def has_no_room_for_icons(self) -> bool:
        """Whether the words would have to shrink much beside the icons: then the icons give way."""
        if not self.words_on_it() or not (self.icon or self.icon_behind):
            return False
        wanted = measurer("SarabunSemiBold", self.type_size)(self.words_on_it())
        return wanted * LEAST_BESIDE_ICON > self._room(True)

    def room_for_words(self, *_asked: object) -> float:
        """Pixels, at least 1."""
        return max(1.0, self._room(not (self.bare or self.has_no_room_for_icons())))

    def _room(self, beside_icons: bool) -> float:
        icons = (bool(self.icon) + bool(self.icon_behind)) * beside_icons
        return float(self.width - 2 * self.padding[0] - (1.25 * self.type_size + self.gap) * icons)


class IconButton(Press):
    """An icon, or two letters, with a word under it: `message`, or `caption` as it is."""

    caption = StringProperty()
    caption_ink = ColorProperty("#14213D")
    glyph = NumericProperty(46)  # units: the icon's size


class Tile(Peer):
    """A choice with its icon in a tinted square, two lines."""

    def words_on_it(self) -> str:
        return str(self.ids.heading.said)

    def size_alone(self) -> float:
        return float(self.ids.heading.size_alone)


class Chip(Peer):
    """A small choice among a few."""

    def words_on_it(self) -> str:
        return str(self.ids.word.said)

    def size_alone(self) -> float:
        return float(self.ids.word.size_alone)


class Badge(Ground, BoxLayout):
    """An icon in a tinted square."""

    icon = StringProperty()
    side = NumericProperty(92)
    ink = ColorProperty("#12376E")


load_rules(__file__)
