"""The commands of `central`, one module each with `run(arguments)`. They are imported after the set-up of Django."""

import sys

from central.logs import escape_unprintable


class CommandError(Exception):
    """The command cannot be executed; the message is one sentence for people."""


def print_message(sentence: str) -> None:
    """Print a sentence for people on stderr. It may contain file names and texts from kiosks."""
    sys.stderr.write(f"{escape_unprintable(sentence)}\n")
