"""The desk's responses to a staff call, and the header that carries them.

The kiosk names its open call in each heartbeat (`Heartbeat.staff_call`). The header `Staff-Call` of the response
gives the call's name and one of these words. A side that does not know the field or the header ignores it; an unknown
word is read as RECEIVED.
"""

from enum import Enum

HEADER = "Staff-Call"


class StaffCallResponse(Enum):
    """The desk's response. RECEIVED: the centre has the call, and no officer has responded yet."""

    RECEIVED = "received"
    COMING = "coming"  # staff are on the way
    SOON = "soon"  # ... in a few minutes
    TO_DESK = "to_desk"  # the citizen is asked to come to the counter
    DONE = "done"  # the call is over


def format_header(call: str, response: StaffCallResponse) -> str:
    """The header's value."""
    return f"{call} {response.value}"


def parse_header(call: str, header: str) -> StaffCallResponse:
    """The response to this call in a header; RECEIVED when it names another call or an unknown response."""
    named, _, word = header.strip().partition(" ")
    return parse_code(word.strip()) if named == call else StaffCallResponse.RECEIVED


def parse_code(word: str) -> StaffCallResponse:
    """The response with this value; RECEIVED for an unknown value."""
    return next((response for response in StaffCallResponse if response.value == word), StaffCallResponse.RECEIVED)
