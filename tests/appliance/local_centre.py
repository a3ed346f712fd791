"""The central service of this checkout, on the loopback of the appliance's network."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.appliance.appliance import CHECKOUT, Appliance
from tests.appliance.tools import ApplianceTestError

PROGRAM = (sys.executable, "-m", "central.cli")  # of this checkout, wherever the environment has its own from
# The window is the whole day: its hours are equal.
SET_PLAN_SCRIPT = """
import django, sys
django.setup()
from central.centres.models import Centre
from central.fleet.release_plans import PlanValues, set_plan
from central.people.models import Officer
values = PlanValues(version=sys.argv[2], percentage=100, from_hour=0, until_hour=0)
set_plan(Centre.objects.get(slug=sys.argv[1]), values, Officer.objects.get(username=sys.argv[3]), "127.0.0.1")
"""
READ_STATE_SCRIPT = """
import django, json
django.setup()
from central.cases.models import Case
from central.fleet.models import KioskState
state = KioskState.objects.get()
heartbeat = state.last_heartbeat_at.timestamp()
print(json.dumps({"release": state.release, "heartbeat": heartbeat, "cases": Case.objects.count()}))
"""
GIVE_COMMAND_SCRIPT = """
import django, sys
django.setup()
from central.fleet.models import KioskState
from central.fleet.remote_commands import give_command
from central.people.models import Officer
from protocol.remote_command import CommandKind
enrolment = KioskState.objects.get().enrolment_id
print(give_command(enrolment, CommandKind(sys.argv[1]), Officer.objects.get(username=sys.argv[2]), "127.0.0.1").id)
"""
READ_COMMAND_SCRIPT = """
import django, io, json, sys, tarfile
django.setup()
from central.fleet.models import RemoteCommand
from central.fleet.remote_commands import read_bundle
command = RemoteCommand.objects.get(pk=sys.argv[1])
answer = {"outcome": command.outcome, "detail": command.detail}
if command.bundle:
    archive = tarfile.open(fileobj=io.BytesIO(read_bundle(command, command.given_by, "127.0.0.1")))
    answer["files"] = {entry.name: archive.extractfile(entry).read().decode() for entry in archive}
print(json.dumps(answer))
"""


class LocalCentre:
    """A central service with one centre and one officer."""

    OFFICER, CENTRE = "napa", "khonkaen"

    def __init__(self, directory: Path) -> None:
        self._environment = os.environ | {
            "CENTRAL_DATA": str(directory / "central"),
            "DJANGO_SETTINGS_MODULE": "central.settings",
        }
        self._server: subprocess.Popen[str] | None = None
        self.url = ""

    @contextmanager
    def serve(self, appliance: Appliance) -> Iterator["LocalCentre"]:
        self._run_central("migrate")
        self._run_central("create-centre", self.CENTRE, "--area", "40")
        self._run_central(
            "create-officer",
            self.OFFICER,
            "--centre",
            self.CENTRE,
            "--password-stdin",
            stdin_text="a-long-pass-phrase-for-a-test\n",
        )
        self._start(appliance, "0")
        try:
            yield self
        finally:
            self._stop()

    @contextmanager
    def unreachable(self, appliance: Appliance) -> Iterator[None]:
        """The service does not run while the context lasts; afterwards it has the same address."""
        self._stop()
        try:
            yield
        finally:
            self._start(appliance, self.url.rpartition(":")[2])

    def _start(self, appliance: Appliance, port: str) -> None:
        self._server = subprocess.Popen(
            appliance.command_in_network(*PROGRAM, "serve", "--port", port),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=CHECKOUT,
            env=self._environment,
        )
        self.url = self._server.stdout.readline().strip() if self._server.stdout else ""
        if not self.url:
            raise ApplianceTestError("the central service did not start")

    def _stop(self) -> None:
        if self._server is not None:
            self._server.terminate()
            try:
                self._server.communicate(timeout=30)
            except subprocess.TimeoutExpired:  # a busy machine; the worker ends with it
                self._server.kill()
                self._server.communicate()
            self._server = None

    def approve_enrolment(self, code: str) -> None:
        self._run_central("approve", code, "--as", self.OFFICER)

    def request_release(self, version: str) -> None:
        """Plan this version for every kiosk, at any hour."""
        self._run_python(SET_PLAN_SCRIPT, self.CENTRE, version, self.OFFICER)

    def read_state(self) -> dict[str, Any]:
        """`release` of the kiosk's last heartbeat; `heartbeat`: when it came, in seconds since 1970; `cases`: how many
        the centre has."""
        return dict(json.loads(self._run_python(READ_STATE_SCRIPT)))

    def give_command(self, kind: str) -> str:
        """Give a command to the kiosk. Returns its id."""
        return self._run_python(GIVE_COMMAND_SCRIPT, kind, self.OFFICER).strip()

    def read_command(self, command_id: str) -> dict[str, Any]:
        """`outcome` and `detail` of a command, and `files` of its support bundle: text by name."""
        return dict(json.loads(self._run_python(READ_COMMAND_SCRIPT, command_id)))

    def _run_central(self, *arguments: str, stdin_text: str = "") -> None:
        self._run([*PROGRAM, *arguments], stdin_text)

    def _run_python(self, script: str, *arguments: str) -> str:
        return self._run([sys.executable, "-c", script, *arguments])

    def _run(self, command: list[str], stdin_text: str = "") -> str:
        result = subprocess.run(
            command,
            input=stdin_text,
            capture_output=True,
            text=True,
            check=False,
            cwd=CHECKOUT,
            timeout=300,  # the first migration; 15 s on an idle machine
            env=self._environment,
        )
        if result.returncode:
            raise ApplianceTestError(f"{' '.join(command)[-80:]}: {result.stderr}")
        return result.stdout
