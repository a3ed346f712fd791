"""Killed at every call that changes the disk: save → print → confirm → forward → delete, whatever the store is like.

    python -m tests.torture.kill_at_disk_call DIRECTORY KILLS SHARD SHARDS

A fork server: this process has everything loaded and stays clean; each life is a fork of it that dies at a call chosen
beforehand (see faulty_disk.c). First every call of every scenario in every way, each followed by a recovery that is
looked at; then, until KILLS are reached, random ones on one store that grows old.
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
from tests.torture.headless_kiosk import (
    CentreProcess,
    HeadlessKiosk,
    PrintedReceipt,
    centre_process,
    find_broken_promises,
)
from tests.torture.leak_search import find_leaks, log_to_directory, sample_codes

PAGE_SIZE = 8192  # of the store
PAGES = (0, 1)  # of the two visits of a life
CHECK_EVERY_KILLS = 50  # random kills
MAX_CALLS = 200  # about what a life takes
SEED = 20261121


def _two_pending(kiosk: HeadlessKiosk) -> None:
    for turn in range(2):
        kiosk.visit(f"before-{turn}", turn)


def _number_reserve_used_up(kiosk: HeadlessKiosk) -> None:
    """The next number is one that has to be reserved first."""
    for turn in range(RESERVED_AHEAD + 1):
        kiosk.visit(f"before-{turn}")


def damage_store(kiosk: HeadlessKiosk, on_lost_rows: Callable[[list[str]], None] = lambda lost: None) -> None:
    """Spoil one page of the closed store; `on_lost_rows` hears the submission ids of its rows before that."""
    directory = outbox_directory(kiosk.state)
    with Outbox.open(directory, None) as outbox:
        before = [row.submission_id for row in outbox.pending()]
    with tempfile.TemporaryDirectory() as aside:
        copy = Path(aside) / "outbox"
        shutil.copytree(directory, copy)
        _overwrite_page(copy, before[-1])
        with Outbox.open(copy, None) as outbox:
            on_lost_rows(sorted(set(before) - {row.submission_id for row in outbox.pending()}))
    _overwrite_page(directory, before[-1])


def _overwrite_page(directory: Path, named: str) -> None:
    """The first page of the tables that names this row."""
    (path,) = directory.glob("outbox*.db")
    content = path.read_bytes()
    start = content.index(named.encode(), 2 * PAGE_SIZE) // PAGE_SIZE * PAGE_SIZE
    with path.open("r+b") as file:
        file.seek(start)
        file.write(b"\xff" * PAGE_SIZE)
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


SCENARIOS: dict[str, Callable[[HeadlessKiosk], None]] = {
    "first day": lambda kiosk: None,
    "some wait": _two_pending,
    "numbers to be reserved": _number_reserve_used_up,
    "damaged store": _damaged_store,
    "store removed": _removed_store,
}


class CrashTest:
    """One centre and one directory of kiosks; `kills` counts the lives that ended by a kill."""

    def __init__(self, directory: Path, centre: CentreProcess) -> None:
        self.centre = centre
        self.directory = directory
        self.disk = Disk()
        self.kills = 0
        self.calls = 0
        self.wrong: list[str] = []
        self.printed_receipts: list[PrintedReceipt] = []
        self._codes: set[str] = set()  # of papers that `start_new_kiosk` forgot
        self.attempted: set[str] = set()

    def create_kiosk_directory(self, name: str) -> Path:
        """A kiosk's directory with an enrolment in it."""
        place = self.directory / name
        (place / "state").mkdir(parents=True)
        (place / "runtime").mkdir()
        enrolment(self.centre.url).save(place / "state")
        return place

    def run_life(self, place: Path, name: str, call: int, kill_point: KillPoint) -> bool:
        """One life in a fork, which dies at that call; whether it did."""
        tags = [f"{name}-{turn}" for turn in range(len(PAGES))]
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            status = 1
            try:
                kiosk = HeadlessKiosk(
                    place / "state", place / "runtime", lambda printed_receipt: _send_receipt(writing, printed_receipt)
                )
                self.disk.arm_kill(call, kill_point)
                for tag, pages in zip(tags, PAGES, strict=True):
                    kiosk.visit(tag, pages)
                kiosk.forward()
                kiosk.close()
                _send_record(writing, {"calls": self.disk.count()})
                status = 0
            finally:
                os._exit(status)
        os.close(writing)
        self.attempted.update(tags)
        with os.fdopen(reading, "rb") as report:
            for line in report:
                told = json.loads(line)
                if "calls" in told:
                    self.calls = told["calls"]
                else:
                    self.printed_receipts.append(PrintedReceipt(**told))
        _, ended = os.waitpid(child, 0)
        if os.WIFSIGNALED(ended):
            self.kills += 1
            return True
        if os.WEXITSTATUS(ended):
            self.wrong.append(f"{name}: the life ended with {os.WEXITSTATUS(ended)}")
        return False

    def recover(self, place: Path, name: str) -> None:
        """The next morning: everything that waits is delivered; then the promises are looked at."""
        if found := find_leaks(place / "state", *(printed_receipt.code for printed_receipt in self.printed_receipts)):
            self.wrong.append(f"{name}: readable in {found}")
        kiosk = HeadlessKiosk(place / "state", place / "runtime", self.printed_receipts.append)
        self.attempted.add(f"{name}-after")
        kiosk.visit(f"{name}-after")
        for _ in range(3):
            kiosk.forward()
        kiosk.close()
        with Outbox.open(outbox_directory(place / "state"), None) as outbox:
            if left := outbox.count():
                self.wrong.append(f"{name}: {left} rows were left behind")
        self.wrong += [f"{name}: {broken}" for broken in self.list_broken_promises()]

    def list_broken_promises(self) -> list[str]:
        return find_broken_promises(self.printed_receipts, self.attempted, self.centre.arrived())

    def codes(self) -> Sequence[str]:
        """Some of the codes that were ever printed."""
        return sample_codes(sorted(self._codes | {printed_receipt.code for printed_receipt in self.printed_receipts}))

    def start_new_kiosk(self) -> None:
        """Forget what was promised: a new kiosk."""
        self._codes.update(printed_receipt.code for printed_receipt in self.printed_receipts)
        self.centre.clear()
        self.printed_receipts.clear()
        self.attempted.clear()


def _send_record(pipe: int, said: dict[str, object]) -> None:
    os.write(pipe, json.dumps(said).encode() + b"\n")


def _send_receipt(pipe: int, printed_receipt: PrintedReceipt) -> None:
    _send_record(pipe, asdict(printed_receipt))


def _kill_points(calls: int, max_kills: int) -> Iterator[tuple[int, KillPoint]]:
    """Every call in every way; evenly thinned out when that is more than `max_kills`."""
    every = [(call, kill_point) for call in range(1, calls + 1) for kill_point in KillPoint]
    step = max(1.0, len(every) / max_kills)
    return (every[int(index * step)] for index in range(min(max_kills, len(every))))


def kill_at_every_call(crash_test: CrashTest, max_kills: int, scenarios: Sequence[str]) -> None:
    """These scenarios, killed at each call of a life; at most `max_kills` kills in each."""
    for name, prepare in ((name, SCENARIOS[name]) for name in scenarios):
        crash_test.start_new_kiosk()
        template = crash_test.create_kiosk_directory(name)
        kiosk = HeadlessKiosk(template / "state", template / "runtime", crash_test.printed_receipts.append)
        prepare(kiosk)
        kiosk.close()
        before = list(crash_test.printed_receipts)
        # What an undisturbed life brings to the centre is what a disturbed one must bring: the damage done on purpose
        # may have hit a row.
        crash_test.centre.clear()
        with _copy(template, crash_test.directory / "undisturbed") as place:
            crash_test.run_life(place, "undisturbed", 0, KillPoint.BEFORE)
        arrived = {one.submission_id for one in crash_test.centre.arrived()}
        promised = [printed_receipt for printed_receipt in before if printed_receipt.submission_id in arrived]
        print(f"{name}: {crash_test.calls} calls, {len(promised)} rows waiting", flush=True)
        for call, kill_point in _kill_points(crash_test.calls, max_kills):
            crash_test.start_new_kiosk()
            crash_test.printed_receipts += promised
            crash_test.attempted |= {printed_receipt.tag for printed_receipt in before}
            label = f"{name}, {call} {kill_point.name}"
            with _copy(template, crash_test.directory / "tried") as place:
                crash_test.run_life(place, label, call, kill_point)
                crash_test.recover(place, label)


@contextmanager
def _copy(template: Path, place: Path) -> Iterator[Path]:
    shutil.copytree(template, place)
    yield place
    shutil.rmtree(place)


def kill_at_random(crash_test: CrashTest, kills: int, seed: int) -> None:
    """One store that grows old, killed `kills` times."""
    chance = Random(seed)
    crash_test.start_new_kiosk()
    place = crash_test.create_kiosk_directory("old")
    start, turn = crash_test.kills, 0
    while crash_test.kills - start < kills and not crash_test.wrong:
        turn += 1
        crash_test.run_life(place, f"life {turn}", chance.randint(1, MAX_CALLS), chance.choice(list(KillPoint)))
        if turn % CHECK_EVERY_KILLS == 0:
            crash_test.recover(place, f"after {turn}")
        if turn % (10 * CHECK_EVERY_KILLS) == 0:
            print(f"{crash_test.kills - start} random kills", flush=True)
    crash_test.recover(place, "in the end")


def main(words: list[str]) -> int:
    """0 when every promise was kept. Shard n of m takes every m-th scenario, and its share of the random kills."""
    directory, kills, shard, shards = Path(words[0]) / words[2], int(words[1]), int(words[2]), int(words[3])
    journal = directory.parent.parent / f"journal-{shard}"  # beside the disk: what is logged is no call of it
    log_to_directory(journal)
    with centre_process() as centre:
        crash_test = CrashTest(directory, centre)
        kill_at_every_call(crash_test, kills // len(SCENARIOS), list(SCENARIOS)[shard::shards])
        done = crash_test.kills
        kill_at_random(crash_test, max(0, kills // shards - done), SEED + shard)
    crash_test.wrong += [f"readable in the journal: {found}" for found in find_leaks(journal, *crash_test.codes())]
    for broken in crash_test.wrong[:20]:
        print(f"BROKEN: {broken}")
    print(f"{done} enumerated and {crash_test.kills - done} random kills, {len(crash_test.wrong)} promises broken")
    return int(bool(crash_test.wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
