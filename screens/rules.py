"""Load the .kv file that stands beside a module."""

from pathlib import Path

from kivy.lang import Builder


def load_rules(module_file: str) -> None:
    """Load `<name>.kv` for `<name>.py`; call it with `__file__`. Works from the wheel as from a checkout."""
    Builder.load_file(str(Path(module_file).with_suffix(".kv")), encoding="utf-8")
