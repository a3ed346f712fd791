"""The call for staff: open until it is cancelled, the desk responds "done", or the visit ends.

The screen says that the call has arrived only when the centre has confirmed it. Until then, and without a network, it
sends the citizen to the counter.
"""

from dataclasses import replace

from journey import effects, events
from journey.state import CallPhase, Journey, Overlay, StaffCall
from journey.transitions import StepResult, event_handler, show_overlay
from protocol.staff_call import StaffCallResponse

CALL_RESPONSE_TIMEOUT_S = 15.0  # a call and its answer take 5 s together, more on a slow connection
CALL_WITHOUT_VISIT_TIMEOUT_S = 300.0  # how long a call without a visit stays open: the caller may have left


@event_handler
def request_staff(journey: Journey, _: events.RequestStaff) -> StepResult:
    """Call staff, or show the state of the open call. Overlays that hide somebody's data stay."""
    requested: tuple[effects.Effect, ...] = ()
    if journey.staff_call is None or journey.staff_call.phase is CallPhase.NOT_SENT:
        journey = _with_new_call(journey)
        requested = (effects.ReportStaffCall(),)
    if journey.overlay not in (Overlay.CARD_OUT, Overlay.OTHER_CARD):
        journey = show_overlay(journey, Overlay.STAFF)
    return journey, requested


def _with_new_call(journey: Journey) -> Journey:
    """A call that begins now. A call that was not sent keeps its number."""
    before = journey.staff_call
    number = before.number if before is not None else journey.next_call_number
    phase = CallPhase.NOT_SENT if journey.environment.centre_reachable is False else CallPhase.CALLING
    return replace(
        journey,
        staff_call=StaffCall(number, journey.now, phase),
        next_call_number=max(journey.next_call_number, number + 1),
    )


@event_handler
def cancel_staff_call(journey: Journey, _: events.CancelStaffCall) -> StepResult:
    """Staff are no longer needed."""
    return (journey, ()) if journey.staff_call is None else _close_call(journey)


@event_handler
def on_staff_call_responded(journey: Journey, event: events.StaffCallResponded) -> StepResult:
    """Show the centre's response. The response "done" closes the call."""
    staff_call = journey.staff_call
    if staff_call is None or staff_call.number != event.number:
        return journey, ()
    if event.response is StaffCallResponse.DONE:
        return _close_call(journey)
    return replace(journey, staff_call=replace(staff_call, phase=CallPhase.RESPONDED, response=event.response)), ()


def expire_unanswered_call(journey: Journey) -> StepResult:
    """Time passed, or the network was lost: a call that has not arrived is shown as not sent."""
    staff_call = journey.staff_call
    if staff_call is None:
        return journey, ()
    age_s = journey.now - staff_call.started_at
    if journey.visit is None and age_s >= CALL_WITHOUT_VISIT_TIMEOUT_S:
        return _close_call(journey)
    is_unanswered = age_s >= CALL_RESPONSE_TIMEOUT_S or journey.environment.centre_reachable is False
    if staff_call.phase is CallPhase.CALLING and is_unanswered:
        return replace(journey, staff_call=replace(staff_call, phase=CallPhase.NOT_SENT)), ()
    return journey, ()


def _close_call(journey: Journey) -> StepResult:
    """Close the call and its overlay, and report this to the desk."""
    overlay = None if journey.overlay is Overlay.STAFF else journey.overlay
    return replace(journey, staff_call=None, overlay=overlay), (effects.ReportStaffCall(),)
