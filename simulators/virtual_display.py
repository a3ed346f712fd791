"""A virtual screen: Xvfb on a display number of its own choosing, stopped when left."""

import os
import subprocess
from typing import Self

START_TIMEOUT_S = 15.0


class VirtualDisplay:
    """`name` is the display (':7') while it runs."""

    def __init__(self, width: int = 1080, height: int = 1920) -> None:
        self._size = f"{width}x{height}x24"
        self.name = ""

    def __enter__(self) -> Self:
        reading, writing = os.pipe()
        try:
            self._server = subprocess.Popen(
                ["Xvfb", "-displayfd", str(writing), "-screen", "0", self._size, "-nolisten", "tcp", "-noreset"],
                pass_fds=(writing,),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        finally:
            os.close(writing)
        with os.fdopen(reading, encoding="ascii") as told:
            number = told.readline().strip()
        if not number:
            self._server.wait(START_TIMEOUT_S)
            raise RuntimeError("Xvfb did not start: is it installed? ./run setup brings it.")
        self.name = f":{number}"
        return self

    def __exit__(self, *_: object) -> None:
        self._server.terminate()
        self._server.wait(START_TIMEOUT_S)
