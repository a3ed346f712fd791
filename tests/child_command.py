"""Run a command so that ending its parent ends it too, in order."""

import signal
import subprocess
import sys
from collections.abc import Sequence
from typing import Any


def run_command(command: Sequence[str], **options: Any) -> int:
    """The exit status of `command`. A SIGTERM interrupts the command, which then stops what it has started."""
    terminated = False
    with subprocess.Popen(command, **options) as child:

        def interrupt(*_: object) -> None:
            nonlocal terminated
            terminated = True
            child.send_signal(signal.SIGINT)  # the wait below goes on until the command has ended

        before = signal.signal(signal.SIGTERM, interrupt)
        try:
            status = child.wait()
        finally:
            signal.signal(signal.SIGTERM, before)
    if terminated:
        sys.exit(128 + signal.SIGTERM)
    return status
