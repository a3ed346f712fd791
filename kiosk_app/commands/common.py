"""What the commands share: their settings, their errors, JSON on stdout and people's messages on stderr."""

import argparse
import json
import logging
import resource
import sys
from pathlib import Path
from typing import Any

from kiosk_app.settings import Settings, load


class CommandError(Exception):
    """A command cannot do what was asked: one sentence for people. `status` is 2 for bad input, 1 otherwise."""

    def __init__(self, sentence: str, status: int = 1) -> None:
        super().__init__(sentence)
        self.status = status


def parser(name: str, description: str) -> argparse.ArgumentParser:
    """An argument parser of a command that reads kiosk.toml."""
    found = argparse.ArgumentParser(prog=f"kiosk {name}", description=description)
    found.add_argument("--settings", type=Path, metavar="FILE", help="kiosk.toml to use instead of the installed one")
    return found


def settings_of(wish: argparse.Namespace) -> Settings:
    """The settings a command was given. Raises SettingsError."""
    return load(wish.settings)


def tell(sentence: str) -> None:
    """Say something to the person at the terminal."""
    print(sentence, file=sys.stderr, flush=True)


def answer(found: dict[str, Any]) -> None:
    """The one JSON object on stdout."""
    print(json.dumps(found, ensure_ascii=False, indent=2), flush=True)


def leave_no_core() -> None:
    """Whatever happens to this process, its memory is not written to a disk: it holds a citizen's words, or a key."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def log_to_stderr() -> None:
    """For what runs on and on: the journal adds time and name itself."""
    # force: python-escpos has already set logging up in its own way while it was imported.
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr, force=True)
