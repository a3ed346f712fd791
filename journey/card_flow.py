"""The rules of the card: when it is read, what its leaving hides, and whose it is.

Nothing is read before the notice is accepted. A visit without card never talks to the reader. After saving a new
card waits for the next visit. A card that may be an earlier person's is never read: it has to be out of the slot first.
"""

from dataclasses import replace

from drivers.ports.card_reader import CardReaderStatus
from journey import effects, events
from journey.environment_faults import CARD_FAULTS, card_fault, stops_new_visits
from journey.faults import Fault
from journey.state import CardPhase, Journey, Overlay, ScanPhase, Screen, Visit
from journey.transitions import RESTING, Result, answered, ask, awaited, begin, cover, go
from protocol.choices import IdentitySource

PRESENT, EMPTY = CardReaderStatus.CARD_PRESENT, CardReaderStatus.EMPTY
FIRST_REMINDER_S = 5.0  # after the sound at once; each further pause is twice as long
LONGEST_REMINDER_S = 300.0  # so a closed hall hears it twelve times an hour at most


def reader_changed(journey: Journey, event: events.CardReaderChanged) -> Result:
    """The reader or its slot reports another state."""
    before = journey.around.card_reader
    put_in = event.status.card_is_in and before is EMPTY
    is_new = put_in or (journey.around.card_is_new and event.status is not EMPTY)
    journey = replace(journey, around=replace(journey.around, card_reader=event.status, card_is_new=is_new))
    visit = journey.visit
    if event.status is before:
        return journey, ()
    if visit is None:
        invited = journey.screen in (*RESTING, Screen.ABOUT) and stops_new_visits(journey.around) is None
        return (begin(journey, Screen.NOTICE) if event.status is PRESENT and is_new and invited else journey), ()
    if visit.saving or visit.minted is not None or journey.screen in (Screen.TRACK, Screen.TRACKED):
        return _changed_after_sending(journey, visit, put_in=put_in)
    if visit.card_phase is CardPhase.READ:
        return _changed_after_reading(journey, visit)
    asked_for = journey.screen is Screen.IDENTIFY and visit.card_phase is not CardPhase.NOT_ASKED
    if not asked_for and visit.card_phase is not CardPhase.READING:
        return journey, ()
    return _changed_while_identifying(journey, visit)


def identify(journey: Journey, visit: Visit) -> Result:
    """Start identification with whatever is in the slot now."""
    fault = card_fault(journey.around)
    if fault is None and journey.around.card_reader is PRESENT:
        return ask(journey, visit, "card", effects.ReadCard, card_phase=CardPhase.READING, card_fault=None)
    phase = CardPhase.FAILED if fault else CardPhase.WAITING
    return replace(journey, visit=answered(visit, "card", card_phase=phase, card_fault=fault)), ()


def remind(journey: Journey) -> Journey:
    """Count the reminders to take the card: one at once, then after growing pauses, until it is out."""
    if not to_take(journey) or journey.asleep:
        return replace(journey, card_reminders=0, card_remind_at=0.0) if journey.card_reminders else journey
    if journey.card_reminders and journey.now < journey.card_remind_at:
        return journey
    pause = min(FIRST_REMINDER_S * 2**journey.card_reminders, LONGEST_REMINDER_S)
    return replace(journey, card_reminders=journey.card_reminders + 1, card_remind_at=journey.now + pause)


def to_take(journey: Journey) -> bool:
    """Whether the card in the slot has to be taken out before the kiosk continues."""
    visit = journey.visit
    if visit is not None and journey.screen is Screen.FAREWELL:
        return journey.around.card_reader.card_is_in and not visit.card_waiting
    at_the_slot = visit is None or journey.screen in (Screen.NOTICE, Screen.IDENTIFY)
    return at_the_slot and journey.around.card_left_behind


def _changed_after_sending(journey: Journey, visit: Visit, *, put_in: bool) -> Result:
    """A card put in now waits for its own visit, unless it may be this citizen's own.

    A visit that read no card has nothing to compare it with: whoever stands at the receipt may have put it in.
    """
    hidden = visit.covered or (visit.saving and visit.card_phase is CardPhase.READ)
    story_hidden = visit.story_covered or (hidden and not visit.covered)
    visit = answered(visit, "card id", card_waiting=False, covered=hidden, story_covered=story_hidden)
    present = journey.around.card_reader is PRESENT
    if present and visit.draft.card is not None and not visit.saving:
        return ask(journey, visit, "card id", effects.ReadCardId)
    # While it is saved a card of unknown owner waits to be compared. Who looks up a case has told nothing yet.
    looks_up = visit.minted is None and not visit.saving
    waits = present and (visit.draft.card is not None or (put_in and looks_up))
    return replace(journey, visit=replace(visit, card_waiting=waits)), ()


def _changed_while_identifying(journey: Journey, visit: Visit) -> Result:
    if journey.around.card_reader is not PRESENT and visit.card_phase is CardPhase.DECLINED:
        return journey, ()
    was_reading = visit.card_phase is CardPhase.READING
    journey, asked = identify(journey, visit)
    if was_reading and journey.visit is not None and journey.visit.card_phase is CardPhase.WAITING:
        journey = replace(journey, visit=replace(journey.visit, card_fault=Fault.CARD_PULLED_OUT))
    return journey, asked


def _changed_after_reading(journey: Journey, visit: Visit) -> Result:
    """A card is known to this visit: hide the person when it leaves, ask whose it is when one comes."""
    told = visit.draft.is_told or visit.scan_phase is ScanPhase.SCANNING
    visit = replace(visit, covered=True, story_covered=visit.story_covered or told)
    if journey.around.card_reader is PRESENT:
        return ask(journey, visit, "card id", effects.ReadCardId)
    hidden = replace(journey, visit=answered(visit, "card id"))
    if journey.overlay is Overlay.OTHER_CARD:  # the other card came out: "go on" is possible now
        return hidden, ()
    return cover(hidden, Overlay.CARD_OUT), ()


def card_read(journey: Journey, event: events.CardRead) -> Result:
    """The whitelist was read. The place is prefilled from the card's address, unless the citizen chose one."""
    visit = awaited(journey, event.ticket, "card")
    if visit is None:
        return journey, ()
    draft = visit.draft
    untouched = draft.area in ("", journey.hall.area, draft.card_area) and not draft.rest_unknown
    draft = replace(
        draft,
        identity_source=IdentitySource.CHIP,
        card=event.card,
        card_area=event.area,
        area=event.area if event.area and untouched else draft.area,
    )
    done = answered(visit, "card", draft=draft, card_phase=CardPhase.READ, card_fault=None)
    return replace(journey, visit=done, last_touch=journey.now), ()


def card_read_failed(journey: Journey, event: events.CardReadFailed) -> Result:
    """A reading of the card, or of its id, failed."""
    visit = awaited(journey, event.ticket, "card")
    if visit is not None:
        failed = answered(visit, "card", card_phase=CardPhase.FAILED, card_fault=CARD_FAULTS[event.fault])
        return replace(journey, visit=failed), ()
    visit = awaited(journey, event.ticket, "card id")
    if visit is None:
        return journey, ()
    journey = replace(journey, visit=answered(visit, "card id"))
    if visit.minted is not None:
        return journey, ()
    return cover(journey, Overlay.OTHER_CARD), ()  # not known whose it is: never show the first person's data to it


def card_id_read(journey: Journey, event: events.CardIdRead) -> Result:
    """Whose card is in the slot: the same person's uncovers, another's offers to start over."""
    visit = awaited(journey, event.ticket, "card id")
    if visit is None:
        return journey, ()
    visit = answered(visit, "card id")
    known = visit.draft.card
    if known is not None and known.citizen_id == event.citizen_id:
        shown = replace(journey, visit=replace(visit, covered=False, story_covered=False))
        if journey.overlay in (Overlay.CARD_OUT, Overlay.OTHER_CARD):
            shown = replace(shown, overlay=None, last_touch=journey.now)
        return shown, ()
    if visit.minted is not None:  # "send" was pressed before this was known: the new card waits
        return replace(journey, visit=replace(visit, card_waiting=True)), ()
    return cover(replace(journey, visit=visit), Overlay.OTHER_CARD), ()


def without_card(journey: Journey, _: events.WithoutCard) -> Result:
    """The citizen goes on without a card: the reader is not talked to, and what a card said is dropped.

    While a card is out nobody knows who that is: then what was told beside the story is dropped too, rather than
    uncovered, and the story stays covered.
    """
    visit = journey.visit
    if visit is None or journey.screen is not Screen.IDENTIFY:
        return journey, ()
    area = journey.hall.area if visit.draft.area == visit.draft.card_area else visit.draft.area
    draft = replace(visit.draft, identity_source=IdentitySource.NONE, card=None, card_area="", area=area)
    if visit.covered:
        draft = replace(draft, spot="", topic_note="", about_note="", for_whom_note="", typed_name="", phone="")
    declined = answered(
        visit,
        "card",
        draft=draft,
        card_phase=CardPhase.DECLINED,
        card_fault=None,
        covered=False,
    )
    return go(replace(journey, visit=answered(declined, "card id")), Screen.TOPIC), ()


def read_again(journey: Journey, _: events.ReadCardAgain) -> Result:
    """Try the card in the slot once more; also how a visit without card changes its mind.

    A card that was read stays this visit's: another one is compared with it, never put in its place.
    """
    visit = journey.visit
    if visit is None or journey.screen is not Screen.IDENTIFY:
        return journey, ()
    if visit.card_phase in (CardPhase.READ, CardPhase.READING):
        return journey, ()
    return identify(journey, visit)
