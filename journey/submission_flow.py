"""The send button: seal and save the complaint once, then show code and number."""

from dataclasses import replace

from journey import effects, events
from journey.complaint.checks import check_phone
from journey.complaint.draft import IDENTIFYING, erase
from journey.screens import Screen, can_leave_screen
from journey.state import CardPhase, Journey, RequestKind, Visit
from journey.transitions import (
    StepResult,
    clear_pending,
    event_handler,
    go_to_screen,
    is_other_card_inserted,
    pending_visit,
    request_effect,
    with_visit,
)
from protocol.choices import NameDisclosure


@event_handler
def submit_complaint(journey: Journey, _: events.SubmitComplaint) -> StepResult:
    """Seal and save the complaint. Before that, everything that identifies the citizen is removed from an anonymous
    one."""
    visit = journey.visit
    if visit is None or journey.screen is not Screen.REVIEW or not can_leave_screen(visit, Screen.REVIEW):
        return journey, ()
    if check_phone(visit.draft) is not None:  # the phone screen was left by "back", which does not check the number
        return go_to_screen(replace(journey, visit=replace(visit, editing=True, phone_invalid=True)), Screen.PHONE), ()
    if visit.draft.name_disclosure is NameDisclosure.ANONYMOUS:
        visit = _anonymised(visit)
    draft, language = visit.draft, journey.accessibility.language
    return request_effect(
        journey,
        visit,
        RequestKind.SAVE,
        lambda request_id: effects.SaveSubmission(request_id, draft, language),
        saving=True,
        save_fault=None,
    )


def _anonymised(visit: Visit) -> Visit:
    """The visit as one without card, also if saving fails later: its identity is erased, so no card can be compared
    with it."""
    draft = erase(visit.draft, IDENTIFYING)
    return clear_pending(visit, RequestKind.CITIZEN_ID, draft=draft, card_phase=CardPhase.DECLINED)


@event_handler
def on_save_succeeded(journey: Journey, event: events.SaveSucceeded) -> StepResult:
    """Show code and number, which are final now, and leave the receipt note. Printing waits for the screen."""
    visit = pending_visit(journey, event.request_id, RequestKind.SAVE)
    if visit is None:
        return journey, ()
    is_card_waiting = visit.next_card_inserted or is_other_card_inserted(journey)
    saved = clear_pending(visit, RequestKind.SAVE, saving=False, saved=event.saved, next_card_inserted=is_card_waiting)
    note = effects.SaveReceiptNote(event.saved, journey.accessibility.language)
    journey = mark_acknowledged(go_to_screen(replace(journey, visit=saved), Screen.RECEIPT))
    if _was_card_inserted_while_saving(visit):
        journey, compare = request_effect(
            journey, replace(saved, next_card_inserted=False), RequestKind.CITIZEN_ID, effects.ReadCitizenId
        )
        return journey, (note, *compare)
    return journey, (note,)


@event_handler
def on_save_failed(journey: Journey, event: events.SaveFailed) -> StepResult:
    """Stay on review and show the fault. Nothing was saved."""
    visit = pending_visit(journey, event.request_id, RequestKind.SAVE)
    if visit is None:
        return journey, ()
    failed = clear_pending(visit, RequestKind.SAVE, saving=False, save_fault=event.fault, next_card_inserted=False)
    journey = replace(journey, visit=failed, last_touch_at=journey.now)
    if _was_card_inserted_while_saving(visit):
        return request_effect(journey, failed, RequestKind.CITIZEN_ID, effects.ReadCitizenId)
    return journey, ()


def _was_card_inserted_while_saving(visit: Visit) -> bool:
    """Whether the card in the slot must still be compared with this visit's card."""
    return visit.next_card_inserted and visit.draft.card is not None


def mark_acknowledged(journey: Journey) -> Journey:
    """Mark the visit's submission as acknowledged when its signed receipt has arrived. The mark is kept, because the
    list contains the latest submissions only."""
    visit = journey.visit
    if visit is None or visit.saved is None or visit.saved.submission_id not in journey.environment.acknowledged_ids:
        return journey
    return with_visit(journey, acknowledged=True)
