"""A hall and its centre in one directory, on loopback: devices' far ends, the central service, an enrolled kiosk.

Everything that runs is the product itself, each part in a process of its own as on an appliance; only what the devices
talk to is simulated. Used by the demonstration, by the end-to-end test, and by anybody at a desk.
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

from simulators.desk_client import Officer
from simulators.simulated_devices import Bench

KIOSK_ID = "KKN07"
AREA = "400101"
CENTRE = "khonkaen"
OFFICER = "officer"
START_S = 60.0
STOP_S = 20.0
_COMPARE_CODE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b")


class TownError(Exception):
    """A part did not start; the text names it and ends with what it last said."""


class Town:
    """Enter it to start everything, leave it to stop everything that it started."""

    def __init__(self, directory: Path, tell: Callable[[str], None] = lambda line: None) -> None:
        self.directory = directory
        self.bench = Bench(directory / "devices")
        self.url = ""
        self._tell = tell
        self._logs = directory / "logs"
        self._stack = ExitStack()
        self._environment = dict(os.environ)

    def __enter__(self) -> Self:
        self._logs.mkdir(parents=True, exist_ok=True)
        try:
            self._stack.enter_context(self.bench)
            self._tell("devices: card reader, receipt printer and scanner answer")
            self._environment.update(self.bench.environment)
            self._open_centre()
            self._tell(f"central service: {self.url}")
            self._enrol()
            self._tell(f"kiosk {KIOSK_ID}: enrolled, an officer typed its code")
            self.start("forwarder", ["kiosk", "forward"])
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def environment(self) -> Mapping[str, str]:
        """What a command of this kiosk needs in its environment."""
        return self._environment

    def command(self, *words: str, stdin: str | None = None) -> str:
        """Run `kiosk …` or `central …` to its end; gives its standard output. Raises TownError."""
        done = subprocess.run(
            [program(words[0]), *words[1:]],
            env=self._environment,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=START_S,
            check=False,
        )
        if done.returncode != 0:
            raise TownError(f"{' '.join(words)} ended with {done.returncode}: {done.stderr.strip()}")
        return done.stdout

    def start(self, name: str, words: Sequence[str], environment: Mapping[str, str] | None = None) -> "Process":
        """Start `kiosk …` or `central …` for as long as the town stands; what it says goes to logs/<name>.log."""
        process = Process(name, words, {**self._environment, **(environment or {})}, self._logs)
        self._stack.callback(process.stop)
        return process

    def _open_centre(self) -> None:
        self._environment["CENTRAL_DATA"] = str(self.directory / "central")
        self.command("central", "migrate")
        self.command("central", "create-centre", CENTRE, "--area", AREA[:2])
        password = secrets.token_urlsafe(16)
        self.command("central", "create-officer", OFFICER, "--centre", CENTRE, "--password-stdin", stdin=password)
        self._serve(0)
        self.officer = Officer(self.url, OFFICER, password, CENTRE)

    def _serve(self, port: int) -> None:
        self._central = self.start("central", ["central", "serve", "--port", str(port)])
        self.url = self._central.wait_for_word(re.compile(r"http://\S+")).rstrip("/.")

    def close_centre(self) -> None:
        """The centre, or the line to it, is gone."""
        self._central.stop()

    def reopen_centre(self) -> None:
        """The centre is back at its address."""
        self._serve(int(self.url.rpartition(":")[2]))

    def _enrol(self) -> None:
        settings = self.directory / "kiosk.toml"
        settings.write_text(
            f"""[kiosk]
id = "{KIOSK_ID}"
hall_th = "ศาลากลางจังหวัดขอนแก่น"
hall_en = "Khon Kaen Provincial Hall"
area = "{AREA}"

[centre]
url = "{self.url}"

[printer]
connection = "network:127.0.0.1:{self.bench.printer_port}"
width_dots = 576
slip_at_boot = false

[scanner]
device = "{self.bench.scanner_device}"

[paths]
state = "{self.directory / "state"}"
runtime = "{self.directory / "runtime"}"
""",
            encoding="utf-8",
        )
        self._environment["DAMRONGDHAM_KIOSK_SETTINGS"] = str(settings)
        asking = self.start("enrol", ["kiosk", "enrol", self.url])
        self.officer.approve(asking.wait_for_word(_COMPARE_CODE))
        asking.wait()


class Process:
    """One process of the product. Its words go to a log file, where they can be waited for."""

    def __init__(self, name: str, words: Sequence[str], environment: Mapping[str, str], logs: Path) -> None:
        self.name = name
        self._log = logs / f"{name}.log"
        with self._log.open("wb") as told:
            self._process = subprocess.Popen(
                [program(words[0]), *words[1:]],
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=told,
                stderr=subprocess.STDOUT,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def wait_for_word(self, pattern: re.Pattern[str], within_s: float = START_S) -> str:
        """The first match of `pattern` in what it says. Raises TownError when it ends or stays silent."""
        deadline = time.monotonic() + within_s
        while (found := pattern.search(self.said())) is None:
            if not self.running or time.monotonic() > deadline:
                raise TownError(f"{self.name} did not start: {self.said()[-800:].strip()}")
            time.sleep(0.05)
        return found.group()

    def wait(self, within_s: float | None = START_S) -> None:
        """Until it has ended well, however long that is with None. Raises TownError."""
        try:
            status = self._process.wait(within_s)
        except subprocess.TimeoutExpired:
            raise TownError(f"{self.name} did not end: {self.said()[-800:].strip()}") from None
        if status != 0:
            raise TownError(f"{self.name} ended with {status}: {self.said()[-800:].strip()}")

    def said(self) -> str:
        """Everything it has said so far."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    def stop(self) -> int:
        """End it, gently first. Its exit status."""
        if self.running:
            self._process.terminate()
        try:
            return self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait(STOP_S)


def wait_until(condition: Callable[[], bool], what: str, within_s: float = START_S) -> None:
    """Look again and again until it is so. Raises TownError naming what did not happen."""
    deadline = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > deadline:
            raise TownError(f"This did not happen in {within_s:.0f} s: {what}.")
        time.sleep(0.1)


def tracked(url: str, code: str) -> dict[str, object]:
    """What the centre says of a code: the public answer."""
    answer = requests.post(f"{url}/api/v1/track", json={"code": code, "language": "th"}, timeout=10)
    answer.raise_for_status()
    return dict(answer.json())


def program(name: str) -> str:
    """Where this installation has the command."""
    return str(Path(sys.executable).with_name(name))
