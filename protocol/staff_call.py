"""A citizen's call for staff: what the desk answers, and how that travels.

The kiosk names its open call in each heartbeat (`Heartbeat.staff_call`). The header `Staff-Call` of the centre's answer
gives the call's name and one of these words. A side that does not know the field or the header ignores it; an unknown
word only means that the centre has the call.
"""

from enum import Enum

HEADER = "Staff-Call"


class StaffCallResponse(Enum):
    """How the desk answers. RECEIVED: nobody has answered yet, but the centre has the call."""

    RECEIVED = "received"
    COMING = "coming"  # somebody is on the way
    SOON = "soon"  # ... in a few minutes
    TO_DESK = "to_desk"  # the citizen is asked to come to the counter
    DONE = "done"  # the call is over


def format_header(call: str, answer: StaffCallResponse) -> str:
    """The header's value."""
    return f"{call} {answer.value}"


def parse_header(call: str, header: str) -> StaffCallResponse:
    """What a header says of this call: RECEIVED when it says nothing of it, or nothing known."""
    named, _, word = header.strip().partition(" ")
    return parse_code(word.strip()) if named == call else StaffCallResponse.RECEIVED


def parse_code(word: str) -> StaffCallResponse:
    """The answer with this value; RECEIVED for a word that this version does not know."""
    return next((answer for answer in StaffCallResponse if answer.value == word), StaffCallResponse.RECEIVED)
