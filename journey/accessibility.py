"""What a citizen sets to see, hear and reach this more easily: one event for each setting, on every screen."""

from dataclasses import replace
from enum import Enum
from typing import Any, TypeVar

from journey import events
from journey.state import Journey, Overlay
from journey.transitions import Result, cover

E = TypeVar("E", bound=Enum)

LANGUAGES = ("th", "en")


def open_comfort(journey: Journey, _: events.OpenComfort) -> Result:
    return cover(journey, Overlay.COMFORT), ()


def set_language(journey: Journey, event: events.SetLanguage) -> Result:
    if event.language not in LANGUAGES:
        return journey, ()
    return _wish(journey, language=event.language)


def next_text_size(journey: Journey, _: events.NextTextSize) -> Result:
    return _wish(journey, text_size=_following(journey.comfort.text_size))


def next_contrast(journey: Journey, _: events.NextContrast) -> Result:
    return _wish(journey, contrast=_following(journey.comfort.contrast))


def toggle_low_reach(journey: Journey, _: events.ToggleLowReach) -> Result:
    return _wish(journey, low_reach=not journey.comfort.low_reach)


def toggle_left_handed(journey: Journey, _: events.ToggleLeftHanded) -> Result:
    return _wish(journey, left_handed=not journey.comfort.left_handed)


def arrange_thai_keys(journey: Journey, event: events.ArrangeThaiKeys) -> Result:
    return _wish(journey, alphabet_keys=event.alphabetical)


def toggle_hold_keys(journey: Journey, _: events.ToggleHoldKeys) -> Result:
    return _wish(journey, hold_keys=not journey.comfort.hold_keys)


def toggle_read_aloud(journey: Journey, _: events.ToggleReadAloud) -> Result:
    return _wish(journey, read_aloud=not journey.comfort.read_aloud)


def next_volume(journey: Journey, _: events.NextVolume) -> Result:
    return _wish(journey, volume=_following(journey.comfort.volume))


def _wish(journey: Journey, **wishes: Any) -> Result:
    return replace(journey, comfort=replace(journey.comfort, **wishes)), ()


def _following(value: E) -> E:
    """The next member of its enum, the first after the last."""
    members = list(type(value))
    return members[(members.index(value) + 1) % len(members)]
