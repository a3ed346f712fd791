"""From the notice to the review: what is collected, screen by screen, and the ways forward and back."""

from dataclasses import replace

from journey import effects, events
from journey.card_flow import identify
from journey.complaint.checks import (
    MAX_NAME,
    MAX_PHONE,
    fitted,
    fitted_note,
    fitted_text,
    phone_number,
    story_lack,
    topic_lack,
)
from journey.state import CardPhase, Journey, Overlay, ScanPhase, Screen, Visit
from journey.transitions import Result, answered, cover, go, wipe, with_draft, with_visit
from protocol.topics import Topic

EDITABLE = (Screen.TOPIC, Screen.PLACE, Screen.TELL, Screen.SCAN, Screen.CONTACT, Screen.PHONE, Screen.DETAILS)


def accept_notice(journey: Journey, event: events.AcceptNotice) -> Result:
    """The notice was accepted: from here on a card may be read."""
    visit = journey.visit
    if visit is None or journey.screen is not Screen.NOTICE:
        return journey, ()
    journey = with_draft(
        go(journey, Screen.IDENTIFY),
        notice_version=journey.hall.notice_version,
        notice_accepted_wall=event.wall,
    )
    assert journey.visit is not None  # noqa: S101 - it was there a line above
    if visit.card_phase in (CardPhase.READ, CardPhase.READING, CardPhase.DECLINED):
        return journey, ()  # the notice was only looked at again
    return identify(journey, journey.visit)


def choose_topic(journey: Journey, event: events.ChooseTopic) -> Result:
    """A tile chooses and moves on, which saves a tap; "something else" stays, for it wants a word of its own."""
    if journey.visit is None or journey.screen is not Screen.TOPIC:
        return journey, ()
    journey = with_draft(journey, topic=event.topic)
    return (journey, ()) if event.topic is Topic.OTHER else onward(journey, events.Next())


def may_leave(visit: Visit, screen: Screen) -> bool:
    """Whether "next" leads on from this screen: the part it asks for is there."""
    draft = visit.draft
    told = story_lack(draft) is None
    match screen:
        case Screen.IDENTIFY:
            return visit.card_phase in (CardPhase.READ, CardPhase.DECLINED)
        case Screen.TOPIC:
            return topic_lack(draft) is None
        case Screen.TELL:
            return told
        case Screen.SCAN:
            return told and visit.scan_phase is not ScanPhase.SCANNING
        case Screen.REVIEW:
            return topic_lack(draft) is None and told and not visit.saving and visit.minted is None
        case _:
            return True


FORWARD = {  # where "next" leads
    Screen.IDENTIFY: Screen.TOPIC,
    Screen.TOPIC: Screen.PLACE,
    Screen.PLACE: Screen.TELL,
    Screen.TELL: Screen.REVIEW,
    Screen.SCAN: Screen.REVIEW,
    Screen.CONTACT: Screen.REVIEW,
    Screen.PHONE: Screen.REVIEW,
    Screen.DETAILS: Screen.REVIEW,
}

_BACKWARD = {
    Screen.IDENTIFY: Screen.NOTICE,
    Screen.TOPIC: Screen.IDENTIFY,
    Screen.PLACE: Screen.TOPIC,
    Screen.TELL: Screen.PLACE,
    Screen.SCAN: Screen.TELL,
    Screen.CONTACT: Screen.REVIEW,
    Screen.PHONE: Screen.REVIEW,
    Screen.DETAILS: Screen.REVIEW,
    Screen.TRACKED: Screen.TRACK,
}


def onward(journey: Journey, _: events.Next) -> Result:
    """The filled button: on to the next question, or back to the review a part was opened from."""
    visit = journey.visit
    target = FORWARD.get(journey.screen)
    if visit is None or target is None or not may_leave(visit, journey.screen):
        return journey, ()
    if journey.screen is Screen.PHONE:
        journey, good = _checked_phone(journey, visit)
        if not good:
            return journey, ()
    if visit.editing:
        target = Screen.REVIEW
    return go(_leaving(journey, target), target), ()


def _checked_phone(journey: Journey, visit: Visit) -> tuple[Journey, bool]:
    phone = phone_number(visit.draft)
    if phone is None:
        return replace(journey, visit=replace(visit, phone_bad=True)), False
    return with_draft(replace(journey, visit=replace(visit, phone_bad=False)), phone=phone), True


def _leaving(journey: Journey, target: Screen) -> Journey:
    """On the way to the review the visit is no longer editing one part."""
    if target is Screen.REVIEW and journey.visit is not None:
        return replace(journey, visit=replace(journey.visit, editing=False))
    return journey


def back(journey: Journey, _: events.Back) -> Result:
    """One question back. From the first screen of anything it ends it; a running scan is cancelled."""
    visit = journey.visit
    if visit is None or journey.screen is Screen.TRACK:
        return wipe(journey)
    if journey.screen is Screen.NOTICE:
        return (cover(journey, Overlay.START_OVER), ()) if visit.told else wipe(journey)
    if visit.saving or visit.minted is not None:
        return journey, ()
    stop: tuple[effects.Effect, ...] = ()
    if visit.scan_phase is ScanPhase.SCANNING:
        journey, stop = stop_scan(journey, visit)
    if journey.screen is Screen.REVIEW:
        target = Screen.SCAN if visit.draft.pages else Screen.TELL
    elif visit.editing:
        target = Screen.REVIEW
    else:
        target = _BACKWARD.get(journey.screen, Screen.ATTRACT)
    if target is Screen.ATTRACT:
        return wipe(journey)
    return go(_leaving(journey, target), target), stop


def stop_scan(journey: Journey, visit: Visit) -> Result:
    """Give up the running scan."""
    stopped = answered(visit, "scan", scan_phase=ScanPhase.IDLE, scan_progress=0.0)
    return replace(journey, visit=stopped), (effects.StopScan(visit.visit_id),)


def edit(journey: Journey, event: events.Edit) -> Result:
    """Open one part from the review."""
    visit = journey.visit
    if visit is None or visit.saving or journey.screen is not Screen.REVIEW or event.screen not in EDITABLE:
        return journey, ()
    return go(replace(journey, visit=replace(visit, editing=True)), event.screen), ()


def tell_by(journey: Journey, event: events.TellByScan | events.TellByTyping) -> Result:
    """The two halves of telling; what was told by the other half stays."""
    visit = journey.visit
    if visit is None or journey.screen not in (Screen.TELL, Screen.SCAN):
        return journey, ()
    if isinstance(event, events.TellByScan):
        return go(journey, Screen.SCAN), ()
    stop: tuple[effects.Effect, ...] = ()
    if visit.scan_phase is ScanPhase.SCANNING:
        journey, stop = stop_scan(journey, visit)
    return go(journey, Screen.TELL), stop


def tell_anew(journey: Journey, _: events.TellAnew) -> Result:
    """Whoever goes on without the card cannot see what was told; it may be told once more instead, nothing kept."""
    visit = journey.visit
    if visit is None or not visit.story_covered or journey.screen not in (Screen.TELL, Screen.SCAN):
        return journey, ()
    journey, stop = stop_scan(journey, visit) if visit.scan_phase is ScanPhase.SCANNING else (journey, ())
    dropped = tuple(effects.DropPage(page.page_id) for page in visit.draft.pages)
    return with_draft(with_visit(journey, story_covered=False), text="", pages=()), (*stop, *dropped)


def collect(journey: Journey, event: events.Touch) -> Result:
    """One part written or chosen. Over-long text is cut where the submission's limit lies, never refused."""
    visit = journey.visit
    if visit is None or visit.saving or visit.minted is not None:
        return journey, ()
    if visit.story_covered and isinstance(event, events.WriteText | events.WritePageText):
        return journey, ()
    match event:
        case events.WriteTopicNote(text):
            changes: dict[str, object] = {"topic_note": fitted_note(text)}
        case events.ChooseArea(area, rest_unknown):
            changes = {"area": area, "rest_unknown": rest_unknown}
        case events.WriteSpot(text):
            changes = {"spot": fitted_note(text)}
        case events.WriteText(text):
            changes = {"text": fitted_text(text)}
        case events.ChooseNature(nature):
            changes = {"nature": nature}
        case events.ChooseAbout(about):
            changes = {"about": about}
        case events.WriteAboutNote(text):
            changes = {"about_note": fitted_note(text)}
        case events.ChooseForWhom(for_whom):
            changes = {"for_whom": for_whom}
        case events.WriteForWhomNote(text):
            changes = {"for_whom_note": fitted_note(text)}
        case events.ChooseNaming(naming):
            changes = {"naming": naming}
        case events.WriteName(text):
            changes = {"typed_name": fitted(text, MAX_NAME)}
        case events.WritePhone(text):
            journey = replace(journey, visit=replace(visit, phone_bad=False))
            changes = {"phone": fitted(text, MAX_PHONE)}
        case events.Assisted(by_staff):
            changes = {"assisted": by_staff}
        case events.WritePageText(page_id, text):
            pages = visit.draft.pages
            changes = {"pages": tuple(replace(p, text=fitted_text(text)) if p.page_id == page_id else p for p in pages)}
        case _:
            return journey, ()
    return with_draft(journey, **changes), ()


COLLECTED = (
    events.WriteTopicNote,
    events.ChooseArea,
    events.WriteSpot,
    events.WriteText,
    events.ChooseNature,
    events.ChooseAbout,
    events.WriteAboutNote,
    events.ChooseForWhom,
    events.WriteForWhomNote,
    events.ChooseNaming,
    events.WriteName,
    events.WritePhone,
    events.Assisted,
    events.WritePageText,
)
