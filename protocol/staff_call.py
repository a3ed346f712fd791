"""The desk's answers to a staff call, and the header that carries them.

The kiosk names its open call in each heartbeat (`Heartbeat.staff_call`). The header `Staff-Call` of the centre's answer
gives the call's name and one of these words. A side that does not know the field or the header ignores it; an unknown
word is read as RECEIVED.
"""

from enum import Enum

HEADER = "Staff-Call"


class StaffCallResponse(Enum):
    """The desk's answer. RECEIVED: the centre has the call, and nobody has answered yet."""

    RECEIVED = "received"
    COMING = "coming"  # staff are on the way
    SOON = "soon"  # ... in a few minutes
    TO_DESK = "to_desk"  # the citizen is asked to come to the counter
    DONE = "done"  # the call is over


def format_header(call: str, answer: StaffCallResponse) -> str:
    """The header's value."""
    return f"{call} {answer.value}"


def parse_header(call: str, header: str) -> StaffCallResponse:
    """The answer to this call in a header; RECEIVED when it names another call or an unknown answer."""
    named, _, word = header.strip().partition(" ")
    return parse_code(word.strip()) if named == call else StaffCallResponse.RECEIVED


def parse_code(word: str) -> StaffCallResponse:
    """The answer with this value; RECEIVED for an unknown value."""
    return next((answer for answer in StaffCallResponse if answer.value == word), StaffCallResponse.RECEIVED)
