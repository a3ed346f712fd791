"""Runs programs of the system for the set-up service, without a shell and with a deadline."""

import os
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass

EXIT_MISSING = 127  # the program is not installed
EXIT_TIMEOUT = 124


@dataclass(frozen=True)
class ProgramResult:
    """Exit status and output of a program."""

    status: int
    output: str = ""
    errors: str = ""

    @property
    def last_error(self) -> str:
        """The last line of its messages, at most 120 characters."""
        lines = [line for line in (self.errors or self.output).splitlines() if line.strip()]
        return lines[-1].strip()[:120] if lines else f"status {self.status}"


RunProgram = Callable[[Sequence[str], float], ProgramResult]  # the arguments, and a deadline in seconds


def run_program(arguments: Sequence[str], timeout_s: float) -> ProgramResult:
    """Run a program in the language C, so that its messages can be compared."""
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"}
    if bus := os.environ.get("DBUS_SYSTEM_BUS_ADDRESS"):
        environment["DBUS_SYSTEM_BUS_ADDRESS"] = bus
    try:
        done = subprocess.run(
            list(arguments),
            check=False,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=timeout_s,
            env=environment,
        )
    except FileNotFoundError:
        return ProgramResult(EXIT_MISSING)
    except subprocess.TimeoutExpired:
        return ProgramResult(EXIT_TIMEOUT)
    return ProgramResult(done.returncode, done.stdout, done.stderr)
