"""kiosk.toml: what differs from one kiosk to the next. Every option is declared, bounded and explained here, once.

The documented example file and the handbook's table are made from these declarations, so that neither can go stale.
"""

import difflib
import json
import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

ENVIRONMENT_VARIABLE = "DAMRONGDHAM_KIOSK_SETTINGS"
SYSTEM_FILE = Path("/etc/damrongdham-kiosk/kiosk.toml")


class SettingsError(Exception):
    """kiosk.toml cannot be used. `mistakes` has one sentence for each, naming its `section.key`."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = tuple(mistakes)


def _option(default: Any, explanation: str, allowed: str, **constraints: Any) -> Any:
    """One option: `allowed` completes the sentence "give …" in the example file and in messages about mistakes."""
    return Field(default, description=explanation, json_schema_extra={"allowed": allowed}, **constraints)


class _Section(BaseModel):
    # Strict: `enabled = "no"` is a mistake to be told, not the value True.
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def _absolute(path: Path) -> Path:
    if not path.is_absolute():
        raise ValueError("not absolute")
    return path


_Path = Annotated[Path, Field(strict=False), AfterValidator(_absolute)]
_Strings = Annotated[tuple[str, ...], Field(strict=False)]
_AreaCode = Annotated[str, StringConstraints(pattern=r"^(\d{2}(\d{2}(\d{2})?)?)?$")]


class Kiosk(_Section):
    """Who this kiosk is and how it greets."""

    id: str = _option(
        "KKN07",
        "This kiosk's name: three letters of the province and two digits. It begins every case number made here.",
        "three capital letters and two digits, as in KKN07",
        pattern=r"^[A-Z]{3}\d{2}$",
    )
    hall_th: str = _option("", "The hall it stands in, in Thai.", "up to 200 characters", max_length=200)
    hall_en: str = _option("", "The hall it stands in, in English.", "up to 200 characters", max_length=200)
    area: _AreaCode = _option(
        "",
        "DOPA code of the hall's place; it fills in the place when there is no card.",
        "a province (2 digits), district (4) or tambon (6), or nothing",
    )
    language: Literal["th", "en"] = _option("th", "The language each visit starts in.", "'th' or 'en'")
    idle_seconds: float = _option(
        60.0,
        'Seconds without a touch before "are you still there?"; a screen with more to read waits longer.',
        "a number from 10 to 600",
        ge=10,
        le=600,
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
        pattern=r"^(scrypt\$[0-9a-f]{32}\$[0-9a-f]{64})?$",
        repr=False,
    )


# What nobody on the way can read: tracking codes go there. http only to this same machine, for a demonstration.
PRIVATE_ADDRESS = r"https://[^\s/]+\S*|http://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?(/\S*)?"


class Centre(_Section):
    """The central service complaints go to."""

    url: str = _option(
        "",
        "Address of the central service. Until it is set, and the kiosk enrolled, no visit can begin.",
        "an address that begins with https:// (http:// only on this same machine), or nothing",
        pattern=f"^({PRIVATE_ADDRESS})?$",
    )
    ca_file: str = _option(
        "",
        "Certificates to trust instead of the system's, for a centre with a certificate authority of its own.",
        "the absolute path of a PEM file, or nothing",
        pattern=r"^(/.*)?$",
    )
    upload_kbit_s: int = _option(
        0,
        "What delivery may send on average, in kilobits a second, where others share the line; 0 is without a limit.",
        "a whole number from 0 to 1000000",
        ge=0,
        le=1_000_000,
    )


class CardReader(_Section):
    """The ID card reader: any PC/SC reader."""

    enabled: bool = _option(
        True, "Whether there is a card reader. Without it visits go on without a card.", "true or false"
    )


class Printer(_Section):
    """The receipt printer: any ESC/POS printer."""

    connection: str = _option(
        "none",
        "How the printer is reached.",
        "'network:HOST:PORT', 'usb:/dev/usb/lp0', 'serial:/dev/ttyUSB0:115200' or 'none'",
        pattern=r"^(none|network:[^:\s]+:\d{1,5}|usb:/\S+|serial:/[^:\s]+(:\d+)?)$",
    )
    width_dots: Literal[384, 512, 576] = _option(
        576, "Printable dots across the paper.", "384 (58 mm paper), 512 or 576 (80 mm paper)"
    )


class Scanner(_Section):
    """The letter scanner: any SANE scanner."""

    enabled: bool = _option(True, "Whether there is a scanner. Without it complaints are typed.", "true or false")
    device: str = _option(
        "", "Name of the SANE device, as `scanimage -L` shows it.", "a device name, or nothing for the first one found"
    )
    options: _Strings = _option(
        ("--resolution=200", "--mode=Color"),
        "What scanimage is told besides; `scanimage --help -d DEVICE` lists what yours knows.",
        'a list of strings, as in ["--resolution=200", "--mode=Color"]',
    )
    timeout_s: float = _option(
        60.0,
        "Seconds one page may take before the scan is given up.",
        "a number from 5 to 300",
        ge=5,
        le=300,
    )


class Screen(_Section):
    """The touchscreen. Its size in millimetres decides how large keys and letters are: measure it with a ruler."""

    width_mm: float = _option(268.0, "Width of the picture as it stands.", "a number from 60 to 2000", ge=60, le=2000)
    height_mm: float = _option(477.0, "Height of the picture as it stands.", "a number from 60 to 2000", ge=60, le=2000)
    window_width: int = _option(
        540, "Width of the window on a desk, in pixels.", "a whole number from 320 to 8000", ge=320, le=8000
    )
    window_height: int = _option(
        960, "Height of the window on a desk, in pixels.", "a whole number from 320 to 8000", ge=320, le=8000
    )


class Paths(_Section):
    """Where the kiosk keeps things."""

    state: _Path = _option(
        Path("/var/lib/damrongdham-kiosk"),
        "Directory that outlives a power cut: sealed complaints not yet delivered, and the enrolment.",
        "an absolute path",
    )
    runtime: _Path = _option(
        Path("/run/damrongdham-kiosk"),
        "Directory in memory, for what may not outlive a power cut.",
        "an absolute path",
    )


class Settings(BaseModel):
    """All of kiosk.toml. Frozen; a mistake in it never gets this far (see `load`)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kiosk: Kiosk = Kiosk()
    centre: Centre = Centre()
    card_reader: CardReader = CardReader()
    printer: Printer = Printer()
    scanner: Scanner = Scanner()
    screen: Screen = Screen()
    paths: Paths = Paths()


def source(path: Path | None = None) -> Path | None:
    """The file that counts: `path`, else the one $DAMRONGDHAM_KIOSK_SETTINGS names, else the one in /etc, if any."""
    if path is not None:
        return path
    if named := os.environ.get(ENVIRONMENT_VARIABLE):
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
    """Read kiosk.toml, see `source`; without any, a desk's defaults.

    A file that was named and is not there is a mistake; only the one in /etc may be absent. Raises SettingsError.
    """
    file = source(path)
    if file is None:
        return for_a_desk()
    try:
        return parse(tomllib.loads(file.read_text(encoding="utf-8")))
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
    try:
        return Settings.model_validate(dict(table))
    except ValidationError as error:
        raise SettingsError(
            [_sentence(mistake["loc"], mistake["type"], mistake["input"]) for mistake in error.errors()]
        ) from None


def for_a_desk() -> Settings:
    """The defaults without an installed kiosk: state and runtime in the user's own directories."""
    home_state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    state = Path(home_state) / "damrongdham-kiosk"
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    return Settings(
        paths=Paths(state=state, runtime=Path(runtime) / "damrongdham-kiosk" if runtime else state / "runtime")
    )


def as_toml_with_comments(settings: Settings | None = None) -> str:
    """A kiosk.toml with those values (by default the defaults) in which every option is explained."""
    values = settings or Settings()
    lines = ["# Damrongdham Kiosk. What is left out has the value shown here; check with: kiosk doctor"]
    for name, section in _sections():
        lines += ["", f"# {_first_line(section)}", f"[{name}]"]
        for key, explanation, allowed in _options(section):
            value = getattr(getattr(values, name), key)
            lines += [f"# {explanation}", f"# Give {allowed}.", f"{key} = {_toml(value)}"]
    return "\n".join(lines) + "\n"


def as_markdown() -> str:
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
            default = _toml(getattr(getattr(defaults, name), key))
            lines.append(f"| `{key}` | `{default}` | {explanation} | {allowed} |")
        lines.append("")
    return "\n".join(lines)


def _sections() -> Iterator[tuple[str, type[_Section]]]:
    for name, field in Settings.model_fields.items():
        assert isinstance(field.annotation, type)  # noqa: S101 -- each field of Settings is a section
        yield name, field.annotation


def _options(section: type[_Section]) -> Iterator[tuple[str, str, str]]:
    """(key, explanation, allowed) in the order of declaration."""
    for key, field in section.model_fields.items():
        extra = field.json_schema_extra
        yield key, field.description or "", str(extra["allowed"]) if isinstance(extra, dict) else ""


def _first_line(section: type[_Section]) -> str:
    return (section.__doc__ or "").splitlines()[0]


def _toml(value: object) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    if isinstance(value, Path):
        value = str(value)
    # A JSON string, number or boolean is a TOML one.
    return json.dumps(value, ensure_ascii=False)


def _sentence(where: tuple[int | str, ...], kind: str, given: object) -> str:
    """One mistake in one line: where it is, what is wrong, what is allowed."""
    sections = dict(_sections())
    section_name = str(where[0])
    if section_name not in sections:
        return f"{section_name}: there is no such section{_did_you_mean(section_name, sections)}"
    if len(where) == 1:
        return f"{section_name}: this must be a section, written [{section_name}]"
    options = {key: allowed for key, _, allowed in _options(sections[section_name])}
    key = str(where[1])
    name = f"{section_name}.{key}"
    if kind == "extra_forbidden":
        return f"{name}: there is no such option{_did_you_mean(key, options)}"
    shown = "what is given" if key == "technician_pin_hash" else _shown(given)
    return f"{name}: {shown} is not allowed; give {options[key]}"


def _shown(given: object) -> str:
    text = repr(given)
    return text if len(text) <= 60 else text[:57] + "…"


def _did_you_mean(wrong: str, known: Mapping[str, object]) -> str:
    near = difflib.get_close_matches(wrong, known, n=1, cutoff=0.5)
    return f"; did you mean {near[0]}?" if near else f"; there are {', '.join(known)}"
