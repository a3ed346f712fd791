"""The form, from the notice to the review: entries of each screen, "next" and "back"."""

from dataclasses import replace

from journey import effects, events
from journey.card_flow import start_identification
from journey.complaint.checks import normalised_phone, truncate_text
from journey.complaint.draft import PersonalData, erase, field_rules
from journey.complaint.letter_offers import useful_offers
from journey.scan_flow import cancel_running_scan
from journey.screens import SCREEN_RULES, TECHNICIAN_SCREENS, Screen, can_leave_screen
from journey.state import CardPhase, Journey, Overlay, Visit
from journey.technician_flow import leave_technician
from journey.transitions import StepResult, end_visit, event_handler, go_to_screen, show_overlay, with_draft, with_visit
from protocol.choices import MAX_TEXT_CHARS
from protocol.topics import Topic


@event_handler
def accept_notice(journey: Journey, event: events.AcceptNotice) -> StepResult:
    """Go on to identification. Before this, no card is read."""
    visit = journey.visit
    if visit is None or journey.screen is not Screen.NOTICE:
        return journey, ()
    draft = replace(
        visit.draft,
        notice_version=journey.kiosk.notice_version,
        notice_accepted_at_epoch_s=event.at_epoch_s,
    )
    visit = replace(visit, draft=draft)
    journey = go_to_screen(replace(journey, visit=visit), Screen.IDENTIFY)
    if visit.card_phase in (CardPhase.READ, CardPhase.READING, CardPhase.DECLINED):
        return journey, ()  # the notice was accepted before: identification has begun already
    return start_identification(journey, visit)


@event_handler
def choose_topic(journey: Journey, event: events.ChooseTopic) -> StepResult:
    """Choose a topic and go on, which saves a tap. "Something else" stays on the screen: it takes a note."""
    if journey.visit is None or journey.screen is not Screen.TOPIC:
        return journey, ()
    journey = with_draft(journey, topic=event.topic)
    return (journey, ()) if event.topic is Topic.OTHER else go_next(journey, events.Next())


@event_handler
def go_next(journey: Journey, _: events.Next) -> StepResult:
    """Go to the next screen, or return to the review from which a section was opened."""
    visit = journey.visit
    target = SCREEN_RULES[journey.screen].next
    if visit is None or target is None or not can_leave_screen(visit, journey.screen):
        return journey, ()
    if journey.screen is Screen.PHONE:
        phone = normalised_phone(visit.draft)
        if phone is None:
            return replace(journey, visit=replace(visit, phone_invalid=True)), ()
        journey = with_draft(with_visit(journey, phone_invalid=False), phone=phone)
    return _leave_for(journey, Screen.REVIEW if visit.editing else target), ()


@event_handler
def go_back(journey: Journey, _: events.Back) -> StepResult:
    """One screen back. On the first screen it ends the visit. A running scan is cancelled."""
    visit = journey.visit
    if visit is not None and journey.screen in TECHNICIAN_SCREENS:
        return leave_technician(journey, visit)
    if visit is None or journey.screen is Screen.TRACK:
        return end_visit(journey)
    if journey.screen is Screen.NOTICE:
        return (show_overlay(journey, Overlay.START_OVER), ()) if visit.has_entries else end_visit(journey)
    if visit.saving or visit.saved is not None:
        return journey, ()
    target = _screen_before(journey.screen, visit)
    if target is None:
        return end_visit(journey)
    if journey.screen is Screen.PHONE:
        journey = with_draft(journey, phone=normalised_phone(visit.draft) or visit.draft.phone)
    journey, stop = cancel_running_scan(journey, visit)
    return _leave_for(journey, target), stop


def _screen_before(screen: Screen, visit: Visit) -> Screen | None:
    if screen is Screen.REVIEW:
        return Screen.SCAN if visit.draft.pages else Screen.STORY
    return Screen.REVIEW if visit.editing else SCREEN_RULES[screen].previous


def _leave_for(journey: Journey, target: Screen) -> Journey:
    """Go to the next or previous screen. On review no section is being edited any more."""
    if target is Screen.REVIEW:
        journey = with_visit(journey, editing=False)
    return go_to_screen(journey, target)


@event_handler
def edit_section(journey: Journey, event: events.EditSection) -> StepResult:
    """Open one section from the review."""
    visit = journey.visit
    if visit is None or visit.saving or journey.screen is not Screen.REVIEW:
        return journey, ()
    if not SCREEN_RULES[event.screen].opens_from_review:
        return journey, ()
    return go_to_screen(replace(journey, visit=replace(visit, editing=True)), event.screen), ()


@event_handler
def switch_input_method(journey: Journey, event: events.SwitchToScan | events.SwitchToTyping) -> StepResult:
    """Switch between typing and scanning. Text and pages entered so far are both kept."""
    visit = journey.visit
    if visit is None or journey.screen not in (Screen.STORY, Screen.SCAN):
        return journey, ()
    if isinstance(event, events.SwitchToScan):
        return go_to_screen(journey, Screen.SCAN), ()
    journey, stop = cancel_running_scan(journey, visit)
    return go_to_screen(journey, Screen.STORY), stop


@event_handler
def replace_hidden_story(journey: Journey, _: events.ReplaceHiddenStory) -> StepResult:
    """Discard a hidden story and start again: whoever continues without the card cannot see it."""
    visit = journey.visit
    if visit is None or not visit.story_hidden or journey.screen not in (Screen.STORY, Screen.SCAN):
        return journey, ()
    journey, stop = cancel_running_scan(journey, visit)
    drop_pages = tuple(effects.DropPage(page.page_id) for page in visit.draft.pages)
    emptied = erase(visit.draft, (PersonalData.STORY,))
    return with_visit(journey, draft=emptied, story_hidden=False), (*stop, *drop_pages)


@event_handler
def write_text(journey: Journey, event: events.WriteText) -> StepResult:
    """Set a text of the draft. Text beyond the field's maximum is truncated, never refused."""
    visit = journey.visit
    rules = field_rules(event.field_name)
    if visit is None or not _is_draft_open(visit) or (visit.story_hidden and rules.personal is PersonalData.STORY):
        return journey, ()
    if event.field_name == "phone":
        journey = with_visit(journey, phone_invalid=False)
    return with_draft(journey, **{event.field_name: truncate_text(event.text, rules.max_chars)}), ()


@event_handler
def accept_offer(journey: Journey, event: events.AcceptOffer) -> StepResult:
    """Fill the empty field with what the letter offers, cut to the field's maximum. An offer that is no longer useful,
    such as one of a page that was removed, does nothing."""
    visit, offer = journey.visit, event.offer
    if visit is None or journey.screen is not Screen.REVIEW or not _is_draft_open(visit) or visit.story_hidden:
        return journey, ()
    if offer not in useful_offers(visit.draft):
        return journey, ()
    return write_text(journey, events.WriteText(offer.field_name, offer.value))


@event_handler
def choose(journey: Journey, event: events.Choose) -> StepResult:
    """Set a choice of the draft."""
    visit = journey.visit
    if visit is None or not _is_draft_open(visit):
        return journey, ()
    return with_draft(journey, **{event.field_name: event.value}), ()


@event_handler
def choose_area(journey: Journey, event: events.ChooseArea) -> StepResult:
    """Set the area of the complaint."""
    visit = journey.visit
    if visit is None or not _is_draft_open(visit):
        return journey, ()
    return with_draft(journey, area=event.area, subareas_unknown=event.subareas_unknown), ()


@event_handler
def write_page_text(journey: Journey, event: events.WritePageText) -> StepResult:
    """Set the citizen's correction of a page's recognised text."""
    visit = journey.visit
    if visit is None or not _is_draft_open(visit) or visit.story_hidden:
        return journey, ()
    text = truncate_text(event.text, MAX_TEXT_CHARS)
    pages = (replace(page, text=text) if page.page_id == event.page_id else page for page in visit.draft.pages)
    return with_draft(journey, pages=tuple(pages)), ()


def _is_draft_open(visit: Visit) -> bool:
    """Whether the draft may still be changed: it is not being saved and not saved yet."""
    return not visit.saving and visit.saved is None
