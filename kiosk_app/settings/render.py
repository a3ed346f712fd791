"""The options of kiosk.toml as documents: the commented example file and the handbook's table."""

import json
from pathlib import Path

from kiosk_app.settings.sections import Section, Settings, list_options, list_sections


def to_commented_toml(settings: Settings | None = None) -> str:
    """A kiosk.toml with these values (None: the defaults) that explains every option."""
    values = settings or Settings()
    lines = ["# Damrongdham Kiosk. An option that is left out has the value shown here. Check with: kiosk settings"]
    for name, section in list_sections():
        lines += ["", f"# {_first_line(section)}", f"[{name}]"]
        for key, explanation, allowed in list_options(section):
            value = getattr(getattr(values, name), key)
            lines += [f"# {explanation}", f"# Give {allowed}.", f"{key} = {_to_toml(value)}"]
    return "\n".join(lines) + "\n"


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


def _to_toml(value: object) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(_to_toml(item) for item in value) + "]"
    if isinstance(value, Path):
        value = str(value)
    # A JSON string, number or boolean is a TOML one.
    return json.dumps(value, ensure_ascii=False)
