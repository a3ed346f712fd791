"""The options of kiosk.toml as documents: the commented example file and the handbook's table."""

import datetime
import json
import math
import re
from collections.abc import Mapping
from pathlib import Path

from kiosk_app.settings.sections import Section, Settings, list_options, list_sections

_FOREIGN = "# This release does not know the following, and keeps it for one that does."


def to_commented_toml(settings: Settings | None = None, foreign: Mapping[str, object] | None = None) -> str:
    """A kiosk.toml with these values (None: the defaults) that explains every option.

    `foreign`: what this release does not know, as tomllib returns it: options by section, and whole sections."""
    values, unknown = settings or Settings(), dict(foreign or {})
    lines = ["# Damrongdham Kiosk. An option that is left out has the value shown here. Check with: kiosk settings"]
    top = {name: value for name, value in unknown.items() if not isinstance(value, Mapping)}
    lines += _format_foreign(top)  # before the first section, or it would belong to one
    for name, section in list_sections():
        lines += ["", f"# {_first_line(section)}", f"[{name}]"]
        for key, explanation, allowed in list_options(section):
            value = getattr(getattr(values, name), key)
            lines += [f"# {explanation}", f"# Give {allowed}.", f"{key} = {_to_toml(value)}"]
        lines += _format_foreign(unknown.pop(name, {}))
    for name, options in unknown.items():
        if name not in top:
            lines += ["", f"[{_to_key(name)}]", *_format_foreign(options)]
    return "\n".join(lines) + "\n"


def _format_foreign(options: object) -> list[str]:
    if not isinstance(options, Mapping) or not options:
        return []
    return [_FOREIGN, *(f"{_to_key(key)} = {_to_toml(value)}" for key, value in options.items())]


def to_markdown() -> str:
    """The options as Markdown tables, for the handbook."""
    lines: list[str] = []
    defaults = Settings()
    for name, section in list_sections():
        lines += [
            f"### [{name}]",
            "",
            _first_line(section),
            "",
            "| option | default | what it is | give |",
            "|---|---|---|---|",
        ]
        for key, explanation, allowed in list_options(section):
            default = _to_toml(getattr(getattr(defaults, name), key))
            lines.append(f"| `{key}` | `{default}` | {explanation} | {allowed} |")
        lines.append("")
    return "\n".join(lines)


def _first_line(section: type[Section]) -> str:
    return (section.__doc__ or "").splitlines()[0]


def _to_key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _to_toml(name)


def _to_toml(value: object) -> str:
    if isinstance(value, (tuple, list)):
        return "[" + ", ".join(_to_toml(item) for item in value) + "]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_to_key(key)} = {_to_toml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return f"{value}"
    if isinstance(value, Path):
        value = str(value)
    # A JSON string, number or boolean is a TOML one, except for this character.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
