"""The line to the bench of simulated devices, for the developer panel: words there, a sentence back, one line of JSON
each way.

The bench is another program (`kiosk simulate`), never installed on an appliance; nothing of it is imported here.
"""

import json
import os
import re
import socket
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

RESPONSE_TIMEOUT_S = 30.0


def default_socket_path() -> Path:
    """Where this user's bench listens."""
    runtime = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
    return Path(runtime) / f"dk-simulate-{os.getuid()}.sock"


def send_command(words: Sequence[str], path: Path) -> str:
    """What the bench says to these words. Raises OSError when no bench listens, ValueError with its sentence when it
    does not know them."""
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(RESPONSE_TIMEOUT_S)
        line.connect(str(path))
        line.sendall(json.dumps(list(words)).encode() + b"\n")
        with line.makefile(encoding="utf-8") as answers:
            answer = json.loads(answers.readline())
    if not answer["ok"]:
        raise ValueError(answer["message"])
    return str(answer["message"])


def list_commands(command_list: str) -> Iterator[tuple[str, list[str]]]:
    """(device, commands) of a bench's vocabulary, lines such as 'printer ok|paper-out'; what takes a file is left
    out."""
    for line in command_list.splitlines():
        words = line.split()
        if len(words) > 1 and not re.search("[A-Z…]", line):
            *first, last = words
            yield words[0], [" ".join([*first, choice]) for choice in last.split("|")]
