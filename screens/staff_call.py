"""What is said of an open call for staff: a line for every page, and the card with more about it."""

from journey.language import _
from journey.state import CallPhase, StaffCall
from protocol.staff_call import StaffCallResponse

CALLING = (_("Calling staff…"), _("Please wait a moment"))
NOT_SENT = (_("The call could not be sent"), _("Please ask at the service desk, or call 1567"))
RESPONSE_MESSAGES = {
    StaffCallResponse.RECEIVED: (_("Staff have been called"), _("Please wait. Their answer will appear here")),
    StaffCallResponse.COMING: (_("Staff are on their way"), _("Please wait here")),
    StaffCallResponse.SOON: (_("Staff will come in a few minutes"), _("You can continue in the meantime")),
    StaffCallResponse.TO_DESK: (_("Please come to the service desk"), _("Staff are waiting for you there")),
}


def staff_call_texts(call: StaffCall) -> tuple[str, str]:
    """How it stands, and what to do: two message ids."""
    match call.phase:
        case CallPhase.CALLING:
            return CALLING
        case CallPhase.NOT_SENT:
            return NOT_SENT
        case CallPhase.ANSWERED:
            return RESPONSE_MESSAGES.get(call.answer, RESPONSE_MESSAGES[StaffCallResponse.RECEIVED])


def staff_call_banner(call: StaffCall | None) -> str:
    """The line for every page, '' while nobody is called."""
    return staff_call_texts(call)[0] if call is not None else ""
