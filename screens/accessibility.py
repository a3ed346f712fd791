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
    ToggleHoldKeys,
    ToggleLeftHanded,
    ToggleLowReach,
    ToggleReadAloud,
)
from journey.language import _
from journey.state import Comfort, Contrast, Journey, TextSize, Volume
from screens.kv_loader import load_rules
from screens.widgets.buttons import Tile
from screens.widgets.overlay_view import Cover

_SIZES = {TextSize.NORMAL: _("Normal size"), TextSize.LARGE: _("Large"), TextSize.LARGEST: _("Largest")}
_CONTRASTS = {
    Contrast.NORMAL: _("Normal colours"),
    Contrast.DARK: _("Dark background"),
    Contrast.LIGHT: _("White background"),
}
_VOLUMES = {Volume.SOFT: _("Low"), Volume.NORMAL: _("Medium"), Volume.LOUD: _("High")}
_SWITCHED = {False: _("Off"), True: _("On")}

# name, icon, what it is, how it stands, what a touch sends
_WISHES: tuple[tuple[str, str, str, Callable[[Comfort], str], Callable[[], Event]], ...] = (
    ("text_size", "text-size", _("Text size"), lambda c: _SIZES[c.text_size], NextTextSize),
    ("contrast", "contrast", _("Colours"), lambda c: _CONTRASTS[c.contrast], NextContrast),
    ("low_reach", "arrow-bar-down", _("Low buttons"), lambda c: _SWITCHED[c.low_reach], ToggleLowReach),
    ("left_handed", "arrows-left-right", _("Left hand"), lambda c: _SWITCHED[c.left_handed], ToggleLeftHanded),
    ("hold_keys", "hand-finger", _("Hold a key for its upper sign"), lambda c: _SWITCHED[c.hold_keys], ToggleHoldKeys),
    ("read_aloud", "ear", _("Read aloud"), lambda c: _SWITCHED[c.read_aloud], ToggleReadAloud),
    ("volume", "volume", _("Volume"), lambda c: _VOLUMES[c.volume], NextVolume),
)
_USUAL = Comfort()


class ComfortCard(Cover):
    """A veil and a card with one tile for each wish; a tile says in words how it stands.

    Where there is room for some of them only, which is the lower half of the panel, there are leaves.
    """

    leaved = BooleanProperty(False)  # there is more than one leaf
    at_once = NumericProperty(8)  # tiles there is room for
    heard = False, False  # is there a loudspeaker, and can it read this language aloud

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._tiles: list[Tile] = []
        self._leaf = 0
        self._there: list[Tile] = []
        for name, icon, message, _stands, event in _WISHES:
            tile = Tile(name=f"wish.{name}", icon=icon, message=message)
            tile.bind(on_release=lambda _tile, event=event: self.send(event()))
            self._tiles.append(tile)

    def show(self, journey: Journey) -> None:
        """How each wish stands; what differs from the usual is marked."""
        for tile, (_name, _icon, _message, stands, _event) in zip(self._tiles, _WISHES, strict=True):
            tile.quiet = stands(journey.comfort)
            tile.on = tile.quiet != stands(_USUAL)
        audible, readable = self.heard
        missing = {"wish.volume": not audible, "wish.read_aloud": not readable}
        self._there = [tile for tile in self._tiles if not missing.get(tile.name)]
        self._lay()

    def _lay(self) -> None:
        """The tiles of this leaf."""
        self.leaved = self._leaves > 1
        self._leaf = min(self._leaf, self._leaves - 1)
        most = ceil(len(self._there) / self._leaves)
        there = self._there[self._leaf * most : (self._leaf + 1) * most]
        if there != self.ids.wishes.children[::-1]:
            self.ids.wishes.clear_widgets()
            for tile in there:
                self.ids.wishes.add_widget(tile)

    @property
    def _leaves(self) -> int:
        return max(1, ceil(len(self._there) / float(self.at_once)))

    def on_parent(self, _card: object, parent: object) -> None:
        """It comes up with its first leaf."""
        if parent is None:
            self._leaf = 0

    def press_more(self) -> None:
        """The next leaf, the first after the last."""
        self._leaf = (self._leaf + 1) % self._leaves
        self._lay()


load_rules(__file__)
