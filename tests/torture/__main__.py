"""`./run torture [--quick] [NAMES]`: torture tests. All take two hours, --quick a few minutes.

    crash          SIGKILL at every call that changes the disk, 10,000 times
    power          power cuts that lose unsynced writes, sector by sector
    processes      interface, forwarder and centre killed as whole processes, 200 times
    network        packet loss, cuts at any byte, half-open connections, replays, names, certificates, 5xx; as root
    duplicates     two forwarders on one outbox, and one submission delivered a hundred times at once
    repeated-taps  every target of every screen tapped twice and three times: the later taps do nothing

Each checks that every printed receipt's complaint arrived once and whole, that nothing unconfirmed arrived, and that
nothing is readable. Exit status 0 only when every promise was kept.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.torture.faulty_disk import compile_library, run_on_disk

_SHARED_MEMORY = Path("/dev/shm")  # the tests do not depend on the speed of a disk


def _crash(place: Path, quick: bool) -> int:
    """Run two shards per processor: each waits for its forks and its centre half of the time."""
    shards = 2 * (os.cpu_count() or 1)
    with ThreadPoolExecutor(shards) as pool:
        return max(pool.map(lambda shard: _crash_shard(place, quick, shard, shards), range(shards)))


def _crash_shard(place: Path, quick: bool, shard: int, shards: int) -> int:
    shard_directory = place / f"shard-{shard}"
    shard_directory.mkdir()
    return _run_on_faulty_disk(
        shard_directory, "tests.torture.kill_at_disk_call", "300" if quick else "10000", str(shard), str(shards)
    )


def _power(place: Path, quick: bool) -> int:
    return _run_on_faulty_disk(place, "tests.torture.power_cut", "200" if quick else "6000")


def _run_on_faulty_disk(place: Path, module: str, *arguments: str) -> int:
    disk = place / "disk"
    disk.mkdir()
    return run_on_disk(compile_library(place), disk, module, str(disk), *arguments)


def _processes(place: Path, quick: bool) -> int:
    return _run(sys.executable, "-m", "tests.torture.process_kills", str(place), "12" if quick else "200")


def _network(place: Path, quick: bool) -> int:
    command = [sys.executable, "-m", "tests.torture.network_failures", str(place), *(["--quick"] if quick else [])]
    namespaces = ["unshare", "--net", "--mount"] + ([] if os.geteuid() == 0 else ["--user", "--map-root-user"])
    return _run(*namespaces, "sh", "-c", 'ip link set lo up && exec "$@"', "sh", *command)


def _duplicate_delivery(place: Path, quick: bool) -> int:
    return _run(sys.executable, "-m", "tests.torture.duplicate_delivery", str(place), "20" if quick else "200")


def _repeated_taps(_place: Path, quick: bool) -> int:
    return _run(sys.executable, "-m", "tests.torture.repeated_taps", "quick" if quick else "full")


def _run(*command: str) -> int:
    return subprocess.run(command, check=False).returncode


TORTURE_TESTS: dict[str, Callable[[Path, bool], int]] = {
    "crash": _crash,
    "power": _power,
    "processes": _processes,
    "network": _network,
    "duplicates": _duplicate_delivery,
    "repeated-taps": _repeated_taps,
}


def main(arguments: list[str]) -> int:
    """Run all torture tests, or the named ones."""
    quick, names = "--quick" in arguments, [argument for argument in arguments if argument != "--quick"]
    if unknown := set(names) - TORTURE_TESTS.keys():
        print(
            f"No such torture test: {', '.join(sorted(unknown))}. There are: {', '.join(TORTURE_TESTS)}.",
            file=sys.stderr,
        )
        return 2
    failed = []
    for name in names or TORTURE_TESTS:
        print(f"\n== {name}", flush=True)
        start = time.monotonic()
        parent = _SHARED_MEMORY if _SHARED_MEMORY.is_dir() else None
        place = Path(tempfile.mkdtemp(prefix=f"torture-{name}-", dir=parent))
        if TORTURE_TESTS[name](place, quick):
            failed.append(name)
            print(f"{name}: BROKEN; its files: {place}")
        else:
            shutil.rmtree(place)
        print(f"{name}: {time.monotonic() - start:.0f} s", flush=True)
    print(f"\n{', '.join(failed)}: broken" if failed else "\nEvery promise was kept.")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
