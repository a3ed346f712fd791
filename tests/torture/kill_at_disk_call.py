"""Killed at every call that changes the disk: save → print → confirm → forward → delete, whatever the store is like.

    python -m tests.torture.kill_at_disk_call DIRECTORY KILLS SHARD SHARDS

A fork server: this process has everything loaded and stays clean; each life is a fork of it that dies at a call chosen
beforehand (see disk.c). First every call of every scenario in every way, each followed by a recovery that is looked at;
then, until KILLS are reached, random ones on one store that grows old.
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
from kiosk_app.outbox.series import AHEAD
from kiosk_app.outbox.state_directory import outbox_directory
from tests.outbox_samples import enrolment
from tests.torture.faulty_disk import Disk, Way
from tests.torture.headless_kiosk import FarCentre, Hall, Paper, broken_promises, far_centre
from tests.torture.leak_search import log_into, readable, some

PAGE_SIZE = 8192  # of the store
PAGES = (0, 1)  # of the two visits of a life
CHECK_EVERY = 50  # random kills
MOST_CALLS = 200  # about what a life takes
SEED = 20261121


def _two_wait(hall: Hall) -> None:
    for turn in range(2):
        hall.visit(f"before-{turn}", turn)


def _numbers_run_out(hall: Hall) -> None:
    """The next number is one that has to be reserved first."""
    for turn in range(AHEAD + 1):
        hall.visit(f"before-{turn}")


def damage(hall: Hall, tell: Callable[[list[str]], None] = lambda lost: None) -> None:
    """Spoil one page of the closed store; `tell` hears the submission ids of the rows in it before it is done."""
    directory = outbox_directory(hall.state)
    with Outbox.open(directory, None) as outbox:
        before = [row.submission_id for row in outbox.pending()]
    with tempfile.TemporaryDirectory() as aside:
        copy = Path(aside) / "outbox"
        shutil.copytree(directory, copy)
        _spoil(copy, before[-1])
        with Outbox.open(copy, None) as outbox:
            tell(sorted(set(before) - {row.submission_id for row in outbox.pending()}))
    _spoil(directory, before[-1])


def _spoil(directory: Path, named: str) -> None:
    """The first page of the tables that names this row."""
    (path,) = directory.glob("outbox*.db")
    content = path.read_bytes()
    start = content.index(named.encode(), 2 * PAGE_SIZE) // PAGE_SIZE * PAGE_SIZE
    with path.open("r+b") as file:
        file.seek(start)
        file.write(b"\xff" * PAGE_SIZE)
        file.flush()
        os.fsync(file.fileno())


def _damaged(hall: Hall) -> None:
    for turn in range(8):
        hall.visit(f"before-{turn}", turn % 2)
    hall.close()
    damage(hall)


def _lost(hall: Hall) -> None:
    hall.visit("before-0")
    hall.forward()
    hall.close()
    (outbox_directory(hall.state) / "outbox.db").unlink()


SCENARIOS: dict[str, Callable[[Hall], None]] = {
    "first day": lambda hall: None,
    "some wait": _two_wait,
    "numbers to be reserved": _numbers_run_out,
    "damaged store": _damaged,
    "store removed": _lost,
}


class Trial:
    """One centre and one directory of kiosks; `kills` counts the lives that ended by a kill."""

    def __init__(self, directory: Path, centre: FarCentre) -> None:
        self.centre = centre
        self.directory = directory
        self.disk = Disk()
        self.kills = 0
        self.calls = 0
        self.wrong: list[str] = []
        self.papers: list[Paper] = []
        self._codes: set[str] = set()  # of papers that `begin` forgot
        self.attempted: set[str] = set()

    def place(self, name: str) -> Path:
        """A kiosk's directory with an enrolment in it."""
        place = self.directory / name
        (place / "state").mkdir(parents=True)
        (place / "runtime").mkdir()
        enrolment(self.centre.url).save(place / "state")
        return place

    def life(self, place: Path, name: str, call: int, way: Way) -> bool:
        """One life in a fork, which dies at that call; whether it did."""
        tags = [f"{name}-{turn}" for turn in range(len(PAGES))]
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            status = 1
            try:
                hall = Hall(place / "state", place / "runtime", lambda paper: _print(writing, paper))
                self.disk.arm(call, way)
                for tag, pages in zip(tags, PAGES, strict=True):
                    hall.visit(tag, pages)
                hall.forward()
                hall.close()
                _tell(writing, {"calls": self.disk.count()})
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
                    self.papers.append(Paper(**told))
        _, ended = os.waitpid(child, 0)
        if os.WIFSIGNALED(ended):
            self.kills += 1
            return True
        if os.WEXITSTATUS(ended):
            self.wrong.append(f"{name}: the life ended with {os.WEXITSTATUS(ended)}")
        return False

    def recover(self, place: Path, name: str) -> None:
        """The next morning: everything that waits is delivered; then the promises are looked at."""
        if found := readable(place / "state", *(paper.code for paper in self.papers)):
            self.wrong.append(f"{name}: readable in {found}")
        hall = Hall(place / "state", place / "runtime", self.papers.append)
        self.attempted.add(f"{name}-after")
        hall.visit(f"{name}-after")
        for _ in range(3):
            hall.forward()
        hall.close()
        with Outbox.open(outbox_directory(place / "state"), None) as outbox:
            if left := outbox.count():
                self.wrong.append(f"{name}: {left} rows were left behind")
        self.wrong += [f"{name}: {broken}" for broken in self.broken()]

    def broken(self) -> list[str]:
        return broken_promises(self.papers, self.attempted, self.centre.taken())

    def codes(self) -> Sequence[str]:
        """Some of the codes that were ever printed."""
        return some(sorted(self._codes | {paper.code for paper in self.papers}))

    def begin(self) -> None:
        """Forget what was promised: a new kiosk."""
        self._codes.update(paper.code for paper in self.papers)
        self.centre.forget()
        self.papers.clear()
        self.attempted.clear()


def _tell(pipe: int, said: dict[str, object]) -> None:
    os.write(pipe, json.dumps(said).encode() + b"\n")


def _print(pipe: int, paper: Paper) -> None:
    _tell(pipe, asdict(paper))


def _points(calls: int, most: int) -> Iterator[tuple[int, Way]]:
    """Every call in every way; evenly thinned out when that is more than `most`."""
    every = [(call, way) for call in range(1, calls + 1) for way in Way]
    step = max(1.0, len(every) / most)
    return (every[int(index * step)] for index in range(min(most, len(every))))


def enumerated(trial: Trial, most: int, scenarios: Sequence[str]) -> None:
    """These scenarios, killed at each call of a life; at most `most` kills in each."""
    for name, prepare in ((name, SCENARIOS[name]) for name in scenarios):
        trial.begin()
        template = trial.place(name)
        hall = Hall(template / "state", template / "runtime", trial.papers.append)
        prepare(hall)
        hall.close()
        before = list(trial.papers)
        # What an undisturbed life brings to the centre is what a disturbed one must bring: the damage done on purpose
        # may have hit a row.
        trial.centre.forget()
        with _copy(template, trial.directory / "undisturbed") as place:
            trial.life(place, "undisturbed", 0, Way.BEFORE)
        arrived = {one.submission_id for one in trial.centre.taken()}
        promised = [paper for paper in before if paper.submission_id in arrived]
        print(f"{name}: {trial.calls} calls, {len(promised)} rows waiting", flush=True)
        for call, way in _points(trial.calls, most):
            trial.begin()
            trial.papers += promised
            trial.attempted |= {paper.tag for paper in before}
            label = f"{name}, {call} {way.name}"
            with _copy(template, trial.directory / "tried") as place:
                trial.life(place, label, call, way)
                trial.recover(place, label)


@contextmanager
def _copy(template: Path, place: Path) -> Iterator[Path]:
    shutil.copytree(template, place)
    yield place
    shutil.rmtree(place)


def at_random(trial: Trial, kills: int, seed: int) -> None:
    """One store that grows old, killed `kills` times."""
    chance = Random(seed)
    trial.begin()
    place = trial.place("old")
    start, turn = trial.kills, 0
    while trial.kills - start < kills and not trial.wrong:
        turn += 1
        trial.life(place, f"life {turn}", chance.randint(1, MOST_CALLS), chance.choice(list(Way)))
        if turn % CHECK_EVERY == 0:
            trial.recover(place, f"after {turn}")
        if turn % (10 * CHECK_EVERY) == 0:
            print(f"{trial.kills - start} random kills", flush=True)
    trial.recover(place, "in the end")


def main(words: list[str]) -> int:
    """0 when every promise was kept. Shard n of m takes every m-th scenario, and its share of the random kills."""
    directory, kills, shard, shards = Path(words[0]) / words[2], int(words[1]), int(words[2]), int(words[3])
    journal = directory.parent.parent / f"journal-{shard}"  # beside the disk: what is logged is no call of it
    log_into(journal)
    with far_centre() as centre:
        trial = Trial(directory, centre)
        enumerated(trial, kills // len(SCENARIOS), list(SCENARIOS)[shard::shards])
        done = trial.kills
        at_random(trial, max(0, kills // shards - done), SEED + shard)
    trial.wrong += [f"readable in the journal: {found}" for found in readable(journal, *trial.codes())]
    for broken in trial.wrong[:20]:
        print(f"BROKEN: {broken}")
    print(f"{done} enumerated and {trial.kills - done} random kills, {len(trial.wrong)} promises broken")
    return int(bool(trial.wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
