"""Which of the listed scanners is the configured one. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

LIST_FORMAT: Final = "%d\t%v %m%n"
# SANE lists these as scanners too: cameras, and the back ends that invent pictures.
IGNORED_BACKENDS: Final = ("v4l:", "test:", "pnm:")


@dataclass(frozen=True)
class ScannerDevice:
    """A device as `scanimage -L` names it, with its maker and model."""

    name: str
    model: str


def parse_device_list(listing: str) -> list[ScannerDevice]:
    """The devices of scanimage's list in LIST_FORMAT."""
    pairs = (line.partition("\t") for line in listing.splitlines())
    return [ScannerDevice(name, model.strip()) for name, _, model in pairs if name]


def select_device(wanted: str, devices: Sequence[ScannerDevice]) -> ScannerDevice | None:
    """The device selected by `wanted`: a device's name, part of its maker and model, or '' for the first device. None
    when no device matches.

    Names of USB scanners contain the number that the kernel assigned when the scanner was plugged in
    ('epson2:libusb:001:005'). So a name that is not listed any more means the only scanner of the same back end.
    """
    if not wanted:
        return next((device for device in devices if not device.name.startswith(IGNORED_BACKENDS)), None)
    matches = [device for device in devices if wanted == device.name] or [
        device for device in devices if wanted.lower() in device.model.lower()
    ]
    if matches:
        return matches[0]
    back_end, colon, _ = wanted.partition(":")
    related = [device for device in devices if colon and device.name.startswith(back_end + ":")]
    return related[0] if len(related) == 1 else None
