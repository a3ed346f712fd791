"""What lies beside the visit: tracking a case, about, the technician, a fault looked at."""

from dataclasses import replace

from journey import effects, events
from journey.device_tests import MAX_VOLUME_STEP_PERCENT, DeviceTest, DeviceUnderTest
from journey.environment_faults import SCANNER_FAULTS
from journey.state import Journey, LookUpPhase, Overlay, PrintPhase, RequestKind, ScanPhase, Screen, Visit
from journey.transitions import (
    RESTING_SCREENS,
    StepResult,
    begin_visit,
    clear_pending,
    go_to_screen,
    pending_visit,
    request_effect,
    show_overlay,
    with_visit,
)
from protocol import case_number
from protocol.tracking_code import TrackingCodeError, parse

MAX_PIN_FAILURES = 5  # then the PIN is locked, each time for a minute longer
PIN_LOCK_S = 60.0

LOOK_UP_PENDING_PHASES = (LookUpPhase.QUERYING, LookUpPhase.SCANNING_RECEIPT)


def is_busy(journey: Journey) -> bool:
    """The citizen waits for the kiosk, not the kiosk for the citizen. Each of these ends by its worker's deadline."""
    visit = journey.visit
    return visit is not None and (
        visit.saving
        or visit.scan_phase is ScanPhase.SCANNING
        or visit.print_phase is PrintPhase.PRINTING
        or visit.look_up_phase in LOOK_UP_PENDING_PHASES
    )


def open_tracking(journey: Journey, _: events.OpenTracking) -> StepResult:
    """Tracking needs neither enrolment nor room in the store, so no fault stops it."""
    if journey.visit is not None or journey.screen not in RESTING_SCREENS:
        return journey, ()
    return begin_visit(journey, Screen.TRACK), ()


def submit_tracking_code(journey: Journey, event: events.SubmitTrackingCode) -> StepResult:
    visit = journey.visit
    if visit is None or journey.screen is not Screen.TRACK or visit.look_up_phase in LOOK_UP_PENDING_PHASES:
        return journey, ()
    return _look_up(journey, visit, event.text)


def _look_up(journey: Journey, visit: Visit, text: str) -> StepResult:
    try:
        code = parse(text)
    except TrackingCodeError:
        phase = LookUpPhase.CASE_NUMBER if case_number.starts_like_case_number(text) else LookUpPhase.BAD_CODE
        return replace(journey, visit=replace(visit, look_up_phase=phase, scan_fault=None)), ()
    language = journey.accessibility.language
    return request_effect(
        journey,
        visit,
        RequestKind.LOOK_UP,
        lambda request_id: effects.LookUp(request_id, code, language),
        look_up_phase=LookUpPhase.QUERYING,
        scan_fault=None,
        tracking_response=None,
    )


def scan_receipt_code(journey: Journey, _: events.ScanReceiptCode) -> StepResult:
    visit = journey.visit
    if visit is None or journey.screen is not Screen.TRACK or visit.look_up_phase in LOOK_UP_PENDING_PHASES:
        return journey, ()
    return request_effect(
        journey,
        visit,
        RequestKind.RECEIPT_CODE,
        effects.ReadReceiptCode,
        look_up_phase=LookUpPhase.SCANNING_RECEIPT,
        scan_fault=None,
    )


def on_receipt_code_read(journey: Journey, event: events.ReceiptCodeRead) -> StepResult:
    visit = pending_visit(journey, event.request_id, RequestKind.RECEIPT_CODE)
    if visit is None:
        return journey, ()
    return _look_up(
        replace(journey, last_touch_at=journey.now), clear_pending(visit, RequestKind.RECEIPT_CODE), event.code
    )


def on_receipt_code_read_failed(journey: Journey, event: events.ReceiptCodeReadFailed) -> StepResult:
    visit = pending_visit(journey, event.request_id, RequestKind.RECEIPT_CODE)
    if visit is None:
        return journey, ()
    fault = SCANNER_FAULTS.get(event.status) if event.status is not None else None
    unread = clear_pending(
        visit, RequestKind.RECEIPT_CODE, look_up_phase=LookUpPhase.RECEIPT_UNREADABLE, scan_fault=fault
    )
    return replace(journey, visit=unread, last_touch_at=journey.now), ()


def on_look_up_succeeded(journey: Journey, event: events.LookUpSucceeded) -> StepResult:
    visit = pending_visit(journey, event.request_id, RequestKind.LOOK_UP)
    if visit is None:
        return journey, ()
    found = clear_pending(
        visit, RequestKind.LOOK_UP, look_up_phase=LookUpPhase.ANSWERED, tracking_response=event.response
    )
    return go_to_screen(replace(journey, visit=found), Screen.TRACKING_RESULT), ()


def on_look_up_failed(journey: Journey, event: events.LookUpFailed) -> StepResult:
    visit = pending_visit(journey, event.request_id, RequestKind.LOOK_UP)
    if visit is None:
        return journey, ()
    failed = clear_pending(visit, RequestKind.LOOK_UP, look_up_phase=LookUpPhase.NO_RESPONSE)
    return replace(journey, visit=failed, last_touch_at=journey.now), ()


def open_about(journey: Journey, _: events.OpenAbout) -> StepResult:
    return (go_to_screen(journey, Screen.ABOUT), ()) if journey.visit is None else (journey, ())


def show_fault(journey: Journey, event: events.ShowFault) -> StepResult:
    if journey.visit is not None or journey.screen not in RESTING_SCREENS:
        return journey, ()
    return replace(go_to_screen(journey, Screen.FAULT), fault=event.fault), ()


def run_device_test(journey: Journey, event: events.RunDeviceTest) -> StepResult:
    """One at a time. The card of a citizen whose visit waits is not read for a trial."""
    if journey.screen is not Screen.TECHNICIAN or journey.running_test is not None:
        return journey, ()
    if event.target is DeviceUnderTest.CARD_READER and journey.visit is not None:
        return journey, ()
    return replace(journey, running_test=event.target), (effects.RunDeviceTest(event.target),)


def on_device_test_finished(journey: Journey, event: events.DeviceTestFinished) -> StepResult:
    """It is the part's last result, and the part's trial is over."""
    device_tests = (
        *(old for old in journey.device_tests if old.target is not event.device_test.target),
        event.device_test,
    )
    running_test = None if journey.running_test is event.device_test.target else journey.running_test
    return replace(journey, device_tests=device_tests, running_test=running_test), (
        effects.SaveDeviceTests(device_tests, journey.max_volume_percent),
    )


def record_device_test(journey: Journey, event: events.RecordDeviceTest) -> StepResult:
    if journey.screen is not Screen.TECHNICIAN:
        return journey, ()
    return on_device_test_finished(
        journey, events.DeviceTestFinished(DeviceTest(event.target, event.passed, event.at_epoch_s))
    )


def on_device_tests_loaded(journey: Journey, event: events.DeviceTestsLoaded) -> StepResult:
    return replace(journey, device_tests=event.device_tests, max_volume_percent=event.max_volume_percent), ()


def set_max_volume(journey: Journey, event: events.SetMaxVolume) -> StepResult:
    """Set, kept, and heard: by ear only does one know whether it is right."""
    if journey.screen is not Screen.TECHNICIAN or journey.running_test is not None:
        return journey, ()
    percent = max(MAX_VOLUME_STEP_PERCENT, min(100, event.percent))
    journey, asked = run_device_test(
        replace(journey, max_volume_percent=percent), events.RunDeviceTest(DeviceUnderTest.SOUND)
    )
    return journey, (effects.SaveDeviceTests(journey.device_tests, percent), *asked)


def restart(journey: Journey, event: events.Restart) -> StepResult:
    return journey, ((effects.Restart(event.reboot),) if journey.screen is Screen.TECHNICIAN else ())


TECHNICIAN_SCREENS = (Screen.TECHNICIAN_PIN, Screen.TECHNICIAN)


def open_technician(journey: Journey, _: events.OpenTechnician) -> StepResult:
    """The PIN is asked for from every screen. A running visit stays as it is and shows nothing meanwhile.

    Not while the citizen waits for the kiosk: what is being scanned, saved or printed has a screen that its end
    belongs to. Each of these ends within its deadline.
    """
    if journey.screen in TECHNICIAN_SCREENS or not journey.kiosk.technician_pin_hash or is_busy(journey):
        return journey, ()
    asked = replace(with_visit(journey, technician_return_screen=journey.screen), pending_pin_check_id=0)
    return go_to_screen(asked, Screen.TECHNICIAN_PIN), ()


def leave_technician(journey: Journey, visit: Visit) -> StepResult:
    """Back to the visit the gesture interrupted. After the PIN the work takes minutes: the visit's page comes back
    behind "still there?", so that the technician does not read the story of somebody who left."""
    before = visit.technician_return_screen or Screen.NOTICE
    back = go_to_screen(replace(journey, visit=replace(visit, technician_return_screen=None)), before)
    return (show_overlay(back, Overlay.STILL_THERE) if journey.screen is Screen.TECHNICIAN else back), ()


def enter_pin(journey: Journey, event: events.EnterPin) -> StepResult:
    if journey.screen is not Screen.TECHNICIAN_PIN or journey.now < journey.pin_locked_until:
        return journey, ()
    if journey.pending_pin_check_id:
        return journey, ()
    check_id = journey.last_pin_check_id + 1
    asked = replace(journey, last_pin_check_id=check_id, pending_pin_check_id=check_id)
    return asked, (effects.CheckPin(check_id, event.pin, journey.kiosk.technician_pin_hash),)


def on_pin_checked(journey: Journey, event: events.PinChecked) -> StepResult:
    if journey.screen is not Screen.TECHNICIAN_PIN or event.check_id != journey.pending_pin_check_id:
        return journey, ()
    journey = replace(journey, pending_pin_check_id=0)
    if event.correct:
        return replace(go_to_screen(journey, Screen.TECHNICIAN), pin_failures=0), ()
    failures = journey.pin_failures + 1
    locks, within = divmod(failures, MAX_PIN_FAILURES)
    until = journey.now + locks * PIN_LOCK_S if within == 0 else journey.pin_locked_until
    return replace(journey, pin_failures=failures, pin_locked_until=until), ()
