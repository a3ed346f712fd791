"""Somebody in the hall with a keyboard and a stick."""

from pathlib import Path

from tests.appliance.tools import CheckReport
from tests.image_trial.citizen import WAIT_S, Citizen
from tests.image_trial.virtual_machine import RunningMachine, wait_until

KEYBOARD, STICK = "03:01", "08:50"  # class and protocol of the USB interface
_STICK_BYTES = 16_000_000
# Another console, the end of the display server, a restart, and the kernel's own keys: raw keyboard, end all, restart.
_COMBINATIONS = (
    ("ctrl", "alt", "f2"),
    ("alt", "f2"),
    ("ctrl", "alt", "backspace"),
    ("ctrl", "alt", "delete"),
    ("alt", "sysrq", "r"),
    ("alt", "sysrq", "i"),
    ("alt", "sysrq", "b"),
)


def check_keyboards_and_stick(running: RunningMachine, citizen: Citizen, report: CheckReport, work: Path) -> None:
    """Keys of a built-in and of a plugged keyboard change nothing; neither keyboard nor stick gets a driver."""
    before = citizen.machine_facts()["console"], citizen.read_screen().screen
    _press_all(running)
    stick = work / "stick.img"
    with stick.open("wb") as content:
        content.truncate(_STICK_BYTES)
    running.plug_stick(stick)
    running.plug_keyboard()
    wait_until(lambda: {KEYBOARD, STICK} <= citizen.machine_facts()["usb"].keys(), WAIT_S, "both are on the USB bus")
    _press_all(running)
    wait_until(
        lambda: {citizen.machine_facts()["usb"][each] for each in (KEYBOARD, STICK)} == {"0"},
        WAIT_S,
        "keyboard and stick are locked",
    )
    after = citizen.machine_facts()["console"], citizen.read_screen().screen
    report.expect(before == after, f"keys of two keyboards leave {before} on the display ({after})")
    report.record_pass("a keyboard and a stick that are plugged in get no driver")


def _press_all(running: RunningMachine) -> None:
    for names in _COMBINATIONS:
        running.press_together(*names)
