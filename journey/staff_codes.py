"""The registry of staff codes: one code, one meaning.

A citizen reads a code out to staff, a heartbeat carries codes to the centre, and the handbook has a row for each. The
codes that a citizen may see are those of `Fault`; STAFF_ONLY_CODES has all others. A health check that detects the same
problem as a fault uses the fault's code.
"""

from journey.faults import FAULTS, Fault

STAFF_ONLY_CODES = {
    "C-06": "The card reader has not answered yet",
    "K-05": "Complaints have waited for more than a day: check the network; nothing is lost",
    "K-06": "The centre refused some complaints: call the centre, then `kiosk outbox retry`",
    "K-07": "The store was damaged and set aside; the kiosk uses a new one. Give the file to the centre",
    "K-08": "After a power cut these citizens may not have their codes: the desk can issue new ones",
    "K-10": "`kiosk.id` differs from the id in the enrolment",
    "K-11": "This user may not read the outbox",
    "K-12": "The store was removed: complaints in it may be lost. Tell the centre, then remove `lost-outbox…`",
    "K-14": "The status report cannot be written: the centre does not see the devices: `df -h`, `df -i`",
    "K-15": "`kiosk.toml` has an error, so the interface does not start; the page on the screen names the key",
    "K-16": "The interface does not start: `journalctl -u damrongdham-kiosk-ui`",
    "N-03": "`centre.url` is not set",
    "N-04": "The forwarder is not running: `systemctl status damrongdham-kiosk-forwarder`",
    "P-08": "The printer does not report its status",
    "P-09": "The library that shapes Thai for the printer is missing",
    "P-10": "The printer's cutter is near the end of its life: have another printer ready",
    "S-08": "The scanner has not answered yet",
    "S-09": "This machine cannot confine picture processes (no Landlock or libseccomp2): scanning is off",
    "T-01": "`kiosk.area` is not the code of an area",
    "T-02": "`kiosk.centre_name_th`, `centre_name_en` or `area` is empty",
    "T-03": "No technician PIN is set",
    "T-04": "The file of `centre.ca_file` is missing",
    "T-05": "libthai is missing: Thai lines break inside words",
    "T-06": "The technician PIN is stored in an old format that is quick to guess: `kiosk pin` makes a new one",
    "T-09": "A health check failed to run: report it to whoever maintains the kiosk",
    "T-10": "A part of the lock-down is not in force; `kiosk doctor` names it",
    "T-11": "The lock of the USB ports is open: a keyboard and a stick work until it closes",
    "T-12": "The display shows another console than the interface's: `chvt 1`",
    "T-13": "`keypad.usb` is not set, so the keypad is locked",
    "T-14": "The disk is worn or failing: replace it before it fails",
}


def describe_staff_code(code: str) -> str:
    """The meaning of a code, in English. Raises KeyError for an unlisted code."""
    titles = {fault.value: FAULTS[fault].title for fault in Fault}
    return titles.get(code) or STAFF_ONLY_CODES[code]
