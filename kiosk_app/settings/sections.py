"""The options of kiosk.toml: each is declared, bounded and explained once.

The documented example file and the handbook's table are rendered from these declarations (`render`).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, cast

import msgspec

from drivers.ports.receipt_printer import PaperWidthDots
from protocol.case_number import KIOSK_ID_PATTERN

TIME_PATTERN = r"([01]\d|2[0-3]):[0-5]\d"  # a time of day
# https, because tracking codes are sent to this address and must not be readable on the way. http only on the same
# machine, for a demonstration.
SECURE_URL_PATTERN = r"https://[^\s/]+\S*|http://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?(/\S*)?"
_STATE_DIRECTORY, _RUNTIME_DIRECTORY = Path("/var/lib/damrongdham-kiosk"), Path("/run/damrongdham-kiosk")


def _option(default: Any, explanation: str, allowed: str, *, repr: bool = True, **bounds: Any) -> Any:
    """A field that is one option. `allowed` completes the sentence "give …" in the example file and in messages.

    `bounds` are arguments of msgspec.Meta; a pattern must match the whole text."""
    if pattern := bounds.get("pattern"):
        bounds["pattern"] = rf"\A(?:{pattern})\Z"
    metadata = {"explanation": explanation, "allowed": allowed, "bounds": msgspec.Meta(**bounds)}
    return field(default=default, repr=repr, metadata=metadata)


@dataclass(frozen=True)
class Section:
    """Base of the sections: one table of kiosk.toml each."""


@dataclass(frozen=True)
class KioskSettings(Section):
    """The kiosk's identity, place and language."""

    id: str = _option(
        "KKN07",
        "The kiosk id: three letters of the province and two digits. Every case number begins with it.",
        "three capital letters and two digits, as in KKN07",
        pattern=KIOSK_ID_PATTERN,
    )
    centre_name_th: str = _option("", "Name of the hall, in Thai.", "up to 200 characters", max_length=200)
    centre_name_en: str = _option("", "Name of the hall, in English.", "up to 200 characters", max_length=200)
    area: str = _option(
        "",
        "DOPA code of the hall's area; it is the suggested place of a complaint without a card.",
        "a province (2 digits), district (4) or tambon (6), or nothing",
        pattern=r"(\d{2}(\d{2}(\d{2})?)?)?",
    )
    language: Literal["th", "en"] = _option("th", "The language each visit starts in.", "'th' or 'en'")
    numerals: Literal["arabic", "thai"] = _option(
        "arabic",
        "How numbers and dates are written in Thai sentences; codes and case numbers stay 0-9.",
        "'arabic' (1 2 3) or 'thai' (๑ ๒ ๓)",
    )
    idle_seconds: float = _option(
        60.0,
        'Seconds without a touch before the question "are you still there?"; a screen with more text waits longer.',
        "a number from 10 to 600",
        ge=10,
        le=600,
    )
    phone: str = _option(
        "",
        "Telephone number of the hall's desk. The fault page shows it beside 1567.",
        "up to 20 digits, spaces and hyphens, or nothing",
        pattern=r"[0-9+ -]{0,20}",
    )
    notice_version: str = _option(
        "1",
        "Version of the privacy notice on the screen, recorded with every complaint.",
        "1 to 20 characters",
        min_length=1,
        max_length=20,
    )
    technician_pin_hash: str = _option(
        "",
        "Hash of the technician's PIN, made by `kiosk pin`. Without it the technician's screen cannot be opened.",
        "the line `kiosk pin` printed, or nothing",
        pattern=r"(scrypt2?\$[0-9a-f]{32}\$[0-9a-f]{64})?",
        repr=False,
    )


@dataclass(frozen=True)
class CentreSettings(Section):
    """The central service that receives the complaints."""

    url: str = _option(
        "",
        "Address of the central service. No visit can begin until it is set and the kiosk is enrolled.",
        "an address that begins with https:// (http:// only on this same machine), or nothing",
        pattern=f"({SECURE_URL_PATTERN})?",
    )
    ca_file: str = _option(
        "",
        "Certificates to trust instead of the system's, for a private certificate authority.",
        "the absolute path of a PEM file, or nothing",
        pattern=r"(/.*)?",
    )
    upload_kbit_s: int = _option(
        0,
        "Average rate of delivery in kilobits per second, for a shared connection; 0 means no limit.",
        "a whole number from 0 to 1000000",
        ge=0,
        le=1_000_000,
    )


_HOST_PATTERN = r"[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]+\]"


@dataclass(frozen=True)
class NetworkSettings(Section):
    """What the firewall allows besides the centre, a network printer, name servers, time and Debian's updates."""

    ssh_from: tuple[Annotated[str, msgspec.Meta(pattern=r"\A[0-9A-Fa-f.:]+(/\d{1,3})?\Z")], ...] = _option(
        (),
        "Networks from which a technician may open a terminal on this kiosk by SSH.",
        'a list of networks, as in ["10.20.0.0/16"]',
    )
    also_reach: tuple[Annotated[str, msgspec.Meta(pattern=rf"\A({_HOST_PATTERN}):\d{{1,5}}\Z")], ...] = _option(
        (),
        "Further places that the kiosk's programs may reach, such as a proxy.",
        'a list of HOST:PORT, as in ["proxy.example.go.th:3128"]',
    )
    proxy: str = _option(
        "",
        "The proxy for everything this kiosk sends to the centre, and for updates. The firewall allows it.",
        "HOST:PORT, as in proxy.example.go.th:3128, or nothing",
        pattern=rf"(({_HOST_PATTERN}):\d{{1,5}})?",
    )


@dataclass(frozen=True)
class CardReaderSettings(Section):
    """The ID card reader: any PC/SC reader."""

    enabled: bool = _option(
        True, "Whether there is a card reader. Without one every visit is without a card.", "true or false"
    )
    reader: str = _option(
        "",
        "Part of the reader's name as `kiosk doctor` shows it. Needed only if several readers are connected.",
        "a part of a name, or nothing for the reader that holds an ID card",
    )
    chip_side: Literal["up", "down"] = _option(
        "up",
        "Which way the gold chip faces in this reader. The drawing of the card on the screen shows it the same way.",
        "up (seen from above) or down",
    )
    photo: bool = _option(
        False,
        "Whether the photo on the chip may be read, by `kiosk card --photo`. No visit needs it.",
        "true or false",
    )


@dataclass(frozen=True)
class PrinterSettings(Section):
    """The receipt printer: any ESC/POS printer."""

    connection: str = _option(
        "none",
        "How the printer is connected.",
        "'usb:VENDOR:PRODUCT[:SERIAL]' or 'serial:/dev/serial/by-id/NAME:BAUD' as `kiosk print-test --list` shows it, "
        "'usb:/dev/usb/lp0', 'network:ADDRESS:9100', or 'none'",
        pattern=r"none|network:[^:\s]+:\d{1,5}|serial:/[^:\s]+(:\d+)?"
        r"|usb:(/\S+|[0-9a-fA-F]{4}:[0-9a-fA-F]{4}(:[^:\s]+)?)",
    )
    width_dots: PaperWidthDots = _option(
        576, "Printable dots across the paper.", "384 (58 mm paper), 512 or 576 (80 mm paper)"
    )
    cut: bool = _option(
        True,
        "Whether the printer cuts the paper; without a cutter it feeds the paper to the tear bar.",
        "true or false",
    )
    queries: tuple[Literal[1, 2, 3, 4], ...] = _option(
        (1, 2, 3, 4),
        "The status queries (DLE EOT n) that it answers correctly; some clones answer one of them wrongly. With none "
        "it is never queried.",
        "a list of 1, 2, 3 and 4",
    )
    roll_m: float = _option(
        0.0,
        "Length of a new roll in metres, to count paper on a printer without a near-end sensor; 0 if it has one.",
        "a number from 0 to 200",
        ge=0,
        le=200,
    )
    cutter_life: int = _option(
        1_000_000,
        "Cuts that the maker promises for the cutter, for the forecast on the fleet page; 0 for no forecast.",
        "a whole number from 0 to 10000000",
        ge=0,
        le=10_000_000,
    )
    slip_at_boot: bool = _option(
        True, "Whether a slip with the kiosk's state is printed once after each boot.", "true or false"
    )


@dataclass(frozen=True)
class ScannerSettings(Section):
    """The letter scanner: any SANE scanner."""

    enabled: bool = _option(True, "Whether there is a scanner. Without one complaints are typed.", "true or false")
    device: str = _option(
        "",
        "Which scanner; the kiosk searches again when no scanner has this name.",
        "a device name from `kiosk scan --list`, part of maker and model, or nothing for the first one found",
    )
    source: Literal["flatbed", "feeder", "duplex"] = _option(
        "flatbed",
        "Where pages are placed: on the flatbed, or in the feeder, which reads one side (feeder) or both (duplex).",
        "'flatbed', 'feeder' or 'duplex'",
    )
    paper: Literal["A4", "A5", "folio", ""] = _option(
        "A4",
        "The largest paper size that is scanned.",
        "'A4', 'A5', 'folio' (216 × 330 mm), or nothing for the whole scan area",
    )
    colour: bool = _option(
        True, "Whether it scans in colour; a page without colour is stored in grey anyway.", "true or false"
    )
    options: tuple[str, ...] = _option(
        (),
        "Further options of scanimage, as its back end names them; they override the options above.",
        'a list of strings, as in ["--resolution=300", "--source=ADF Front"]',
    )
    timeout_s: float = _option(
        60.0,
        "Seconds one page may take before the scan is cancelled.",
        "a number from 5 to 300",
        ge=5,
        le=300,
    )


@dataclass(frozen=True)
class ScreenSettings(Section):
    """The touchscreen. The interface fills the picture."""

    width_mm: float = _option(
        268.0,
        "Width of the picture as mounted, in millimetres, for the technician's ruler and touch test.",
        "a number from 60 to 2000",
        ge=60,
        le=2000,
    )
    rotation: Literal[0, 90, 180, 270] = _option(
        0,
        "Rotation of the picture in degrees counter-clockwise, for a panel mounted on its side.",
        "0, 90, 180 or 270",
    )
    night_from: str = _option(
        "",
        "Start of the time in which an unused screen is dark; a touch wakes it.",
        "a time as in 20:00, or nothing",
        pattern=f"({TIME_PATTERN})?",
    )
    night_until: str = _option(
        "06:00", "End of the time in which an unused screen is dark.", "a time as in 06:00", pattern=TIME_PATTERN
    )
    window_width: int = _option(
        540, "Width of the window in development, in pixels.", "a whole number from 320 to 8000", ge=320, le=8000
    )
    window_height: int = _option(
        960,
        "Height of the window in development, in pixels.",
        "a whole number from 320 to 8000",
        ge=320,
        le=8000,
    )


def is_night(screen: ScreenSettings, clock: str) -> bool:
    """Whether an unused screen is dark at `clock`, 'HH:MM'. The time may span midnight."""
    begin, end = screen.night_from, screen.night_until
    if not begin or not end:
        return False
    return begin <= clock < end if begin <= end else clock >= begin or clock < end


@dataclass(frozen=True)
class SoundSettings(Section):
    """Sounds and reading aloud, by loudspeaker, handset or headphones."""

    enabled: bool = _option(True, "Whether there is any sound.", "true or false")
    device: str = _option(
        "", "Name of the ALSA device as `aplay -L` shows it.", "a device name, or nothing for the system's default"
    )
    recordings: str = _option(
        "",
        "Directory of recorded sentences (th/*.wav, en/*.wav); `./run recordings` lists what to record. English "
        "that is not recorded is spoken by a synthetic voice; Thai has none.",
        "the absolute path of a directory, or nothing",
        pattern=r"(/.*)?",
    )
    private: bool = _option(
        False,
        "Whether only the citizen hears it, by handset or headphones. Only then the kiosk also reads personal "
        "data and typed text aloud.",
        "true or false",
    )


_KEY_PATTERN = r"tab|enter|escape|spacebar|up|down|left|right|home|end|pageup|pagedown|f([1-9]|1[0-5])"
_KEY_NAMES = "tab, enter, escape, spacebar, up, down, left, right, home, end, pageup, pagedown or f1 to f15"


@dataclass(frozen=True)
class KeypadSettings(Section):
    """A tactile keypad beside the screen: every screen works with these five keys. Other keys are ignored."""

    enabled: bool = _option(False, "Whether there is a keypad.", "true or false")
    usb: str = _option(
        "",
        "The keypad's USB identity as `lsusb` shows it. Every other USB device with keys is locked.",
        "VENDOR:PRODUCT, as in 1234:abcd, or nothing",
        pattern=r"([0-9a-fA-F]{4}:[0-9a-fA-F]{4})?",
    )
    next: str = _option("right", "The key that selects the next control.", _KEY_NAMES, pattern=_KEY_PATTERN)
    previous: str = _option("left", "The key that selects the previous control.", _KEY_NAMES, pattern=_KEY_PATTERN)
    press: str = _option("enter", "The key that presses the selected control.", _KEY_NAMES, pattern=_KEY_PATTERN)
    back: str = _option("escape", "The key that goes back to the previous question.", _KEY_NAMES, pattern=_KEY_PATTERN)
    help: str = _option("f1", "The key that reads the screen aloud, and repeats it.", _KEY_NAMES, pattern=_KEY_PATTERN)


@dataclass(frozen=True)
class PathSettings(Section):
    """Directories of the kiosk."""

    state: Path = _option(
        _STATE_DIRECTORY,
        "Directory on disk: sealed complaints that are not yet delivered, and the enrolment.",
        "an absolute path",
    )
    runtime: Path = _option(
        _RUNTIME_DIRECTORY,
        "Directory in memory (tmpfs), for data that must not survive a power cut.",
        "an absolute path",
    )


class UnknownOption(NamedTuple):
    """An option or a section of kiosk.toml that this release does not know. `name` is 'section.key' or 'section',
    `sentence` begins with it and names a similar one."""

    name: str
    sentence: str


@dataclass(frozen=True)
class Settings:
    """All of kiosk.toml, with valid values only (see `load`)."""

    kiosk: KioskSettings = KioskSettings()
    centre: CentreSettings = CentreSettings()
    network: NetworkSettings = NetworkSettings()
    card_reader: CardReaderSettings = CardReaderSettings()
    printer: PrinterSettings = PrinterSettings()
    scanner: ScannerSettings = ScannerSettings()
    screen: ScreenSettings = ScreenSettings()
    sound: SoundSettings = SoundSettings()
    keypad: KeypadSettings = KeypadSettings()
    paths: PathSettings = PathSettings()
    unknown: tuple[UnknownOption, ...] = ()


def list_sections() -> Iterator[tuple[str, type[Section]]]:
    for section in fields(Settings):
        if isinstance(section.default, Section):
            yield section.name, cast(type[Section], section.type)


def list_options(section: type[Section]) -> Iterator[tuple[str, str, str]]:
    """(key, explanation, allowed) in the order of declaration."""
    for option in fields(section):
        yield option.name, option.metadata["explanation"], option.metadata["allowed"]
