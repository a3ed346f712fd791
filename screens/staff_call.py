"""The texts about an open staff call: the heading is also the banner above every view."""

from typing import NamedTuple

from journey.language import _
from journey.state import CallPhase, StaffCall
from protocol.staff_call import StaffCallResponse


class StaffCallTexts(NamedTuple):
    """Two message ids."""

    heading: str
    advice: str


CALLING = StaffCallTexts(_("Calling staff…"), _("Please wait a moment"))
NOT_SENT = StaffCallTexts(_("The call could not be sent"), _("Please ask at the service desk, or call 1567"))
RESPONSE_TEXTS = {
    StaffCallResponse.RECEIVED: StaffCallTexts(
        _("Staff have been called"), _("Please wait. Their answer will appear here")
    ),
    StaffCallResponse.COMING: StaffCallTexts(_("Staff are on their way"), _("Please wait here")),
    StaffCallResponse.SOON: StaffCallTexts(
        _("Staff will come in a few minutes"), _("You can continue in the meantime")
    ),
    StaffCallResponse.TO_DESK: StaffCallTexts(
        _("Please come to the service desk"), _("Staff are waiting for you there")
    ),
}


def staff_call_texts(call: StaffCall) -> StaffCallTexts:
    """Heading (the state of the call) and advice (what to do)."""
    match call.phase:
        case CallPhase.CALLING:
            return CALLING
        case CallPhase.NOT_SENT:
            return NOT_SENT
        case CallPhase.RESPONDED:
            return RESPONSE_TEXTS.get(call.response, RESPONSE_TEXTS[StaffCallResponse.RECEIVED])


def staff_call_banner(call: StaffCall | None) -> str:
    """The message id of the banner; '' while there is no call."""
    return staff_call_texts(call).heading if call is not None else ""
