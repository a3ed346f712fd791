"""The power cut: what nobody had waited for may be missing, sector by sector, and so may names.

    python -m tests.torture.power_cut DIRECTORY STATES     (on the disk of disk.c)

First a life is recorded, every call with its data, and what was promised in between: an enrolment saved, a receipt
printed, a row deleted by the centre's receipt. Then, for points all through the log, the disk is put together as a
power cut might leave it (see `Platter`), the kiosk is started on it, and the promises made up to that point are
checked; then once more without the store, as when the power cut also damaged it: numbers must not repeat.
"""

import json
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from kiosk_app.outbox import Enrolment, Outbox
from kiosk_app.outbox.clock import now
from kiosk_app.outbox.series import FILE
from kiosk_app.outbox.state_directory import outbox_directory
from protocol import case_number
from tests.outbox_samples import CENTRE, composing, delete, enrolment
from tests.torture.faulty_disk import Call, Disk, Platter, read_log
from tests.torture.headless_kiosk import PAGE, Hall, processes
from tests.torture.kill_at_disk_call import damage
from tests.torture.leak_search import log_into, readable

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
    hall = Hall(
        state, runtime, lambda paper: disk.mark(json.dumps(["printed", paper.submission_id, paper.number, paper.code]))
    )
    for turn in range(ROUNDS):
        _enrolled(turn).save(state)
        disk.mark(json.dumps(["enrolled", turn]))
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


def _enrolled(turn: int) -> Enrolment:
    """This kiosk's enrolment as renewed for the `turn`-th time; each is longer than the one before."""
    return enrolment().model_copy(update={"centre_name_en": "I" * turn})


def _turn(enrolled: Enrolment) -> int:
    """Which of the renewals it is."""
    return len(enrolled.centre_name_en)


@dataclass
class Promises:
    """What counts at a point of the log."""

    enrolled: int = -1  # the newest enrolment that was saved; -1: none yet
    printed: dict[str, str] = field(default_factory=dict)  # submission id -> case number
    codes: list[str] = field(default_factory=list)
    excused: set[str] = field(default_factory=set)  # receipted, or hit by the damage done on purpose

    def hear(self, call: Call) -> None:
        kind, *said = json.loads(call.data)
        if kind == "enrolled":
            self.enrolled = said[0]
        elif kind == "printed":
            self.printed[said[0]] = said[1]
            self.codes.append(said[2])
        else:
            self.excused.update(said)


def look(directory: Path, promised: Promises) -> list[str]:
    """Start the kiosk on what the power cut left; what is wrong."""
    try:
        return [*_look_without_store(directory, promised), *_look(directory, promised)]
    except Exception as error:
        return [f"the kiosk does not start: {error!r}"]


def _look(directory: Path, promised: Promises) -> list[str]:
    state = directory / "state"
    # The note of the receipt on the screen holds its code, and lies in memory on an appliance.
    found = [*readable(directory), *readable(state, *promised.codes)]
    wrong = [f"readable: {one}" for one in found]
    enrolled = Enrolment.load(state)
    # The one that was being saved when the power went may already be there.
    if promised.enrolled >= 0 and (enrolled is None or _turn(enrolled) - promised.enrolled not in (0, 1)):
        wrong.append(f"enrolment {promised.enrolled} was saved and is gone")
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
        return wrong + _next_number(outbox, {*promised.printed.values(), *waiting.values()})


def _look_without_store(directory: Path, promised: Promises) -> list[str]:
    """The store is lost as well: only the mirror of the series knows which numbers were issued."""
    mirror = outbox_directory(directory / "state") / FILE
    alone = outbox_directory(directory / "without-store")
    alone.mkdir(parents=True)
    if mirror.exists():
        shutil.copy(mirror, alone)
    with Outbox.open(alone, enrolment()) as outbox:
        return [f"without the store: {one}" for one in _next_number(outbox, set(promised.printed.values()))]


def _next_number(outbox: Outbox, issued: set[str]) -> list[str]:
    """Save one more; what is wrong with its number beside those issued before."""
    number = outbox.save(composing(), (), now()).number
    highest = max((case_number.parse(one).running for one in issued), default=0)
    return [] if case_number.parse(number).running > highest else [f"{number} does not follow {highest}"]


def check(directory: Path, log: Path, journal: Path, states: int) -> int:
    """0 when every promise was kept in each of about `states` states of the disk."""
    calls, chance = read_log(log), Random(SEED)
    changes = sum(call.kind != "m" for call in calls)
    step = max(1.0, changes * len(SHARES) / states)
    platter, promised = Platter(directory), Promises()
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
    wrong += [f"readable in the journal: {found}" for found in readable(journal, *promised.codes)]
    if not (changes and looked and promised.printed and promised.excused and promised.enrolled >= 0):
        wrong.append("nothing was recorded, so nothing was tried")
    for broken in wrong[:20]:
        print(f"BROKEN: {broken}")
    print(f"{changes} calls recorded, {looked} states of the disk, {len(wrong)} promises broken")
    return int(bool(wrong))


def main(words: list[str]) -> int:
    """Record in a fork, so that this process knows the same keys and has nothing open; then check."""
    directory = Path(words[0])
    log, journal = directory.parent / "calls", directory.parent / "journal"
    log_into(journal)
    recording = processes.Process(target=record, args=(directory, log))
    recording.start()
    recording.join()
    return recording.exitcode or check(directory, log, journal, int(words[1]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
