"""The small moves every part of the journey is made of: change the visit, ask for an effect, accept an answer, wipe."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from drivers.ports.card_reader import CardReaderStatus
from journey.complaint.draft import Draft
from journey.effects import ConfirmReceipt, Effect, EraseVisitData, ReportStaffCall
from journey.environment_faults import active_faults, blocking_fault
from journey.events import RequestId
from journey.faults import FAULTS, Fault
from journey.state import AccessibilityOptions, Journey, Overlay, PendingRequest, RequestKind, Screen, Visit

StepResult = tuple[Journey, tuple[Effect, ...]]
EventHandler = Callable[[Journey, Any], StepResult]

RESTING_SCREENS = (Screen.ATTRACT, Screen.FAULT)  # where the kiosk stands while nobody is at it
STILL_THERE_TIMEOUT_S = 30.0  # how long "still there?" waits for an answer
CARD_OUT_TIMEOUT_S = 120.0  # ... and what a card taken out calls up: it is looked for in a bag
STAFF_CALL_OVERLAY_TIMEOUT_S = 180.0  # how long a visit waits for the staff it called before "still there?" comes
ACCESSIBILITY_TIMEOUT_S = 90.0  # how long nothing need be touched while one chooses what makes this easier
# Unanswered, these end the visit; each says so, and when.
VISIT_ENDING_OVERLAYS = (Overlay.STILL_THERE, Overlay.CARD_OUT, Overlay.OTHER_CARD)


def with_visit(journey: Journey, **changes: Any) -> Journey:
    """The journey with fields of its visit replaced. Without a visit nothing changes."""
    return journey if journey.visit is None else replace(journey, visit=replace(journey.visit, **changes))


def with_draft(journey: Journey, **changes: Any) -> Journey:
    """The journey with fields of its visit's draft replaced."""
    return journey if journey.visit is None else with_visit(journey, draft=replace(journey.visit.draft, **changes))


def request_effect(
    journey: Journey,
    visit: Visit,
    request_kind: RequestKind,
    effect: Callable[[RequestId], Effect],
    *,
    page_id: str = "",
    **changes: Any,
) -> StepResult:
    """Ask for an effect and await its answer; an older request of the same kind (and page) is no longer awaited."""
    request_id = RequestId(visit.visit_id, journey.next_request_sequence)
    visit = clear_pending(visit, request_kind, page_id)
    pending = (*visit.pending, PendingRequest(request_kind, page_id, request_id.sequence))
    asked = replace(
        journey,
        visit=replace(visit, pending=pending, **changes),
        next_request_sequence=journey.next_request_sequence + 1,
    )
    return asked, (effect(request_id),)


def pending_visit(
    journey: Journey, request_id: RequestId, request_kind: RequestKind, page_id: str = ""
) -> Visit | None:
    """The visit, if it awaits exactly this answer; else None, and the answer is to be dropped."""
    visit = journey.visit
    if visit is None or request_id.visit_id != visit.visit_id:
        return None
    return visit if PendingRequest(request_kind, page_id, request_id.sequence) in visit.pending else None


def clear_pending(visit: Visit, request_kind: RequestKind, page_id: str = "", **changes: Any) -> Visit:
    """The visit with the request of this kind (and page) answered or given up."""
    pending = tuple(wanted for wanted in visit.pending if (wanted.kind, wanted.page_id) != (request_kind, page_id))
    return replace(visit, pending=pending, **changes)


def go_to_screen(journey: Journey, screen: Screen) -> Journey:
    """The journey on another screen, nothing lying over it."""
    return replace(journey, screen=screen, overlay=None, last_touch_at=journey.now)


def update_resting_screen(journey: Journey) -> Journey:
    """Without a visit the resting screen is attract, or the fault that stops new visits, or one being looked at."""
    if journey.visit is not None or journey.screen not in RESTING_SCREENS:
        return replace(journey, asleep=False) if journey.asleep else journey
    if journey.asleep and not journey.environment.is_night:
        journey = replace(journey, asleep=False)
    stop = blocking_fault(journey.environment)
    if stop is not None:
        return replace(journey, screen=Screen.FAULT, fault=stop)
    if journey.screen is Screen.FAULT:
        fault = journey.fault
        if fault is Fault.UNEXPECTED:  # it has no cause that could go away: read, it is left by a touch or by time
            return journey
        if fault is None or FAULTS[fault].blocks_new_visits or fault not in active_faults(journey.environment):
            return replace(journey, screen=Screen.ATTRACT, fault=None)
    return journey


def show_overlay(journey: Journey, overlay: Overlay) -> Journey:
    """The journey with an overlay. It waits for an answer for a time that grows with the size of type."""
    seconds = STILL_THERE_TIMEOUT_S * journey.accessibility.text_size.value / 100
    if overlay in (Overlay.CARD_OUT, Overlay.OTHER_CARD):
        seconds = CARD_OUT_TIMEOUT_S * journey.accessibility.text_size.value / 100
    elif overlay is Overlay.STAFF and journey.visit is not None:
        seconds = STAFF_CALL_OVERLAY_TIMEOUT_S
    elif overlay is Overlay.ACCESSIBILITY:
        seconds = ACCESSIBILITY_TIMEOUT_S
    return replace(journey, overlay=overlay, overlay_deadline=journey.now + seconds)


def is_other_card_inserted(journey: Journey) -> bool:
    """Whether the card in the slot is known to be another person's than this visit's."""
    present = journey.environment.card_reader is CardReaderStatus.CARD_PRESENT
    return journey.overlay is Overlay.OTHER_CARD and present


def begin_visit(journey: Journey, screen: Screen) -> Journey:
    """A new visit on its first screen. Visit ids are never used twice."""
    visit = Visit(visit_id=journey.next_visit_id, draft=Draft(area=journey.kiosk.area))
    return replace(go_to_screen(journey, screen), visit=visit, next_visit_id=journey.next_visit_id + 1)


def end_visit(journey: Journey, *, abandoned: bool = False) -> StepResult:
    """End whatever runs and stand on attract with nothing left of anybody.

    A receipt left without "done" is recorded as not confirmed. A card that waited for this end, or that is another
    person's, begins its own visit. Any other card in the slot, and every card of a visit that was `abandoned` (nobody
    answered), is left behind.
    """
    visit = journey.visit
    rested = replace(go_to_screen(journey, Screen.ATTRACT), visit=None, fault=None)
    if visit is None:
        return rested, ()
    waits = (
        (visit.next_card_inserted or is_other_card_inserted(journey))
        and journey.environment.card_is_new
        and not abandoned
    )
    rested = replace(rested, environment=replace(rested.environment, card_is_new=waits))
    effects: tuple[Effect, ...] = (
        EraseVisitData(visit.visit_id),
        *((ReportStaffCall(),) if rested.staff_call is not None else ()),
    )
    rested = replace(rested, staff_call=None)
    if visit.saved is not None and Screen.RECEIPT in (journey.screen, visit.technician_return_screen):
        effects = (ConfirmReceipt(visit.saved.submission_id, confirmed=False), *effects)
    rested = replace(rested, accessibility=AccessibilityOptions(language=journey.kiosk.default_language))
    if waits and blocking_fault(rested.environment) is None:
        rested = begin_visit(rested, Screen.NOTICE)
    return rested, effects
