"""`step(journey, event) -> (journey, effects)`: what the visit is, and what happens next.

Pure: no clock, no chance, no file, no device. A table says which rule answers which event; before it stand the
few things that hold everywhere: a touch counts as presence, an overlay takes every other touch, and after it the
resting screen shows why nobody may begin, or shows attract again when the cause is gone.
"""

from dataclasses import replace

from kiosk_app.journey import asides, calling, cards, comfort, events, idle, keeping, scanning, telling
from kiosk_app.journey.around import stops_new_visits
from kiosk_app.journey.effects import ConfirmReceipt, SwitchBacklight
from kiosk_app.journey.faults import Fault
from kiosk_app.journey.moves import RESTING, Handler, Result, begin, cover, go, other_card_in, settle, wipe, with_visit
from kiosk_app.journey.state import Journey, Minted, Overlay, Screen, Visit

STORE_FAULTS = (Fault.NOT_ENROLLED, Fault.STORE_FULL, Fault.STORE_BROKEN)
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
    """Go on. Staff stay called: they may be on their way. Whoever answers "still there?" is slower than others and is
    not asked again so soon."""
    if other_card_in(journey):
        return journey, ()
    if journey.overlay is Overlay.STILL_THERE and journey.visit is not None:
        journey = with_visit(journey, patience=min(MOST_PATIENCE, 2 * journey.visit.patience))
    if journey.overlay is Overlay.NO_PAPER:
        journey = with_visit(journey, code_asked=True)
    return replace(journey, overlay=None), ()


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
    events.SetLanguage: comfort.set_language,
    events.NextTextSize: comfort.next_text_size,
    events.NextContrast: comfort.next_contrast,
    events.ToggleLowReach: comfort.toggle_low_reach,
    events.ToggleLeftHanded: comfort.toggle_left_handed,
    events.ArrangeThaiKeys: comfort.arrange_thai_keys,
    events.ToggleHoldKeys: comfort.toggle_hold_keys,
    events.ToggleReadAloud: comfort.toggle_read_aloud,
    events.NextVolume: comfort.next_volume,
    events.OpenComfort: comfort.open_comfort,
    events.Tick: idle.tick,
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
