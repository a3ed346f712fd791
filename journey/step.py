"""`step(journey, event) -> (journey, effects)`: the state after an event, and the effects to perform.

Pure: no clock, randomness, file or device. Each flow handles its events. The rules for all events are here: a user
action counts as presence, an overlay blocks most other actions, and afterwards the resting screen shows the fault that
blocks new visits, or attract again once its cause is gone.
"""

from dataclasses import replace

from journey import (
    accessibility,
    attract_flow,
    card_flow,
    ending_flow,
    environment_flow,
    events,
    form_flow,
    idle,
    rating_flow,
    receipt_flow,
    scan_flow,
    setup_flow,
    staff_call_flow,
    submission_flow,
    technician_flow,
    tracking_flow,
)
from journey.effects import SwitchBacklight
from journey.state import Journey, Overlay
from journey.transitions import StepResult, collect_handlers, show_overlay, update_resting_screen

HANDLERS = collect_handlers(
    accessibility,
    attract_flow,
    card_flow,
    ending_flow,
    environment_flow,
    form_flow,
    idle,
    rating_flow,
    receipt_flow,
    scan_flow,
    setup_flow,
    staff_call_flow,
    submission_flow,
    technician_flow,
    tracking_flow,
)


def step(journey: Journey, event: events.Event) -> StepResult:
    """The next state and the effects to perform. Never raises, for any event in any state."""
    after, effects = _handle(journey, event)
    after = card_flow.update_card_reminder(after)
    if after.asleep is not journey.asleep:
        effects = (*effects, SwitchBacklight(lit=not after.asleep))
    return after, effects


def _handle(journey: Journey, event: events.Event) -> StepResult:
    if isinstance(event, events.UserAction):
        journey = replace(journey, last_touch_at=journey.now, asleep=False)
        if journey.overlay is Overlay.ACCESSIBILITY:  # choosing an option restarts the time the overlay stays open
            journey = show_overlay(journey, Overlay.ACCESSIBILITY)
        if journey.overlay is not None and not event.allowed_over_overlay:
            return journey, ()
    journey, effects = HANDLERS[type(event)](journey, event)
    return update_resting_screen(journey), effects
