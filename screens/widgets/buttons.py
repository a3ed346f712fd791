"""Widgets that can be pressed: text buttons, icon buttons, tiles and chips."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from kivy.properties import BooleanProperty, ColorProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout

from screens.kv_loader import load_kv
from screens.rect import Rect, window_rect
from screens.theme import Theme
from screens.touch_guard import may_act, touch_handled
from screens.widgets.button_row import align_row_soon
from screens.widgets.containers import Collapsible, RoundedBox
from screens.widgets.text_labels import fit_type_size
from screens.widgets.text_metrics import text_measure

MIN_SHARE_BESIDE_ICON = 0.8  # of its type size, for text beside an icon
ICON_SCALE = 1.25  # size of a button's icon, in parts of its type size


class ButtonColors(NamedTuple):
    """Names of theme colours."""

    fill: str
    pressed: str
    border: str
    ink: str


BUTTON_COLORS = {
    "filled": ButtonColors("primary", "primary_pressed", "primary", "primary_ink"),
    "gold": ButtonColors("gold", "gold_pressed", "gold", "gold_ink"),
    "outline": ButtonColors("panel", "tint", "strong_border", "ink"),
    "quiet": ButtonColors("panel", "tint", "divider", "ink"),
    "attract": ButtonColors("attract_bottom", "attract_pressed", "attract_muted", "attract_ink"),
}
DISABLED_COLORS = ButtonColors("disabled_fill", "disabled_fill", "divider", "muted")


class PressableBox(ButtonBehavior, RoundedBox, BoxLayout):
    """A rounded box that can be pressed. `name` is its stable name in every language, see screens.touch_targets."""

    name = StringProperty()
    message = StringProperty()  # message id
    literal_text = StringProperty()
    subtitle = StringProperty()  # message id of a second line
    subtitle_text = StringProperty()
    icon = StringProperty()
    selected = BooleanProperty(False)
    ink = ColorProperty("#14213D")
    public = BooleanProperty(False)  # its text holds no personal data: may be read aloud in the hall
    spoken = StringProperty()  # its name when read aloud; '' for the text on it
    press_count = 0  # number of presses. The next press may do something else, so a double tap must press only once

    def choice_fill(self, theme: Theme, *_inputs: object) -> Any:
        """The fill of a box that shows whether it is selected. The .kv rule passes everything that the result depends
        on."""
        if self.state == "down":
            return theme.primary_pressed if self.selected else theme.tint
        return theme.primary if self.selected else theme.panel

    def on_touch_down(self, touch: Any) -> bool:
        if self.collide_point(*touch.pos) and not touch.is_mouse_scrolling and not may_act(touch, self):
            return True  # a list dispatches the touch later, and the button may have changed meanwhile
        return bool(super().on_touch_down(touch))

    def on_touch_up(self, touch: Any) -> bool:
        if touch.grab_current is self and not may_act(touch, self):
            touch.ungrab(self)
            self._do_release()
            return True
        return bool(super().on_touch_up(touch))

    def on_release(self) -> None:
        """Pressed and released on it."""
        self.press_count += 1

    def on_press(self) -> None:
        """A finger or the keypad went down on it."""
        touch_handled.dispatch("on_touch_handled")

    def tap_targets(self) -> Iterator[tuple[str, str, Rect]]:
        """Name, text and rectangle, see screens.touch_targets."""
        if self.name:
            texts = (getattr(widget, "display_text", "") for widget in self.walk(restrict=True))
            yield self.name, " ".join(filter(None, texts)), window_rect(self)


class RowButton(PressableBox):
    """One of several buttons side by side, see screens.widgets.button_row."""

    kind = StringProperty("outline")  # a key of BUTTON_COLORS
    row_hides_icons = BooleanProperty(False)  # a neighbour of its kind has no space for icons
    max_type_size = NumericProperty(0)  # pixels: the type size that fits all buttons of the row; 0 is no limit
    size_inputs: Any = ObjectProperty(None)  # everything that its type size depends on; set by the rule

    def on_size_inputs(self, _widget: object, _size_inputs: object) -> None:
        """Its text or its space changed."""
        align_row_soon(self)

    def on_parent(self, _widget: object, parent: object) -> None:
        """Its neighbours changed. They also change when the Collapsible it is in leaves or comes back."""
        if isinstance(parent, Collapsible):
            parent.funbind("parent", self._reset_row_fit)
            parent.fbind("parent", self._reset_row_fit)
        self._reset_row_fit()

    def _reset_row_fit(self, *_changed: object) -> None:
        self.row_hides_icons, self.max_type_size = False, 0
        align_row_soon(self)

    def visible_text(self) -> str:
        """The text on it."""
        raise NotImplementedError

    def own_type_size(self) -> float:
        """The type size in pixels that fits, apart from its neighbours."""
        raise NotImplementedError

    def lacks_icon_room(self) -> bool:
        """Whether its text needs the space of its icons."""
        return False


class TextButton(RowButton):
    """A button with an icon, a text and a trailing icon, centred."""

    trailing_icon = StringProperty()
    type_size = NumericProperty(44)
    gap = NumericProperty(26)  # between icon and text
    hides_icons = BooleanProperty(False)  # the text needs the space of the icons

    # The .kv rule passes everything that a colour depends on. `theme.contrast` changes after the colours of the theme.

    def fill_color(self, theme: Theme, *_inputs: object) -> Any:
        """The fill for this kind and state."""
        colors = self._colors()
        return getattr(theme, colors.fill if self.state == "normal" else colors.pressed)

    def border_color(self, theme: Theme, *_inputs: object) -> Any:
        """The border for this kind and state."""
        return getattr(theme, self._colors().border)

    def ink_color(self, theme: Theme, *_inputs: object) -> Any:
        """The colour of text and icons for this kind and state."""
        return getattr(theme, self._colors().ink)

    def _colors(self) -> ButtonColors:
        return DISABLED_COLORS if self.disabled else BUTTON_COLORS[self.kind]

    def visible_text(self) -> str:
        return str(self.ids.word.display_text)

    def own_type_size(self) -> float:
        return fit_type_size(self.visible_text(), "SarabunSemiBold", self.type_size, self.text_room())

    def lacks_icon_room(self) -> bool:
        """Whether the text would have to shrink much beside the icons: then the icons are hidden."""
        if not self.visible_text() or not (self.icon or self.trailing_icon):
            return False
        width = text_measure("SarabunSemiBold", self.type_size)(self.visible_text())
        return width * MIN_SHARE_BESIDE_ICON > self._room(beside_icons=True)

    def text_room(self, *_size_inputs: object) -> float:
        """Width for the text in pixels, at least 1."""
        return max(1.0, self._room(beside_icons=not (self.row_hides_icons or self.lacks_icon_room())))

    def _room(self, beside_icons: bool) -> float:
        icons = (bool(self.icon) + bool(self.trailing_icon)) * beside_icons
        return float(self.width - 2 * self.padding[0] - (ICON_SCALE * self.type_size + self.gap) * icons)


class IconButton(PressableBox):
    """An icon, or two letters, with a word under it: `message`, or `caption` as a literal text."""

    caption = StringProperty()
    caption_ink = ColorProperty("#14213D")
    glyph_size = NumericProperty(46)  # units: the icon's size


class Tile(RowButton):
    """A choice: an icon in a tinted square and two lines of text."""

    def visible_text(self) -> str:
        return str(self.ids.heading.display_text)

    def own_type_size(self) -> float:
        return float(self.ids.heading.own_type_size)


class Chip(RowButton):
    """A small choice among a few, without an icon."""

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
