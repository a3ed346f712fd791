"""The call for staff: open from the touch on the button until it is cancelled, answered "done", or the visit ends.

It is said to have arrived only when the centre has said so. Until then, and without a network, the citizen is sent to
the counter.
"""

from dataclasses import replace

from journey import effects, events
from journey.state import CallPhase, Journey, Overlay, StaffCall
from journey.transitions import Result, cover
from protocol.staff_call import CallAnswer

ANSWER_SECONDS = 15.0  # a call reaches the centre and its answer the screen within 5 s; a slow line takes some more
OPEN_SECONDS = 300.0  # how long a call outside a visit lasts: whoever made it may have left


def ask_staff(journey: Journey, _: events.AskStaff) -> Result:
    """Call, or show the state of the call. The covering overlays stay: they protect somebody."""
    call = journey.call
    asked: tuple[effects.Effect, ...] = ()
    if call is None or call.phase is CallPhase.NOT_SENT:
        number = journey.next_call if call is None else call.number
        offline = journey.around.network is False
        call = StaffCall(number, journey.now, CallPhase.NOT_SENT if offline else CallPhase.CALLING)
        journey, asked = (
            replace(journey, call=call, next_call=max(journey.next_call, number + 1)),
            (effects.CallStaff(),),
        )
    if journey.overlay not in (Overlay.CARD_OUT, Overlay.OTHER_CARD):
        journey = cover(journey, Overlay.STAFF)
    return journey, asked


def cancel_call(journey: Journey, _: events.CancelCall) -> Result:
    """Staff are no longer needed."""
    return (over(journey), (effects.CallStaff(),)) if journey.call is not None else (journey, ())


def answered(journey: Journey, event: events.CallAnswered) -> Result:
    """The centre has the call. Answered "done", it is over."""
    call = journey.call
    if call is None or call.number != event.number:
        return journey, ()
    if event.answer is CallAnswer.DONE:
        return over(journey), (effects.CallStaff(),)
    return replace(journey, call=replace(call, phase=CallPhase.ANSWERED, answer=event.answer)), ()


def waited(journey: Journey) -> Result:
    """Time passed, or the network was lost: a call that has not arrived is shown as not sent."""
    call = journey.call
    if call is None:
        return journey, ()
    age = journey.now - call.since
    if journey.visit is None and age >= OPEN_SECONDS:
        return over(journey), (effects.CallStaff(),)
    if call.phase is CallPhase.CALLING and (age >= ANSWER_SECONDS or journey.around.network is False):
        return replace(journey, call=replace(call, phase=CallPhase.NOT_SENT)), ()
    return journey, ()


def over(journey: Journey) -> Journey:
    """No call is open, and its overlay is closed."""
    overlay = None if journey.overlay is Overlay.STAFF else journey.overlay
    return replace(journey, call=None, overlay=overlay)
