"""Every staff code there is: one code, one meaning.

A citizen reads a code out to staff, a heartbeat carries codes to the centre, and both find the row in the handbook. The
codes of the fault table are its own (`Fault`); STAFF_ONLY lists those that no citizen sees. A check that finds the same
thing as a fault uses the fault's code.
"""

from kiosk_app.journey.faults import FAULTS, Fault

STAFF_ONLY = {
    "K-05": "Complaints wait for more than a day",
    "K-06": "The centre does not take a complaint",
    "K-07": "A damaged store was set aside",
    "K-08": "A citizen may have no tracking code",
    "K-10": "The kiosk's id differs from the enrolled one",
    "K-11": "This user may not look into the outbox",
    "K-12": "A store of complaints was removed",
    "K-14": "The state of this kiosk cannot be written",
    "C-06": "The card reader has not answered yet",
    "P-08": "The printer does not report its status",
    "P-09": "Thai cannot be printed",
    "S-08": "The scanner has not answered yet",
    "N-03": "The centre's address is not set",
    "N-04": "The forwarder does not report",
    "T-01": "The area in the settings does not exist",
    "T-02": "The settings do not say where this kiosk stands",
    "T-03": "No technician PIN is set",
    "T-04": "The certificate file in the settings is missing",
    "T-05": "Thai lines break inside words",
    "T-09": "A check did not work",
}


def meaning(code: str) -> str:
    """What the code means, in English. Raises KeyError for a code that is not listed."""
    faults = {fault.value: FAULTS[fault].title for fault in Fault}
    return faults.get(code) or STAFF_ONLY[code]
