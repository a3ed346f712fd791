"""Building blocks of every flow: change the visit, request an effect, match its result, show an overlay, end a visit.

Also the decorator that makes a function the handler of an event.
"""

from collections.abc import Callable
from dataclasses import replace
from types import ModuleType
from typing import Any, TypeVar, get_args

from drivers.ports.card_reader import CardReaderStatus
from journey.complaint.draft import Draft
from journey.effects import ConfirmReceipt, Effect, EraseVisitData, ReportStaffCall
from journey.environment_faults import active_faults, blocking_fault
from journey.events import Event, RequestId
from journey.faults import FAULTS, Fault
from journey.screens import RESTING_SCREENS, Screen
from journey.state import (
    AccessibilityOptions,
    Journey,
    LookUpPhase,
    Overlay,
    PendingRequest,
    PrintPhase,
    RatingPhase,
    RequestKind,
    Visit,
)

StepResult = tuple[Journey, tuple[Effect, ...]]
EventHandler = Callable[[Journey, Any], StepResult]
HandlerT = TypeVar("HandlerT", bound=EventHandler)

STILL_THERE_TIMEOUT_S = 30.0  # how long "still there?" waits for a reply
CARD_OUT_TIMEOUT_S = 120.0  # ... and the overlay of a removed card: the citizen may be looking for it
STAFF_CALL_OVERLAY_TIMEOUT_S = 180.0  # how long a visit waits for the staff it called before "still there?" comes
ACCESSIBILITY_TIMEOUT_S = 90.0  # how long the accessibility options stay open without a touch
# Without a reply, these end the visit. Each shows the time that is left.
VISIT_ENDING_OVERLAYS = (Overlay.STILL_THERE, Overlay.CARD_OUT, Overlay.OTHER_CARD)
LOOK_UP_PENDING_PHASES = (LookUpPhase.QUERYING, LookUpPhase.SCANNING_RECEIPT)


def event_handler(handler: HandlerT) -> HandlerT:
    """Make a function the handler of the event, or union of events, that annotates its second parameter."""
    annotation = list(handler.__annotations__.values())[1]
    handler.__dict__["handled_events"] = get_args(annotation) or (annotation,)
    return handler


def collect_handlers(*flows: ModuleType) -> dict[type[Event], EventHandler]:
    """The handlers of these modules by event type. Raises ValueError for an event with two handlers."""
    handlers: dict[type[Event], EventHandler] = {}
    for flow in flows:
        for function in vars(flow).values():
            for event_type in getattr(function, "handled_events", ()):
                if handlers.setdefault(event_type, function) is not function:
                    raise ValueError(f"{event_type.__name__} has two handlers")
    return handlers


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
    """Request an effect and wait for its result. A pending request of the same kind (and page) is given up.

    `changes` are further fields of the visit.
    """
    request_id = RequestId(visit.visit_id, journey.next_request_sequence)
    visit = clear_pending(visit, request_kind, page_id)
    pending = (*visit.pending, PendingRequest(request_kind, page_id, request_id.sequence))
    requested = replace(
        journey,
        visit=replace(visit, pending=pending, **changes),
        next_request_sequence=journey.next_request_sequence + 1,
    )
    return requested, (effect(request_id),)


def pending_visit(
    journey: Journey, request_id: RequestId, request_kind: RequestKind, page_id: str = ""
) -> Visit | None:
    """The visit, if it waits for exactly this result; otherwise None, and the caller drops the result."""
    visit = journey.visit
    if visit is None or visit.visit_id != request_id.visit_id:
        return None
    return visit if PendingRequest(request_kind, page_id, request_id.sequence) in visit.pending else None


def clear_pending(visit: Visit, request_kind: RequestKind, page_id: str = "", **changes: Any) -> Visit:
    """The visit with `changes`, waiting no longer for a result of this kind (and page)."""
    pending = tuple(request for request in visit.pending if (request.kind, request.page_id) != (request_kind, page_id))
    return replace(visit, pending=pending, **changes)


def is_busy(journey: Journey) -> bool:
    """Whether the citizen waits for the kiosk. Every such wait ends by the deadline of its worker."""
    visit = journey.visit
    return visit is not None and (
        visit.saving
        or visit.is_scanning
        or visit.print_phase is PrintPhase.PRINTING
        or visit.look_up_phase in LOOK_UP_PENDING_PHASES
        or visit.rating_phase is RatingPhase.SENDING
    )


def is_other_card_inserted(journey: Journey) -> bool:
    """Whether the card in the slot is known to be another person's than this visit's."""
    is_present = journey.environment.card_reader is CardReaderStatus.CARD_PRESENT
    return journey.overlay is Overlay.OTHER_CARD and is_present


def go_to_screen(journey: Journey, screen: Screen) -> Journey:
    """The journey on another screen, without an overlay."""
    return replace(journey, screen=screen, overlay=None, last_touch_at=journey.now)


def show_overlay(journey: Journey, overlay: Overlay) -> Journey:
    """The journey with an overlay and its deadline. Overlays with longer texts in larger type wait longer."""
    text_scale = journey.accessibility.text_size.value / 100
    if overlay in (Overlay.CARD_OUT, Overlay.OTHER_CARD):
        seconds = CARD_OUT_TIMEOUT_S * text_scale
    elif overlay is Overlay.STAFF and journey.visit is not None:
        seconds = STAFF_CALL_OVERLAY_TIMEOUT_S
    elif overlay is Overlay.ACCESSIBILITY:
        seconds = ACCESSIBILITY_TIMEOUT_S
    else:
        seconds = STILL_THERE_TIMEOUT_S * text_scale
    return replace(journey, overlay=overlay, overlay_deadline=journey.now + seconds)


def update_resting_screen(journey: Journey) -> Journey:
    """Without a visit, show attract, the fault that blocks new visits, or a fault that was opened and still exists."""
    if journey.setup is not None and not journey.setup.reopened and journey.visit is None:
        return journey if journey.screen is Screen.SETUP else go_to_screen(journey, Screen.SETUP)
    if journey.visit is not None or journey.screen not in RESTING_SCREENS:
        return replace(journey, asleep=False) if journey.asleep else journey
    if journey.asleep and not journey.environment.is_night:
        journey = replace(journey, asleep=False)
    blocking = blocking_fault(journey.environment)
    if blocking is not None:
        return replace(journey, screen=Screen.FAULT, fault=blocking)
    if journey.screen is Screen.FAULT and not _is_fault_still_shown(journey):
        return replace(journey, screen=Screen.ATTRACT, fault=None)
    return journey


def _is_fault_still_shown(journey: Journey) -> bool:
    fault = journey.fault
    if fault is Fault.UNEXPECTED:  # no state of the environment clears it: it ends by a touch or by time
        return True
    return fault is not None and not FAULTS[fault].blocks_new_visits and fault in active_faults(journey.environment)


def default_accessibility(journey: Journey) -> AccessibilityOptions:
    """The options with which every visit begins."""
    return AccessibilityOptions(language=journey.kiosk.default_language)


def begin_visit(journey: Journey, screen: Screen) -> Journey:
    """A new visit on its first screen. Visit ids are never used twice."""
    visit = Visit(visit_id=journey.next_visit_id, draft=Draft(area=journey.kiosk.area))
    return replace(go_to_screen(journey, screen), visit=visit, next_visit_id=journey.next_visit_id + 1)


def end_visit(journey: Journey, *, abandoned: bool = False) -> StepResult:
    """End the visit and return to attract with no data of anybody left.

    A new card that waits for its visit, or another person's card, begins its own visit. Any other card in the slot, and
    every card of a visit that was `abandoned` (nobody answered), counts as left behind.
    """
    visit = journey.visit
    resting = replace(go_to_screen(journey, Screen.ATTRACT), visit=None, fault=None)
    if visit is None:
        return resting, ()
    is_card_waiting = visit.next_card_inserted or is_other_card_inserted(journey)
    begins_next_visit = is_card_waiting and journey.environment.card_is_new and not abandoned
    resting = replace(
        resting,
        environment=replace(journey.environment, card_is_new=begins_next_visit),
        accessibility=default_accessibility(journey),
        staff_call=None,
    )
    if begins_next_visit and blocking_fault(resting.environment) is None:
        resting = begin_visit(resting, Screen.NOTICE)
    return resting, _end_of_visit_effects(journey, visit)


def _end_of_visit_effects(journey: Journey, visit: Visit) -> tuple[Effect, ...]:
    """Erase the visit's data and report the end of its staff call. A receipt that was left without "done" is first
    recorded as not confirmed."""
    effects: list[Effect] = []
    if visit.saved is not None and Screen.RECEIPT in (journey.screen, visit.technician_return_screen):
        effects.append(ConfirmReceipt(visit.saved.submission_id, confirmed=False))
    effects.append(EraseVisitData(visit.visit_id))
    if journey.staff_call is not None:
        effects.append(ReportStaffCall())
    return tuple(effects)
