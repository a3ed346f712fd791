"""From the notice to the review: what is collected, screen by screen, and the ways forward and back."""

from dataclasses import replace

from journey import effects, events
from journey.card_flow import start_identification
from journey.complaint.checks import (
    MAX_NAME_CHARS,
    MAX_PHONE_CHARS,
    check_story,
    check_topic,
    normalised_phone,
    truncate_note,
    truncate_story,
    truncate_text,
)
from journey.state import CardPhase, Journey, Overlay, RequestKind, ScanPhase, Screen, Visit
from journey.transitions import StepResult, clear_pending, end_visit, go_to_screen, show_overlay, with_draft, with_visit
from protocol.topics import Topic

EDITABLE_SCREENS = (Screen.TOPIC, Screen.PLACE, Screen.STORY, Screen.SCAN, Screen.CONTACT, Screen.PHONE, Screen.DETAILS)


def accept_notice(journey: Journey, event: events.AcceptNotice) -> StepResult:
    """The notice was accepted: from here on a card may be read."""
    visit = journey.visit
    if visit is None or journey.screen is not Screen.NOTICE:
        return journey, ()
    journey = with_draft(
        go_to_screen(journey, Screen.IDENTIFY),
        notice_version=journey.kiosk.notice_version,
        notice_accepted_at_epoch_s=event.at_epoch_s,
    )
    assert journey.visit is not None  # noqa: S101 - it was there a line above
    if visit.card_phase in (CardPhase.READ, CardPhase.READING, CardPhase.DECLINED):
        return journey, ()  # the notice was only looked at again
    return start_identification(journey, journey.visit)


def choose_topic(journey: Journey, event: events.ChooseTopic) -> StepResult:
    """A tile chooses and moves on, which saves a tap; "something else" stays, for it wants a word of its own."""
    if journey.visit is None or journey.screen is not Screen.TOPIC:
        return journey, ()
    journey = with_draft(journey, topic=event.topic)
    return (journey, ()) if event.topic is Topic.OTHER else go_next(journey, events.Next())


def can_leave_screen(visit: Visit, screen: Screen) -> bool:
    """Whether "next" leads on from this screen: the part it asks for is there."""
    draft = visit.draft
    told = check_story(draft) is None
    match screen:
        case Screen.IDENTIFY:
            return visit.card_phase in (CardPhase.READ, CardPhase.DECLINED)
        case Screen.TOPIC:
            return check_topic(draft) is None
        case Screen.STORY:
            return told
        case Screen.SCAN:
            return told and visit.scan_phase is not ScanPhase.SCANNING
        case Screen.REVIEW:
            return check_topic(draft) is None and told and not visit.saving and visit.saved is None
        case _:
            return True


NEXT_SCREEN = {  # where "next" leads
    Screen.IDENTIFY: Screen.TOPIC,
    Screen.TOPIC: Screen.PLACE,
    Screen.PLACE: Screen.STORY,
    Screen.STORY: Screen.REVIEW,
    Screen.SCAN: Screen.REVIEW,
    Screen.CONTACT: Screen.REVIEW,
    Screen.PHONE: Screen.REVIEW,
    Screen.DETAILS: Screen.REVIEW,
}

_PREVIOUS_SCREEN = {
    Screen.IDENTIFY: Screen.NOTICE,
    Screen.TOPIC: Screen.IDENTIFY,
    Screen.PLACE: Screen.TOPIC,
    Screen.STORY: Screen.PLACE,
    Screen.SCAN: Screen.STORY,
    Screen.CONTACT: Screen.REVIEW,
    Screen.PHONE: Screen.REVIEW,
    Screen.DETAILS: Screen.REVIEW,
    Screen.TRACKING_RESULT: Screen.TRACK,
}


def go_next(journey: Journey, _: events.Next) -> StepResult:
    """The filled button: on to the next question, or back to the review a part was opened from."""
    visit = journey.visit
    target = NEXT_SCREEN.get(journey.screen)
    if visit is None or target is None or not can_leave_screen(visit, journey.screen):
        return journey, ()
    if journey.screen is Screen.PHONE:
        journey, good = _check_phone(journey, visit)
        if not good:
            return journey, ()
    if visit.editing:
        target = Screen.REVIEW
    return go_to_screen(_finish_editing(journey, target), target), ()


def _check_phone(journey: Journey, visit: Visit) -> tuple[Journey, bool]:
    phone = normalised_phone(visit.draft)
    if phone is None:
        return replace(journey, visit=replace(visit, phone_invalid=True)), False
    return with_draft(replace(journey, visit=replace(visit, phone_invalid=False)), phone=phone), True


def _finish_editing(journey: Journey, target: Screen) -> Journey:
    """On the way to the review the visit is no longer editing one part."""
    if target is Screen.REVIEW and journey.visit is not None:
        return replace(journey, visit=replace(journey.visit, editing=False))
    return journey


def go_back(journey: Journey, _: events.Back) -> StepResult:
    """One question back. From the first screen of anything it ends it; a running scan is cancelled."""
    visit = journey.visit
    if visit is None or journey.screen is Screen.TRACK:
        return end_visit(journey)
    if journey.screen is Screen.NOTICE:
        return (show_overlay(journey, Overlay.START_OVER), ()) if visit.has_entries else end_visit(journey)
    if visit.saving or visit.saved is not None:
        return journey, ()
    stop: tuple[effects.Effect, ...] = ()
    if visit.scan_phase is ScanPhase.SCANNING:
        journey, stop = stop_scan(journey, visit)
    if journey.screen is Screen.REVIEW:
        target = Screen.SCAN if visit.draft.pages else Screen.STORY
    elif visit.editing:
        target = Screen.REVIEW
    else:
        target = _PREVIOUS_SCREEN.get(journey.screen, Screen.ATTRACT)
    if target is Screen.ATTRACT:
        return end_visit(journey)
    return go_to_screen(_finish_editing(journey, target), target), stop


def stop_scan(journey: Journey, visit: Visit) -> StepResult:
    """Give up the running scan."""
    stopped = clear_pending(visit, RequestKind.SCAN, scan_phase=ScanPhase.IDLE, scan_progress=0.0)
    return replace(journey, visit=stopped), (effects.StopScan(visit.visit_id),)


def edit_section(journey: Journey, event: events.EditSection) -> StepResult:
    """Open one part from the review."""
    visit = journey.visit
    if visit is None or visit.saving or journey.screen is not Screen.REVIEW or event.screen not in EDITABLE_SCREENS:
        return journey, ()
    return go_to_screen(replace(journey, visit=replace(visit, editing=True)), event.screen), ()


def switch_input_method(journey: Journey, event: events.SwitchToScan | events.SwitchToTyping) -> StepResult:
    """The two halves of telling; what was told by the other half stays."""
    visit = journey.visit
    if visit is None or journey.screen not in (Screen.STORY, Screen.SCAN):
        return journey, ()
    if isinstance(event, events.SwitchToScan):
        return go_to_screen(journey, Screen.SCAN), ()
    stop: tuple[effects.Effect, ...] = ()
    if visit.scan_phase is ScanPhase.SCANNING:
        journey, stop = stop_scan(journey, visit)
    return go_to_screen(journey, Screen.STORY), stop


def replace_hidden_story(journey: Journey, _: events.ReplaceHiddenStory) -> StepResult:
    """Whoever goes on without the card cannot see what was told; it may be told once more instead, nothing kept."""
    visit = journey.visit
    if visit is None or not visit.story_hidden or journey.screen not in (Screen.STORY, Screen.SCAN):
        return journey, ()
    journey, stop = stop_scan(journey, visit) if visit.scan_phase is ScanPhase.SCANNING else (journey, ())
    dropped = tuple(effects.DropPage(page.page_id) for page in visit.draft.pages)
    return with_draft(with_visit(journey, story_hidden=False), text="", pages=()), (*stop, *dropped)


def update_draft(journey: Journey, event: events.UserAction) -> StepResult:
    """One part written or chosen. Over-long text is cut where the submission's limit lies, never refused."""
    visit = journey.visit
    if visit is None or visit.saving or visit.saved is not None:
        return journey, ()
    if visit.story_hidden and isinstance(event, events.WriteText | events.WritePageText):
        return journey, ()
    match event:
        case events.WriteTopicNote(text):
            changes: dict[str, object] = {"topic_note": truncate_note(text)}
        case events.ChooseArea(area, subareas_unknown):
            changes = {"area": area, "subareas_unknown": subareas_unknown}
        case events.WriteLocationNote(text):
            changes = {"location_note": truncate_note(text)}
        case events.WriteText(text):
            changes = {"text": truncate_story(text)}
        case events.ChooseNature(nature):
            changes = {"nature": nature}
        case events.ChooseAbout(about):
            changes = {"about": about}
        case events.WriteAboutNote(text):
            changes = {"about_note": truncate_note(text)}
        case events.ChooseForWhom(for_whom):
            changes = {"for_whom": for_whom}
        case events.WriteForWhomNote(text):
            changes = {"for_whom_note": truncate_note(text)}
        case events.ChooseNameDisclosure(name_disclosure):
            changes = {"name_disclosure": name_disclosure}
        case events.WriteName(text):
            changes = {"typed_name": truncate_text(text, MAX_NAME_CHARS)}
        case events.WritePhone(text):
            journey = replace(journey, visit=replace(visit, phone_invalid=False))
            changes = {"phone": truncate_text(text, MAX_PHONE_CHARS)}
        case events.SetAssistedByStaff(assisted):
            changes = {"assisted": assisted}
        case events.WritePageText(page_id, text):
            pages = visit.draft.pages
            changes = {
                "pages": tuple(replace(p, text=truncate_story(text)) if p.page_id == page_id else p for p in pages)
            }
        case _:
            return journey, ()
    return with_draft(journey, **changes), ()


DRAFT_EVENTS = (
    events.WriteTopicNote,
    events.ChooseArea,
    events.WriteLocationNote,
    events.WriteText,
    events.ChooseNature,
    events.ChooseAbout,
    events.WriteAboutNote,
    events.ChooseForWhom,
    events.WriteForWhomNote,
    events.ChooseNameDisclosure,
    events.WriteName,
    events.WritePhone,
    events.SetAssistedByStaff,
    events.WritePageText,
)
