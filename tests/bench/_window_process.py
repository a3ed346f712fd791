"""A window in a process of its own that is played round by round, so that two of them can take turns."""

import json
import os
import subprocess
import sys
from typing import Any, Self


class WindowProcess:
    """A module of this directory that opens a window on `display`, says one line of JSON when it stands there, then
    plays a round for each line it reads and answers with a line of JSON: a list of lists."""

    def __init__(self, module: str, *arguments: str, display: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"{__package__}.{module}", *arguments],
            env=os.environ | {"DISPLAY": display},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._read_response()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def run_round(self) -> list[list[Any]]:
        """One round."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return self._read_response()

    def _read_response(self) -> list[list[Any]]:
        assert self._process.stdout is not None
        answer: list[list[Any]] = json.loads(self._process.stdout.readline())
        return answer
