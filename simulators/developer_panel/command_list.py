"""The commands of the simulated devices, for the developer panel's buttons."""

import re
from collections.abc import Iterator


def list_commands(command_help: str) -> Iterator[tuple[str, list[str]]]:
    """(device, commands) for each line of the help, such as 'printer ok|paper-out'. Commands that take a file are left
    out."""
    for line in command_help.splitlines():
        words = line.split()
        if len(words) > 1 and not re.search("[A-Z…]", line):
            *first, last = words
            yield words[0], [" ".join([*first, choice]) for choice in last.split("|")]
