"""The meaning of a staff code on this kiosk.

The codes that a citizen may see are those of `Fault`; its title is on the screen. A health check that detects the same
problem as a fault uses the fault's code.
"""

from journey.faults import FAULTS, Fault
from protocol.staff_codes import STAFF_CODES

_FAULTS_BY_CODE = {fault.value: fault for fault in Fault}


def describe_staff_code(code: str) -> str:
    """The meaning of a code, in English. Raises KeyError for an unlisted code."""
    fault = _FAULTS_BY_CODE.get(code)
    return FAULTS[fault].title if fault is not None else STAFF_CODES[code].cause.en
