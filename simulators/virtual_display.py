"""A virtual display: Xvfb on a free display number."""

import os
import subprocess
from typing import Self

START_TIMEOUT_S = 15.0


class VirtualDisplay:
    """Runs while the context lasts; `name` is then the display, such as ':7'."""

    def __init__(self, width: int = 1080, height: int = 1920) -> None:
        self._size = f"{width}x{height}x24"
        self.name = ""

    def __enter__(self) -> Self:
        read_end, write_end = os.pipe()
        try:
            self._server = subprocess.Popen(
                ["Xvfb", "-displayfd", str(write_end), "-screen", "0", self._size, "-nolisten", "tcp", "-noreset"],
                pass_fds=(write_end,),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        finally:
            os.close(write_end)
        with os.fdopen(read_end, encoding="ascii") as output:
            number = output.readline().strip()
        if not number:
            self._server.wait(START_TIMEOUT_S)
            raise RuntimeError("Xvfb did not start: is it installed? ./run setup installs it.")
        self.name = f":{number}"
        return self

    def __exit__(self, *_: object) -> None:
        self._server.terminate()
        self._server.wait(START_TIMEOUT_S)
