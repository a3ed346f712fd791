"""What every part of the trial uses: running commands, waiting, saying."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path


class ApplianceTestError(Exception):
    """The appliance did not do what it must. Its message is for a person."""


def log(text: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {text}\n")
    sys.stderr.flush()


def run_command(*command: str | Path, timeout: float = 120, **more: object) -> str:
    """Stdout of a command. Raises ApplianceTestError with the end of what it said when its exit status is not 0."""
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=timeout, check=False, stdin=subprocess.DEVNULL, **more
    )  # type: ignore[call-overload]
    if done.returncode:
        said = "\n".join((done.stdout + done.stderr).splitlines()[-30:])
        raise ApplianceTestError(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{said}")
    return str(done.stdout)


def wait_for(what: str, condition: Callable[[], bool], seconds: float) -> None:
    """Raises ApplianceTestError when the condition does not come true in time."""
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            raise ApplianceTestError(f"not within {seconds:.0f} s: {what}")
        time.sleep(0.5)
