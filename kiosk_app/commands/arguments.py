"""Arguments of the commands, and the error that ends one."""

import argparse
import logging
import os
import re
from pathlib import Path

from kiosk_app.settings import SETTINGS_VARIABLE, Settings, SettingsError, load

log = logging.getLogger(__name__)

STDOUT = Path("-")  # a file name that means standard output


class CommandError(Exception):
    """A command fails; the message is one sentence for people. `status` is 2 for wrong input, else 1."""

    def __init__(self, sentence: str, status: int = 1) -> None:
        super().__init__(sentence)
        self.status = status


def make_parser(name: str, description: str) -> argparse.ArgumentParser:
    """An argument parser of a command that reads kiosk.toml."""
    parser = argparse.ArgumentParser(prog=f"kiosk {name}", description=description)
    parser.add_argument("--settings", type=Path, metavar="FILE", help="kiosk.toml to use instead of the installed one")
    return parser


def settings_from_args(arguments: argparse.Namespace) -> Settings:
    """The settings of the file given by `--settings`, or of the installed one. Raises SettingsError.

    An option that this release does not know is logged and has no effect. From then on this process and its children
    send through the proxy of the settings, if they name one."""
    settings = load(arguments.settings)
    for option in settings.unknown:
        log.warning("kiosk.toml: %s. It has no effect", option.sentence)
    _use_proxy(settings)
    return settings


def settings_despite_mistakes(arguments: argparse.Namespace) -> tuple[Settings, bool]:
    """As `settings_from_args`, and whether the installed file has no mistakes. With mistakes, which are logged, a wrong
    option has its default.

    For programs that keep a kiosk reachable. A file that a person has named must be correct: then raises
    SettingsError."""
    try:
        return settings_from_args(arguments), True
    except SettingsError as error:
        if arguments.settings or os.environ.get(SETTINGS_VARIABLE):
            raise
        for mistake in error.mistakes:
            log.error("%s; the default is used instead", mistake)
        _use_proxy(error.valid_part)
        return error.valid_part, False


def _use_proxy(settings: Settings) -> None:
    if settings.network.proxy:
        os.environ.update(dict.fromkeys(("HTTPS_PROXY", "HTTP_PROXY"), f"http://{settings.network.proxy}"))
        os.environ.setdefault("NO_PROXY", "localhost,127.0.0.1,::1")


def parse_size(text: str) -> tuple[int, int]:
    """Type of an argument: '1080x1920' in pixels. Raises ArgumentTypeError."""
    size = re.fullmatch(r"(\d{3,4})[x×](\d{3,4})", text)
    if not size:
        raise argparse.ArgumentTypeError(f"'{text}' is no size; give e.g. 540x960")
    return int(size[1]), int(size[2])
