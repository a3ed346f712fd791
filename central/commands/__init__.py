"""What `central` does, one file for each command. Each has `run(arguments)` and is imported once Django is set up."""

import sys

from central.logs import escape_unprintable


class CommandError(Exception):
    """A command cannot do what was asked; the message is one sentence for people."""


def print_message(sentence: str) -> None:
    """A sentence for people, on stderr. Names of files and what kiosks say may stand in it."""
    sys.stderr.write(f"{escape_unprintable(sentence)}\n")
