"""Accessibility options: one event for each, available on every screen."""

from dataclasses import replace
from enum import Enum
from typing import Any, TypeVar

from journey import events
from journey.state import Journey, Overlay
from journey.transitions import StepResult, event_handler, show_overlay

E = TypeVar("E", bound=Enum)

LANGUAGES = ("th", "en")


@event_handler
def open_accessibility(journey: Journey, _: events.OpenAccessibility) -> StepResult:
    """Show the options."""
    return show_overlay(journey, Overlay.ACCESSIBILITY), ()


@event_handler
def set_language(journey: Journey, event: events.SetLanguage) -> StepResult:
    """Set the language. An unknown one is ignored."""
    if event.language not in LANGUAGES:
        return journey, ()
    return _with_options(journey, language=event.language)


@event_handler
def next_text_size(journey: Journey, _: events.NextTextSize) -> StepResult:
    """Choose the next text size."""
    return _with_options(journey, text_size=_next_member(journey.accessibility.text_size))


@event_handler
def next_contrast(journey: Journey, _: events.NextContrast) -> StepResult:
    """Choose the next palette."""
    return _with_options(journey, contrast=_next_member(journey.accessibility.contrast))


@event_handler
def toggle_low_reach(journey: Journey, _: events.ToggleLowReach) -> StepResult:
    """Move everything that can be touched to the lower half, or back."""
    return _with_options(journey, low_reach=not journey.accessibility.low_reach)


@event_handler
def toggle_left_handed(journey: Journey, _: events.ToggleLeftHanded) -> StepResult:
    """Move buttons to the left, or back."""
    return _with_options(journey, left_handed=not journey.accessibility.left_handed)


@event_handler
def set_thai_key_order(journey: Journey, event: events.SetThaiKeyOrder) -> StepResult:
    """Set the layout of the Thai keyboard."""
    return _with_options(journey, alphabetical_keys=event.alphabetical)


@event_handler
def toggle_long_press_keys(journey: Journey, _: events.ToggleLongPressKeys) -> StepResult:
    """Let held keys type their shifted character, or not."""
    return _with_options(journey, long_press_keys=not journey.accessibility.long_press_keys)


@event_handler
def toggle_read_aloud(journey: Journey, _: events.ToggleReadAloud) -> StepResult:
    """Read screens aloud, or not."""
    return _with_options(journey, read_aloud=not journey.accessibility.read_aloud)


@event_handler
def next_volume(journey: Journey, _: events.NextVolume) -> StepResult:
    """Choose the next volume."""
    return _with_options(journey, volume=_next_member(journey.accessibility.volume))


def _with_options(journey: Journey, **options: Any) -> StepResult:
    return replace(journey, accessibility=replace(journey.accessibility, **options)), ()


def _next_member(value: E) -> E:
    """The next member of its enum, the first after the last."""
    members = list(type(value))
    return members[(members.index(value) + 1) % len(members)]
