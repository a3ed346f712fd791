"""Idle time-outs: when "still there?" is asked, when a visit ends, when the resting screen goes dark."""

from dataclasses import replace

from journey import events
from journey.screens import RESTING_SCREENS, SCREEN_RULES, Screen
from journey.staff_call_flow import expire_unanswered_call
from journey.state import Journey, Overlay
from journey.transitions import (
    VISIT_ENDING_OVERLAYS,
    StepResult,
    default_accessibility,
    end_visit,
    event_handler,
    is_busy,
    show_overlay,
)

FAREWELL_S = 8.0
NO_RECEIPT_EXTRA_S = 120.0  # without a printed receipt: time to take out a telephone, or to write down 13 characters
READING_CHARS_PER_S = 10.0  # slow reading of the citizen's own text, added to the screen's reading time
MAX_STORY_READING_S = 180.0
READ_ALOUD_FACTOR = 2.0  # listening to a screen takes about twice as long as reading it


def idle_timeout_s(journey: Journey) -> float:
    """Seconds without touch until "still there?". Grows with the length and size of the text, with reading aloud, and
    with each answer to the question."""
    reading_s = SCREEN_RULES[journey.screen].reading_s
    reading_s += min(_visible_story_length(journey) / READING_CHARS_PER_S, MAX_STORY_READING_S)
    if journey.screen is Screen.RECEIPT and journey.visit is not None and not journey.visit.has_printed_receipt:
        reading_s += NO_RECEIPT_EXTRA_S
    read_aloud_factor = READ_ALOUD_FACTOR if journey.accessibility.read_aloud else 1.0
    reading_time_factor = max(journey.accessibility.text_size.value / 100, read_aloud_factor)
    idle_time_factor = journey.visit.idle_time_factor if journey.visit is not None else 1.0
    return (journey.kiosk.idle_seconds + reading_s * reading_time_factor) * idle_time_factor


def _visible_story_length(journey: Journey) -> int:
    """Length in characters of the citizen's own text on the screen."""
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


@event_handler
def tick(journey: Journey, event: events.Tick) -> StepResult:
    """Expire staff calls, overlays and idle screens."""
    journey = replace(journey, now=max(journey.now, event.now))
    journey, call_effects = expire_unanswered_call(journey)
    if journey.overlay is None:
        journey, idle_effects = _expire_screen(journey)
    elif journey.now >= journey.overlay_deadline:
        journey, idle_effects = _expire_overlay(journey, journey.overlay)
    else:
        idle_effects = ()
    return journey, (*call_effects, *idle_effects)


def _expire_overlay(journey: Journey, overlay: Overlay) -> StepResult:
    """Handle an overlay that nobody answered in time."""
    if journey.visit is None:
        return replace(journey, overlay=None), ()
    if overlay in (Overlay.STAFF, Overlay.ACCESSIBILITY):  # warn before the entries are erased
        return show_overlay(journey, Overlay.STILL_THERE), ()
    if overlay not in VISIT_ENDING_OVERLAYS:  # a question without a reply erases nothing
        return replace(journey, overlay=None), ()
    return (journey, ()) if is_busy(journey) else end_visit(journey, abandoned=True)


def _expire_screen(journey: Journey) -> StepResult:
    """Leave a screen that nobody has touched for its idle time-out."""
    if journey.screen is Screen.SETUP and journey.setup is not None and not journey.setup.reopened:
        return journey, ()  # the technician may be at the desk for the enrolment
    idle_s = journey.now - journey.last_touch_at
    timeout_s = FAREWELL_S if journey.screen is Screen.FAREWELL else idle_timeout_s(journey)
    if idle_s < timeout_s:
        return journey, ()
    if journey.screen is Screen.FAREWELL:
        return end_visit(journey)
    if journey.visit is not None:
        return (journey if is_busy(journey) else show_overlay(journey, Overlay.STILL_THERE)), ()
    if journey.screen not in RESTING_SCREENS:
        return end_visit(replace(journey, setup=None))
    return _reset_resting_screen(journey), ()


def _reset_resting_screen(journey: Journey) -> Journey:
    """The resting screen with default options, dark at night."""
    fault = None if journey.screen is Screen.FAULT else journey.fault
    accessibility = default_accessibility(journey)
    return replace(journey, asleep=journey.environment.is_night, accessibility=accessibility, fault=fault)
