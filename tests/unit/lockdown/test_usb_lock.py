"""Which USB devices are locked, and when, on a sysfs of files."""

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from protocol import unlock_permit
from provision.lockdown import usb_lock
from provision.lockdown.usb_lock import must_lock_input, must_lock_interface

UNIT = Path(__file__).parents[3] / "systemd/damrongdham-kiosk-unlocked.service"
NO_MOUNTS = "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n"
KEYBOARD = {"ID_INPUT_KEY": "1", "ID_INPUT_KEYBOARD": "1"}


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(usb_lock, "SYSFS", tmp_path / "sys")
    monkeypatch.setattr(usb_lock, "STATE", tmp_path / "state")
    monkeypatch.setattr(usb_lock, "SETTINGS", tmp_path / "kiosk.toml")
    monkeypatch.setattr(usb_lock, "MOUNTS", tmp_path / "mountinfo")
    monkeypatch.setattr(usb_lock, "ENROLMENT", tmp_path / "enrolment.json")
    (tmp_path / "state").mkdir()
    (tmp_path / "mountinfo").write_text(NO_MOUNTS)
    return tmp_path


def make_interface(machine: Path, kind: str, *, port: str = "1-1", usb_id: str = "1234:abcd") -> Path:
    """`kind` is class/subclass/protocol, in hexadecimal digits."""
    device = machine / "sys/devices" / port
    interface = device / f"{port}:1.0"
    interface.mkdir(parents=True)
    vendor, product = usb_id.split(":")
    files = dict(zip(("bInterfaceClass", "bInterfaceSubClass", "bInterfaceProtocol"), kind.split("/"), strict=True))
    for name, text in (files | {"authorized": "1", "../idVendor": vendor, "../idProduct": product}).items():
        (interface / name).write_text(f"{text}\n")
    links = machine / "sys/bus/usb/devices"
    links.mkdir(parents=True, exist_ok=True)
    (links / interface.name).symlink_to(interface)
    return interface


def make_input(interface: Path, bus: str = "0003") -> Path:
    device = interface / "input/input7"
    (device / "id").mkdir(parents=True)
    (device / "id/bustype").write_text(f"{bus}\n")
    (device / "inhibited").write_text("1\n")
    return device


@pytest.mark.parametrize(
    ("kind", "locked"),
    [
        ("08/06/50", True),  # a stick
        ("08/06/62", True),  # ... with UAS
        ("03/01/01", True),  # a keyboard
        ("03/00/01", True),
        ("03/00/00", False),  # a touch panel
        ("03/01/02", False),  # a mouse
        ("07/01/02", False),  # a printer
        ("0b/00/00", False),  # a card reader
        ("ff/ff/ff", False),  # a scanner
        ("09/00/00", False),  # a hub
    ],
)
def test_storage_and_keyboards_are_locked(machine: Path, kind: str, locked: bool) -> None:
    assert must_lock_interface(make_interface(machine, kind), NO_MOUNTS) == locked


def test_the_disk_that_the_machine_runs_from_is_never_locked(machine: Path) -> None:
    interface = make_interface(machine, "08/06/50")
    partition = interface / "host0/target0:0:0/0:0:0:0/block/sda/sda1"
    partition.mkdir(parents=True)
    (partition / "dev").write_text("8:1\n")
    assert not must_lock_interface(interface, NO_MOUNTS)
    assert must_lock_interface(interface, NO_MOUNTS.replace("8:1", "8:17"))
    (partition / "holders/dm-0").mkdir(parents=True)  # an encrypted disk
    assert not must_lock_interface(interface, "")


def test_the_keypad_of_kiosk_toml_is_not_locked(machine: Path) -> None:
    keypad = make_interface(machine, "03/01/01", usb_id="04D9:A0F8")
    other = make_interface(machine, "03/01/01", port="1-2", usb_id="04d9:0000")
    settings = machine / "kiosk.toml"
    for text, locked in (
        ('[keypad]\nenabled = true\nusb = "04d9:a0f8"\n', False),
        ('[keypad]\nenabled = false\nusb = "04d9:a0f8"\n', True),
        ("[keypad]\nenabled = true\n", True),
        ("keypad = 1\n", True),
        ("[keypad", True),
    ):
        settings.write_text(text)
        assert must_lock_interface(keypad, NO_MOUNTS) == locked, text
        assert must_lock_input(make_input(keypad) if locked is False else keypad / "input/input7", KEYBOARD) == locked
        assert must_lock_interface(other, NO_MOUNTS)


@pytest.mark.parametrize(
    ("bus", "properties", "locked"),
    [
        ("0003", KEYBOARD, True),
        ("0003", {"ID_INPUT_KEY": "1"}, True),  # a few keys are enough to type
        ("0003", {"ID_INPUT_MOUSE": "1"}, False),
        ("0003", {"ID_INPUT_TOUCHSCREEN": "1"}, False),
        ("0003", {"ID_INPUT_TOUCHSCREEN": "1", "ID_INPUT_KEY": "1"}, False),  # a panel with a power key
        ("0003", {"ID_INPUT_TOUCHSCREEN": "1", **KEYBOARD}, True),  # a keyboard that calls itself a panel
        ("0005", KEYBOARD, True),  # Bluetooth
        ("0011", KEYBOARD, True),  # PS/2
        ("0019", KEYBOARD, False),  # the power button
    ],
)
def test_devices_with_keys_are_inhibited(machine: Path, bus: str, properties: dict[str, str], locked: bool) -> None:
    assert must_lock_input(make_input(make_interface(machine, "03/00/00"), bus), properties) == locked


def test_locking_and_unlocking(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[list[str]] = []
    monkeypatch.setattr("provision.lockdown.usb_lock.subprocess.run", lambda command, **_: commands.append(command))
    stick, printer = make_interface(machine, "08/06/50"), make_interface(machine, "07/01/02", port="1-2")
    (machine / "sys/bus/usb/drivers_probe").touch()
    keyboard = make_input(make_interface(machine, "03/00/00", port="1-3"))
    (machine / "sys/class/input").mkdir(parents=True)
    (machine / "sys/class/input/input7").symlink_to(keyboard)
    (machine / "mountinfo").write_text(NO_MOUNTS + "30 22 8:17 / /media/stick rw - vfat /dev/sdb1 rw\n")
    usb_lock.lock_all()
    assert ((stick / "authorized").read_text(), (printer / "authorized").read_text()) == ("0", "1\n")
    assert commands[0] == ["systemctl", "stop", "/media/stick"]
    assert commands[1][:2] == ["udevadm", "trigger"]
    usb_lock.unlock_all()
    assert (stick / "authorized").read_text() == "1"
    assert (machine / "sys/bus/usb/drivers_probe").read_text() == "1-1:1.0"
    assert (keyboard / "inhibited").read_text() == "0"


def test_a_kiosk_that_is_removed_locks_nothing_any_more(machine: Path) -> None:
    stick = make_interface(machine, "08/06/50")
    (machine / "sys/bus/usb/drivers_probe").touch()
    (stick / "authorized").write_text("0\n")
    assert usb_lock.main(["release"]) == 0
    assert (stick / "authorized").read_text() == "1"
    assert usb_lock.main(["judge-usb", str(stick)]) == 1, "udev asks again for what the stick brings"


def test_udev_gets_no_lock_while_the_lock_is_open(machine: Path) -> None:
    stick = make_interface(machine, "08/06/50")
    assert usb_lock.main(["judge-usb", str(stick)]) == 0
    (machine / "state/unlocked").touch()
    assert usb_lock.main(["judge-usb", str(stick)]) == 1


def test_a_permit_opens_the_lock_no_longer_than_the_lock_allows() -> None:
    assert unlock_permit.MAX_MINUTES == usb_lock.MAX_MINUTES


def test_the_lock_is_open_for_its_time_only(machine: Path) -> None:
    assert usb_lock.read_minutes() == usb_lock.DEFAULT_MINUTES
    for text, minutes in (("20", 20.0), ("100000", usb_lock.MAX_MINUTES), ("-3", 1.0), ("x", usb_lock.DEFAULT_MINUTES)):
        (machine / "state/unlock-minutes").write_text(text)
        assert usb_lock.read_minutes() == minutes
    assert usb_lock.read_minutes() == usb_lock.DEFAULT_MINUTES, "the file is used once"


def test_a_keyboard_is_told_by_its_letters(machine: Path) -> None:
    device = make_input(make_interface(machine, "03/00/00"))
    (machine / "sys/class/input").mkdir(parents=True)
    (machine / "sys/class/input/input7").symlink_to(device)
    (device / "capabilities").mkdir()
    for bits, keyboard in (
        ("402000000 3803078f800d001 feffffdfffefffff fffffffffffffffe", True),
        ("10000000000000 0", False),
    ):
        (device / "capabilities/key").write_text(f"{bits}\n")
        assert bool(usb_lock._has_keyboard()) == keyboard


class Technician:
    """What happens while the lock is open. `at` has the time in seconds of each action."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, interface: str = "loaded") -> None:
        self.now, self.has_keyboard = 0.0, False
        self.at: dict[float, Callable[[], None]] = {}
        self.consoles: list[tuple[float, str]] = []
        monkeypatch.setattr(usb_lock, "time", SimpleNamespace(monotonic=lambda: self.now, sleep=self._sleep))
        monkeypatch.setattr(usb_lock, "_has_keyboard", lambda: self.has_keyboard)
        monkeypatch.setattr(usb_lock, "_start_console", lambda: self.consoles.append((self.now, "login")))
        monkeypatch.setattr(usb_lock, "_stop_console", lambda: self.consoles.append((self.now, "no login")))
        state = SimpleNamespace(stdout=f"{interface}\n")
        monkeypatch.setattr(usb_lock, "subprocess", SimpleNamespace(run=lambda *_, **__: state))

    def _sleep(self, seconds: float) -> None:
        self.now += seconds
        for at in [at for at in self.at if at <= self.now]:
            self.at.pop(at)()

    def plug(self) -> None:
        self.has_keyboard = True

    def unplug(self) -> None:
        self.has_keyboard = False


def test_the_lock_stays_open_until_the_enrolment_and_half_an_hour_after_it(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    technician = Technician(monkeypatch)
    technician.at[7200.0] = (machine / "enrolment.json").touch
    usb_lock.hold_open()
    assert technician.now == pytest.approx(7200 + usb_lock.DEFAULT_MINUTES * 60, abs=2)


def test_before_the_enrolment_only_a_keyboard_that_is_plugged_in_anew_gets_a_login(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one of the installation is still there, and the display shows the set-up."""
    technician = Technician(monkeypatch)
    technician.at = {2.0: technician.plug, 60.0: technician.unplug, 70.0: technician.plug}
    technician.at[80.0] = (machine / "enrolment.json").touch
    usb_lock.hold_open()
    assert technician.consoles == [(60.0, "no login"), (70.0, "login")]


@pytest.mark.parametrize(("interface", "is_enrolled"), [("masked", False), ("loaded", True)])
def test_otherwise_a_keyboard_that_is_there_gets_a_login(
    machine: Path, monkeypatch: pytest.MonkeyPatch, interface: str, is_enrolled: bool
) -> None:
    """From the boot menu, where the interface is masked; by a permit."""
    technician = Technician(monkeypatch, interface=interface)
    technician.plug()
    technician.at[10.0] = (machine / "enrolment.json").touch
    if is_enrolled:
        (machine / "enrolment.json").touch()
    usb_lock.hold_open()
    assert technician.consoles == [(0.0, "login")]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")
def test_the_lock_opens_by_itself_before_the_enrolment_and_later_only_by_a_permit(machine: Path) -> None:
    text = UNIT.read_text("utf-8").replace("/var/lib/damrongdham-kiosk", str(machine))
    conditions = re.findall(r"(?m)^Condition.*$", text.replace("/run/damrongdham-kiosk-lockdown", str(machine)))

    def starts() -> bool:
        command = ["systemd-analyze", "condition", *conditions]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0

    assert starts()
    (machine / "enrolment.json").touch()
    assert not starts()
    (machine / "unlock-minutes").touch()
    assert starts()
