"""A kiosk and its centre in one directory, on loopback: simulated devices, the central service, an enrolled kiosk.

All programs are the product's own, each in its own process as on an appliance; only the devices are simulated. Used by
the demonstration and the end-to-end tests.
"""

import os
import re
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Self

import requests

from simulators.desk_client import DeskClient
from simulators.simulated_devices import SimulatedDevices

KIOSK_ID = "KKN07"
AREA_CODE = "400101"
CENTRE_SLUG = "khonkaen"
OFFICER_NAME = "officer"
START_TIMEOUT_S = 60.0
COMMAND_TIMEOUT_S = 180.0  # `central migrate` takes 6 s of processor time, and a minute on a busy computer
STOP_TIMEOUT_S = 20.0
_COMPARE_CODE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b")


class DemoEnvironmentError(Exception):
    """A program did not start or failed; the message names it and ends with its last output."""


class DemoEnvironment:
    """Context manager: starts all programs on entering and stops them on leaving. A blank kiosk has neither settings
    nor an enrolment, and no forwarder runs."""

    def __init__(
        self, directory: Path, on_progress: Callable[[str], None] = lambda line: None, *, is_blank: bool = False
    ) -> None:
        self.directory = directory
        self._is_blank = is_blank
        self.devices = SimulatedDevices(directory / "devices")
        self.url = ""
        self._on_progress = on_progress
        self._logs = directory / "logs"
        self._exit_stack = ExitStack()
        self._environment = dict(os.environ)

    def __enter__(self) -> Self:
        self._logs.mkdir(parents=True, exist_ok=True)
        try:
            self._exit_stack.enter_context(self.devices)
            self._on_progress("devices: card reader, receipt printer and scanner respond")
            self._environment.update(self.devices.environment)
            self._on_progress("the central service makes its database: half a minute")
            self._create_centre()
            self._on_progress(f"central service: {self.url}")
            self._write_settings()
            if not self._is_blank:
                self._enrol()
                self._on_progress(f"kiosk {KIOSK_ID}: enrolled, an officer typed its code")
                self.start_process("forwarder", ["kiosk", "forward"])
        except BaseException:
            self._exit_stack.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._exit_stack.close()

    @property
    def environment(self) -> Mapping[str, str]:
        """The environment variables for a command of this kiosk."""
        return self._environment

    def run_command(self, *command: str, stdin: str | None = None) -> str:
        """Run `kiosk …` or `central …` to its end; returns its standard output. Raises DemoEnvironmentError."""
        done = subprocess.run(
            [find_program(command[0]), *command[1:]],
            env=self._environment,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=COMMAND_TIMEOUT_S,
            check=False,
        )
        if done.returncode != 0:
            raise DemoEnvironmentError(f"{' '.join(command)} ended with {done.returncode}: {done.stderr.strip()}")
        return done.stdout

    def start_process(
        self, name: str, command: Sequence[str], environment: Mapping[str, str] | None = None
    ) -> "ManagedProcess":
        """Start `kiosk …` or `central …` for as long as the environment runs; its output goes to logs/<name>.log."""
        process = ManagedProcess(name, command, {**self._environment, **(environment or {})}, self._logs)
        self._exit_stack.callback(process.stop)
        return process

    def _create_centre(self) -> None:
        self._environment["CENTRAL_DATA"] = str(self.directory / "central")
        self._environment["CENTRAL_REQUIRE_SECOND_FACTOR"] = "no"  # the simulated officer has no phone
        self.run_command("central", "migrate")
        self.run_command("central", "create-centre", CENTRE_SLUG, "--area", AREA_CODE[:2])
        password = secrets.token_urlsafe(16)
        self.run_command(
            "central", "create-officer", OFFICER_NAME, "--centre", CENTRE_SLUG, "--password-stdin", stdin=password
        )
        self._start_server(0)
        self.desk = DeskClient(self.url, OFFICER_NAME, password, CENTRE_SLUG)

    def _start_server(self, port: int) -> None:
        self._central = self.start_process("central", ["central", "serve", "--port", str(port)])
        self.url = self._central.wait_for_output(re.compile(r"http://\S+")).rstrip("/.")

    def stop_centre(self) -> None:
        """Stop the centre, to simulate a failure of the centre or the network."""
        self._central.stop()

    def restart_centre(self) -> None:
        """Start the centre again at the same address."""
        self._start_server(int(self.url.rpartition(":")[2]))

    def _write_settings(self) -> None:
        settings = self.directory / "kiosk.toml"
        chosen = f"""[kiosk]
id = "{KIOSK_ID}"
centre_name_th = "ศาลากลางจังหวัดขอนแก่น"
centre_name_en = "Khon Kaen Provincial Hall"
area = "{AREA_CODE}"

[centre]
url = "{self.url}"

[printer]
connection = "network:127.0.0.1:{self.devices.printer_port}"
width_dots = 576
slip_at_boot = false

[scanner]
device = "{self.devices.scanner_device}"

"""
        paths = f"""[paths]
state = "{self.directory / "state"}"
runtime = "{self.directory / "runtime"}"
"""
        settings.write_text(paths if self._is_blank else chosen + paths, encoding="utf-8")
        self._environment["DAMRONGDHAM_KIOSK_SETTINGS"] = str(settings)

    def _enrol(self) -> None:
        enrolling = self.start_process("enrol", ["kiosk", "enrol", self.url])
        self.desk.approve_enrolment(enrolling.wait_for_output(_COMPARE_CODE))
        enrolling.wait()


class ManagedProcess:
    """One process of the product. Its output goes to a log file."""

    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str], logs: Path) -> None:
        self.name = name
        self._log = logs / f"{name}.log"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [find_program(command[0]), *command[1:]],
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def wait_for_output(self, pattern: re.Pattern[str], within_s: float = START_TIMEOUT_S) -> str:
        """Wait for the first match of `pattern` in the output. Raises DemoEnvironmentError when the process ends or
        after `within_s` seconds."""
        deadline = time.monotonic() + within_s
        while (match := pattern.search(self.read_log())) is None:
            if not self.is_running or time.monotonic() > deadline:
                raise DemoEnvironmentError(f"{self.name} did not start: {self.read_log()[-800:].strip()}")
            time.sleep(0.05)
        return match.group()

    def wait(self, within_s: float | None = START_TIMEOUT_S) -> None:
        """Wait until it has ended with status 0; None means no time limit. Raises DemoEnvironmentError."""
        try:
            status = self._process.wait(within_s)
        except subprocess.TimeoutExpired:
            raise DemoEnvironmentError(f"{self.name} did not end: {self.read_log()[-800:].strip()}") from None
        if status != 0:
            raise DemoEnvironmentError(f"{self.name} ended with {status}: {self.read_log()[-800:].strip()}")

    def read_log(self) -> str:
        """The output so far."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    def stop(self) -> int:
        """Terminate the process, kill it if that takes too long, and return its exit status."""
        if self.is_running:
            self._process.terminate()
        try:
            return self._process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait(STOP_TIMEOUT_S)


def wait_until(condition: Callable[[], bool], what: str, within_s: float = START_TIMEOUT_S) -> None:
    """Wait until the condition is true. Raises DemoEnvironmentError with `what`."""
    deadline = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > deadline:
            raise DemoEnvironmentError(f"This did not happen within {within_s:.0f} s: {what}.")
        time.sleep(0.1)


def fetch_tracking_status(url: str, code: str) -> dict[str, object]:
    """The centre's public response to a tracking code."""
    response = requests.post(f"{url}/api/v1/track", json={"code": code, "language": "th"}, timeout=10)
    response.raise_for_status()
    return dict(response.json())


def find_program(name: str) -> str:
    """The path of a command of this installation."""
    return str(Path(sys.executable).with_name(name))
