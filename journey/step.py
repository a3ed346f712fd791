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
from journey.environment_faults import blocking_fault
from journey.faults import Fault
from journey.state import Journey, Overlay, SavedSubmission, Screen, Visit
from journey.transitions import (
    RESTING_SCREENS,
    EventHandler,
    StepResult,
    begin_visit,
    end_visit,
    go_to_screen,
    is_other_card_inserted,
    show_overlay,
    update_resting_screen,
    with_visit,
)

SAVE_BLOCKING_FAULTS = (Fault.NOT_ENROLLED, Fault.STORE_FULL, Fault.STORE_BROKEN)
MAX_IDLE_TIME_FACTOR = 8.0  # ten minutes and more on every screen; after that it is more likely that nobody is there

_ACTIONS_ALLOWED_OVER_OVERLAY = (
    events.DismissOverlay,
    events.ConfirmCodeNoted,
    events.StartOver,
    events.ConfirmStartOver,
    events.RequestStaff,
    events.CancelStaffCall,
    events.SetLanguage,
    events.NextTextSize,
    events.NextContrast,
    events.ToggleLowReach,
    events.ToggleLeftHanded,
    events.ToggleLongPressKeys,
    events.ToggleReadAloud,
    events.NextVolume,
)


def step(journey: Journey, event: events.Event) -> StepResult:
    """The next state and what is to be done. Never raises for any event in any state."""
    after, asked = _step(journey, event)
    after = card_flow.update_card_reminder(after)
    if after.asleep is not journey.asleep:
        asked = (*asked, SwitchBacklight(lit=not after.asleep))
    return after, asked


def _step(journey: Journey, event: events.Event) -> StepResult:
    if isinstance(event, events.UserAction):
        journey = replace(journey, last_touch_at=journey.now, asleep=False)
        if journey.overlay is Overlay.ACCESSIBILITY:  # choosing there is not idling
            journey = show_overlay(journey, Overlay.ACCESSIBILITY)
        if journey.overlay is not None and not isinstance(event, _ACTIONS_ALLOWED_OVER_OVERLAY):
            return journey, ()
    journey, effects = _HANDLERS[type(event)](journey, event)
    return update_resting_screen(journey), effects


def _begin_from_attract(journey: Journey, _: events.BeginVisit) -> StepResult:
    if (
        journey.visit is not None
        or journey.screen not in RESTING_SCREENS
        or blocking_fault(journey.environment) is not None
    ):
        return journey, ()
    return begin_visit(journey, Screen.NOTICE), ()


def _finish(journey: Journey, _: events.Finish) -> StepResult:
    visit = journey.visit
    if visit is not None and journey.screen in tracking_flow.TECHNICIAN_SCREENS:
        return tracking_flow.leave_technician(journey, visit)
    if journey.screen is Screen.RECEIPT and visit is not None and visit.saved is not None:
        asks = _code_may_be_lost(journey, visit)
        return (show_overlay(journey, Overlay.NO_RECEIPT), ()) if asks else _leave_receipt(journey, visit.saved)
    if journey.screen in (Screen.FAREWELL, Screen.TRACK, Screen.TRACKING_RESULT) or visit is None:
        return end_visit(journey)
    return journey, ()


def _code_may_be_lost(journey: Journey, visit: Visit) -> bool:
    """Whether leaving now would leave somebody without paper who was not asked yet whether the code is kept."""
    return journey.screen is Screen.RECEIPT and not visit.has_printed_receipt and not visit.code_prompt_dismissed


def _leave_receipt(journey: Journey, saved: SavedSubmission) -> StepResult:
    return go_to_screen(journey, Screen.FAREWELL), (ConfirmReceipt(saved.submission_id, confirmed=True),)


def _confirm_code_noted(journey: Journey, _: events.ConfirmCodeNoted) -> StepResult:
    visit = journey.visit
    if visit is None or visit.saved is None or journey.overlay is not Overlay.NO_RECEIPT:
        return journey, ()
    return _leave_receipt(journey, visit.saved)


def _back(journey: Journey, event: events.Back) -> StepResult:
    if journey.visit is not None and journey.screen in tracking_flow.TECHNICIAN_SCREENS:
        return tracking_flow.leave_technician(journey, journey.visit)
    return form_flow.go_back(journey, event)


def _start_over(journey: Journey, _: events.StartOver) -> StepResult:
    visit = journey.visit
    if visit is not None and visit.saving:
        return journey, ()
    if visit is not None and _code_may_be_lost(journey, visit):
        return show_overlay(journey, Overlay.NO_RECEIPT), ()
    asks = visit is not None and visit.has_entries and journey.overlay is not Overlay.OTHER_CARD
    return (show_overlay(journey, Overlay.START_OVER), ()) if asks else end_visit(journey)


def _confirm_start_over(journey: Journey, _: events.ConfirmStartOver) -> StepResult:
    visit = journey.visit
    if visit is None or visit.saving or journey.overlay is not Overlay.START_OVER:
        return journey, ()
    return end_visit(journey)


def _dismiss_overlay(journey: Journey, _: events.DismissOverlay) -> StepResult:
    """Go on. Staff stay called: they may be on their way. Whoever answers "still there?" is slower than others and is
    not asked again so soon."""
    if is_other_card_inserted(journey):
        return journey, ()
    if journey.overlay is Overlay.STILL_THERE and journey.visit is not None:
        journey = with_visit(journey, idle_time_factor=min(MAX_IDLE_TIME_FACTOR, 2 * journey.visit.idle_time_factor))
    if journey.overlay is Overlay.NO_RECEIPT:
        journey = with_visit(journey, code_prompt_dismissed=True)
    return replace(journey, overlay=None), ()


def _on_printer_changed(journey: Journey, event: events.PrinterChanged) -> StepResult:
    return replace(journey, environment=replace(journey.environment, printer=event.status)), ()


def _on_environment_changed(journey: Journey, event: events.EnvironmentChanged) -> StepResult:
    found = {name: value for name, value in vars(event).items() if value is not None}
    journey = replace(journey, environment=replace(journey.environment, **found))
    journey, _ = staff_call_flow.expire_unanswered_call(submission_flow.mark_acknowledged(journey))
    visit = journey.visit
    if visit is not None and visit.save_fault in SAVE_BLOCKING_FAULTS and blocking_fault(journey.environment) is None:
        journey = with_visit(journey, save_fault=None)
    return journey, ()


def _on_kiosk_profile_changed(journey: Journey, event: events.KioskProfileChanged) -> StepResult:
    return replace(journey, kiosk=event.kiosk), ()


def _ignore(journey: Journey, _: events.ScreenTouched) -> StepResult:
    return journey, ()


_HANDLERS: dict[type, EventHandler] = {
    events.ScreenTouched: _ignore,
    events.BeginVisit: _begin_from_attract,
    events.AcceptNotice: form_flow.accept_notice,
    events.ContinueWithoutCard: card_flow.continue_without_card,
    events.ReadCardAgain: card_flow.read_card_again,
    events.ChooseTopic: form_flow.choose_topic,
    **dict.fromkeys(form_flow.DRAFT_EVENTS, form_flow.update_draft),
    events.ReplaceHiddenStory: form_flow.replace_hidden_story,
    events.SwitchToScan: form_flow.switch_input_method,
    events.SwitchToTyping: form_flow.switch_input_method,
    events.ScanPage: scan_flow.scan_page,
    events.CancelScan: scan_flow.cancel_scan,
    events.RemovePage: scan_flow.remove_page,
    events.RescanPage: scan_flow.rescan_page,
    events.KeepBlankPage: scan_flow.keep_blank_page,
    events.RotatePage: scan_flow.rotate_page,
    events.Next: form_flow.go_next,
    events.Back: _back,
    events.EditSection: form_flow.edit_section,
    events.SubmitComplaint: submission_flow.submit_complaint,
    events.ReportReceiptPrinted: submission_flow.report_receipt_printed,
    events.ReprintReceipt: submission_flow.reprint_receipt,
    events.Finish: _finish,
    events.ConfirmCodeNoted: _confirm_code_noted,
    events.StartOver: _start_over,
    events.ConfirmStartOver: _confirm_start_over,
    events.DismissOverlay: _dismiss_overlay,
    events.RequestStaff: staff_call_flow.request_staff,
    events.CancelStaffCall: staff_call_flow.cancel_staff_call,
    events.StaffCallAnswered: staff_call_flow.on_staff_call_answered,
    events.OpenTracking: tracking_flow.open_tracking,
    events.SubmitTrackingCode: tracking_flow.submit_tracking_code,
    events.ScanReceiptCode: tracking_flow.scan_receipt_code,
    events.OpenAbout: tracking_flow.open_about,
    events.OpenTechnician: tracking_flow.open_technician,
    events.EnterPin: tracking_flow.enter_pin,
    events.RunDeviceTest: tracking_flow.run_device_test,
    events.RecordDeviceTest: tracking_flow.record_device_test,
    events.SetMaxVolume: tracking_flow.set_max_volume,
    events.Restart: tracking_flow.restart,
    events.DeviceTestsLoaded: tracking_flow.on_device_tests_loaded,
    events.DeviceTestFinished: tracking_flow.on_device_test_finished,
    events.PinChecked: tracking_flow.on_pin_checked,
    events.ShowFault: tracking_flow.show_fault,
    events.SetLanguage: accessibility.set_language,
    events.NextTextSize: accessibility.next_text_size,
    events.NextContrast: accessibility.next_contrast,
    events.ToggleLowReach: accessibility.toggle_low_reach,
    events.ToggleLeftHanded: accessibility.toggle_left_handed,
    events.SetThaiKeyOrder: accessibility.set_thai_key_order,
    events.ToggleLongPressKeys: accessibility.toggle_long_press_keys,
    events.ToggleReadAloud: accessibility.toggle_read_aloud,
    events.NextVolume: accessibility.next_volume,
    events.OpenAccessibility: accessibility.open_accessibility,
    events.Tick: idle.tick,
    events.ScreenShown: submission_flow.on_screen_shown,
    events.CardReaderChanged: card_flow.on_card_reader_changed,
    events.PrinterChanged: _on_printer_changed,
    events.ScannerChanged: scan_flow.on_scanner_changed,
    events.EnvironmentChanged: _on_environment_changed,
    events.KioskProfileChanged: _on_kiosk_profile_changed,
    events.ReceiptRestored: submission_flow.on_receipt_restored,
    events.CardRead: card_flow.on_card_read,
    events.CardReadFailed: card_flow.on_card_read_failed,
    events.CitizenIdRead: card_flow.on_citizen_id_read,
    events.ScanProgress: scan_flow.on_scan_progress,
    events.PageScanned: scan_flow.on_page_scanned,
    events.PageRotated: scan_flow.on_page_rotated,
    events.ScanFailed: scan_flow.on_scan_failed,
    events.ScanEnded: scan_flow.on_scan_ended,
    events.PageRecognised: scan_flow.on_page_recognised,
    events.RecognitionFailed: scan_flow.on_recognition_failed,
    events.SaveSucceeded: submission_flow.on_save_succeeded,
    events.SaveFailed: submission_flow.on_save_failed,
    events.PrintFinished: submission_flow.on_print_finished,
    events.ReceiptCodeRead: tracking_flow.on_receipt_code_read,
    events.ReceiptCodeReadFailed: tracking_flow.on_receipt_code_read_failed,
    events.LookUpSucceeded: tracking_flow.on_look_up_succeeded,
    events.LookUpFailed: tracking_flow.on_look_up_failed,
}
