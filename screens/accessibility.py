"""The overlay with the accessibility options, which make the kiosk easier to see, hear and reach."""

from collections.abc import Callable
from math import ceil
from typing import Any, NamedTuple

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


class Option(NamedTuple):
    """One option and its tile."""

    name: str
    icon: str
    label: str  # message id
    value_label: Callable[[AccessibilityOptions], str]  # message id of the present value
    event: Callable[[], Event]  # what a press sends


OPTIONS = (
    Option("text_size", "text-size", _("Text size"), lambda now: _SIZES[now.text_size], NextTextSize),
    Option("contrast", "contrast", _("Colours"), lambda now: _CONTRASTS[now.contrast], NextContrast),
    Option("low_reach", "arrow-bar-down", _("Low buttons"), lambda now: _ON_OFF[now.low_reach], ToggleLowReach),
    Option(
        "left_handed", "arrows-left-right", _("Left-handed"), lambda now: _ON_OFF[now.left_handed], ToggleLeftHanded
    ),
    Option(
        "long_press_keys",
        "hand-finger",
        _("Hold a key for its upper character"),
        lambda now: _ON_OFF[now.long_press_keys],
        ToggleLongPressKeys,
    ),
    Option("read_aloud", "ear", _("Read aloud"), lambda now: _ON_OFF[now.read_aloud], ToggleReadAloud),
    Option("volume", "volume", _("Volume"), lambda now: _VOLUMES[now.volume], NextVolume),
)
_DEFAULT_OPTIONS = AccessibilityOptions()


class AccessibilityOverlay(OverlayView):
    """A panel with one tile for each option; the tile shows its present value.

    When there is too little space (in low reach, only the lower half of the window), the tiles are spread over several
    leaves.
    """

    has_more_leaves = BooleanProperty(False)  # there is more than one leaf
    tiles_per_leaf = NumericProperty(8)  # the most that fit
    audio_support = False, False  # whether there is a speaker, and whether it can read this language aloud

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._tiles: list[Tile] = []
        self._leaf = 0
        self._available_tiles: list[Tile] = []
        for option in OPTIONS:
            tile = Tile(name=f"option.{option.name}", icon=option.icon, message=option.label)
            tile.bind(on_release=lambda _tile, option=option: self.send(option.event()))
            self._tiles.append(tile)

    def show(self, journey: Journey) -> None:
        """Show the present values; those that differ from the default are marked."""
        for tile, option in zip(self._tiles, OPTIONS, strict=True):
            tile.subtitle = option.value_label(journey.accessibility)
            tile.selected = tile.subtitle != option.value_label(_DEFAULT_OPTIONS)
        has_speaker, can_read = self.audio_support
        unavailable = {"option.volume": not has_speaker, "option.read_aloud": not can_read}
        self._available_tiles = [tile for tile in self._tiles if not unavailable.get(tile.name)]
        self._show_leaf()

    def _show_leaf(self) -> None:
        """Show the tiles of this leaf, spread evenly over the leaves."""
        self.has_more_leaves = self._leaf_count > 1
        self._leaf = min(self._leaf, self._leaf_count - 1)
        per_leaf = ceil(len(self._available_tiles) / self._leaf_count)
        tiles = self._available_tiles[self._leaf * per_leaf : (self._leaf + 1) * per_leaf]
        if tiles != self.ids.option_grid.children[::-1]:
            self.ids.option_grid.clear_widgets()
            for tile in tiles:
                self.ids.option_grid.add_widget(tile)

    @property
    def _leaf_count(self) -> int:
        return max(1, ceil(len(self._available_tiles) / float(self.tiles_per_leaf)))

    def on_parent(self, _overlay: object, parent: object) -> None:
        """Begin with the first leaf whenever the overlay opens."""
        if parent is None:
            self._leaf = 0

    def press_more(self) -> None:
        """Show the next leaf; after the last one, the first."""
        self._leaf = (self._leaf + 1) % self._leaf_count
        self._show_leaf()


load_kv(__file__)
