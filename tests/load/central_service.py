"""A central service under load: PostgreSQL and `central serve` in their own processes, and what they consume."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.postgresql import Cluster, cluster

CENTRAL = [sys.executable, "-m", "central.cli"]
WORKERS = 2
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class CentralService:
    """A served, empty installation. The environment of this process points to it, for Django."""

    url: str
    data: Path
    database: Cluster
    server: int
    private_memory_samples: list[int] = field(
        default_factory=list
    )  # private memory of all workers in bytes, once a second

    def cpu_s(self) -> tuple[float, float]:
        """Processor seconds used so far by (the service, PostgreSQL)."""
        return _process_cpu_s(self.server), _process_cpu_s(self.database.pid)

    def private_memory_bytes(self) -> int:
        """Memory of the service's processes that is not shared, in bytes."""
        return sum(_private_bytes(pid) for pid in _process_tree(self.server))


@contextmanager
def central_service(place: Path) -> Iterator[CentralService]:
    """The service while the context lasts; everything is stopped and removed afterwards, except `place`."""
    with cluster(durable=True, connections=60) as database:
        os.environ.update(CENTRAL_DATA=str(place), DATABASE_URL=database.url, DJANGO_SETTINGS_MODULE="central.settings")
        os.environ.pop("CENTRAL_URL", None)
        subprocess.run([*CENTRAL, "migrate"], check=True, stderr=subprocess.DEVNULL)
        serve = [*CENTRAL, "serve", "--port", "0", "--workers", str(WORKERS)]
        with subprocess.Popen(serve, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            served = CentralService(process.stdout.readline().strip(), place, database, process.pid)
            stop = threading.Event()
            sampler = threading.Thread(target=_sample_memory, args=(served, stop))
            sampler.start()
            try:
                yield served
            finally:
                stop.set()
                sampler.join()
                process.send_signal(signal.SIGTERM)
                process.wait(timeout=60)


def print_now(line: str) -> None:
    """Print a line of the report at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _sample_memory(served: CentralService, stop: threading.Event) -> None:
    while not stop.wait(1.0):
        served.private_memory_samples.append(served.private_memory_bytes())


def _process_tree(pid: int) -> list[int]:
    pids = [pid]
    for parent in pids:
        try:
            pids += [int(child) for child in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]
        except OSError:
            continue  # ended meanwhile
    return pids


def _process_cpu_s(pid: int) -> float:
    """Processor seconds of a process, its living descendants, and its ended descendants that were waited for."""
    total = 0
    for member in _process_tree(pid):
        try:
            fields = Path(f"/proc/{member}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += sum(int(ticks) for ticks in fields[11:15])
    return total / _TICKS


def _private_bytes(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    lines = (line.split() for line in text.splitlines() if line.startswith(("Private_Clean:", "Private_Dirty:")))
    return sum(int(words[1]) for words in lines) * 1024
