"""What can be pressed: buttons with an icon, tiles, chips, rows."""

from collections.abc import Iterator
from typing import Any

from kivy.properties import BooleanProperty, ColorProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout

from screens.kv_loader import load_kv
from screens.touch_guard import may_act
from screens.touch_targets import Rect, touch_handled, window_rect
from screens.widgets.button_row import align_row_soon
from screens.widgets.containers import Collapsible, RoundedBox
from screens.widgets.text_labels import fit_type_size
from screens.widgets.text_metrics import text_measure

MIN_SHARE_BESIDE_ICON = 0.8  # of its size of type, for what stands beside an icon


class PressableBox(ButtonBehavior, RoundedBox, BoxLayout):
    """A ground that can be pressed. `name` is what it is called outside the drawing, whatever its language."""

    name = StringProperty()
    message = StringProperty()
    literal_text = StringProperty()
    subtitle = StringProperty()  # message id of a second line
    subtitle_text = StringProperty()
    icon = StringProperty()
    selected = BooleanProperty(False)  # chosen
    ink = ColorProperty("#14213D")
    public = BooleanProperty(False)  # its words tell nothing of anybody: they may be read aloud
    spoken = StringProperty()  # what it is called aloud; '' is what stands on it
    press_count = 0  # how often it was pressed: a press changes what the next one does, so a double tap counts once

    def on_touch_down(self, touch: Any) -> bool:
        if self.collide_point(*touch.pos) and not touch.is_mouse_scrolling and not may_act(touch, self):
            return True  # in a list it comes later than the finger: meanwhile this changed
        return bool(super().on_touch_down(touch))

    def on_touch_up(self, touch: Any) -> bool:
        if touch.grab_current is self and not may_act(touch, self):
            touch.ungrab(self)
            self._do_release()
            return True
        return bool(super().on_touch_up(touch))

    def on_release(self) -> None:
        """The finger left."""
        self.press_count += 1

    def on_press(self) -> None:
        """A finger, or the keypad, took it."""
        touch_handled.dispatch("on_touch_handled")

    def tap_targets(self) -> Iterator[tuple[str, str, Rect]]:
        """Name, text and place, see screens.touch_targets."""
        if self.name:
            yield (
                self.name,
                " ".join(word.display_text for word in self.walk(restrict=True) if getattr(word, "display_text", "")),
                window_rect(self),
            )


class RowButton(PressableBox):
    """One of several buttons side by side, see screens.widgets.button_row."""

    kind = StringProperty("outline")
    row_hides_icons = BooleanProperty(False)  # without its icons, as a neighbour of its kind has no room for them
    max_type_size = NumericProperty(0)  # pixels of type that all in the row have room for; 0 is no limit
    size_inputs: Any = ObjectProperty(None)  # all that the size of its words depends on; set by the rule

    def on_size_inputs(self, _widget: object, _size_inputs: object) -> None:
        """Its words or its room changed."""
        align_row_soon(self)

    def on_parent(self, _widget: object, parent: object) -> None:
        """It has other neighbours; so it has when the part that it is in folds away or comes back."""
        if isinstance(parent, Collapsible):
            parent.funbind("parent", self._reset_row_fit)
            parent.fbind("parent", self._reset_row_fit)
        self._reset_row_fit()

    def _reset_row_fit(self, *_changed: object) -> None:
        self.row_hides_icons, self.max_type_size = False, 0
        align_row_soon(self)

    def visible_text(self) -> str:
        """What stands on it."""
        raise NotImplementedError

    def own_type_size(self) -> float:
        """Pixels of type that it has room for."""
        raise NotImplementedError

    def lacks_icon_room(self) -> bool:
        """Whether its words need the place of its icons."""
        return False


class TextButton(RowButton):
    """A button: icon, words, icon behind, in the middle. `kind` is filled, outline, quiet, gold or attract."""

    trailing_icon = StringProperty()
    type_size = NumericProperty(44)
    gap = NumericProperty(26)  # between icon and words
    hides_icons = BooleanProperty(False)  # the words need the room of the icons

    def visible_text(self) -> str:
        return str(self.ids.word.display_text)

    def own_type_size(self) -> float:
        return fit_type_size(self.visible_text(), "SarabunSemiBold", self.type_size, self.text_room())

    def lacks_icon_room(self) -> bool:
        """Whether the words would have to shrink much beside the icons: then the icons give way."""
        if not self.visible_text() or not (self.icon or self.trailing_icon):
            return False
        wanted = text_measure("SarabunSemiBold", self.type_size)(self.visible_text())
        return wanted * MIN_SHARE_BESIDE_ICON > self._room(True)

    def text_room(self, *_size_inputs: object) -> float:
        """Pixels, at least 1."""
        return max(1.0, self._room(not (self.row_hides_icons or self.lacks_icon_room())))

    def _room(self, beside_icons: bool) -> float:
        icons = (bool(self.icon) + bool(self.trailing_icon)) * beside_icons
        return float(self.width - 2 * self.padding[0] - (1.25 * self.type_size + self.gap) * icons)


class IconButton(PressableBox):
    """An icon, or two letters, with a word under it: `message`, or `caption` as it is."""

    caption = StringProperty()
    caption_ink = ColorProperty("#14213D")
    glyph_size = NumericProperty(46)  # units: the icon's size


class Tile(RowButton):
    """A choice with its icon in a tinted square, two lines."""

    def visible_text(self) -> str:
        return str(self.ids.heading.display_text)

    def own_type_size(self) -> float:
        return float(self.ids.heading.own_type_size)


class Chip(RowButton):
    """A small choice among a few."""

    def visible_text(self) -> str:
        return str(self.ids.word.display_text)

    def own_type_size(self) -> float:
        return float(self.ids.word.own_type_size)


class Badge(RoundedBox, BoxLayout):
    """An icon in a tinted square."""

    icon = StringProperty()
    side = NumericProperty(92)
    ink = ColorProperty("#12376E")


load_kv(__file__)
