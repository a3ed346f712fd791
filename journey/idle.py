"""Nobody touches the screen: when "still there?" is asked, when a visit ends, when the resting screen goes dark."""

from dataclasses import replace

from journey import events, staff_call_flow, tracking_flow
from journey.state import AccessibilityOptions, Journey, Overlay, Screen
from journey.transitions import RESTING_SCREENS, VISIT_ENDING_OVERLAYS, StepResult, end_visit, show_overlay

FAREWELL_S = 8.0

# What a screen asks to be read or done before "still there?" may come, in seconds on top of the hall's base time:
# about one second for three words of Thai, and a minute more where one searches for words or papers.
READING_S = {
    Screen.NOTICE: 40.0,
    Screen.IDENTIFY: 30.0,
    Screen.TOPIC: 15.0,
    Screen.PLACE: 45.0,
    Screen.STORY: 90.0,
    Screen.SCAN: 90.0,
    Screen.REVIEW: 60.0,
    Screen.CONTACT: 45.0,
    Screen.PHONE: 45.0,
    Screen.DETAILS: 45.0,
    Screen.RECEIPT: 45.0,
    Screen.TRACK: 30.0,
    Screen.TRACKING_RESULT: 45.0,
    Screen.TECHNICIAN: 240.0,
}
NO_RECEIPT_EXTRA_S = 120.0  # on a receipt not on paper: a telephone is taken out, 13 signs are written down
READING_CHARS_PER_S = 10.0  # slow reading of the citizen's own text, added to the time for the screen's words
MAX_STORY_READING_S = 180.0
READ_ALOUD_FACTOR = 2.0  # hearing a page takes about twice as long as reading it


def idle_timeout_s(journey: Journey) -> float:
    """Seconds without touch until "still there?" comes: grows with what there is to read, with how big it is set or
    that it is listened to, and with each time the question was answered."""
    reading = READING_S.get(journey.screen, 0.0)
    reading += min(_visible_story_length(journey) / READING_CHARS_PER_S, MAX_STORY_READING_S)
    if journey.screen is Screen.RECEIPT and journey.visit is not None and not journey.visit.has_printed_receipt:
        reading += NO_RECEIPT_EXTRA_S
    slowly = max(
        journey.accessibility.text_size.value / 100, READ_ALOUD_FACTOR if journey.accessibility.read_aloud else 1.0
    )
    idle_time_factor = journey.visit.idle_time_factor if journey.visit is not None else 1.0
    return (journey.kiosk.idle_seconds + reading * slowly) * idle_time_factor


def _visible_story_length(journey: Journey) -> int:
    """How much of the citizen's own story stands on the screen, in characters."""
    if journey.visit is None:
        return 0
    draft = journey.visit.draft
    match journey.screen:
        case Screen.STORY | Screen.REVIEW:
            return len(draft.text)
        case Screen.SCAN:
            return sum(len(page.current_text) for page in draft.pages)
        case _:
            return 0


def tick(journey: Journey, event: events.Tick) -> StepResult:
    """Time passed."""
    journey, told = staff_call_flow.expire_unanswered_call(replace(journey, now=max(journey.now, event.now)))
    journey, asked = _handle_idle(journey)
    return journey, (*told, *asked)


def _handle_idle(journey: Journey) -> StepResult:
    """What follows when nobody touches anything."""
    if journey.overlay is not None:
        if journey.now < journey.overlay_deadline:
            return journey, ()
        if journey.visit is None:
            return replace(journey, overlay=None), ()
        if journey.overlay in (Overlay.STAFF, Overlay.ACCESSIBILITY):  # warn before what was told is erased
            return show_overlay(journey, Overlay.STILL_THERE), ()
        if journey.overlay not in VISIT_ENDING_OVERLAYS:  # a question that nobody answers erases nothing
            return replace(journey, overlay=None), ()
        return (journey, ()) if tracking_flow.is_busy(journey) else end_visit(journey, abandoned=True)
    idle = journey.now - journey.last_touch_at
    if journey.screen is Screen.FAREWELL:
        return end_visit(journey) if idle >= FAREWELL_S else (journey, ())
    if idle < idle_timeout_s(journey):
        return journey, ()
    if journey.visit is not None:
        return (journey, ()) if tracking_flow.is_busy(journey) else (show_overlay(journey, Overlay.STILL_THERE), ())
    if journey.screen not in RESTING_SCREENS:
        return end_visit(journey)
    resting = AccessibilityOptions(language=journey.kiosk.default_language)
    return replace(
        journey,
        asleep=journey.environment.is_night,
        accessibility=resting,
        fault=None if journey.screen is Screen.FAULT else journey.fault,
    ), ()
