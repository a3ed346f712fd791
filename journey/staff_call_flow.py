"""The call for staff: open from the touch on the button until it is cancelled, answered "done", or the visit ends.

It is said to have arrived only when the centre has said so. Until then, and without a network, the citizen is sent to
the counter.
"""

from dataclasses import replace

from journey import effects, events
from journey.state import CallPhase, Journey, Overlay, StaffCall
from journey.transitions import StepResult, show_overlay
from protocol.staff_call import StaffCallResponse

CALL_ANSWER_TIMEOUT_S = 15.0  # a call and its answer take 5 s together; a slow line takes some more
CALL_WITHOUT_VISIT_TIMEOUT_S = 300.0  # how long a call outside a visit lasts: whoever made it may have left


def request_staff(journey: Journey, _: events.RequestStaff) -> StepResult:
    """Call, or show the state of the call. The covering overlays stay: they protect somebody."""
    staff_call = journey.staff_call
    asked: tuple[effects.Effect, ...] = ()
    if staff_call is None or staff_call.phase is CallPhase.NOT_SENT:
        number = journey.next_call_number if staff_call is None else staff_call.number
        offline = journey.environment.centre_reachable is False
        staff_call = StaffCall(number, journey.now, CallPhase.NOT_SENT if offline else CallPhase.CALLING)
        journey, asked = (
            replace(journey, staff_call=staff_call, next_call_number=max(journey.next_call_number, number + 1)),
            (effects.ReportStaffCall(),),
        )
    if journey.overlay not in (Overlay.CARD_OUT, Overlay.OTHER_CARD):
        journey = show_overlay(journey, Overlay.STAFF)
    return journey, asked


def cancel_staff_call(journey: Journey, _: events.CancelStaffCall) -> StepResult:
    """Staff are no longer needed."""
    return (end_call(journey), (effects.ReportStaffCall(),)) if journey.staff_call is not None else (journey, ())


def on_staff_call_answered(journey: Journey, event: events.StaffCallAnswered) -> StepResult:
    """The centre has the call. Answered "done", it is over."""
    staff_call = journey.staff_call
    if staff_call is None or staff_call.number != event.number:
        return journey, ()
    if event.answer is StaffCallResponse.DONE:
        return end_call(journey), (effects.ReportStaffCall(),)
    return replace(journey, staff_call=replace(staff_call, phase=CallPhase.ANSWERED, answer=event.answer)), ()


def expire_unanswered_call(journey: Journey) -> StepResult:
    """Time passed, or the network was lost: a call that has not arrived is shown as not sent."""
    staff_call = journey.staff_call
    if staff_call is None:
        return journey, ()
    age = journey.now - staff_call.started_at
    if journey.visit is None and age >= CALL_WITHOUT_VISIT_TIMEOUT_S:
        return end_call(journey), (effects.ReportStaffCall(),)
    if staff_call.phase is CallPhase.CALLING and (
        age >= CALL_ANSWER_TIMEOUT_S or journey.environment.centre_reachable is False
    ):
        return replace(journey, staff_call=replace(staff_call, phase=CallPhase.NOT_SENT)), ()
    return journey, ()


def end_call(journey: Journey) -> Journey:
    """No call is open, and its overlay is closed."""
    overlay = None if journey.overlay is Overlay.STAFF else journey.overlay
    return replace(journey, staff_call=None, overlay=overlay)
