"""Sample states of the set-up: each page, and the results that look different."""

from collections.abc import Iterator
from dataclasses import replace

from journey.faults import Fault
from journey.screens import Screen
from journey.setup.pages import PAGES
from journey.setup.setup_state import Setup, SetupTask, TaskOutcome
from journey.state import Journey

RECOVERY_KEY = "gdrelkvu-nbtvifjc-hhlkbujn-ccgtrleh-ibejvdfr-tukgnlhd-cvrdebfu-ntjkhigl"  # invented
# One state for each way a page looks; tests draw these, the gallery draws all.
TYPICAL_STATES = (
    "setup_welcome",
    "setup_screen_rotation",
    "setup_network_kind",
    "setup_network_gateway_wrong",
    "setup_network_try_no_manager",
    "setup_hall_name_th",
    "setup_screen_width",
    "setup_printer_connection",
    "setup_printer_try_judge",
    "setup_pin_new",
    "setup_enrol_try_code",
    "setup_key_show_shown",
)


def sample_setups(at_rest: Journey) -> Iterator[tuple[str, Journey]]:
    """Name and state, on a kiosk that is otherwise `at_rest`."""
    answers = {
        "network.kind": "fixed",
        "network.address": "10.20.0.15/24",
        "network.login": "peap",
        "clock.kind": "hand",
        "centre.url": "https://centre.example",
        "centre.fingerprint": "3F2A 91C0 77DE 0B54 A1E8 6620 D9F3 4C1B 58A7 E06D",
        "hall.kiosk_id": "KKN07",
        "hall.name_th": "ศาลากลางจังหวัดตัวอย่าง",
        "reader.present": "yes",
        "setup.reopened": "yes",
    }
    setup = Setup().with_answers(answers)
    listed = {
        "network.ssid": (("Hall-Office", "Hall-Office"), ("Hall-Guest", "Hall-Guest")),
        "printer.connection": (("usb:04b8:0e28", "Receipt Printer 80"),),
        "scanner.device": (("test:0", "Flatbed 100"),),
    }
    for page in PAGES:
        running = page.task if page.starts_by_itself and page.task is not SetupTask.ENROL else None
        shown = replace(setup, page=page.name, running=running)
        if page.name in listed:
            shown = shown.with_outcome(page.name, TaskOutcome(True, "device.listed", options=listed[page.name]))
        yield f"setup_{page.name.replace('.', '_')}", replace(at_rest, screen=Screen.SETUP, setup=shown)
    outcomes = (
        ("network.try", "connected", TaskOutcome(True, "network.connected", "10.20.0.15/24")),
        ("network.try", "no_manager", TaskOutcome(False, "network.no_manager")),
        ("centre.try", "unknown", TaskOutcome(True, "centre.unknown_authority", answers["centre.fingerprint"])),
        ("printer.try", "paper_out", TaskOutcome(False, f"fault:{Fault.PRINTER_PAPER_OUT.value}")),
        ("printer.try", "judge", TaskOutcome(None, "device.judge_paper")),
        ("screen.touch", "calibrated", TaskOutcome(True, "touch.accurate", "2")),
        ("key.show", "shown", TaskOutcome(True, "key.shown", RECOVERY_KEY)),
        ("key.show", "none", TaskOutcome(True, "key.none")),
    )
    for page_name, name, outcome in outcomes:
        tried = replace(setup, page=page_name).with_outcome(page_name, outcome)
        yield (
            f"setup_{page_name.replace('.', '_')}_{name}",
            replace(at_rest, screen=Screen.SETUP, setup=tried),
        )
    waiting = replace(setup, page="enrol.try", running=SetupTask.ENROL, task_number=2)
    waiting = waiting.with_outcome("enrol.try", TaskOutcome(None, "enrol.waiting", "7KQ2-M9XD"))
    yield "setup_enrol_try_code", replace(at_rest, screen=Screen.SETUP, setup=waiting)
    wrong = replace(setup, page="network.gateway", wrong="Enter an address such as 10.20.0.1")
    yield "setup_network_gateway_wrong", replace(at_rest, screen=Screen.SETUP, setup=wrong)
    missing = replace(setup, page="reader.try").with_outcome("reader.try", TaskOutcome(False, "fault:C-01"))
    yield "setup_reader_try_missing", replace(at_rest, screen=Screen.SETUP, setup=missing)
