"""A PostgreSQL cluster of one's own, behind a Unix socket in a temporary directory, gone afterwards."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)  # where Debian keeps them, off the PATH


@dataclass(frozen=True)
class Cluster:
    """`url` for DATABASE_URL, `pid` of the postmaster, the parent of all its processes, `log` what they say."""

    url: str
    pid: int
    log: Path


@contextmanager
def cluster(*, durable: bool, connections: int = 40) -> Iterator[Cluster]:
    """A running cluster; no port is opened. `durable`: commits reach the disk, as in real use. Needs PROGRAMS."""
    # The server refuses to run as root, and its user must reach the directory.
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory(prefix="central-pg-") as place:
        if as_user:
            shutil.chown(place, "postgres")

        def run(program: str, *arguments: str) -> None:
            command = [*as_user, str(PROGRAMS[0] / program), *arguments]
            subprocess.run(command, check=True, cwd=place, stdout=subprocess.DEVNULL, timeout=60)

        run("initdb", "-D", f"{place}/data", "-U", "central", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-k {place} -c listen_addresses='' -c max_connections={connections}"
        options += "" if durable else " -c fsync=off"
        run("pg_ctl", "-D", f"{place}/data", "-o", options, "-l", f"{place}/log", "-w", "start")
        try:
            pid = int(Path(place, "data", "postmaster.pid").read_text().split()[0])
            yield Cluster(f"postgres://central@{quote(place, safe='')}/postgres", pid, Path(place, "log"))
        finally:
            run("pg_ctl", "-D", f"{place}/data", "-m", "immediate", "-w", "stop")
