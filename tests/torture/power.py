"""The power cut: what nobody had waited for may be missing, sector by sector, and so may names.

    python -m tests.torture.power DIRECTORY STATES     (on the disk of disk.c)

First a life is recorded, every call with its data, and what was promised in between: a receipt printed, a row
deleted by the centre's receipt. Then, for points all through the log, the disk is put together as a power cut might
leave it (see `Platter`), the kiosk is started on it, and the promises made up to that point are looked at.
"""

import json
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from random import Random

from kiosk_app.outbox import Enrolment, Outbox
from kiosk_app.outbox.files import outbox_directory
from kiosk_app.outbox.moment import now
from protocol import case_number
from tests.torture.canary import readable
from tests.torture.crash import damage
from tests.torture.disk import Call, Disk, Platter, read_log
from tests.torture.hall import PAGE, Hall, processes
from tests.unit.outbox.samples import CENTRE, composing, delete, enrolment

ROUNDS = 6
SHARES = (0.0, 0.5, 0.9, 1.0)  # of the sectors nobody waited for: how many reached the disk
SEED = 20261121


def record(directory: Path, log: Path) -> None:
    """Visits with and without pages, deliveries, tidying, a damaged store in between; the log as it happens."""
    state, runtime = directory / "state", directory / "runtime"
    for place in (state, runtime, outbox_directory(state)):
        place.mkdir(parents=True, exist_ok=True)
    disk = Disk()
    disk.log(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND))
    enrolment().save(state)
    hall = Hall(state, runtime, lambda paper: disk.mark(json.dumps(["printed", paper.submission_id, paper.number])))
    for turn in range(ROUNDS):
        for pages in (0, 1, 2):
            hall.visit(f"{turn}-{pages}", pages)
        with Outbox.open(outbox_directory(state), Enrolment.load(state)) as forwarder:
            waiting = [row.submission_id for row in forwarder.pending()][:2]
            disk.mark(json.dumps(["receipted", *waiting]))
            delete(forwarder, *waiting)
            forwarder.tidy()
        if turn == ROUNDS // 2:
            hall.close()
            damage(hall, lambda lost: disk.mark(json.dumps(["damaged", *lost])))
    hall.close()


@dataclass
class Promises:
    """What counts at a point of the log."""

    printed: dict[str, str]  # submission id -> case number
    excused: set[str]  # receipted, or hit by the damage done on purpose

    def hear(self, call: Call) -> None:
        kind, *said = json.loads(call.data)
        if kind == "printed":
            self.printed[said[0]] = said[1]
        else:
            self.excused.update(said)


def look(directory: Path, promised: Promises) -> list[str]:
    """Start the kiosk on what the power cut left; what is wrong."""
    try:
        return list(_look(directory, promised))
    except Exception as error:
        return [f"the kiosk does not start: {error!r}"]


def _look(directory: Path, promised: Promises) -> list[str]:
    wrong = [f"readable: {found}" for found in readable(directory)]
    state = directory / "state"
    with Outbox.open(outbox_directory(state), enrolment()) as outbox:
        waiting = {row.submission_id: row.case_number for row in outbox.pending()}
        for submission_id, number in promised.printed.items():
            if submission_id not in promised.excused and waiting.get(submission_id) != number:
                wrong.append(f"{number} was printed and is gone")
        for submission_id in waiting:
            row = outbox.read(submission_id)
            CENTRE.open(row)
            for part in row.parts:
                if CENTRE.open_page(row, part.index, outbox.read_part(submission_id, part.index)) != PAGE:
                    wrong.append(f"{row.case_number} has a torn page")
        saved = outbox.save(composing(), (), now())
        if saved.number in promised.printed.values() or saved.number in waiting.values():
            wrong.append(f"{saved.number} was given twice")
        given = [case_number.parse(number).running for number in promised.printed.values()]
        if given and case_number.parse(saved.number).running <= max(given):
            wrong.append(f"{saved.number} goes back behind {max(given)}")
    return wrong


def check(directory: Path, log: Path, states: int) -> int:
    """0 when every promise was kept in each of about `states` states of the disk."""
    calls, chance = read_log(log), Random(SEED)
    changes = sum(call.kind != "m" for call in calls)
    step = max(1.0, changes * len(SHARES) / states)
    platter, promised = Platter(directory), Promises({}, set())
    looked, due, wrong = 0, 0.0, []
    for place, call in enumerate(calls):
        if call.kind == "m":
            promised.hear(call)
            continue
        platter.play(call)
        for share in SHARES:
            due += 1
            if due < step:
                continue
            due -= step
            with tempfile.TemporaryDirectory(dir=directory.parent) as left:
                platter.lay_out(Path(left), chance, share)
                outbox_directory(Path(left) / "state").mkdir(parents=True, exist_ok=True)
                looked += 1
                wrong += [f"call {place}, {share:.0%} written: {one}" for one in look(Path(left), promised)]
    for broken in wrong[:20]:
        print(f"BROKEN: {broken}")
    print(f"{changes} calls recorded, {looked} states of the disk, {len(wrong)} promises broken")
    return int(bool(wrong))


def main(words: list[str]) -> int:
    """Record in a fork, so that this process knows the same keys and has nothing open; then check."""
    directory = Path(words[0])
    log = directory.parent / "log"
    recording = processes.Process(target=record, args=(directory, log))
    recording.start()
    recording.join()
    return recording.exitcode or check(directory, log, int(words[1]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
