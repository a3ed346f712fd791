"""kiosk.toml: what differs from one kiosk to the next. Every option is declared, bounded and explained here, once.

The documented example file and the handbook's table are made from these declarations, so that neither can go stale.

msgspec checks the values, not pydantic as elsewhere: this file is read before the first picture is on the screen,
and pydantic took a quarter of the time until then (docs/screen-performance.md).
"""

import difflib
import json
import logging
import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Annotated, Any, Literal, cast

import msgspec

from machine.safe_files import read_file
from protocol.case_number import KIOSK_ID_PATTERN

log = logging.getLogger(__name__)

SETTINGS_VARIABLE = "DAMRONGDHAM_KIOSK_SETTINGS"
TIME_PATTERN = r"([01]\d|2[0-3]):[0-5]\d"  # of the day
_STATE_DIRECTORY, _RUNTIME_DIRECTORY = Path("/var/lib/damrongdham-kiosk"), Path("/run/damrongdham-kiosk")
_MAX_SETTINGS_BYTES = 1 << 20  # bytes; the explained example has some ten thousand
SYSTEM_FILE = Path("/etc/damrongdham-kiosk/kiosk.toml")
# (section, name of an option in earlier versions): its name now. The former one is still read, with a warning.
FORMER_NAMES = {("kiosk", "hall_th"): "centre_name_th", ("kiosk", "hall_en"): "centre_name_en"}


class SettingsError(Exception):
    """kiosk.toml cannot be used. `mistakes` has one sentence for each, naming its `section.key`."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = tuple(mistakes)


def _option(default: Any, explanation: str, allowed: str, *, repr: bool = True, **bounds: Any) -> Any:
    """One option: `allowed` completes the sentence "give …" in the example file and in messages about mistakes.

    `bounds` are those of msgspec.Meta; a pattern is that of the whole text.
    """
    if pattern := bounds.get("pattern"):
        bounds["pattern"] = rf"\A(?:{pattern})\Z"
    metadata = {"explanation": explanation, "allowed": allowed, "bounds": msgspec.Meta(**bounds)}
    return field(default=default, repr=repr, metadata=metadata)


@dataclass(frozen=True)
class _Section:
    """Options."""


@dataclass(frozen=True)
class KioskSettings(_Section):
    """Who this kiosk is and how it greets."""

    id: str = _option(
        "KKN07",
        "This kiosk's name: three letters of the province and two digits. It begins every case number made here.",
        "three capital letters and two digits, as in KKN07",
        pattern=KIOSK_ID_PATTERN,
    )
    centre_name_th: str = _option("", "The hall it stands in, in Thai.", "up to 200 characters", max_length=200)
    centre_name_en: str = _option("", "The hall it stands in, in English.", "up to 200 characters", max_length=200)
    area: str = _option(
        "",
        "DOPA code of the hall's place; it fills in the place when there is no card.",
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
        'Seconds without a touch before "are you still there?"; a screen with more to read waits longer.',
        "a number from 10 to 600",
        ge=10,
        le=600,
    )
    phone: str = _option(
        "",
        "Telephone of the hall's desk. It stands beside 1567 on the page shown when the interface does not start.",
        "up to 20 digits, spaces and hyphens, or nothing",
        pattern=r"[0-9+ -]{0,20}",
    )
    notice_version: str = _option(
        "1",
        "Version of the privacy notice on the screen; it is recorded with every complaint.",
        "1 to 20 characters",
        min_length=1,
        max_length=20,
    )
    technician_pin_hash: str = _option(
        "",
        "Opens the technician's screen; `kiosk pin` makes it. Without it there is no such screen.",
        "the line `kiosk pin` printed, or nothing",
        pattern=r"(scrypt2?\$[0-9a-f]{32}\$[0-9a-f]{64})?",
        repr=False,
    )


# What nobody on the way can read: tracking codes go there. http only to this same machine, for a demonstration.
SECURE_URL_PATTERN = r"https://[^\s/]+\S*|http://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?(/\S*)?"


@dataclass(frozen=True)
class CentreSettings(_Section):
    """The central service complaints go to."""

    url: str = _option(
        "",
        "Address of the central service. Until it is set, and the kiosk enrolled, no visit can begin.",
        "an address that begins with https:// (http:// only on this same machine), or nothing",
        pattern=f"({SECURE_URL_PATTERN})?",
    )
    ca_file: str = _option(
        "",
        "Certificates to trust instead of the system's, for a centre with a certificate authority of its own.",
        "the absolute path of a PEM file, or nothing",
        pattern=r"(/.*)?",
    )
    upload_kbit_s: int = _option(
        0,
        "What delivery may send on average, in kilobits a second, where others share the line; 0 is without a limit.",
        "a whole number from 0 to 1000000",
        ge=0,
        le=1_000_000,
    )


@dataclass(frozen=True)
class CardReaderSettings(_Section):
    """The ID card reader: any PC/SC reader."""

    enabled: bool = _option(
        True, "Whether there is a card reader. Without it visits go on without a card.", "true or false"
    )
    reader: str = _option(
        "",
        "Part of the reader's name, as `kiosk doctor` shows it. Only needed where several are plugged in.",
        "a part of a name, or nothing for whichever holds an ID card",
    )
    chip_side: Literal["up", "down"] = _option(
        "up",
        "Which way the gold chip faces when the card goes into this reader. The picture of the card shows it so.",
        "up (seen from above) or down",
    )
    photo: bool = _option(
        False,
        "Whether the photo on the chip may be read, by `kiosk card --photo`. No visit needs it.",
        "true or false",
    )


@dataclass(frozen=True)
class PrinterSettings(_Section):
    """The receipt printer: any ESC/POS printer."""

    connection: str = _option(
        "none",
        "How the printer is reached.",
        "'usb:VENDOR:PRODUCT[:SERIAL]' or 'serial:/dev/serial/by-id/NAME:BAUD' as `kiosk print-test --list` shows it, "
        "'usb:/dev/usb/lp0', 'network:ADDRESS:9100', or 'none'",
        pattern=r"none|network:[^:\s]+:\d{1,5}|serial:/[^:\s]+(:\d+)?"
        r"|usb:(/\S+|[0-9a-fA-F]{4}:[0-9a-fA-F]{4}(:[^:\s]+)?)",
    )
    width_dots: Literal[384, 512, 576] = _option(
        576, "Printable dots across the paper.", "384 (58 mm paper), 512 or 576 (80 mm paper)"
    )
    cut: bool = _option(
        True, "Whether it cuts the paper; without a knife the paper is fed to the tear bar.", "true or false"
    )
    queries: tuple[Literal[1, 2, 3, 4], ...] = _option(
        (1, 2, 3, 4),
        "The status questions (DLE EOT n) it answers truly; some copies lie in one. Without any it is never asked.",
        "a list of 1, 2, 3 and 4",
    )
    roll_m: float = _option(
        0.0,
        "Length of a new roll in metres, to count the paper of a printer without near-end sensor; 0 when it has one.",
        "a number from 0 to 200",
        ge=0,
        le=200,
    )
    slip_at_boot: bool = _option(
        True, "Whether a slip with the kiosk's state is printed once after each start of the machine.", "true or false"
    )


@dataclass(frozen=True)
class ScannerSettings(_Section):
    """The letter scanner: any SANE scanner."""

    enabled: bool = _option(True, "Whether there is a scanner. Without it complaints are typed.", "true or false")
    device: str = _option(
        "",
        "Which scanner; it is looked for again when it is not found under its name.",
        "a device's name from `kiosk scan --list`, part of its maker and model, or nothing for the first one found",
    )
    source: Literal["flatbed", "feeder", "duplex"] = _option(
        "flatbed",
        "Where pages are laid: on the glass, or as a stack into the feeder, which reads one side or both.",
        "'flatbed', 'feeder' or 'duplex'",
    )
    paper: Literal["A4", "A5", "folio", ""] = _option(
        "A4", "The largest paper it is to read.", "'A4', 'A5', 'folio' (216 × 330 mm), or nothing for all it reaches"
    )
    colour: bool = _option(
        True, "Whether it reads colours; a page without any is kept in grey anyway.", "true or false"
    )
    options: tuple[str, ...] = _option(
        (),
        "What scanimage is told besides, in its back end's own words; this wins over the options above.",
        'a list of strings, as in ["--resolution=300", "--source=ADF Front"]',
    )
    timeout_s: float = _option(
        60.0,
        "Seconds one page may take before the scan is given up.",
        "a number from 5 to 300",
        ge=5,
        le=300,
    )


@dataclass(frozen=True)
class ScreenSettings(_Section):
    """The touchscreen. What citizens see is as large as the picture allows."""

    width_mm: float = _option(
        268.0,
        "Width of the picture as it stands, in millimetres: the technician's ruler and touch test are drawn by it.",
        "a number from 60 to 2000",
        ge=60,
        le=2000,
    )
    rotation: Literal[0, 90, 180, 270] = _option(
        0,
        "How far the picture is turned, for a panel that is mounted on its side, in degrees against the clock.",
        "0, 90, 180 or 270",
    )
    night_from: str = _option(
        "",
        "From when on the screen is dark while nobody touches it; a touch wakes it.",
        "a time as in 20:00, or nothing",
        pattern=f"({TIME_PATTERN})?",
    )
    night_until: str = _option("06:00", "Until when the screen is dark.", "a time as in 06:00", pattern=TIME_PATTERN)
    window_width: int = _option(
        540, "Width of the window on a desk, in pixels.", "a whole number from 320 to 8000", ge=320, le=8000
    )
    window_height: int = _option(
        960, "Height of the window on a desk, in pixels.", "a whole number from 320 to 8000", ge=320, le=8000
    )


def is_night(screen: ScreenSettings, clock: str) -> bool:
    """Whether the screen may be dark at this time of day, 'HH:MM'. A night may last past midnight."""
    begin, end = screen.night_from, screen.night_until
    if not begin or not end:
        return False
    return begin <= clock < end if begin <= end else clock >= begin or clock < end


@dataclass(frozen=True)
class SoundSettings(_Section):
    """Loudspeaker, handset or headphones: sounds, and reading aloud."""

    enabled: bool = _option(True, "Whether anything is heard at all.", "true or false")
    device: str = _option(
        "", "Name of the ALSA device, as `aplay -L` shows it.", "a device name, or nothing for the system's default"
    )
    recordings: str = _option(
        "",
        "Directory of recorded sentences (th/*.wav, en/*.wav); `./run recordings` lists what to record. English "
        "that is not recorded is spoken by a synthetic voice; Thai is not.",
        "the absolute path of a directory, or nothing",
        pattern=r"(/.*)?",
    )
    private: bool = _option(
        False,
        "Whether only the citizen hears it, by a handset or headphones. Only then is anything read aloud that is "
        "not the kiosk's own sentence.",
        "true or false",
    )


_KEY_PATTERN = r"tab|enter|escape|spacebar|up|down|left|right|home|end|pageup|pagedown|f([1-9]|1[0-5])"
_KEY_NAMES = "tab, enter, escape, spacebar, up, down, left, right, home, end, pageup, pagedown or f1 to f15"


@dataclass(frozen=True)
class KeypadSettings(_Section):
    """A tactile keypad beside the screen: five keys by which every screen can be used. No other key does anything."""

    enabled: bool = _option(False, "Whether there is a keypad.", "true or false")
    next: str = _option("right", "The key that goes to the next thing to touch.", _KEY_NAMES, pattern=_KEY_PATTERN)
    previous: str = _option("left", "The key that goes to the thing before.", _KEY_NAMES, pattern=_KEY_PATTERN)
    press: str = _option("enter", "The key that touches it.", _KEY_NAMES, pattern=_KEY_PATTERN)
    back: str = _option("escape", "The key that goes one question back.", _KEY_NAMES, pattern=_KEY_PATTERN)
    help: str = _option("f1", "The key that reads the screen aloud, and once more.", _KEY_NAMES, pattern=_KEY_PATTERN)


@dataclass(frozen=True)
class PathSettings(_Section):
    """Where the kiosk keeps things."""

    state: Path = _option(  # noqa: RUF009 -- it makes a field
        _STATE_DIRECTORY,
        "Directory that outlives a power cut: sealed complaints not yet delivered, and the enrolment.",
        "an absolute path",
    )
    runtime: Path = _option(  # noqa: RUF009 -- it makes a field
        _RUNTIME_DIRECTORY,
        "Directory in memory, for what may not outlive a power cut.",
        "an absolute path",
    )


@dataclass(frozen=True)
class Settings:
    """All of kiosk.toml. A mistake in it never gets this far (see `load`)."""

    kiosk: KioskSettings = KioskSettings()
    centre: CentreSettings = CentreSettings()
    card_reader: CardReaderSettings = CardReaderSettings()
    printer: PrinterSettings = PrinterSettings()
    scanner: ScannerSettings = ScannerSettings()
    screen: ScreenSettings = ScreenSettings()
    sound: SoundSettings = SoundSettings()
    keypad: KeypadSettings = KeypadSettings()
    paths: PathSettings = PathSettings()


def find_settings_file(path: Path | None = None) -> Path | None:
    """The file that counts: `path`, else the one $DAMRONGDHAM_KIOSK_SETTINGS names, else the one in /etc, if any."""
    if path is not None:
        return path
    if named := os.environ.get(SETTINGS_VARIABLE):
        return Path(named)
    # Not Path.exists(): for whoever may not enter the directory the file is there, and `load` tells what is wrong.
    try:
        SYSTEM_FILE.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError:
        pass
    return SYSTEM_FILE


def load(path: Path | None = None) -> Settings:
    """Read kiosk.toml, see `find_settings_file`; without any, a desk's defaults.

    A file that was named and is not there is a mistake; only the one in /etc may be absent. Raises SettingsError.
    """
    file = find_settings_file(path)
    if file is None:
        return development_defaults()
    try:
        return parse(tomllib.loads(read_file(file, _MAX_SETTINGS_BYTES).decode("utf-8")))
    except OSError as error:
        raise SettingsError([f"{file} cannot be read: {error.strerror}"]) from None
    except UnicodeDecodeError:
        raise SettingsError([f"{file} is not UTF-8 text"]) from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError([f"{file} is not valid TOML: {error}"]) from None
    except SettingsError as error:
        raise SettingsError([f"{file}: {mistake}" for mistake in error.mistakes]) from None


def parse(table: Mapping[str, Any]) -> Settings:
    """Check a table as TOML gives it. Raises SettingsError with every mistake, not only the first."""
    known = dict(_sections())
    mistakes: list[str] = []
    sections: dict[str, _Section] = {}
    for name, values in table.items():
        if name not in known:
            mistakes.append(f"{name}: there is no such section{_did_you_mean(name, known)}")
        elif not isinstance(values, Mapping):
            mistakes.append(f"{name}: this must be a section, written [{name}]")
        else:
            sections[name] = known[name](**_check_section(name, known[name], values, mistakes))
    if mistakes:
        raise SettingsError(mistakes)
    return Settings(**sections)  # type: ignore[arg-type]  # each by the name of its section


def development_defaults() -> Settings:
    """The defaults without an installed kiosk: state and runtime in the user's own directories."""
    home_state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    state = Path(home_state) / "damrongdham-kiosk"
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    return Settings(
        paths=PathSettings(state=state, runtime=Path(runtime) / "damrongdham-kiosk" if runtime else state / "runtime")
    )


def to_commented_toml(settings: Settings | None = None) -> str:
    """A kiosk.toml with those values (by default the defaults) in which every option is explained."""
    values = settings or Settings()
    lines = ["# Damrongdham Kiosk. What is left out has the value shown here; check with: kiosk doctor"]
    for name, section in _sections():
        lines += ["", f"# {_first_line(section)}", f"[{name}]"]
        for key, explanation, allowed in _options(section):
            value = getattr(getattr(values, name), key)
            lines += [f"# {explanation}", f"# Give {allowed}.", f"{key} = {_to_toml(value)}"]
    return "\n".join(lines) + "\n"


def to_markdown() -> str:
    """The handbook's table of options."""
    lines: list[str] = []
    defaults = Settings()
    for name, section in _sections():
        lines += [
            f"### [{name}]",
            "",
            _first_line(section),
            "",
            "| option | default | what it is | give |",
            "|---|---|---|---|",
        ]
        for key, explanation, allowed in _options(section):
            default = _to_toml(getattr(getattr(defaults, name), key))
            lines.append(f"| `{key}` | `{default}` | {explanation} | {allowed} |")
        lines.append("")
    return "\n".join(lines)


def _sections() -> Iterator[tuple[str, type[_Section]]]:
    for section in fields(Settings):
        yield section.name, cast(type[_Section], section.type)


def _options(section: type[_Section]) -> Iterator[tuple[str, str, str]]:
    """(key, explanation, allowed) in the order of declaration."""
    for option in fields(section):
        yield option.name, option.metadata["explanation"], option.metadata["allowed"]


def _check_section(
    section: str, kind: type[_Section], values: Mapping[str, object], mistakes: list[str]
) -> dict[str, object]:
    """The section's values; what is wrong with others is added to `mistakes`."""
    options = {option.name: option for option in fields(kind)}
    checked = {}
    for key, value in values.items():
        name = FORMER_NAMES.get((section, key), key)
        if name != key:
            log.warning("kiosk.toml: %s.%s is now called %s.%s; please rename it", section, key, section, name)
            if name in values:
                continue
        if name not in options:
            mistakes.append(f"{section}.{key}: there is no such option{_did_you_mean(key, options)}")
            continue
        option = options[name]
        try:
            checked[name] = _convert(option, value)
        except msgspec.ValidationError:
            shown = _shorten(value) if option.repr else "what is given"
            mistakes.append(f"{section}.{key}: {shown} is not allowed; give {option.metadata['allowed']}")
    return checked


def _convert(option: Field[Any], value: object) -> object:
    """The value as its type. Strict: `enabled = "no"` is a mistake to be told, not the value True."""
    if option.type is Path:
        return Path(msgspec.convert(value, Annotated[str, msgspec.Meta(pattern="^/")]))
    return msgspec.convert(value, Annotated[option.type, option.metadata["bounds"]])


def _first_line(section: type[_Section]) -> str:
    return (section.__doc__ or "").splitlines()[0]


def _to_toml(value: object) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(_to_toml(item) for item in value) + "]"
    if isinstance(value, Path):
        value = str(value)
    # A JSON string, number or boolean is a TOML one.
    return json.dumps(value, ensure_ascii=False)


def _shorten(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _did_you_mean(wrong: str, known: Mapping[str, object]) -> str:
    near = difflib.get_close_matches(wrong, known, n=1, cutoff=0.5)
    return f"; did you mean {near[0]}?" if near else f"; there are {', '.join(known)}"
