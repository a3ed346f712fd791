"""What `central` does, one file for each command. Each has `run(arguments)` and is imported once Django is set up."""

import sys

from central.logs import printable


class CommandError(Exception):
    """A command cannot do what was asked; the message is one sentence for people."""


def say(sentence: str) -> None:
    """A sentence for people, on stderr. Names of files and what kiosks say may stand in it."""
    sys.stderr.write(f"{printable(sentence)}\n")
