"""Everything that makes the kiosk easier to see, hear and reach, on one card within everybody's reach."""

from collections.abc import Callable
from typing import Any

from kivy.properties import ObjectProperty
from kivy.uix.floatlayout import FloatLayout

from kiosk_app.journey.events import (
    AskStaff,
    Dismiss,
    Event,
    NextContrast,
    NextTextSize,
    NextVolume,
    ToggleLeftHanded,
    ToggleLowReach,
    ToggleReadAloud,
)
from kiosk_app.journey.state import Comfort, Contrast, Journey, TextSize, Volume
from kiosk_app.language import _
from screens.rules import load_rules
from screens.theme import worn
from screens.widgets import page as _page  # noqa: F401  the rule uses its widgets
from screens.widgets.press import Tile

_SIZES = {TextSize.NORMAL: _("Usual size"), TextSize.LARGE: _("Large"), TextSize.LARGEST: _("Largest")}
_CONTRASTS = {Contrast.NORMAL: _("Usual colours"), Contrast.DARK: _("Dark ground"), Contrast.LIGHT: _("White ground")}
_VOLUMES = {Volume.SOFT: _("Soft"), Volume.NORMAL: _("Middling"), Volume.LOUD: _("Loud")}
_SWITCHED = {False: _("Off"), True: _("On")}

# name, icon, what it is, how it stands, what a touch sends
_WISHES: tuple[tuple[str, str, str, Callable[[Comfort], str], Callable[[], Event]], ...] = (
    ("text_size", "text-size", _("Size of letters"), lambda c: _SIZES[c.text_size], NextTextSize),
    ("contrast", "contrast", _("Colours"), lambda c: _CONTRASTS[c.contrast], NextContrast),
    ("low_reach", "arrow-bar-down", _("Buttons low down"), lambda c: _SWITCHED[c.low_reach], ToggleLowReach),
    ("left_handed", "arrows-left-right", _("For the left hand"), lambda c: _SWITCHED[c.left_handed], ToggleLeftHanded),
    ("read_aloud", "ear", _("Read aloud"), lambda c: _SWITCHED[c.read_aloud], ToggleReadAloud),
    ("volume", "volume", _("Loudness"), lambda c: _VOLUMES[c.volume], NextVolume),
)
_USUAL = Comfort()


class ComfortCard(FloatLayout):
    """A veil and a card with one tile for each wish; a tile says in words how it stands."""

    send: Callable[[Event], None] = ObjectProperty(lambda event: None)
    heard = False, False  # is there a loudspeaker, and can it read this language aloud

    def __init__(self, **kwargs: Any) -> None:
        self.look = worn()
        super().__init__(**kwargs)
        self._tiles: list[Tile] = []
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
        there = [tile for tile in self._tiles if not missing.get(tile.name)]
        if there != self.ids.wishes.children[::-1]:
            self.ids.wishes.clear_widgets()
            for tile in there:
                self.ids.wishes.add_widget(tile)

    def press_done(self) -> None:
        """Go on with what lies under the card."""
        self.send(Dismiss())

    def press_staff(self) -> None:
        """Ask staff."""
        self.send(AskStaff())

    def on_touch_down(self, touch: Any) -> bool:
        """What is not on the card presses nothing."""
        super().on_touch_down(touch)
        return True


load_rules(__file__)
