"""An installation of the central service, used by its command line and served by separate processes."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from tests.migrated_directory import migrated_directory

CENTRAL = [sys.executable, "-m", "central.cli"]
METRICS_TOKEN = "token-of-the-collector"
PASSWORD = "thung-ruang-thong-69"


class Installation:
    """A data directory and the command line on it. With DATABASE_URL it has a database of its own in that cluster."""

    def __init__(self, data: Path) -> None:
        self.environment = {**os.environ, "CENTRAL_DATA": str(data), "CENTRAL_REQUIRE_SECOND_FACTOR": "no"}
        self.environment.pop("CENTRAL_URL", None)
        self.environment["CENTRAL_METRICS_TOKEN"] = METRICS_TOKEN
        if url := self.environment.get("DATABASE_URL"):
            self.environment["DATABASE_URL"] = _create_database(url, data)

    def run(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        command = [*CENTRAL, *arguments]
        return subprocess.run(
            command, check=False, env=self.environment, input=stdin, capture_output=True, text=True, timeout=150
        )

    def run_checked(self, *arguments: str, stdin: str = "") -> str:
        result = self.run(*arguments, stdin=stdin)
        assert result.returncode == 0, result.stderr
        return result.stdout + result.stderr

    def migrate(self) -> None:
        """Fill the empty data directory as `central migrate` does. On SQLite it becomes a copy of one."""
        if "DATABASE_URL" in self.environment:
            assert "create-centre" in self.run_checked("migrate")
        else:
            shutil.copytree(migrated_directory(), self.environment["CENTRAL_DATA"])


def _create_database(url: str, data: Path) -> str:
    """The URL of the database of this data directory, created empty at its first use."""
    name = f"served_{hashlib.sha256(str(data).encode()).hexdigest()[:16]}"
    with psycopg.connect(url, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return urlsplit(url)._replace(path=f"/{name}").geturl()


@contextmanager
def serve_installation(empty_installation: Installation) -> Iterator[str]:
    """Create an installation with a centre and its officer somsri, and serve it. Yields the URL."""
    empty_installation.migrate()
    empty_installation.run_checked("create-centre", "khonkaen", "--area", "40")
    empty_installation.run_checked(
        "create-officer", "somsri", "--centre", "khonkaen", "--password-stdin", stdin=f"{PASSWORD}\n"
    )
    with subprocess.Popen(
        [*CENTRAL, "serve", "--port", "0", "--workers", "2"],
        env=empty_installation.environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=20) == 0
