"""The kiosk killed at every call that changes the disk, from save to delete, on stores in every condition.

    python -m tests.torture.kill_at_disk_call DIRECTORY KILLS SHARD SHARDS

This process loads everything once and then forks: each run of the kiosk is a fork that is killed at a call chosen
beforehand (see faulty_disk.c). First comes every call of every initial condition with every kill point, each followed
by a recovery and a check of the promises. Then come random kills on one long-lived store until KILLS are reached.
"""

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from random import Random

from kiosk_app.outbox import Outbox
from kiosk_app.outbox.series import RESERVED_AHEAD
from kiosk_app.outbox.state_directory import outbox_directory
from tests.outbox_samples import enrolment
from tests.torture.faulty_disk import Disk, KillPoint
from tests.torture.headless_kiosk import HeadlessKiosk, PrintedReceipt
from tests.torture.leak_search import find_leaks, log_to_directory, sample_codes
from tests.torture.recording_centre import CentreProcess, centre_process, find_broken_promises

STORE_PAGE_BYTES = 8192
LETTER_PAGES = (0, 1)  # of the two visits of a run
RECOVER_EVERY_RUNS = 50  # while killing at random
MAX_CALLS = 200  # about as many as a run makes
SEED = 20261121


def _two_pending(kiosk: HeadlessKiosk) -> None:
    for turn in range(2):
        kiosk.visit(f"before-{turn}", turn)


def _number_reserve_used_up(kiosk: HeadlessKiosk) -> None:
    """The next case number must be reserved first."""
    for turn in range(RESERVED_AHEAD + 1):
        kiosk.visit(f"before-{turn}")


def damage_store(kiosk: HeadlessKiosk, on_lost_rows: Callable[[list[str]], None] = lambda lost: None) -> None:
    """Overwrite one page of the closed store. Before that, `on_lost_rows` is called with the submission ids of the rows
    that the damage destroys, which a damaged copy of the store shows."""
    directory = outbox_directory(kiosk.state)
    pending = _pending_ids(directory)
    with tempfile.TemporaryDirectory() as parent:
        copy = Path(parent) / "outbox"
        shutil.copytree(directory, copy)
        _overwrite_page(copy, pending[-1])
        on_lost_rows(sorted(set(pending) - set(_pending_ids(copy))))
    _overwrite_page(directory, pending[-1])


def _pending_ids(directory: Path) -> list[str]:
    with Outbox.open(directory, None) as outbox:
        return [row.submission_id for row in outbox.pending()]


def _overwrite_page(directory: Path, submission_id: str) -> None:
    """Overwrite the first table page that contains this submission id."""
    (path,) = directory.glob("outbox*.db")
    content = path.read_bytes()
    start = content.index(submission_id.encode(), 2 * STORE_PAGE_BYTES) // STORE_PAGE_BYTES * STORE_PAGE_BYTES
    with path.open("r+b") as file:
        file.seek(start)
        file.write(b"\xff" * STORE_PAGE_BYTES)
        file.flush()
        os.fsync(file.fileno())


def _damaged_store(kiosk: HeadlessKiosk) -> None:
    for turn in range(8):
        kiosk.visit(f"before-{turn}", turn % 2)
    kiosk.close()
    damage_store(kiosk)


def _removed_store(kiosk: HeadlessKiosk) -> None:
    kiosk.visit("before-0")
    kiosk.forward()
    kiosk.close()
    (outbox_directory(kiosk.state) / "outbox.db").unlink()


INITIAL_CONDITIONS: dict[str, Callable[[HeadlessKiosk], None]] = {
    "new kiosk": lambda kiosk: None,
    "two pending": _two_pending,
    "numbers to be reserved": _number_reserve_used_up,
    "damaged store": _damaged_store,
    "store removed": _removed_store,
}


class CrashTest:
    """Runs kiosks in `directory` against one centre. `kills` counts the runs that ended by a kill."""

    def __init__(self, directory: Path, centre: CentreProcess) -> None:
        self.centre = centre
        self.directory = directory
        self.disk = Disk()
        self.kills = 0
        self.calls = 0
        self.wrong: list[str] = []
        self.printed_receipts: list[PrintedReceipt] = []
        self.attempted: set[str] = set()  # tags of all visits that began
        self._earlier_codes: set[str] = set()  # tracking codes printed before the last `start_new_kiosk`

    def create_kiosk_directory(self, name: str) -> Path:
        """Create a kiosk's directory with its enrolment."""
        place = self.directory / name
        (place / "state").mkdir(parents=True)
        (place / "runtime").mkdir()
        enrolment(self.centre.url).save(place / "state")
        return place

    def run_kiosk(self, place: Path, name: str, call: int, kill_point: KillPoint) -> None:
        """Run the kiosk in a fork that is killed at that call; call 0 lets it end by itself."""
        tags = [f"{name}-{turn}" for turn in range(len(LETTER_PAGES))]
        read_end, write_end = os.pipe()
        child = os.fork()
        if child == 0:
            status = 1
            try:
                self._make_visits(place, tags, call, kill_point, write_end)
                status = 0
            finally:
                os._exit(status)
        os.close(write_end)
        self.attempted.update(tags)
        self._read_report(read_end)
        _, wait_status = os.waitpid(child, 0)
        if os.WIFSIGNALED(wait_status):
            self.kills += 1
        elif exit_status := os.WEXITSTATUS(wait_status):
            self.wrong.append(f"{name}: the run ended with {exit_status}")

    def _make_visits(self, place: Path, tags: list[str], call: int, kill_point: KillPoint, pipe: int) -> None:
        """The child's part: visits and one delivery. Writes each printed receipt to `pipe`, then the count of calls."""
        kiosk = HeadlessKiosk(place / "state", place / "runtime", lambda receipt: _write_record(pipe, asdict(receipt)))
        self.disk.arm_kill(call, kill_point)
        for tag, pages in zip(tags, LETTER_PAGES, strict=True):
            kiosk.visit(tag, pages)
        kiosk.forward()
        kiosk.close()
        _write_record(pipe, {"calls": self.disk.count()})

    def _read_report(self, pipe: int) -> None:
        with os.fdopen(pipe, "rb") as report:
            for line in report:
                record = json.loads(line)
                if "calls" in record:
                    self.calls = record["calls"]
                else:
                    self.printed_receipts.append(PrintedReceipt(**record))

    def recover(self, place: Path, name: str) -> None:
        """Start the kiosk again, deliver everything, and check the promises."""
        if leaks := find_leaks(place / "state", *(printed_receipt.code for printed_receipt in self.printed_receipts)):
            self.wrong.append(f"{name}: readable in {leaks}")
        kiosk = HeadlessKiosk(place / "state", place / "runtime", self.printed_receipts.append)
        self.attempted.add(f"{name}-after")
        kiosk.visit(f"{name}-after")
        for _ in range(3):
            kiosk.forward()
        kiosk.close()
        with Outbox.open(outbox_directory(place / "state"), None) as outbox:
            if pending := outbox.count():
                self.wrong.append(f"{name}: {pending} rows were never delivered")
        self.wrong += [f"{name}: {broken}" for broken in self.list_broken_promises()]

    def list_broken_promises(self) -> list[str]:
        return find_broken_promises(self.printed_receipts, self.attempted, self.centre.arrived())

    def codes(self) -> Sequence[str]:
        """Some of all tracking codes that were printed."""
        return sample_codes(
            sorted(self._earlier_codes | {printed_receipt.code for printed_receipt in self.printed_receipts})
        )

    def start_new_kiosk(self) -> None:
        """Forget all promises, for a new kiosk."""
        self._earlier_codes.update(printed_receipt.code for printed_receipt in self.printed_receipts)
        self.centre.clear()
        self.printed_receipts.clear()
        self.attempted.clear()


def _write_record(pipe: int, record: dict[str, object]) -> None:
    os.write(pipe, json.dumps(record).encode() + b"\n")


def _kill_points(calls: int, max_kills: int) -> Iterator[tuple[int, KillPoint]]:
    """Every call with every kill point, or `max_kills` of them at equal distances."""
    points = [(call, kill_point) for call in range(1, calls + 1) for kill_point in KillPoint]
    step = max(1.0, len(points) / max_kills)
    return (points[int(index * step)] for index in range(min(max_kills, len(points))))


def kill_at_every_call(crash_test: CrashTest, max_kills: int, conditions: Sequence[str]) -> None:
    """Kill a run at each of its calls, from each of these initial conditions; at most `max_kills` kills for each."""
    for name in conditions:
        crash_test.start_new_kiosk()
        template = crash_test.create_kiosk_directory(name)
        kiosk = HeadlessKiosk(template / "state", template / "runtime", crash_test.printed_receipts.append)
        INITIAL_CONDITIONS[name](kiosk)
        kiosk.close()
        earlier = list(crash_test.printed_receipts)
        promised = _deliverable_receipts(crash_test, template)
        print(f"{name}: {crash_test.calls} calls, {len(promised)} rows pending", flush=True)
        for call, kill_point in _kill_points(crash_test.calls, max_kills):
            crash_test.start_new_kiosk()
            crash_test.printed_receipts += promised
            crash_test.attempted |= {printed_receipt.tag for printed_receipt in earlier}
            label = f"{name}, {call} {kill_point.name}"
            with _copy(template, crash_test.directory / "killed") as place:
                crash_test.run_kiosk(place, label, call, kill_point)
                crash_test.recover(place, label)


def _deliverable_receipts(crash_test: CrashTest, template: Path) -> list[PrintedReceipt]:
    """The printed receipts whose rows an uninterrupted run delivers: exactly those must survive a kill as well. The
    damage done on purpose may have destroyed the others. Also counts the calls of a run."""
    printed_receipts = list(crash_test.printed_receipts)
    crash_test.centre.clear()
    with _copy(template, crash_test.directory / "uninterrupted") as place:
        crash_test.run_kiosk(place, "uninterrupted", 0, KillPoint.BEFORE)
    arrived_ids = {delivery.submission_id for delivery in crash_test.centre.arrived()}
    return [receipt for receipt in printed_receipts if receipt.submission_id in arrived_ids]


@contextmanager
def _copy(template: Path, place: Path) -> Iterator[Path]:
    shutil.copytree(template, place)
    yield place
    shutil.rmtree(place)


def kill_at_random(crash_test: CrashTest, kills: int, seed: int) -> None:
    """Kill one long-lived kiosk at random calls, `kills` times; ends at the first broken promise."""
    rng = Random(seed)
    crash_test.start_new_kiosk()
    place = crash_test.create_kiosk_directory("long-lived")
    earlier_kills, run = crash_test.kills, 0
    while crash_test.kills - earlier_kills < kills and not crash_test.wrong:
        run += 1
        crash_test.run_kiosk(place, f"run {run}", rng.randint(1, MAX_CALLS), rng.choice(list(KillPoint)))
        if run % RECOVER_EVERY_RUNS == 0:
            crash_test.recover(place, f"after {run}")
        if run % (10 * RECOVER_EVERY_RUNS) == 0:
            print(f"{crash_test.kills - earlier_kills} random kills", flush=True)
    crash_test.recover(place, "in the end")


def main(arguments: list[str]) -> int:
    """0 when every promise was kept. Shard n of m takes every m-th initial condition and its share of random kills."""
    kills, shard, shards = map(int, arguments[1:4])
    directory = Path(arguments[0]) / str(shard)
    journal = directory.parent.parent / f"journal-{shard}"  # outside the watched disk: log writes are no calls of it
    log_to_directory(journal)
    with centre_process() as centre:
        crash_test = CrashTest(directory, centre)
        kill_at_every_call(crash_test, kills // len(INITIAL_CONDITIONS), list(INITIAL_CONDITIONS)[shard::shards])
        enumerated_kills = crash_test.kills
        kill_at_random(crash_test, max(0, kills // shards - enumerated_kills), SEED + shard)
    crash_test.wrong += [f"readable in the journal: {leak}" for leak in find_leaks(journal, *crash_test.codes())]
    for problem in crash_test.wrong[:20]:
        print(f"BROKEN: {problem}")
    random_kills = crash_test.kills - enumerated_kills
    print(f"{enumerated_kills} enumerated and {random_kills} random kills, {len(crash_test.wrong)} promises broken")
    return int(bool(crash_test.wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
