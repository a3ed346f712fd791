"""The central service of this checkout, on the loopback of the appliance's network."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.appliance.appliance import Appliance
from tests.appliance.tools import ApplianceTestError


class LocalCentre:
    """A central service with one centre and one officer."""

    OFFICER, CENTRE = "napa", "khonkaen"

    def __init__(self, directory: Path) -> None:
        self._program = Path(sys.executable).parent / "central"
        self._environment = os.environ | {"CENTRAL_DATA": str(directory / "central")}
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
        server = subprocess.Popen(
            appliance.command_in_network(self._program, "serve", "--port", "0"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=self._environment,
        )
        try:
            self.url = server.stdout.readline().strip() if server.stdout else ""
            if not self.url:
                raise ApplianceTestError("the central service did not start")
            yield self
        finally:
            server.terminate()
            server.communicate(timeout=15)

    def approve_enrolment(self, code: str) -> None:
        self._run_central("approve", code, "--as", self.OFFICER)

    def _run_central(self, *arguments: str, stdin_text: str = "") -> None:
        result = subprocess.run(
            [self._program, *arguments],
            input=stdin_text,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,  # the first migration; 15 s on an idle machine
            env=self._environment,
        )
        if result.returncode:
            raise ApplianceTestError(f"central {arguments[0]}: {result.stderr}")
