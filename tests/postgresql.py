"""A temporary PostgreSQL cluster that listens on a Unix socket in its own directory."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)  # Debian's directory, which is not in PATH


@dataclass(frozen=True)
class Cluster:
    """`url` is for DATABASE_URL; `pid` is the postmaster, the parent of all its processes."""

    url: str
    pid: int
    log: Path


@contextmanager
def cluster(*, durable: bool, connections: int = 40) -> Iterator[Cluster]:
    """A running cluster without a TCP port. `durable` syncs commits to the disk, as in production. Needs PROGRAMS."""
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
