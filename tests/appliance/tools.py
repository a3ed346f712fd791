"""Shared by all parts of the appliance test: commands, waiting, the report."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path


class ApplianceTestError(Exception):
    """The appliance did not behave as it must; the message is for a person."""


def log(text: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {text}\n")
    sys.stderr.flush()


def run_command(*command: str | Path, timeout: float = 120, **more: object) -> str:
    """The stdout of a command. Raises ApplianceTestError with the end of its output when its exit status is not 0."""
    result = subprocess.run(
        command, capture_output=True, text=True, timeout=timeout, check=False, stdin=subprocess.DEVNULL, **more
    )  # type: ignore[call-overload]
    if result.returncode:
        output = "\n".join((result.stdout + result.stderr).splitlines()[-30:])
        raise ApplianceTestError(f"{' '.join(map(str, command))} ended with {result.returncode}:\n{output}")
    return str(result.stdout)


class CheckReport:
    """The checks that passed. Pictures and reports of the checks are written to `output`."""

    def __init__(self, output: Path) -> None:
        self.output = output
        self.passed_checks: list[str] = []

    def record_pass(self, text: str) -> None:
        self.passed_checks.append(text)
        log(f"  ok  {text}")

    def expect(self, holds: bool, text: str) -> None:
        """Raises ApplianceTestError unless it holds; the first failure ends the test."""
        if not holds:
            raise ApplianceTestError(f"failed: {text}")
        self.record_pass(text)


def wait_for(what: str, condition: Callable[[], bool], seconds: float) -> None:
    """Wait until the condition is true. Raises ApplianceTestError when that takes longer than `seconds`."""
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            raise ApplianceTestError(f"not within {seconds:.0f} s: {what}")
        time.sleep(0.5)
