"""`step(journey, event) -> (journey, effects)`: what the visit is, and what happens next.

Pure: no clock, no chance, no file, no device. A table says which rule answers which event; before it stand the
few things that hold everywhere: a touch counts as presence, an overlay takes every other touch, and after it the
resting screen shows why nobody may begin, or shows attract again when the cause is gone.
"""

from dataclasses import replace
from enum import Enum
from typing import Any, TypeVar

from kiosk_app.journey import asides, calling, cards, events, keeping, scanning, telling
from kiosk_app.journey.around import stops_new_visits
from kiosk_app.journey.effects import ConfirmReceipt, SwitchBacklight
from kiosk_app.journey.faults import Fault
from kiosk_app.journey.moves import (
    ENDS_THE_VISIT,
    RESTING,
    Handler,
    Result,
    begin,
    cover,
    go,
    other_card_in,
    settle,
    wipe,
    with_visit,
)
from kiosk_app.journey.state import (
    Comfort,
    Journey,
    Minted,
    Overlay,
    Screen,
    Visit,
)

E = TypeVar("E", bound=Enum)

STORE_FAULTS = (Fault.NOT_ENROLLED, Fault.STORE_FULL, Fault.STORE_BROKEN)
LANGUAGES = ("th", "en")
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
LETTERS_A_SECOND = 10.0  # read slowly; what the citizen told comes on top of the screen's own words
MOST_TOLD_SECONDS = 180.0
LISTENING = 2.0  # hearing a page takes about twice as long as reading it
MOST_PATIENCE = 8.0  # ten minutes and more on every screen; after that it is more likely that nobody is there

_TOUCHES_THROUGH_OVERLAY = (
    events.Dismiss,
    events.CodeKept,
    events.StartOver,
    events.StartOverYes,
    events.AskStaff,
    events.CancelCall,
    events.SetLanguage,
    events.NextTextSize,
    events.NextContrast,
    events.ToggleLowReach,
    events.ToggleLeftHanded,
    events.ToggleHoldKeys,
    events.ToggleReadAloud,
    events.NextVolume,
)


def step(journey: Journey, event: events.Event) -> Result:
    """The next state and what is to be done. Never raises for any event in any state."""
    after, asked = _step(journey, event)
    after = cards.remind(after)
    if after.asleep is not journey.asleep:
        asked = (*asked, SwitchBacklight(lit=not after.asleep))
    return after, asked


def _step(journey: Journey, event: events.Event) -> Result:
    if isinstance(event, events.Touch):
        journey = replace(journey, last_touch=journey.now, asleep=False)
        if journey.overlay is Overlay.COMFORT:  # choosing there is not idling
            journey = cover(journey, Overlay.COMFORT)
        if journey.overlay is not None and not isinstance(event, _TOUCHES_THROUGH_OVERLAY):
            return journey, ()
    journey, effects = _HANDLERS[type(event)](journey, event)
    return settle(journey), effects


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


def _tick(journey: Journey, event: events.Tick) -> Result:
    journey, told = calling.waited(replace(journey, now=max(journey.now, event.now)))
    journey, asked = _idle(journey)
    return journey, (*told, *asked)


def _idle(journey: Journey) -> Result:
    """What follows from nobody's touching anything."""
    if journey.overlay is not None:
        if journey.now < journey.still_there_until:
            return journey, ()
        if journey.visit is None:
            return replace(journey, overlay=None), ()
        if journey.overlay in (Overlay.STAFF, Overlay.COMFORT):  # warn before what was told is erased
            return cover(journey, Overlay.STILL_THERE), ()
        if journey.overlay not in ENDS_THE_VISIT:  # a question that nobody answers erases nothing
            return replace(journey, overlay=None), ()
        return (journey, ()) if asides.busy(journey) else wipe(journey, abandoned=True)
    idle = journey.now - journey.last_touch
    if journey.screen is Screen.FAREWELL:
        return wipe(journey) if idle >= FAREWELL_SECONDS else (journey, ())
    if idle < idle_after(journey):
        return journey, ()
    if journey.visit is not None:
        return (journey, ()) if asides.busy(journey) else (cover(journey, Overlay.STILL_THERE), ())
    if journey.screen not in RESTING:
        return wipe(journey)
    resting = Comfort(language=journey.hall.default_language)
    return replace(
        journey,
        asleep=journey.around.night,
        comfort=resting,
        fault=None if journey.screen is Screen.FAULT else journey.fault,
    ), ()


def _begin(journey: Journey, _: events.Begin) -> Result:
    if journey.visit is not None or journey.screen not in RESTING or stops_new_visits(journey.around) is not None:
        return journey, ()
    return begin(journey, Screen.NOTICE), ()


def _finish(journey: Journey, _: events.Finish) -> Result:
    visit = journey.visit
    if visit is not None and journey.screen in asides.TECHNICIANS:
        return asides.leave_technician(journey, visit)
    if journey.screen is Screen.RECEIPT and visit is not None and visit.minted is not None:
        asks = _code_may_be_lost(journey, visit)
        return (cover(journey, Overlay.NO_PAPER), ()) if asks else _leave_receipt(journey, visit.minted)
    if journey.screen in (Screen.FAREWELL, Screen.TRACK, Screen.TRACKED) or visit is None:
        return wipe(journey)
    return journey, ()


def _code_may_be_lost(journey: Journey, visit: Visit) -> bool:
    """Whether leaving now would leave somebody without paper who was not asked yet whether the code is kept."""
    return journey.screen is Screen.RECEIPT and not visit.on_paper and not visit.code_asked


def _leave_receipt(journey: Journey, minted: Minted) -> Result:
    return go(journey, Screen.FAREWELL), (ConfirmReceipt(minted.submission_id, confirmed=True),)


def _code_kept(journey: Journey, _: events.CodeKept) -> Result:
    visit = journey.visit
    if visit is None or visit.minted is None or journey.overlay is not Overlay.NO_PAPER:
        return journey, ()
    return _leave_receipt(journey, visit.minted)


def _back(journey: Journey, event: events.Back) -> Result:
    if journey.visit is not None and journey.screen in asides.TECHNICIANS:
        return asides.leave_technician(journey, journey.visit)
    return telling.back(journey, event)


def _start_over(journey: Journey, _: events.StartOver) -> Result:
    visit = journey.visit
    if visit is not None and visit.saving:
        return journey, ()
    if visit is not None and _code_may_be_lost(journey, visit):
        return cover(journey, Overlay.NO_PAPER), ()
    asks = visit is not None and visit.told and journey.overlay is not Overlay.OTHER_CARD
    return (cover(journey, Overlay.START_OVER), ()) if asks else wipe(journey)


def _start_over_yes(journey: Journey, _: events.StartOverYes) -> Result:
    visit = journey.visit
    if visit is None or visit.saving or journey.overlay is not Overlay.START_OVER:
        return journey, ()
    return wipe(journey)


def _dismiss(journey: Journey, _: events.Dismiss) -> Result:
    """Go on. Staff stay called: they may be on their way. Whoever was asked "still
    there?" takes longer than others and is not asked so soon again."""
    if other_card_in(journey):
        return journey, ()
    if journey.overlay is Overlay.STILL_THERE and journey.visit is not None:
        journey = with_visit(journey, patience=min(MOST_PATIENCE, 2 * journey.visit.patience))
    if journey.overlay is Overlay.NO_PAPER:
        journey = with_visit(journey, code_asked=True)
    return replace(journey, overlay=None), ()


def _open_comfort(journey: Journey, _: events.OpenComfort) -> Result:
    return cover(journey, Overlay.COMFORT), ()


def _set_language(journey: Journey, event: events.SetLanguage) -> Result:
    if event.language not in LANGUAGES:
        return journey, ()
    return _wish(journey, language=event.language)


def _next_text_size(journey: Journey, _: events.NextTextSize) -> Result:
    return _wish(journey, text_size=_following(journey.comfort.text_size))


def _next_contrast(journey: Journey, _: events.NextContrast) -> Result:
    return _wish(journey, contrast=_following(journey.comfort.contrast))


def _toggle_low_reach(journey: Journey, _: events.ToggleLowReach) -> Result:
    return _wish(journey, low_reach=not journey.comfort.low_reach)


def _toggle_left_handed(journey: Journey, _: events.ToggleLeftHanded) -> Result:
    return _wish(journey, left_handed=not journey.comfort.left_handed)


def _arrange_thai_keys(journey: Journey, event: events.ArrangeThaiKeys) -> Result:
    return _wish(journey, alphabet_keys=event.alphabetical)


def _toggle_hold_keys(journey: Journey, _: events.ToggleHoldKeys) -> Result:
    return _wish(journey, hold_keys=not journey.comfort.hold_keys)


def _toggle_read_aloud(journey: Journey, _: events.ToggleReadAloud) -> Result:
    return _wish(journey, read_aloud=not journey.comfort.read_aloud)


def _next_volume(journey: Journey, _: events.NextVolume) -> Result:
    return _wish(journey, volume=_following(journey.comfort.volume))


def _wish(journey: Journey, **wishes: Any) -> Result:
    return replace(journey, comfort=replace(journey.comfort, **wishes)), ()


def _following(value: E) -> E:
    """The next member of its enum, the first after the last."""
    members = list(type(value))
    return members[(members.index(value) + 1) % len(members)]


def _printer_changed(journey: Journey, event: events.PrinterChanged) -> Result:
    return replace(journey, around=replace(journey.around, printer=event.status)), ()


def _health_changed(journey: Journey, event: events.HealthChanged) -> Result:
    found = {name: value for name, value in vars(event).items() if value is not None}
    journey = replace(journey, around=replace(journey.around, **found))
    journey, _ = calling.waited(keeping.received(journey))
    visit = journey.visit
    if visit is not None and visit.save_fault in STORE_FAULTS and stops_new_visits(journey.around) is None:
        journey = with_visit(journey, save_fault=None)
    return journey, ()


def _hall_changed(journey: Journey, event: events.HallChanged) -> Result:
    return replace(journey, hall=event.hall), ()


def _nothing(journey: Journey, _: events.Touched) -> Result:
    return journey, ()


_HANDLERS: dict[type, Handler] = {
    events.Touched: _nothing,
    events.Begin: _begin,
    events.AcceptNotice: telling.accept_notice,
    events.WithoutCard: cards.without_card,
    events.ReadCardAgain: cards.read_again,
    events.ChooseTopic: telling.choose_topic,
    **dict.fromkeys(telling.COLLECTED, telling.collect),
    events.TellAnew: telling.tell_anew,
    events.TellByScan: telling.tell_by,
    events.TellByTyping: telling.tell_by,
    events.ScanPage: scanning.scan_page,
    events.CancelScan: scanning.cancel_scan,
    events.RemovePage: scanning.remove_page,
    events.ScanInstead: scanning.scan_instead,
    events.KeepPage: scanning.keep_page,
    events.TurnPage: scanning.turn_page,
    events.Next: telling.onward,
    events.Back: _back,
    events.Edit: telling.edit,
    events.Confirm: keeping.confirm,
    events.PaperCameOut: keeping.paper_came_out,
    events.PrintAgain: keeping.print_again,
    events.Finish: _finish,
    events.CodeKept: _code_kept,
    events.StartOver: _start_over,
    events.StartOverYes: _start_over_yes,
    events.Dismiss: _dismiss,
    events.AskStaff: calling.ask_staff,
    events.CancelCall: calling.cancel_call,
    events.CallAnswered: calling.answered,
    events.OpenTrack: asides.open_track,
    events.SubmitCode: asides.submit_code,
    events.ReadCodeFromPaper: asides.read_paper,
    events.OpenAbout: asides.open_about,
    events.OpenTechnician: asides.open_technician,
    events.EnterPin: asides.enter_pin,
    events.TryOut: asides.try_out,
    events.JudgeTrial: asides.judge_trial,
    events.SetLoudness: asides.set_loudness,
    events.Restart: asides.restart,
    events.TrialsKnown: asides.trials_known,
    events.TriedOut: asides.tried_out,
    events.PinChecked: asides.pin_checked,
    events.ShowFault: asides.show_fault,
    events.SetLanguage: _set_language,
    events.NextTextSize: _next_text_size,
    events.NextContrast: _next_contrast,
    events.ToggleLowReach: _toggle_low_reach,
    events.ToggleLeftHanded: _toggle_left_handed,
    events.ArrangeThaiKeys: _arrange_thai_keys,
    events.ToggleHoldKeys: _toggle_hold_keys,
    events.ToggleReadAloud: _toggle_read_aloud,
    events.NextVolume: _next_volume,
    events.OpenComfort: _open_comfort,
    events.Tick: _tick,
    events.Painted: keeping.painted,
    events.CardReaderChanged: cards.reader_changed,
    events.PrinterChanged: _printer_changed,
    events.ScannerChanged: scanning.scanner_changed,
    events.HealthChanged: _health_changed,
    events.HallChanged: _hall_changed,
    events.Restored: keeping.restored,
    events.CardRead: cards.card_read,
    events.CardReadFailed: cards.card_read_failed,
    events.CardIdRead: cards.card_id_read,
    events.PageProgress: scanning.progress,
    events.PageScanned: scanning.page_scanned,
    events.PageTurned: scanning.page_turned,
    events.ScanFailed: scanning.scan_failed,
    events.ScanEnded: scanning.scan_ended,
    events.PageRecognised: scanning.recognised,
    events.RecognitionFailed: scanning.recognition_failed,
    events.Saved: keeping.saved,
    events.SaveFailed: keeping.save_failed,
    events.ReceiptPrinted: keeping.printed,
    events.CodeRead: asides.code_read,
    events.CodeNotRead: asides.code_not_read,
    events.LookedUp: asides.looked_up,
    events.LookUpFailed: asides.look_up_failed,
}
