"""Which of the scanners found is meant. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

LIST_FORMAT: Final = "%d\t%v %m%n"
# SANE lists these as scanners: cameras, and the back ends that make up pictures.
IGNORED_BACKENDS: Final = ("v4l:", "test:", "pnm:")


@dataclass(frozen=True)
class ScannerDevice:
    """A device as `scanimage -L` names it, with its maker and model."""

    name: str
    model: str


def parse_device_list(listing: str) -> list[ScannerDevice]:
    """scanimage's list in LIST_FORMAT."""
    pairs = (line.partition("\t") for line in listing.splitlines())
    return [ScannerDevice(name, model.strip()) for name, _, model in pairs if name]


def select_device(wanted: str, found: Sequence[ScannerDevice]) -> ScannerDevice | None:
    """The one that `wanted` means: a device's name, part of its maker and model, or '' for the first one.

    Names of USB scanners contain the number the kernel gave at plugging in ('epson2:libusb:001:005'). So one that is
    not there any more means the only scanner of the same back end.
    """
    if not wanted:
        return next((one for one in found if not one.name.startswith(IGNORED_BACKENDS)), None)
    named = [one for one in found if wanted == one.name] or [
        one for one in found if wanted.lower() in one.model.lower()
    ]
    if named:
        return named[0]
    back_end, colon, _ = wanted.partition(":")
    related = [one for one in found if colon and one.name.startswith(back_end + ":")]
    return related[0] if len(related) == 1 else None
