"""`./run torture [--quick] [NAMES]`: break the promise if you can. Two hours; --quick takes a few minutes.

    crash          SIGKILL at every call that changes the disk, 10,000 of them
    power          power cuts: what nobody had waited for is lost, sector by sector
    processes      the interface, the forwarder and the centre killed as whole processes, 200 times
    network        packet loss, cuts at every byte, half-open lines, repeats, names, certificates, 5xx; as root
    duplicates     two forwarders by mistake, and one visit handed over a hundred times at once
    repeated-taps  every target of every screen tapped twice and three times: the later taps do nothing

After each: everything on paper arrived, once, whole; nothing arrived that nobody confirmed; nothing can be read.
Exit status 0 only when every promise was kept.
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

_SHARED_MEMORY = Path("/dev/shm")  # a disk's speed is not what is tried here


def _crash(place: Path, quick: bool) -> int:
    """In two shards a processor: each waits for its forks, and for its centre, half of the time."""
    shards = 2 * (os.cpu_count() or 1)
    with ThreadPoolExecutor(shards) as pool:
        return max(pool.map(lambda shard: _crash_shard(place, quick, shard, shards), range(shards)))


def _crash_shard(place: Path, quick: bool, shard: int, shards: int) -> int:
    own = place / f"shard-{shard}"
    own.mkdir()
    return _run_on_faulty_disk(
        own, "tests.torture.kill_at_disk_call", "300" if quick else "10000", str(shard), str(shards)
    )


def _power(place: Path, quick: bool) -> int:
    return _run_on_faulty_disk(place, "tests.torture.power_cut", "200" if quick else "6000")


def _run_on_faulty_disk(place: Path, module: str, *words: str) -> int:
    disk = place / "disk"
    disk.mkdir()
    return run_on_disk(compile_library(place), disk, module, str(disk), *words)


def _processes(place: Path, quick: bool) -> int:
    return _run(sys.executable, "-m", "tests.torture.process_kills", str(place), "12" if quick else "200")


def _network(place: Path, quick: bool) -> int:
    words = [sys.executable, "-m", "tests.torture.network_failures", str(place), *(["--quick"] if quick else [])]
    apart = ["unshare", "--net", "--mount"] + ([] if os.geteuid() == 0 else ["--user", "--map-root-user"])
    return _run(*apart, "sh", "-c", 'ip link set lo up && exec "$@"', "sh", *words)


def _duplicate_delivery(place: Path, quick: bool) -> int:
    return _run(sys.executable, "-m", "tests.torture.duplicate_delivery", str(place), "20" if quick else "200")


def _repeated_taps(_place: Path, quick: bool) -> int:
    return _run(sys.executable, "-m", "tests.torture.repeated_taps", "quick" if quick else "full")


def _run(*words: str) -> int:
    return subprocess.run(words, check=False).returncode


TORTURE_TESTS: dict[str, Callable[[Path, bool], int]] = {
    "crash": _crash,
    "power": _power,
    "processes": _processes,
    "network": _network,
    "duplicates": _duplicate_delivery,
    "repeated-taps": _repeated_taps,
}


def main(words: list[str]) -> int:
    """Run all trials, or those named."""
    quick, names = "--quick" in words, [word for word in words if word != "--quick"]
    if unknown := set(names) - TORTURE_TESTS.keys():
        print(f"No such trial: {', '.join(sorted(unknown))}. There are: {', '.join(TORTURE_TESTS)}.", file=sys.stderr)
        return 2
    failed = []
    for name in names or TORTURE_TESTS:
        print(f"\n== {name}", flush=True)
        start = time.monotonic()
        place = Path(
            tempfile.mkdtemp(prefix=f"torture-{name}-", dir=_SHARED_MEMORY if _SHARED_MEMORY.is_dir() else None)
        )
        if TORTURE_TESTS[name](place, quick):
            failed.append(name)
            print(f"{name}: BROKEN; what is left of it: {place}")
        else:
            shutil.rmtree(place)
        print(f"{name}: {time.monotonic() - start:.0f} s", flush=True)
    print(f"\n{', '.join(failed)}: broken" if failed else "\nEvery promise was kept.")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
