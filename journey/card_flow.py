"""The rules of the card: when it is read, what its leaving hides, and whose it is.

Nothing is read before the notice is accepted. A visit without card never talks to the reader. After saving a new
card waits for the next visit. A card that may be an earlier person's is never read: it has to be out of the slot first.
"""

from dataclasses import replace

from drivers.ports.card_reader import CardReaderStatus
from journey import effects, events
from journey.environment_faults import CARD_FAULTS, blocking_fault, card_fault
from journey.faults import Fault
from journey.state import CardPhase, Journey, Overlay, RequestKind, ScanPhase, Screen, Visit
from journey.transitions import (
    RESTING_SCREENS,
    StepResult,
    begin_visit,
    clear_pending,
    go_to_screen,
    pending_visit,
    request_effect,
    show_overlay,
)
from protocol.choices import IdentitySource

PRESENT, EMPTY = CardReaderStatus.CARD_PRESENT, CardReaderStatus.EMPTY
FIRST_REMINDER_PAUSE_S = 5.0  # after the sound at once; each further pause is twice as long
MAX_REMINDER_PAUSE_S = 300.0  # so a closed hall hears it twelve times an hour at most


def on_card_reader_changed(journey: Journey, event: events.CardReaderChanged) -> StepResult:
    """The reader or its slot reports another state."""
    before = journey.environment.card_reader
    was_inserted = event.status.has_card and before is EMPTY
    is_new = was_inserted or (journey.environment.card_is_new and event.status is not EMPTY)
    journey = replace(journey, environment=replace(journey.environment, card_reader=event.status, card_is_new=is_new))
    visit = journey.visit
    if event.status is before:
        return journey, ()
    if visit is None:
        invited = journey.screen in (*RESTING_SCREENS, Screen.ABOUT) and blocking_fault(journey.environment) is None
        return (begin_visit(journey, Screen.NOTICE) if event.status is PRESENT and is_new and invited else journey), ()
    if visit.saving or visit.saved is not None or journey.screen in (Screen.TRACK, Screen.TRACKING_RESULT):
        return _changed_after_sending(journey, visit, was_inserted=was_inserted)
    if visit.card_phase is CardPhase.READ:
        return _changed_after_reading(journey, visit)
    asked_for = journey.screen is Screen.IDENTIFY and visit.card_phase is not CardPhase.NOT_REQUESTED
    if not asked_for and visit.card_phase is not CardPhase.READING:
        return journey, ()
    return _changed_while_identifying(journey, visit)


def start_identification(journey: Journey, visit: Visit) -> StepResult:
    """Start identification with whatever is in the slot now."""
    fault = card_fault(journey.environment)
    if fault is None and journey.environment.card_reader is PRESENT:
        return request_effect(
            journey, visit, RequestKind.CARD, effects.ReadCard, card_phase=CardPhase.READING, card_fault=None
        )
    phase = CardPhase.FAILED if fault else CardPhase.WAITING
    return replace(journey, visit=clear_pending(visit, RequestKind.CARD, card_phase=phase, card_fault=fault)), ()


def update_card_reminder(journey: Journey) -> Journey:
    """Count the reminders to take the card: one at once, then after growing pauses, until it is out."""
    if not must_take_card(journey) or journey.asleep:
        return (
            replace(journey, card_reminder_count=0, next_card_reminder_at=0.0)
            if journey.card_reminder_count
            else journey
        )
    if journey.card_reminder_count and journey.now < journey.next_card_reminder_at:
        return journey
    pause = min(FIRST_REMINDER_PAUSE_S * 2**journey.card_reminder_count, MAX_REMINDER_PAUSE_S)
    return replace(
        journey, card_reminder_count=journey.card_reminder_count + 1, next_card_reminder_at=journey.now + pause
    )


def must_take_card(journey: Journey) -> bool:
    """Whether the card in the slot has to be taken out before the kiosk continues."""
    visit = journey.visit
    if visit is not None and journey.screen is Screen.FAREWELL:
        return journey.environment.card_reader.has_card and not visit.next_card_inserted
    at_the_slot = visit is None or journey.screen in (Screen.NOTICE, Screen.IDENTIFY)
    return at_the_slot and journey.environment.card_left_behind


def _changed_after_sending(journey: Journey, visit: Visit, *, was_inserted: bool) -> StepResult:
    """A card put in now waits for its own visit, unless it may be this citizen's own.

    A visit that read no card has nothing to compare it with: whoever stands at the receipt may have put it in.
    """
    hidden = visit.personal_data_hidden or (visit.saving and visit.card_phase is CardPhase.READ)
    story_hidden = visit.story_hidden or (hidden and not visit.personal_data_hidden)
    visit = clear_pending(
        visit, RequestKind.CITIZEN_ID, next_card_inserted=False, personal_data_hidden=hidden, story_hidden=story_hidden
    )
    present = journey.environment.card_reader is PRESENT
    if present and visit.draft.card is not None and not visit.saving:
        return request_effect(journey, visit, RequestKind.CITIZEN_ID, effects.ReadCitizenId)
    # While it is saved a card of unknown owner waits to be compared. Who looks up a case has told nothing yet.
    looks_up = visit.saved is None and not visit.saving
    waits = present and (visit.draft.card is not None or (was_inserted and looks_up))
    return replace(journey, visit=replace(visit, next_card_inserted=waits)), ()


def _changed_while_identifying(journey: Journey, visit: Visit) -> StepResult:
    if journey.environment.card_reader is not PRESENT and visit.card_phase is CardPhase.DECLINED:
        return journey, ()
    was_reading = visit.card_phase is CardPhase.READING
    journey, asked = start_identification(journey, visit)
    if was_reading and journey.visit is not None and journey.visit.card_phase is CardPhase.WAITING:
        journey = replace(journey, visit=replace(journey.visit, card_fault=Fault.CARD_PULLED_OUT))
    return journey, asked


def _changed_after_reading(journey: Journey, visit: Visit) -> StepResult:
    """A card is known to this visit: hide the person when it leaves, ask whose it is when one comes."""
    told = visit.draft.has_story or visit.scan_phase is ScanPhase.SCANNING
    visit = replace(visit, personal_data_hidden=True, story_hidden=visit.story_hidden or told)
    if journey.environment.card_reader is PRESENT:
        return request_effect(journey, visit, RequestKind.CITIZEN_ID, effects.ReadCitizenId)
    hidden = replace(journey, visit=clear_pending(visit, RequestKind.CITIZEN_ID))
    if journey.overlay is Overlay.OTHER_CARD:  # the other card came out: "go on" is possible now
        return hidden, ()
    return show_overlay(hidden, Overlay.CARD_OUT), ()


def on_card_read(journey: Journey, event: events.CardRead) -> StepResult:
    """The whitelist was read. The place is prefilled from the card's address, unless the citizen chose one."""
    visit = pending_visit(journey, event.request_id, RequestKind.CARD)
    if visit is None:
        return journey, ()
    draft = visit.draft
    untouched = draft.area in ("", journey.kiosk.area, draft.card_area) and not draft.subareas_unknown
    draft = replace(
        draft,
        identity_source=IdentitySource.CHIP,
        card=event.card,
        card_area=event.area,
        area=event.area if event.area and untouched else draft.area,
    )
    done = clear_pending(visit, RequestKind.CARD, draft=draft, card_phase=CardPhase.READ, card_fault=None)
    return replace(journey, visit=done, last_touch_at=journey.now), ()


def on_card_read_failed(journey: Journey, event: events.CardReadFailed) -> StepResult:
    """A reading of the card, or of its id, failed."""
    visit = pending_visit(journey, event.request_id, RequestKind.CARD)
    if visit is not None:
        failed = clear_pending(
            visit, RequestKind.CARD, card_phase=CardPhase.FAILED, card_fault=CARD_FAULTS[event.fault]
        )
        return replace(journey, visit=failed), ()
    visit = pending_visit(journey, event.request_id, RequestKind.CITIZEN_ID)
    if visit is None:
        return journey, ()
    journey = replace(journey, visit=clear_pending(visit, RequestKind.CITIZEN_ID))
    if visit.saved is not None:
        return journey, ()
    # Not known whose it is: never show the first person's data to it.
    return show_overlay(journey, Overlay.OTHER_CARD), ()


def on_citizen_id_read(journey: Journey, event: events.CitizenIdRead) -> StepResult:
    """Whose card is in the slot: the same person's uncovers, another's offers to start over."""
    visit = pending_visit(journey, event.request_id, RequestKind.CITIZEN_ID)
    if visit is None:
        return journey, ()
    visit = clear_pending(visit, RequestKind.CITIZEN_ID)
    known = visit.draft.card
    if known is not None and known.citizen_id == event.citizen_id:
        shown = replace(journey, visit=replace(visit, personal_data_hidden=False, story_hidden=False))
        if journey.overlay in (Overlay.CARD_OUT, Overlay.OTHER_CARD):
            shown = replace(shown, overlay=None, last_touch_at=journey.now)
        return shown, ()
    if visit.saved is not None:  # "send" was pressed before this was known: the new card waits
        return replace(journey, visit=replace(visit, next_card_inserted=True)), ()
    return show_overlay(replace(journey, visit=visit), Overlay.OTHER_CARD), ()


def continue_without_card(journey: Journey, _: events.ContinueWithoutCard) -> StepResult:
    """The citizen goes on without a card: the reader is not talked to, and what a card said is dropped.

    While a card is out nobody knows who that is: then what was told beside the story is dropped too, rather than
    uncovered, and the story stays covered.
    """
    visit = journey.visit
    if visit is None or journey.screen is not Screen.IDENTIFY:
        return journey, ()
    area = journey.kiosk.area if visit.draft.area == visit.draft.card_area else visit.draft.area
    draft = replace(visit.draft, identity_source=IdentitySource.NONE, card=None, card_area="", area=area)
    if visit.personal_data_hidden:
        draft = replace(
            draft, location_note="", topic_note="", about_note="", for_whom_note="", typed_name="", phone=""
        )
    declined = clear_pending(
        visit,
        RequestKind.CARD,
        draft=draft,
        card_phase=CardPhase.DECLINED,
        card_fault=None,
        personal_data_hidden=False,
    )
    return go_to_screen(replace(journey, visit=clear_pending(declined, RequestKind.CITIZEN_ID)), Screen.TOPIC), ()


def read_card_again(journey: Journey, _: events.ReadCardAgain) -> StepResult:
    """Try the card in the slot once more; also how a visit without card changes its mind.

    A card that was read stays this visit's: another one is compared with it, never put in its place.
    """
    visit = journey.visit
    if visit is None or journey.screen is not Screen.IDENTIFY:
        return journey, ()
    if visit.card_phase in (CardPhase.READ, CardPhase.READING):
        return journey, ()
    return start_identification(journey, visit)
