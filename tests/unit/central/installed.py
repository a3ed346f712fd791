"""An installation of the central service used as people use it: by its command line, in processes of its own."""

import os
import subprocess
import sys
from pathlib import Path

CENTRAL = [sys.executable, "-m", "central.cli"]


class Installation:
    """A data directory and the command line on it."""

    def __init__(self, data: Path) -> None:
        self.environment = {**os.environ, "CENTRAL_DATA": str(data)}
        self.environment.pop("CENTRAL_URL", None)

    def run(self, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
        command = [*CENTRAL, *arguments]
        return subprocess.run(
            command, check=False, env=self.environment, input=given, capture_output=True, text=True, timeout=60
        )

    def ok(self, *arguments: str, given: str = "") -> str:
        done = self.run(*arguments, given=given)
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr
