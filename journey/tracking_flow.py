"""Tracking a case: the code is typed, or read from a receipt on the scanner, and looked up at the centre."""

from dataclasses import replace

from journey import effects, events
from journey.environment_faults import SCANNER_FAULTS
from journey.screens import RESTING_SCREENS, Screen
from journey.state import Journey, LookUpPhase, RequestKind, Visit
from journey.transitions import (
    LOOK_UP_PENDING_PHASES,
    StepResult,
    begin_visit,
    clear_pending,
    event_handler,
    go_to_screen,
    pending_visit,
    request_effect,
)
from protocol import case_number
from protocol.tracking_code import TrackingCodeError, parse


@event_handler
def open_tracking(journey: Journey, _: events.OpenTracking) -> StepResult:
    """Open the tracking screen. It needs neither enrolment nor space in the store, so no fault blocks it."""
    if journey.visit is not None or journey.screen not in RESTING_SCREENS:
        return journey, ()
    return begin_visit(journey, Screen.TRACK), ()


@event_handler
def submit_tracking_code(journey: Journey, event: events.SubmitTrackingCode) -> StepResult:
    """Look up the typed code."""
    visit = journey.visit
    if visit is None or not _can_look_up(journey, visit):
        return journey, ()
    return _look_up(journey, visit, event.text)


@event_handler
def scan_receipt_code(journey: Journey, _: events.ScanReceiptCode) -> StepResult:
    """Scan the receipt and look for its code."""
    visit = journey.visit
    if visit is None or not _can_look_up(journey, visit):
        return journey, ()
    return request_effect(
        journey,
        visit,
        RequestKind.RECEIPT_CODE,
        effects.ReadReceiptCode,
        look_up_phase=LookUpPhase.SCANNING_RECEIPT,
        scan_fault=None,
    )


def _can_look_up(journey: Journey, visit: Visit) -> bool:
    return journey.screen is Screen.TRACK and visit.look_up_phase not in LOOK_UP_PENDING_PHASES


def _look_up(journey: Journey, visit: Visit, text: str) -> StepResult:
    """Ask the centre for a code, or show what is wrong with the text."""
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
        tracked_code=code,
        tracking_response=None,
    )


@event_handler
def on_receipt_code_read(journey: Journey, event: events.ReceiptCodeRead) -> StepResult:
    """Look up the code of the receipt."""
    visit = pending_visit(journey, event.request_id, RequestKind.RECEIPT_CODE)
    if visit is None:
        return journey, ()
    visit = clear_pending(visit, RequestKind.RECEIPT_CODE)
    return _look_up(replace(journey, last_touch_at=journey.now), visit, event.code)


@event_handler
def on_receipt_code_read_failed(journey: Journey, event: events.ReceiptCodeReadFailed) -> StepResult:
    """Say that no code was found, or what is wrong with the scanner."""
    visit = pending_visit(journey, event.request_id, RequestKind.RECEIPT_CODE)
    if visit is None:
        return journey, ()
    fault = SCANNER_FAULTS.get(event.status) if event.status is not None else None
    failed = clear_pending(
        visit, RequestKind.RECEIPT_CODE, look_up_phase=LookUpPhase.RECEIPT_UNREADABLE, scan_fault=fault
    )
    return replace(journey, visit=failed, last_touch_at=journey.now), ()


@event_handler
def on_look_up_succeeded(journey: Journey, event: events.LookUpSucceeded) -> StepResult:
    """Show the centre's response."""
    visit = pending_visit(journey, event.request_id, RequestKind.LOOK_UP)
    if visit is None:
        return journey, ()
    responded = clear_pending(
        visit, RequestKind.LOOK_UP, look_up_phase=LookUpPhase.RESPONDED, tracking_response=event.response
    )
    return go_to_screen(replace(journey, visit=responded), Screen.TRACKING_RESULT), ()


@event_handler
def on_look_up_failed(journey: Journey, event: events.LookUpFailed) -> StepResult:
    """Say that the centre did not respond."""
    visit = pending_visit(journey, event.request_id, RequestKind.LOOK_UP)
    if visit is None:
        return journey, ()
    failed = clear_pending(visit, RequestKind.LOOK_UP, look_up_phase=LookUpPhase.NO_RESPONSE)
    return replace(journey, visit=failed, last_touch_at=journey.now), ()
