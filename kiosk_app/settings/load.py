"""Finding, reading and checking kiosk.toml.

msgspec checks the values, not pydantic as elsewhere: the file is read before the first frame is on the screen, and
pydantic took a quarter of that time (docs/screen-performance.md).
"""

import difflib
import logging
import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import Field, fields
from pathlib import Path
from typing import Annotated, Any

import msgspec

from kiosk_app.settings.sections import PathSettings, Section, Settings, UnknownOption, list_sections
from machine.safe_files import read_file

log = logging.getLogger(__name__)

SETTINGS_VARIABLE = "DAMRONGDHAM_KIOSK_SETTINGS"
SYSTEM_FILE = Path("/etc/damrongdham-kiosk/kiosk.toml")
SETTINGS_ERROR_CODE = "K-15"  # the staff code of a kiosk.toml with mistakes
_MAX_SETTINGS_BYTES = 1 << 20  # the example file with its comments has some ten thousand
_MAX_SHOWN_CHARS = 60  # of a wrong value in a message
# (section, name of an option in earlier versions): its present name. The former name is still read, with a warning.
FORMER_NAMES = {("kiosk", "hall_th"): "centre_name_th", ("kiosk", "hall_en"): "centre_name_en"}


class SettingsError(Exception):
    """kiosk.toml cannot be used. `mistakes` has one sentence for each mistake, naming its `section.key`.

    `valid_part`: the settings with the valid options of the file, and the defaults of an appliance for all others. For
    programs that must work while a technician corrects the file."""

    def __init__(self, mistakes: Sequence[str], valid_part: Settings | None = None) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = tuple(mistakes)
        self.valid_part = valid_part or Settings()


def find_settings_file(path: Path | None = None) -> Path | None:
    """The file to read: `path`, else the one in $DAMRONGDHAM_KIOSK_SETTINGS, else the one in /etc if it exists."""
    if path is not None:
        return path
    if named := os.environ.get(SETTINGS_VARIABLE):
        return Path(named)
    # Not Path.exists(): without access to the directory the file counts as present, and `load` reports the reason.
    try:
        SYSTEM_FILE.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError:
        pass
    return SYSTEM_FILE


def load(path: Path | None = None) -> Settings:
    """The settings of the file that `find_settings_file` names; `development_defaults` without a file.

    Only the file in /etc may be absent. An option that this release does not know is no error (decision 0217). Raises
    SettingsError."""
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
        raise SettingsError([f"{file}: {mistake}" for mistake in error.mistakes], error.valid_part) from None


def parse(table: Mapping[str, Any]) -> Settings:
    """The settings of a table as tomllib returns it. Raises SettingsError with every mistake, not only the first, and
    with what is unknown beside them."""
    section_types = dict(list_sections())
    mistakes: list[str] = []
    unknown: list[UnknownOption] = []
    sections: dict[str, Section] = {}
    for name, values in table.items():
        if name not in section_types:
            unknown.append(UnknownOption(name, f"{name}: there is no such section{_did_you_mean(name, section_types)}"))
        elif not isinstance(values, Mapping):
            mistakes.append(f"{name}: this must be a section, written [{name}]")
        else:
            section = section_types[name]
            sections[name] = section(**_check_section(name, section, values, mistakes))
            options = {option.name: option for option in fields(section)}
            for key in _unknown_keys(name, section, values):
                sentence = f"{name}.{key}: there is no such option{_did_you_mean(key, options)}"
                unknown.append(UnknownOption(f"{name}.{key}", sentence))
    settings = Settings(**sections, unknown=tuple(unknown))  # type: ignore[arg-type]  # each by the name of its section
    if mistakes:
        raise SettingsError([*mistakes, *(option.sentence for option in unknown)], settings)
    return settings


def unknown_part(table: Mapping[str, Any]) -> dict[str, Any]:
    """What this release does not know of a table as tomllib returns it: whole sections, and options of known ones."""
    section_types = dict(list_sections())
    unknown: dict[str, Any] = {}
    for name, values in table.items():
        if name not in section_types:
            unknown[name] = values
        elif isinstance(values, Mapping):
            keys = _unknown_keys(name, section_types[name], values)
            unknown |= {name: {key: values[key] for key in keys}} if keys else {}
    return unknown


def _unknown_keys(section: str, kind: type[Section], values: Mapping[str, object]) -> list[str]:
    known = {option.name for option in fields(kind)}
    return [key for key in values if FORMER_NAMES.get((section, key), key) not in known]


def development_defaults() -> Settings:
    """The defaults on a developer's machine: state and runtime are in the user's own directories."""
    home_state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    state = Path(home_state) / "damrongdham-kiosk"
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    return Settings(
        paths=PathSettings(state=state, runtime=Path(runtime) / "damrongdham-kiosk" if runtime else state / "runtime")
    )


def _check_section(
    section: str, kind: type[Section], values: Mapping[str, object], mistakes: list[str]
) -> dict[str, object]:
    """The valid values of a section; a message for each invalid value is added to `mistakes`."""
    options = {option.name: option for option in fields(kind)}
    checked = {}
    for key, value in values.items():
        name = FORMER_NAMES.get((section, key), key)
        if name != key:
            log.warning("kiosk.toml: %s.%s is now called %s.%s; please rename it", section, key, section, name)
            if name in values:
                continue
        if name not in options:
            continue
        option = options[name]
        try:
            checked[name] = _convert(option, value)
        except msgspec.ValidationError:
            shown = _shorten(value) if option.repr else "the value"
            mistakes.append(f"{section}.{key}: {shown} is not allowed; give {option.metadata['allowed']}")
    return checked


def _convert(option: Field[Any], value: object) -> object:
    """The value in the type of the option. Strict: `enabled = "no"` is a mistake, not True. Raises ValidationError."""
    if option.type is Path:
        return Path(msgspec.convert(value, Annotated[str, msgspec.Meta(pattern="^/")]))
    return msgspec.convert(value, Annotated[option.type, option.metadata["bounds"]])


def _shorten(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _MAX_SHOWN_CHARS else text[: _MAX_SHOWN_CHARS - 3] + "…"


def _did_you_mean(wrong: str, known: Mapping[str, object]) -> str:
    matches = difflib.get_close_matches(wrong, known, n=1, cutoff=0.5)
    return f"; did you mean {matches[0]}?" if matches else f"; there are {', '.join(known)}"
