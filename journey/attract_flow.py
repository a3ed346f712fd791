"""The attract screen: begin a visit, open the about screen, show a fault in full."""

from dataclasses import replace

from journey import events
from journey.environment_faults import blocking_fault
from journey.screens import RESTING_SCREENS, Screen
from journey.state import Journey
from journey.transitions import StepResult, begin_visit, event_handler, go_to_screen


@event_handler
def on_screen_touched(journey: Journey, _: events.ScreenTouched) -> StepResult:
    """Do nothing: `step` itself handles the presence of the citizen for every user action."""
    return journey, ()


@event_handler
def begin_from_attract(journey: Journey, _: events.BeginVisit) -> StepResult:
    """Begin a visit, unless a fault blocks new visits."""
    is_blocked = blocking_fault(journey.environment) is not None
    if journey.visit is not None or journey.screen not in RESTING_SCREENS or is_blocked:
        return journey, ()
    return begin_visit(journey, Screen.NOTICE), ()


@event_handler
def open_about(journey: Journey, _: events.OpenAbout) -> StepResult:
    """Show what this kiosk is. Not during a visit."""
    return (go_to_screen(journey, Screen.ABOUT), ()) if journey.visit is None else (journey, ())


@event_handler
def show_fault(journey: Journey, event: events.ShowFault) -> StepResult:
    """Show a fault in full."""
    if journey.visit is not None or journey.screen not in RESTING_SCREENS:
        return journey, ()
    return replace(go_to_screen(journey, Screen.FAULT), fault=event.fault), ()
