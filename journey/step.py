"""`step(journey, event) -> (journey, effects)`: what the visit is, and what happens next.

Pure: no clock, no chance, no file, no device. A table says which rule answers which event; before it stand the
few things that hold everywhere: a touch counts as presence, an overlay takes every other touch, and after it the
resting screen shows why nobody may begin, or shows attract again when the cause is gone.
"""

from dataclasses import replace

from journey import (
    accessibility,
    card_flow,
    events,
    form_flow,
    idle,
    scan_flow,
    staff_call_flow,
    submission_flow,
    tracking_flow,
)
from journey.effects import ConfirmReceipt, SwitchBacklight
from journey.environment_faults import stops_new_visits
from journey.faults import Fault
from journey.state import Journey, Minted, Overlay, Screen, Visit
from journey.transitions import RESTING, Handler, Result, begin, cover, go, other_card_in, settle, wipe, with_visit

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
    after = card_flow.remind(after)
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
    if visit is not None and journey.screen in tracking_flow.TECHNICIANS:
        return tracking_flow.leave_technician(journey, visit)
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
    if journey.visit is not None and journey.screen in tracking_flow.TECHNICIANS:
        return tracking_flow.leave_technician(journey, journey.visit)
    return form_flow.back(journey, event)


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
    journey, _ = staff_call_flow.waited(submission_flow.received(journey))
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
    events.AcceptNotice: form_flow.accept_notice,
    events.WithoutCard: card_flow.without_card,
    events.ReadCardAgain: card_flow.read_again,
    events.ChooseTopic: form_flow.choose_topic,
    **dict.fromkeys(form_flow.COLLECTED, form_flow.collect),
    events.TellAnew: form_flow.tell_anew,
    events.TellByScan: form_flow.tell_by,
    events.TellByTyping: form_flow.tell_by,
    events.ScanPage: scan_flow.scan_page,
    events.CancelScan: scan_flow.cancel_scan,
    events.RemovePage: scan_flow.remove_page,
    events.ScanInstead: scan_flow.scan_instead,
    events.KeepPage: scan_flow.keep_page,
    events.TurnPage: scan_flow.turn_page,
    events.Next: form_flow.onward,
    events.Back: _back,
    events.Edit: form_flow.edit,
    events.Confirm: submission_flow.confirm,
    events.PaperCameOut: submission_flow.paper_came_out,
    events.PrintAgain: submission_flow.print_again,
    events.Finish: _finish,
    events.CodeKept: _code_kept,
    events.StartOver: _start_over,
    events.StartOverYes: _start_over_yes,
    events.Dismiss: _dismiss,
    events.AskStaff: staff_call_flow.ask_staff,
    events.CancelCall: staff_call_flow.cancel_call,
    events.CallAnswered: staff_call_flow.answered,
    events.OpenTrack: tracking_flow.open_track,
    events.SubmitCode: tracking_flow.submit_code,
    events.ReadCodeFromPaper: tracking_flow.read_paper,
    events.OpenAbout: tracking_flow.open_about,
    events.OpenTechnician: tracking_flow.open_technician,
    events.EnterPin: tracking_flow.enter_pin,
    events.TryOut: tracking_flow.try_out,
    events.JudgeTrial: tracking_flow.judge_trial,
    events.SetLoudness: tracking_flow.set_loudness,
    events.Restart: tracking_flow.restart,
    events.TrialsKnown: tracking_flow.trials_known,
    events.TriedOut: tracking_flow.tried_out,
    events.PinChecked: tracking_flow.pin_checked,
    events.ShowFault: tracking_flow.show_fault,
    events.SetLanguage: accessibility.set_language,
    events.NextTextSize: accessibility.next_text_size,
    events.NextContrast: accessibility.next_contrast,
    events.ToggleLowReach: accessibility.toggle_low_reach,
    events.ToggleLeftHanded: accessibility.toggle_left_handed,
    events.ArrangeThaiKeys: accessibility.arrange_thai_keys,
    events.ToggleHoldKeys: accessibility.toggle_hold_keys,
    events.ToggleReadAloud: accessibility.toggle_read_aloud,
    events.NextVolume: accessibility.next_volume,
    events.OpenComfort: accessibility.open_comfort,
    events.Tick: idle.tick,
    events.Painted: submission_flow.painted,
    events.CardReaderChanged: card_flow.reader_changed,
    events.PrinterChanged: _printer_changed,
    events.ScannerChanged: scan_flow.scanner_changed,
    events.HealthChanged: _health_changed,
    events.HallChanged: _hall_changed,
    events.Restored: submission_flow.restored,
    events.CardRead: card_flow.card_read,
    events.CardReadFailed: card_flow.card_read_failed,
    events.CardIdRead: card_flow.card_id_read,
    events.PageProgress: scan_flow.progress,
    events.PageScanned: scan_flow.page_scanned,
    events.PageTurned: scan_flow.page_turned,
    events.ScanFailed: scan_flow.scan_failed,
    events.ScanEnded: scan_flow.scan_ended,
    events.PageRecognised: scan_flow.recognised,
    events.RecognitionFailed: scan_flow.recognition_failed,
    events.Saved: submission_flow.saved,
    events.SaveFailed: submission_flow.save_failed,
    events.ReceiptPrinted: submission_flow.printed,
    events.CodeRead: tracking_flow.code_read,
    events.CodeNotRead: tracking_flow.code_not_read,
    events.LookedUp: tracking_flow.looked_up,
    events.LookUpFailed: tracking_flow.look_up_failed,
}
