"""Nobody touches the screen: when "still there?" is asked, when a visit ends, when the resting screen goes dark."""

from dataclasses import replace

from journey import events, staff_call_flow, tracking_flow
from journey.state import Comfort, Journey, Overlay, Screen
from journey.transitions import ENDS_THE_VISIT, RESTING, Result, cover, wipe

FAREWELL_SECONDS = 8.0

# What a screen asks to be read or done before "still there?" may come, in seconds on top of the hall's base time:
# about one second for three words of Thai, and a minute more where one searches for words or papers.
READING_SECONDS = {
    Screen.NOTICE: 40.0,
    Screen.IDENTIFY: 30.0,
    Screen.TOPIC: 15.0,
    Screen.PLACE: 45.0,
    Screen.TELL: 90.0,
    Screen.SCAN: 90.0,
    Screen.REVIEW: 60.0,
    Screen.CONTACT: 45.0,
    Screen.PHONE: 45.0,
    Screen.DETAILS: 45.0,
    Screen.RECEIPT: 45.0,
    Screen.TRACK: 30.0,
    Screen.TRACKED: 45.0,
    Screen.TECHNICIAN: 240.0,
}
NO_PAPER_SECONDS = 120.0  # more on a receipt that is not on paper: a telephone is taken out, 13 signs are written down
LETTERS_A_SECOND = 10.0  # slow reading of the citizen's own text, added to the time for the screen's words
MOST_TOLD_SECONDS = 180.0
LISTENING = 2.0  # hearing a page takes about twice as long as reading it


def idle_after(journey: Journey) -> float:
    """Seconds without touch until "still there?" comes: grows with what there is to read, with how big it is set or
    that it is listened to, and with each time the question was answered."""
    reading = READING_SECONDS.get(journey.screen, 0.0)
    reading += min(_letters_told(journey) / LETTERS_A_SECOND, MOST_TOLD_SECONDS)
    if journey.screen is Screen.RECEIPT and journey.visit is not None and not journey.visit.on_paper:
        reading += NO_PAPER_SECONDS
    slowly = max(journey.comfort.text_size.value / 100, LISTENING if journey.comfort.read_aloud else 1.0)
    patience = journey.visit.patience if journey.visit is not None else 1.0
    return (journey.hall.idle_seconds + reading * slowly) * patience


def _letters_told(journey: Journey) -> int:
    """How much of the citizen's own story stands on the screen, in characters."""
    if journey.visit is None:
        return 0
    draft = journey.visit.draft
    match journey.screen:
        case Screen.TELL | Screen.REVIEW:
            return len(draft.text)
        case Screen.SCAN:
            return sum(len(page.current_text) for page in draft.pages)
        case _:
            return 0


def tick(journey: Journey, event: events.Tick) -> Result:
    """Time passed."""
    journey, told = staff_call_flow.waited(replace(journey, now=max(journey.now, event.now)))
    journey, asked = _idle(journey)
    return journey, (*told, *asked)


def _idle(journey: Journey) -> Result:
    """What follows when nobody touches anything."""
    if journey.overlay is not None:
        if journey.now < journey.still_there_until:
            return journey, ()
        if journey.visit is None:
            return replace(journey, overlay=None), ()
        if journey.overlay in (Overlay.STAFF, Overlay.COMFORT):  # warn before what was told is erased
            return cover(journey, Overlay.STILL_THERE), ()
        if journey.overlay not in ENDS_THE_VISIT:  # a question that nobody answers erases nothing
            return replace(journey, overlay=None), ()
        return (journey, ()) if tracking_flow.busy(journey) else wipe(journey, abandoned=True)
    idle = journey.now - journey.last_touch
    if journey.screen is Screen.FAREWELL:
        return wipe(journey) if idle >= FAREWELL_SECONDS else (journey, ())
    if idle < idle_after(journey):
        return journey, ()
    if journey.visit is not None:
        return (journey, ()) if tracking_flow.busy(journey) else (cover(journey, Overlay.STILL_THERE), ())
    if journey.screen not in RESTING:
        return wipe(journey)
    resting = Comfort(language=journey.hall.default_language)
    return replace(
        journey,
        asleep=journey.around.night,
        comfort=resting,
        fault=None if journey.screen is Screen.FAULT else journey.fault,
    ), ()
