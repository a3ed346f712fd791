"""A window in a separate process that runs one round at a time, so that several windows can take turns."""

import json
import os
import subprocess
import sys
from typing import Any, Self


class WindowProcess:
    """A module of this directory that opens a window on `display` and prints one line of JSON when it is ready. Then it
    runs a round for each line it reads and prints its result as one line of JSON, a list of lists."""

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
        """Run one round. Returns its measurements."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return self._read_response()

    def _read_response(self) -> list[list[Any]]:
        assert self._process.stdout is not None
        response: list[list[Any]] = json.loads(self._process.stdout.readline())
        return response
