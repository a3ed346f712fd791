"""The rules of the ID card: when it is read, what is hidden when it is removed, and whose card is in the slot.

Nothing is read before the notice is accepted. A visit without card never reads one. A card inserted after saving waits
for the next visit. A card that may belong to an earlier person is never read: the slot has to be empty first.
"""

from dataclasses import replace
from enum import Enum, auto

from drivers.ports.card_reader import CardReaderStatus
from journey import effects, events
from journey.complaint.draft import PersonalData, erase
from journey.environment_faults import CARD_READ_FAULTS, blocking_fault, card_fault
from journey.faults import Fault
from journey.screens import RESTING_SCREENS, TRACKING_SCREENS, Screen
from journey.state import CardPhase, Journey, Overlay, RequestKind, Visit
from journey.transitions import (
    StepResult,
    begin_visit,
    clear_pending,
    event_handler,
    go_to_screen,
    pending_visit,
    request_effect,
    show_overlay,
)
from protocol.choices import IdentitySource

PRESENT, EMPTY = CardReaderStatus.CARD_PRESENT, CardReaderStatus.EMPTY
FIRST_REMINDER_PAUSE_S = 5.0  # after the first sound; each further pause is twice as long
MAX_REMINDER_PAUSE_S = 300.0  # at most twelve reminders an hour in a closed hall


class _CardRole(Enum):
    """How a change in the slot concerns the running visit."""

    NEXT_VISIT = auto()  # sent, or tracking a case: a new card belongs to the next visit
    KNOWN = auto()  # this visit has read its card
    IDENTIFYING = auto()  # the visit waits for a card, or reads one
    NONE = auto()


def _card_role(journey: Journey, visit: Visit) -> _CardRole:
    if visit.saving or visit.saved is not None or journey.screen in TRACKING_SCREENS:
        return _CardRole.NEXT_VISIT
    if visit.card_phase is CardPhase.READ:
        return _CardRole.KNOWN
    is_requested = journey.screen is Screen.IDENTIFY and visit.card_phase is not CardPhase.NOT_REQUESTED
    if is_requested or visit.card_phase is CardPhase.READING:
        return _CardRole.IDENTIFYING
    return _CardRole.NONE


@event_handler
def on_card_reader_changed(journey: Journey, event: events.CardReaderChanged) -> StepResult:
    """Handle a new status of the reader or its slot."""
    before = journey.environment.card_reader
    if event.status is before:
        return journey, ()
    was_inserted = event.status.has_card and before is EMPTY
    is_new = was_inserted or (journey.environment.card_is_new and event.status is not EMPTY)
    journey = replace(journey, environment=replace(journey.environment, card_reader=event.status, card_is_new=is_new))
    visit = journey.visit
    if visit is None:
        return _begin_with_card(journey), ()
    match _card_role(journey, visit):
        case _CardRole.NEXT_VISIT:
            return _changed_after_sending(journey, visit, was_inserted=was_inserted)
        case _CardRole.KNOWN:
            return _changed_after_reading(journey, visit)
        case _CardRole.IDENTIFYING:
            return _changed_while_identifying(journey, visit)
        case _CardRole.NONE:
            return journey, ()


def _begin_with_card(journey: Journey) -> Journey:
    """The journey with a new visit that begins with the new card in the slot; unchanged if no visit may begin."""
    has_new_card = journey.environment.card_reader is PRESENT and journey.environment.card_is_new
    is_available = journey.screen in (*RESTING_SCREENS, Screen.ABOUT) and blocking_fault(journey.environment) is None
    return begin_visit(journey, Screen.NOTICE) if has_new_card and is_available else journey


def _changed_after_sending(journey: Journey, visit: Visit, *, was_inserted: bool) -> StepResult:
    """Decide whether the card waits for its own visit.

    A visit with a card compares the two cards; while saving, it does so after the save has ended. A visit without card
    cannot compare, and the new card may be this citizen's own: it waits for its own visit only while tracking, where
    nothing has been entered yet.
    """
    personal_data_hidden = visit.personal_data_hidden or (visit.saving and visit.card_phase is CardPhase.READ)
    visit = clear_pending(
        visit,
        RequestKind.CITIZEN_ID,
        next_card_inserted=False,
        personal_data_hidden=personal_data_hidden,
        story_hidden=visit.story_hidden or (personal_data_hidden and not visit.personal_data_hidden),
    )
    if journey.environment.card_reader is not PRESENT:
        return replace(journey, visit=visit), ()
    has_card = visit.draft.card is not None
    if has_card and not visit.saving:
        return request_effect(journey, visit, RequestKind.CITIZEN_ID, effects.ReadCitizenId)
    is_tracking = visit.saved is None and not visit.saving
    is_waiting = has_card or (was_inserted and is_tracking)
    return replace(journey, visit=replace(visit, next_card_inserted=is_waiting)), ()


def _changed_after_reading(journey: Journey, visit: Visit) -> StepResult:
    """Hide the citizen's data when the card is removed; compare the card when one is inserted."""
    has_story = visit.draft.has_story or visit.is_scanning
    visit = replace(visit, personal_data_hidden=True, story_hidden=visit.story_hidden or has_story)
    if journey.environment.card_reader is PRESENT:
        return request_effect(journey, visit, RequestKind.CITIZEN_ID, effects.ReadCitizenId)
    journey = replace(journey, visit=clear_pending(visit, RequestKind.CITIZEN_ID))
    if journey.overlay is Overlay.OTHER_CARD:  # the other card was removed: its overlay can be dismissed now
        return journey, ()
    return show_overlay(journey, Overlay.CARD_OUT), ()


def _changed_while_identifying(journey: Journey, visit: Visit) -> StepResult:
    """Start identification again with the present status of the slot."""
    if journey.environment.card_reader is not PRESENT and visit.card_phase is CardPhase.DECLINED:
        return journey, ()
    was_reading = visit.card_phase is CardPhase.READING
    journey, read = start_identification(journey, visit)
    if was_reading and journey.visit is not None and journey.visit.card_phase is CardPhase.WAITING:
        journey = replace(journey, visit=replace(journey.visit, card_fault=Fault.CARD_PULLED_OUT))
    return journey, read


def start_identification(journey: Journey, visit: Visit) -> StepResult:
    """Read the card in the slot, wait for one, or show why none can be read."""
    fault = card_fault(journey.environment)
    if fault is None and journey.environment.card_reader is PRESENT:
        return request_effect(
            journey, visit, RequestKind.CARD, effects.ReadCard, card_phase=CardPhase.READING, card_fault=None
        )
    phase = CardPhase.FAILED if fault else CardPhase.WAITING
    return replace(journey, visit=clear_pending(visit, RequestKind.CARD, card_phase=phase, card_fault=fault)), ()


@event_handler
def on_card_read(journey: Journey, event: events.CardRead) -> StepResult:
    """Keep the card's data. Its address prefills the area, unless the citizen chose another one."""
    visit = pending_visit(journey, event.request_id, RequestKind.CARD)
    if visit is None:
        return journey, ()
    draft = visit.draft
    is_area_prefilled = draft.area in ("", journey.kiosk.area, draft.card_area) and not draft.subareas_unknown
    draft = replace(
        draft,
        identity_source=IdentitySource.CHIP,
        card=event.card,
        card_area=event.area,
        area=event.area if event.area and is_area_prefilled else draft.area,
    )
    identified = clear_pending(visit, RequestKind.CARD, draft=draft, card_phase=CardPhase.READ, card_fault=None)
    return replace(journey, visit=identified, last_touch_at=journey.now), ()


@event_handler
def on_card_read_failed(journey: Journey, event: events.CardReadFailed) -> StepResult:
    """Show why the card, or only its citizen id, could not be read."""
    visit = pending_visit(journey, event.request_id, RequestKind.CARD)
    if visit is not None:
        failed = clear_pending(
            visit, RequestKind.CARD, card_phase=CardPhase.FAILED, card_fault=CARD_READ_FAULTS[event.fault]
        )
        return replace(journey, visit=failed), ()
    visit = pending_visit(journey, event.request_id, RequestKind.CITIZEN_ID)
    if visit is None:
        return journey, ()
    journey = replace(journey, visit=clear_pending(visit, RequestKind.CITIZEN_ID))
    if visit.saved is not None:
        return journey, ()
    # The owner is unknown. The card is treated as another person's, who must not see the first person's data.
    return show_overlay(journey, Overlay.OTHER_CARD), ()


@event_handler
def on_citizen_id_read(journey: Journey, event: events.CitizenIdRead) -> StepResult:
    """Show the data again if it is this visit's card. Offer to start over if it is another person's."""
    visit = pending_visit(journey, event.request_id, RequestKind.CITIZEN_ID)
    if visit is None:
        return journey, ()
    visit = clear_pending(visit, RequestKind.CITIZEN_ID)
    card = visit.draft.card
    if card is not None and card.citizen_id == event.citizen_id:
        journey = replace(journey, visit=replace(visit, personal_data_hidden=False, story_hidden=False))
        if journey.overlay in (Overlay.CARD_OUT, Overlay.OTHER_CARD):
            journey = replace(journey, overlay=None, last_touch_at=journey.now)
        return journey, ()
    if visit.saved is not None:  # the complaint is sent: the new card waits for the next visit
        return replace(journey, visit=replace(visit, next_card_inserted=True)), ()
    return show_overlay(replace(journey, visit=visit), Overlay.OTHER_CARD), ()


@event_handler
def continue_without_card(journey: Journey, _: events.ContinueWithoutCard) -> StepResult:
    """Continue without a card: the reader is not used, and what was read from a card is erased.

    While a card is removed, nobody knows who continues. Then contact and notes are erased as well instead of shown
    again, and the story stays hidden.
    """
    visit = journey.visit
    if visit is None or journey.screen is not Screen.IDENTIFY:
        return journey, ()
    area = journey.kiosk.area if visit.draft.area == visit.draft.card_area else visit.draft.area
    draft = erase(replace(visit.draft, area=area), (PersonalData.CARD,))
    if visit.personal_data_hidden:
        draft = erase(draft, (PersonalData.CONTACT, PersonalData.NOTE))
    declined = clear_pending(
        clear_pending(visit, RequestKind.CITIZEN_ID),
        RequestKind.CARD,
        draft=draft,
        card_phase=CardPhase.DECLINED,
        card_fault=None,
        personal_data_hidden=False,
    )
    return go_to_screen(replace(journey, visit=declined), Screen.TOPIC), ()


@event_handler
def read_card_again(journey: Journey, _: events.ReadCardAgain) -> StepResult:
    """Read the card in the slot again. A visit that declined the card also uses this to read one.

    After a card was read, another card is only compared with it and never replaces it in this visit.
    """
    visit = journey.visit
    if visit is None or journey.screen is not Screen.IDENTIFY:
        return journey, ()
    if visit.card_phase in (CardPhase.READ, CardPhase.READING):
        return journey, ()
    return start_identification(journey, visit)


# --- the reminder to take the card -------------------------------------------------------------------------------


def must_take_card(journey: Journey) -> bool:
    """Whether the card in the slot has to be taken out before the kiosk continues."""
    visit = journey.visit
    if visit is not None and journey.screen is Screen.FAREWELL:
        return journey.environment.card_reader.has_card and not visit.next_card_inserted
    is_slot_needed = visit is None or journey.screen in (Screen.NOTICE, Screen.IDENTIFY)
    return is_slot_needed and journey.environment.card_left_behind


def update_card_reminder(journey: Journey) -> Journey:
    """Count the reminders to take the card: one at once, then after growing pauses, until the card is out."""
    count = journey.card_reminder_count
    if not must_take_card(journey) or journey.asleep:
        return replace(journey, card_reminder_count=0, next_card_reminder_at=0.0) if count else journey
    if count and journey.now < journey.next_card_reminder_at:
        return journey
    pause_s = min(FIRST_REMINDER_PAUSE_S * 2**count, MAX_REMINDER_PAUSE_S)
    return replace(journey, card_reminder_count=count + 1, next_card_reminder_at=journey.now + pause_s)
