"""What the commands share: settings, errors, JSON on stdout and people's messages on stderr."""

import argparse
import json
import logging
import resource
import sys
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar

from kiosk_app.commands.terminal import OneLineFormatter, escape_control_characters
from kiosk_app.health.finding import Finding
from kiosk_app.settings import Settings, load
from machine.safe_files import replace_file_atomically
from ocr.confine import hide_memory

STDOUT = Path("-")  # as the name of a file to write
DeviceState = TypeVar("DeviceState", bound=Enum)


class CommandError(Exception):
    """A command cannot do what was asked: one sentence for people. `status` is 2 for bad input, 1 otherwise."""

    def __init__(self, sentence: str, status: int = 1) -> None:
        super().__init__(sentence)
        self.status = status


def make_parser(name: str, description: str) -> argparse.ArgumentParser:
    """An argument parser of a command that reads kiosk.toml."""
    parser = argparse.ArgumentParser(prog=f"kiosk {name}", description=description)
    parser.add_argument("--settings", type=Path, metavar="FILE", help="kiosk.toml to use instead of the installed one")
    return parser


def settings_from_args(arguments: argparse.Namespace) -> Settings:
    """The settings a command was given. Raises SettingsError."""
    return load(arguments.settings)


def describe_state(findings_by_state: Mapping[DeviceState, Finding], state: DeviceState) -> str:
    """What that state of a device means and what to do: 'The receipt paper has run out (paper_out). Put in …'."""
    found = findings_by_state.get(state)
    return f"{found.summary.en} ({state.value}). {found.advice.en}." if found else f"The device is {state.value}."


def refuse_terminal(instead: str) -> None:
    """Raise CommandError where bytes meant for a file or a pipe would go to a screen."""
    if sys.stdout.isatty():
        raise CommandError(f"standard output is a terminal: lead it into {instead}", 2)


def write_output(out: Path, content: bytes) -> None:
    """Write the file that was asked for, whole or not at all, readable by everyone. Raises CommandError."""
    try:
        replace_file_atomically(out, content, 0o644, durable=False)
    except OSError as error:
        raise CommandError(f"{out} cannot be written: {error.strerror}", 2) from None


def print_message(sentence: str) -> None:
    """Say something to the person at the terminal."""
    print(escape_control_characters(sentence), file=sys.stderr, flush=True)


def print_json(content: dict[str, Any]) -> None:
    """The one JSON object on stdout."""
    print(json.dumps(content, ensure_ascii=False, indent=2), flush=True)


def protect_memory() -> None:
    """This process's memory holds a citizen's words, or a key: it is never written to a disk, and no
    other process of the same user can read it."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    hide_memory()


def log_to_stderr() -> None:
    """For what runs on and on: the journal adds time and name itself."""
    # force: python-escpos has already set logging up in its own way while it was imported.
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(OneLineFormatter("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
