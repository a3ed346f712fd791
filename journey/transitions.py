"""The small moves every part of the journey is made of: change the visit, ask for an effect, accept an answer, wipe."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from drivers.ports.card_reader import CardReaderStatus
from journey.complaint.draft import Draft
from journey.effects import CallStaff, ConfirmReceipt, Effect, Wipe
from journey.environment_faults import active_faults, stops_new_visits
from journey.events import Ticket
from journey.faults import FAULTS, Fault
from journey.state import Comfort, Journey, Overlay, Screen, Visit

Result = tuple[Journey, tuple[Effect, ...]]
Handler = Callable[[Journey, Any], Result]

RESTING = (Screen.ATTRACT, Screen.FAULT)  # where the kiosk stands while nobody is at it
STILL_THERE_SECONDS = 30.0  # how long "still there?" waits for an answer
CARD_OUT_SECONDS = 120.0  # ... and what a card taken out calls up: it is looked for in a bag
STAFF_SECONDS = 180.0  # how long a visit waits for the staff it called before "still there?" comes
COMFORT_SECONDS = 90.0  # how long nothing need be touched while one chooses what makes this easier
ENDS_THE_VISIT = (Overlay.STILL_THERE, Overlay.CARD_OUT, Overlay.OTHER_CARD)  # unanswered; each says so, and when


def with_visit(journey: Journey, **changes: Any) -> Journey:
    """The journey with fields of its visit replaced. Without a visit nothing changes."""
    return journey if journey.visit is None else replace(journey, visit=replace(journey.visit, **changes))


def with_draft(journey: Journey, **changes: Any) -> Journey:
    """The journey with fields of its visit's draft replaced."""
    return journey if journey.visit is None else with_visit(journey, draft=replace(journey.visit.draft, **changes))


def ask(journey: Journey, visit: Visit, kind: str, effect: Callable[[Ticket], Effect], **changes: Any) -> Result:
    """Ask for an effect and await its answer under `kind`; an older question of the same kind is no longer awaited."""
    ticket = Ticket(visit.visit_id, journey.next_sequence)
    awaiting = (*(pair for pair in visit.awaiting if pair[0] != kind), (kind, ticket.sequence))
    asked = replace(
        journey, visit=replace(visit, awaiting=awaiting, **changes), next_sequence=journey.next_sequence + 1
    )
    return asked, (effect(ticket),)


def awaited(journey: Journey, ticket: Ticket, kind: str) -> Visit | None:
    """The visit, if it awaits exactly this answer; else None, and the answer is to be dropped."""
    visit = journey.visit
    if visit is None or ticket.visit_id != visit.visit_id or (kind, ticket.sequence) not in visit.awaiting:
        return None
    return visit


def answered(visit: Visit, kind: str, **changes: Any) -> Visit:
    """The visit with the question of this kind answered (or given up)."""
    return replace(visit, awaiting=tuple(pair for pair in visit.awaiting if pair[0] != kind), **changes)


def go(journey: Journey, screen: Screen) -> Journey:
    """The journey on another screen, nothing lying over it."""
    return replace(journey, screen=screen, overlay=None, last_touch=journey.now)


def settle(journey: Journey) -> Journey:
    """Without a visit the resting screen is attract, or the fault that stops new visits, or one being looked at."""
    if journey.visit is not None or journey.screen not in RESTING:
        return replace(journey, asleep=False) if journey.asleep else journey
    if journey.asleep and not journey.around.night:
        journey = replace(journey, asleep=False)
    stop = stops_new_visits(journey.around)
    if stop is not None:
        return replace(journey, screen=Screen.FAULT, fault=stop)
    if journey.screen is Screen.FAULT:
        fault = journey.fault
        if fault is Fault.UNEXPECTED:  # it has no cause that could go away: read, it is left by a touch or by time
            return journey
        if fault is None or FAULTS[fault].stops_new_visits or fault not in active_faults(journey.around):
            return replace(journey, screen=Screen.ATTRACT, fault=None)
    return journey


def cover(journey: Journey, overlay: Overlay) -> Journey:
    """The journey with an overlay. It waits for an answer for a time that grows with the size of type."""
    seconds = STILL_THERE_SECONDS * journey.comfort.text_size.value / 100
    if overlay in (Overlay.CARD_OUT, Overlay.OTHER_CARD):
        seconds = CARD_OUT_SECONDS * journey.comfort.text_size.value / 100
    elif overlay is Overlay.STAFF and journey.visit is not None:
        seconds = STAFF_SECONDS
    elif overlay is Overlay.COMFORT:
        seconds = COMFORT_SECONDS
    return replace(journey, overlay=overlay, still_there_until=journey.now + seconds)


def other_card_in(journey: Journey) -> bool:
    """Whether the card in the slot is known to be another person's than this visit's."""
    present = journey.around.card_reader is CardReaderStatus.CARD_PRESENT
    return journey.overlay is Overlay.OTHER_CARD and present


def begin(journey: Journey, screen: Screen) -> Journey:
    """A new visit on its first screen. Visit ids are never used twice."""
    visit = Visit(visit_id=journey.next_visit, draft=Draft(area=journey.hall.area))
    return replace(go(journey, screen), visit=visit, next_visit=journey.next_visit + 1)


def wipe(journey: Journey, *, abandoned: bool = False) -> Result:
    """End whatever runs and stand on attract with nothing left of anybody.

    A receipt left without "done" is recorded as not confirmed. A card that waited for this end, or that is another
    person's, begins its own visit. Any other card in the slot, and every card of a visit that was `abandoned` (nobody
    answered), is left behind.
    """
    visit = journey.visit
    rested = replace(go(journey, Screen.ATTRACT), visit=None, fault=None)
    if visit is None:
        return rested, ()
    waits = (visit.card_waiting or other_card_in(journey)) and journey.around.card_is_new and not abandoned
    rested = replace(rested, around=replace(rested.around, card_is_new=waits))
    effects: tuple[Effect, ...] = (Wipe(visit.visit_id), *((CallStaff(),) if rested.call is not None else ()))
    rested = replace(rested, call=None)
    if visit.minted is not None and Screen.RECEIPT in (journey.screen, visit.technician_from):
        effects = (ConfirmReceipt(visit.minted.submission_id, confirmed=False), *effects)
    rested = replace(rested, comfort=Comfort(language=journey.hall.default_language))
    if waits and stops_new_visits(rested.around) is None:
        rested = begin(rested, Screen.NOTICE)
    return rested, effects
