"""Everything that makes the kiosk easier to see, hear and reach, on one card within everybody's reach."""

from collections.abc import Callable
from math import ceil
from typing import Any

from kivy.properties import BooleanProperty, NumericProperty

from journey.events import (
    Event,
    NextContrast,
    NextTextSize,
    NextVolume,
    ToggleLeftHanded,
    ToggleLongPressKeys,
    ToggleLowReach,
    ToggleReadAloud,
)
from journey.language import _
from journey.state import AccessibilityOptions, Contrast, Journey, TextSize, Volume
from screens.kv_loader import load_kv
from screens.widgets import screen_view as _screen_view  # noqa: F401  the rule uses its widgets
from screens.widgets.buttons import Tile
from screens.widgets.overlay_view import OverlayView

_SIZES = {TextSize.NORMAL: _("Normal size"), TextSize.LARGE: _("Large"), TextSize.LARGEST: _("Largest")}
_CONTRASTS = {
    Contrast.NORMAL: _("Normal colours"),
    Contrast.DARK: _("Dark background"),
    Contrast.LIGHT: _("White background"),
}
_VOLUMES = {Volume.SOFT: _("Low"), Volume.NORMAL: _("Medium"), Volume.LOUD: _("High")}
_ON_OFF = {False: _("Off"), True: _("On")}

# name, icon, what it is, how it stands, what a touch sends
_OPTIONS: tuple[tuple[str, str, str, Callable[[AccessibilityOptions], str], Callable[[], Event]], ...] = (
    ("text_size", "text-size", _("Text size"), lambda c: _SIZES[c.text_size], NextTextSize),
    ("contrast", "contrast", _("Colours"), lambda c: _CONTRASTS[c.contrast], NextContrast),
    ("low_reach", "arrow-bar-down", _("Low buttons"), lambda c: _ON_OFF[c.low_reach], ToggleLowReach),
    ("left_handed", "arrows-left-right", _("Left hand"), lambda c: _ON_OFF[c.left_handed], ToggleLeftHanded),
    (
        "long_press_keys",
        "hand-finger",
        _("Hold a key for its upper sign"),
        lambda c: _ON_OFF[c.long_press_keys],
        ToggleLongPressKeys,
    ),
    ("read_aloud", "ear", _("Read aloud"), lambda c: _ON_OFF[c.read_aloud], ToggleReadAloud),
    ("volume", "volume", _("Volume"), lambda c: _VOLUMES[c.volume], NextVolume),
)
_DEFAULT_OPTIONS = AccessibilityOptions()


class AccessibilityOverlay(OverlayView):
    """A veil and a card with one tile for each wish; a tile says in words how it stands.

    Where there is room for some of them only, which is the lower half of the panel, there are leaves.
    """

    has_more_leaves = BooleanProperty(False)  # there is more than one leaf
    tiles_per_leaf = NumericProperty(8)  # tiles there is room for
    audio_support = False, False  # is there a loudspeaker, and can it read this language aloud

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._tiles: list[Tile] = []
        self._leaf = 0
        self._available_tiles: list[Tile] = []
        for name, icon, message, _value_of, event in _OPTIONS:
            tile = Tile(name=f"option.{name}", icon=icon, message=message)
            tile.bind(on_release=lambda _tile, event=event: self.send(event()))
            self._tiles.append(tile)

    def show(self, journey: Journey) -> None:
        """How each wish stands; what differs from the usual is marked."""
        for tile, (_name, _icon, _message, value_message, _event) in zip(self._tiles, _OPTIONS, strict=True):
            tile.subtitle = value_message(journey.accessibility)
            tile.selected = tile.subtitle != value_message(_DEFAULT_OPTIONS)
        audible, readable = self.audio_support
        missing = {"option.volume": not audible, "option.read_aloud": not readable}
        self._available_tiles = [tile for tile in self._tiles if not missing.get(tile.name)]
        self._show_leaf()

    def _show_leaf(self) -> None:
        """The tiles of this leaf."""
        self.has_more_leaves = self._leaf_count > 1
        self._leaf = min(self._leaf, self._leaf_count - 1)
        per_leaf = ceil(len(self._available_tiles) / self._leaf_count)
        there = self._available_tiles[self._leaf * per_leaf : (self._leaf + 1) * per_leaf]
        if there != self.ids.option_grid.children[::-1]:
            self.ids.option_grid.clear_widgets()
            for tile in there:
                self.ids.option_grid.add_widget(tile)

    @property
    def _leaf_count(self) -> int:
        return max(1, ceil(len(self._available_tiles) / float(self.tiles_per_leaf)))

    def on_parent(self, _card: object, parent: object) -> None:
        """It comes up with its first leaf."""
        if parent is None:
            self._leaf = 0

    def press_more(self) -> None:
        """The next leaf, the first after the last."""
        self._leaf = (self._leaf + 1) % self._leaf_count
        self._show_leaf()


load_kv(__file__)
