"""Collects the files of a support bundle: reports of the kiosk, of systemd and of Debian. None has personal data."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from importlib.metadata import distributions
from pathlib import Path

from kiosk_app.outbox.reports import KioskReport, LinkReport
from kiosk_app.settings import Settings
from kiosk_app.settings.render import to_commented_toml
from kiosk_app.support_bundle.mask import mask_personal

_COMMAND_TIMEOUT_S = 60.0  # `kiosk doctor` waits up to 30 s for a centre that does not answer
_MAX_FILE_BYTES = 2_000_000  # of one file; the end is kept, because a log's end is newest
_UNITS = ("damrongdham-kiosk-*", "pcscd*", "seatd*")
_USB_DEVICES = Path("/sys/bus/usb/devices")


@dataclass(frozen=True)
class CollectedFile:
    """One file of the bundle: UTF-8 text."""

    name: str
    content: bytes


def collect_files(settings: Settings, settings_file: Path | None = None) -> Iterator[CollectedFile]:
    """Every file. `settings_file`: where the settings are from; None for the installed file. A source that fails gives
    a file that says why."""
    for name, read in _sources(settings, settings_file).items():
        try:
            text = read()
        except (OSError, subprocess.SubprocessError, ValueError) as error:
            text = f"not available: {type(error).__name__}: {error}\n"
        yield CollectedFile(name, mask_personal(text[-_MAX_FILE_BYTES:]).encode("utf-8", "replace")[-_MAX_FILE_BYTES:])


def _sources(settings: Settings, settings_file: Path | None) -> dict[str, Callable[[], str]]:
    state = settings.paths.state
    # The unit that makes a bundle on a command sees no device. It would report that none is there.
    doctor = (str(Path(sys.executable).with_name("kiosk")), "doctor", "--json", "--without-devices")
    doctor_settings = ("--settings", str(settings_file)) if settings_file else ()
    journal = ("journalctl", "--no-pager", "--output=short-iso-precise", "--since=-14d")
    return {
        "doctor.json": lambda: _output(*doctor, *doctor_settings),
        "settings.toml": lambda: _settings_without_secrets(settings),
        "interface.json": lambda: _report_json(KioskReport.read(state)),
        "delivery.json": lambda: _report_json(LinkReport.read(state)),
        "journal.txt": lambda: _output(*journal, "--lines=10000", *(f"--unit={unit}" for unit in _UNITS)),
        "kernel.txt": lambda: _output(*journal, "--dmesg", "--priority=warning", "--lines=2000"),
        "units.txt": lambda: (
            _output("systemctl", "--no-pager", "--all", "list-units", *_UNITS)
            + _output("systemctl", "--no-pager", "--failed")
        ),
        "time.txt": lambda: _output("timedatectl", "show"),
        "disk.txt": lambda: _output("df", "--human-readable", "--local"),
        "network.txt": lambda: _output("ip", "-brief", "address") + _output("ip", "route"),
        "usb.txt": _usb_devices,
        "system.txt": lambda: _output("uname", "-a") + Path("/etc/os-release").read_text("utf-8") + _uptime(),
        "debian-packages.txt": lambda: _output("dpkg-query", "--show"),
        "python-packages.txt": lambda: "".join(sorted(f"{each.name}=={each.version}\n" for each in distributions())),
    }


def _output(*command: str) -> str:
    """Standard output of a program, or its error messages when it prints nothing. Raises OSError, SubprocessError."""
    finished = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_COMMAND_TIMEOUT_S, check=False
    )
    return (finished.stdout or finished.stderr).decode("utf-8", "replace")


def _settings_without_secrets(settings: Settings) -> str:
    return to_commented_toml(replace(settings, kiosk=replace(settings.kiosk, technician_pin_hash="")))


def _report_json(report: KioskReport | LinkReport | None) -> str:
    """A report without the ids of submissions."""
    return "no report\n" if report is None else report.model_dump_json(indent=2, exclude={"received", "staff_call"})


def _usb_devices() -> str:
    """Vendor, product and name of every USB device, without serial numbers."""
    lines = []
    for device in sorted(_USB_DEVICES.iterdir()) if _USB_DEVICES.is_dir() else []:
        values = [_read_line(device / name) for name in ("idVendor", "idProduct", "manufacturer", "product")]
        if values[0]:
            lines.append(f"{device.name}: {values[0]}:{values[1]} {values[2]} {values[3]}\n")
    return "".join(lines) or "no USB device\n"


def _read_line(file: Path) -> str:
    try:
        return file.read_text("utf-8", "replace").strip()
    except OSError:
        return ""


def _uptime() -> str:
    return f"uptime: {float(Path('/proc/uptime').read_text('ascii').split()[0]):.0f} s\n"
