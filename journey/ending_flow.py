"""The citizen ends the visit: done, start over, and the questions asked before data is lost."""

from dataclasses import replace

from journey import events
from journey.effects import ConfirmReceipt
from journey.screens import TECHNICIAN_SCREENS, Screen
from journey.state import Journey, Overlay, SavedSubmission, Visit
from journey.technician_flow import leave_technician
from journey.transitions import (
    StepResult,
    end_visit,
    event_handler,
    go_to_screen,
    is_other_card_inserted,
    show_overlay,
    with_visit,
)

MAX_IDLE_TIME_FACTOR = 8.0  # gives at least ten minutes on every screen; after that, probably nobody is there


@event_handler
def finish(journey: Journey, _: events.Finish) -> StepResult:
    """The done button of receipt, farewell, tracking, about and technician."""
    visit = journey.visit
    if visit is not None and journey.screen in TECHNICIAN_SCREENS:
        return leave_technician(journey, visit)
    if visit is not None and visit.saved is not None and journey.screen is Screen.RECEIPT:
        if _may_lose_code(journey, visit):
            return show_overlay(journey, Overlay.NO_RECEIPT), ()
        return _leave_receipt(journey, visit.saved)
    if visit is None or journey.screen in (Screen.FAREWELL, Screen.TRACK, Screen.TRACKING_RESULT):
        return end_visit(journey)
    return journey, ()


@event_handler
def confirm_code_noted(journey: Journey, _: events.ConfirmCodeNoted) -> StepResult:
    """Leave the receipt screen without a printed receipt."""
    visit = journey.visit
    if visit is None or visit.saved is None or journey.overlay is not Overlay.NO_RECEIPT:
        return journey, ()
    return _leave_receipt(journey, visit.saved)


def _leave_receipt(journey: Journey, saved: SavedSubmission) -> StepResult:
    return go_to_screen(journey, Screen.FAREWELL), (ConfirmReceipt(saved.submission_id, confirmed=True),)


def _may_lose_code(journey: Journey, visit: Visit) -> bool:
    """Whether the citizen would leave without a printed receipt and has not been asked about the code yet."""
    return journey.screen is Screen.RECEIPT and not visit.has_printed_receipt and not visit.code_prompt_dismissed


@event_handler
def start_over(journey: Journey, _: events.StartOver) -> StepResult:
    """End the visit, or ask first if code or entries would be lost. Not while the complaint is being saved."""
    visit = journey.visit
    if visit is None:
        return end_visit(journey)
    if visit.saving:
        return journey, ()
    if _may_lose_code(journey, visit):
        return show_overlay(journey, Overlay.NO_RECEIPT), ()
    if visit.has_entries and journey.overlay is not Overlay.OTHER_CARD:
        return show_overlay(journey, Overlay.START_OVER), ()
    return end_visit(journey)


@event_handler
def confirm_start_over(journey: Journey, _: events.ConfirmStartOver) -> StepResult:
    """End the visit and discard what was entered."""
    visit = journey.visit
    if visit is None or visit.saving or journey.overlay is not Overlay.START_OVER:
        return journey, ()
    return end_visit(journey)


@event_handler
def dismiss_overlay(journey: Journey, _: events.DismissOverlay) -> StepResult:
    """Close the overlay and continue; a staff call stays open.

    A citizen who answers "still there?" needs more time: the next question comes after twice the time.
    """
    if is_other_card_inserted(journey):
        return journey, ()
    if journey.overlay is Overlay.STILL_THERE and journey.visit is not None:
        journey = with_visit(journey, idle_time_factor=min(MAX_IDLE_TIME_FACTOR, 2 * journey.visit.idle_time_factor))
    if journey.overlay is Overlay.NO_RECEIPT:
        journey = with_visit(journey, code_prompt_dismissed=True)
    return replace(journey, overlay=None), ()
