"""A central service of this checkout, at the loopback of the appliance's network."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.appliance.appliance import Appliance
from tests.appliance.tools import TrialError


class Centre:
    """A central service of this checkout, at the loopback of the appliance's network."""

    OFFICER, CENTRE = "napa", "khonkaen"

    def __init__(self, directory: Path) -> None:
        self._program = Path(sys.executable).parent / "central"
        self._environment = os.environ | {"CENTRAL_DATA": str(directory / "central")}
        self.url = ""

    @contextmanager
    def serving(self, appliance: Appliance) -> Iterator["Centre"]:
        self._central("migrate")
        self._central("create-centre", self.CENTRE, "--area", "40")
        self._central(
            "create-officer",
            self.OFFICER,
            "--centre",
            self.CENTRE,
            "--password-stdin",
            told="a-long-pass-phrase-for-a-trial\n",
        )
        server = subprocess.Popen(
            appliance.outside(self._program, "serve", "--port", "0"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=self._environment,
        )
        try:
            self.url = server.stdout.readline().strip() if server.stdout else ""
            if not self.url:
                raise TrialError("the central service did not start")
            yield self
        finally:
            server.terminate()
            server.communicate(timeout=15)

    def approve(self, code: str) -> None:
        self._central("approve", code, "--as", self.OFFICER)

    def _central(self, *arguments: str, told: str = "") -> None:
        done = subprocess.run(
            [self._program, *arguments],
            input=told,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            env=self._environment,
        )
        if done.returncode:
            raise TrialError(f"central {arguments[0]}: {done.stderr}")
