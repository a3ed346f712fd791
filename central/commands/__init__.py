"""What `central` does, one file for each command. Each has `run(arguments)` and is imported once Django is set up."""

import sys


class CommandError(Exception):
    """A command cannot do what was asked; the message is one sentence for people."""


def say(sentence: str) -> None:
    """A sentence for people, on stderr."""
    sys.stderr.write(f"{sentence}\n")
