"""The lock of the USB ports: storage and keyboards do not work until a technician opens it.

    judge-usb PATH     status 0 when this USB interface must be locked (for udev; PATH is a directory in sysfs)
    judge-input PATH   status 0 when this input device must be locked
    open               open the lock, and hold it open until its time is over (damrongdham-kiosk-unlocked.service)
    close              lock everything that must be locked
    release            unlock everything for good, when the kiosk is removed

A storage interface and an ordinary keyboard's interface are de-authorised: no driver has them. Other devices with keys
are inhibited: the kernel drops what they send. So a keyboard that pretends to be something else types nothing either.
Never locked: the disk this machine runs from, and the keypad that kiosk.toml names. A touch panel is no keyboard.
Before the enrolment the lock stays open: no permit could open it, and there is nothing to protect yet.

It runs on Debian's Python and needs no release.
"""

import os
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

SYSFS = Path("/sys")
MOUNTS = Path("/proc/self/mountinfo")
ENROLMENT = Path("/var/lib/damrongdham-kiosk/enrolment.json")
SETTINGS = Path("/etc/damrongdham-kiosk/kiosk.toml")
STATE = Path("/run/damrongdham-kiosk-lockdown")
UNLOCKED_FILE = "unlocked"  # in STATE while the lock is open
MINUTES_FILE = "unlock-minutes"  # in STATE: for how long, written by `kiosk unlock`
DEFAULT_MINUTES = 30.0  # when the unit is started in the boot menu
MAX_MINUTES = 120.0
STORAGE_CLASS, HID_CLASS, KEYBOARD_PROTOCOL = 0x08, 0x03, 0x01
USB_BUS, BLUETOOTH_BUS, PS2_BUS = 0x0003, 0x0005, 0x0011  # include/uapi/linux/input.h
STICK_MOUNT_POINTS = ("/media/", "/mnt/")  # other mounts are of this machine's own disk
CONSOLE_UNIT = "damrongdham-kiosk-console.service"
INTERFACE_UNIT = "damrongdham-kiosk-ui.service"
POLL_S = 1.0
SETTLE_S = 3.0  # until the keyboards that are plugged in have their driver again
LETTER_KEY = 30  # KEY_A: a device that has it is a keyboard


# --- what must be locked ----------------------------------------------------------------------------------------------


def must_lock_interface(interface: Path, mounts: str) -> bool:
    """Whether this USB interface is storage but not the machine's own disk, or a keyboard but not the keypad."""
    interface_class = _read_hex(interface / "bInterfaceClass")
    if interface_class == STORAGE_CLASS:
        return not _is_mounted(interface, mounts)
    is_keyboard = _read_hex(interface / "bInterfaceProtocol") == KEYBOARD_PROTOCOL
    return interface_class == HID_CLASS and is_keyboard and not _is_keypad(interface.parent)


def must_lock_input(device: Path, properties: Mapping[str, str]) -> bool:
    """Whether this input device is plugged in and has keys. `properties` are those of udev."""
    if _read_hex(device / "id/bustype") not in (USB_BUS, BLUETOOTH_BUS, PS2_BUS):
        return False  # the power button, the keys of a notebook's lid
    if properties.get("ID_INPUT_TOUCHSCREEN") == "1" and properties.get("ID_INPUT_KEYBOARD") != "1":
        return False
    if properties.get("ID_INPUT_KEY") != "1":
        return False
    return not any(_is_keypad(parent) for parent in device.parents if (parent / "idVendor").exists())


def _is_keypad(usb_device: Path) -> bool:
    """Whether kiosk.toml names this USB device as the keypad."""
    try:
        keypad = tomllib.loads(SETTINGS.read_text("utf-8")).get("keypad", {})
        wanted = str(keypad.get("usb", "")).lower() if keypad.get("enabled") is True else ""
    except (OSError, ValueError, AttributeError):
        return False
    return bool(wanted) and wanted == f"{_read(usb_device / 'idVendor')}:{_read(usb_device / 'idProduct')}".lower()


def _is_mounted(interface: Path, mounts: str) -> bool:
    """Whether a disk behind the interface is in use: mounted, or the base of an encrypted or joined disk."""
    numbers = {line.split()[2] for line in mounts.splitlines() if len(line.split()) > 2}
    for disk in interface.glob("host*/target*/*/block/*"):
        for part in (disk, *disk.glob(f"{disk.name}*")):
            if _read(part / "dev") in numbers or any(part.glob("holders/*")):
                return True
    return False


def _read(file: Path) -> str:
    try:
        return file.read_text("ascii", errors="replace").strip()
    except OSError:
        return ""


def _read_hex(file: Path) -> int:
    with suppress(ValueError):
        return int(_read(file), 16)
    return -1


# --- locking and unlocking --------------------------------------------------------------------------------------------


def is_unlocked() -> bool:
    return (STATE / UNLOCKED_FILE).exists()


def lock_all() -> None:
    """Lock everything that must be locked. A technician's stick is unmounted first."""
    _unmount_sticks()
    mounts = _read(MOUNTS)
    for interface in _interfaces():
        if must_lock_interface(interface, mounts):
            _write(interface / "authorized", "0")
    # udev knows what each input device is: its rule locks those with keys.
    subprocess.run(
        ["udevadm", "trigger", "--action=add", "--subsystem-match=input", "--settle"], check=False, timeout=30
    )


def unlock_all() -> None:
    """Authorise every locked interface and stop inhibiting input devices."""
    for interface in _interfaces():
        if _read(interface / "authorized") == "0":
            _write(interface / "authorized", "1")
            _write(SYSFS / "bus/usb/drivers_probe", interface.name)
    for device in _input_devices():
        _write(device / "inhibited", "0")


def _interfaces() -> Iterator[Path]:
    return (link.resolve() for link in sorted((SYSFS / "bus/usb/devices").glob("*:*")))


def _input_devices() -> Iterator[Path]:
    return (link.resolve() for link in sorted((SYSFS / "class/input").glob("input*")))


def _has_keyboard() -> bool:
    """Whether a plugged-in keyboard with letters is there."""
    return any(
        _read_hex(device / "id/bustype") in (USB_BUS, BLUETOOTH_BUS, PS2_BUS)
        and _read_hex_words(device / "capabilities/key") >> LETTER_KEY & 1
        for device in _input_devices()
    )


def _read_hex_words(file: Path) -> int:
    """A bit map of the kernel: words of 64 bits, the lowest last."""
    bits = 0
    for word in _read(file).split():
        bits = bits << 64 | int(word, 16)
    return bits


def _write(file: Path, text: str) -> None:
    with suppress(OSError):  # unplugged meanwhile, or a driver that has no use for it
        file.write_text(text, encoding="ascii")


def _unmount_sticks() -> None:
    for line in _read(MOUNTS).splitlines():
        fields = line.split()
        if len(fields) > 4 and fields[4].startswith(STICK_MOUNT_POINTS):
            subprocess.run(["systemctl", "stop", fields[4]], check=False, timeout=60)


def read_minutes() -> float:
    """How long the lock stays open. The file is used once."""
    file = STATE / MINUTES_FILE
    try:
        minutes = float(_read(file))
    except ValueError:
        minutes = DEFAULT_MINUTES
    file.unlink(missing_ok=True)
    return min(max(minutes, 1.0), MAX_MINUTES)


def hold_open() -> None:
    """Hold the lock open until its time is over, which begins at the enrolment. While a keyboard is plugged in, the
    display shows a login; before the enrolment only for a keyboard that is plugged in from now on, because the display
    shows the set-up, for which a technician needs no login."""
    open_s = read_minutes() * 60
    until = time.monotonic() + open_s
    (STATE / UNLOCKED_FILE).touch()
    unlock_all()
    console = False
    if not ENROLMENT.exists() and _can_start_interface():
        time.sleep(SETTLE_S)
        console = _has_keyboard()
    while time.monotonic() < until:
        if not ENROLMENT.exists():
            until = time.monotonic() + open_s
        if _has_keyboard() != console:
            console = not console
            _start_console() if console else _stop_console()
        time.sleep(POLL_S)


def _can_start_interface() -> bool:
    """Whether it is not masked, as it is by the line of the boot menu that opens a kiosk without a screen."""
    state = subprocess.run(
        ["systemctl", "show", "--value", "--property=LoadState", INTERFACE_UNIT],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    return state.stdout.strip() != "masked"


def close() -> None:
    """Close the lock, however `open` ended."""
    (STATE / UNLOCKED_FILE).unlink(missing_ok=True)
    _stop_console()
    lock_all()


def release() -> None:
    """Unlock everything until the next boot, when the rules are gone: a kiosk that is removed is an ordinary machine,
    and whoever removes it may have nothing but the keyboard."""
    (STATE / UNLOCKED_FILE).write_text("", encoding="ascii")  # udev's rules are still there
    unlock_all()


def _start_console() -> None:
    """A login instead of the interface. No unit file exists for it, so nothing else can start one."""
    subprocess.run(
        [
            *("systemd-run", "--collect", f"--unit={CONSOLE_UNIT}", "--service-type=idle"),
            *(f"--property=Conflicts={INTERFACE_UNIT} damrongdham-kiosk-fault.service",),
            *("--property=TTYPath=/dev/tty1", "--property=TTYReset=yes", "--property=TTYVHangup=yes"),
            *("--property=StandardInput=tty", "--property=StandardOutput=tty", "--property=Restart=always"),
            *("--property=UtmpIdentifier=tty1", "--property=SendSIGHUP=yes", "--property=IgnoreSIGPIPE=no"),
            *(f"--property=ExecStopPost=systemctl --no-block start {INTERFACE_UNIT}",),
            *("/sbin/agetty", "--noclear", "tty1", "linux"),
        ],
        check=False,
        timeout=30,
    )


def _stop_console() -> None:
    active = subprocess.run(["systemctl", "--quiet", "is-active", CONSOLE_UNIT], check=False, timeout=30)
    if active.returncode == 0:
        subprocess.run(["systemctl", "stop", CONSOLE_UNIT], check=False, timeout=60)


def main(arguments: list[str]) -> int:
    """Run one command; the exit status. The two questions have status 1 for 'no'."""
    match arguments:
        case ["judge-usb", path]:
            return 0 if not is_unlocked() and must_lock_interface(Path(path), _read(MOUNTS)) else 1
        case ["judge-input", path]:
            return 0 if not is_unlocked() and must_lock_input(Path(path), os.environ) else 1
        case ["open"]:
            signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
            hold_open()
        case ["close"]:
            close()
        case ["release"]:
            release()
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
