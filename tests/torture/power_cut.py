"""The power cut: what nobody had waited for may be missing, sector by sector, and so may names.

    python -m tests.torture.power_cut DIRECTORY STATES     (on the disk of faulty_disk.c)

First a life is recorded, every call with its data, and what was promised in between: an enrolment saved, a receipt
printed, a row deleted by the centre's receipt. Then, for points all through the log, the disk is put together as a
power cut might leave it (see `DiskReplay`), the kiosk is started on it, and the promises made up to that point are
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
from tests.outbox_samples import CENTRE_KEYS, delete_receipted, enrolment, submission_composer
from tests.torture.faulty_disk import Disk, DiskReplay, RecordedCall, read_call_log
from tests.torture.headless_kiosk import PAGE_BYTES, HeadlessKiosk, fork_context
from tests.torture.kill_at_disk_call import damage_store
from tests.torture.leak_search import find_leaks, log_to_directory

ROUNDS = 6
WRITTEN_SHARES = (0.0, 0.5, 0.9, 1.0)  # of the sectors nobody waited for: how many reached the disk
SEED = 20261121


def record_run(directory: Path, log: Path) -> None:
    """Visits with and without pages, deliveries, tidying, a damaged store in between; the log as it happens."""
    state, runtime = directory / "state", directory / "runtime"
    for place in (state, runtime, outbox_directory(state)):
        place.mkdir(parents=True, exist_ok=True)
    disk = Disk()
    disk.record_calls(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND))
    kiosk = HeadlessKiosk(
        state,
        runtime,
        lambda printed_receipt: disk.record_marker(
            json.dumps(["printed", printed_receipt.submission_id, printed_receipt.number, printed_receipt.code])
        ),
    )
    for turn in range(ROUNDS):
        _renewed_enrolment(turn).save(state)
        disk.record_marker(json.dumps(["enrolled", turn]))
        for pages in (0, 1, 2):
            kiosk.visit(f"{turn}-{pages}", pages)
        with Outbox.open(outbox_directory(state), Enrolment.load(state)) as forwarder:
            waiting = [row.submission_id for row in forwarder.pending()][:2]
            disk.record_marker(json.dumps(["receipted", *waiting]))
            delete_receipted(forwarder, *waiting)
            forwarder.compact()
        if turn == ROUNDS // 2:
            kiosk.close()
            damage_store(kiosk, lambda lost: disk.record_marker(json.dumps(["damaged", *lost])))
    kiosk.close()


def _renewed_enrolment(turn: int) -> Enrolment:
    """This kiosk's enrolment as renewed for the `turn`-th time; each is longer than the one before."""
    return enrolment().model_copy(update={"centre_name_en": "I" * turn})


def _renewal_number(enrolled: Enrolment) -> int:
    """Which of the renewals it is."""
    return len(enrolled.centre_name_en)


@dataclass
class Promises:
    """What counts at a point of the log."""

    enrolled: int = -1  # the newest enrolment that was saved; -1: none yet
    printed: dict[str, str] = field(default_factory=dict)  # submission id -> case number
    codes: list[str] = field(default_factory=list)
    excused: set[str] = field(default_factory=set)  # receipted, or hit by the damage done on purpose

    def apply_marker(self, call: RecordedCall) -> None:
        kind, *said = json.loads(call.data)
        if kind == "enrolled":
            self.enrolled = said[0]
        elif kind == "printed":
            self.printed[said[0]] = said[1]
            self.codes.append(said[2])
        else:
            self.excused.update(said)


def check_state(directory: Path, promises: Promises) -> list[str]:
    """Start the kiosk on what the power cut left; what is wrong."""
    try:
        return [*_check_without_store(directory, promises), *_check_with_store(directory, promises)]
    except Exception as error:
        return [f"the kiosk does not start: {error!r}"]


def _check_with_store(directory: Path, promises: Promises) -> list[str]:
    state = directory / "state"
    # The note of the receipt on the screen holds its code, and lies in memory on an appliance.
    found = [*find_leaks(directory), *find_leaks(state, *promises.codes)]
    wrong = [f"readable: {one}" for one in found]
    enrolled = Enrolment.load(state)
    # The one that was being saved when the power went may already be there.
    if promises.enrolled >= 0 and (enrolled is None or _renewal_number(enrolled) - promises.enrolled not in (0, 1)):
        wrong.append(f"enrolment {promises.enrolled} was saved and is gone")
    with Outbox.open(outbox_directory(state), enrolment()) as outbox:
        waiting = {row.submission_id: row.case_number for row in outbox.pending()}
        for submission_id, number in promises.printed.items():
            if submission_id not in promises.excused and waiting.get(submission_id) != number:
                wrong.append(f"{number} was printed and is gone")
        for submission_id in waiting:
            row = outbox.read(submission_id)
            CENTRE_KEYS.open_submission(row)
            for part in row.parts:
                if CENTRE_KEYS.open_page(row, part.index, outbox.read_part(submission_id, part.index)) != PAGE_BYTES:
                    wrong.append(f"{row.case_number} has a torn page")
        return wrong + _check_next_number(outbox, {*promises.printed.values(), *waiting.values()})


def _check_without_store(directory: Path, promises: Promises) -> list[str]:
    """The store is lost as well: only the mirror of the series knows which numbers were issued."""
    mirror = outbox_directory(directory / "state") / FILE
    alone = outbox_directory(directory / "without-store")
    alone.mkdir(parents=True)
    if mirror.exists():
        shutil.copy(mirror, alone)
    with Outbox.open(alone, enrolment()) as outbox:
        return [f"without the store: {one}" for one in _check_next_number(outbox, set(promises.printed.values()))]


def _check_next_number(outbox: Outbox, issued: set[str]) -> list[str]:
    """Save one more; what is wrong with its number beside those issued before."""
    number = outbox.save(submission_composer(), (), now()).number
    highest = max((case_number.parse(one).running for one in issued), default=0)
    return [] if case_number.parse(number).running > highest else [f"{number} does not follow {highest}"]


def check(directory: Path, log: Path, journal: Path, states: int) -> int:
    """0 when every promise was kept in each of about `states` states of the disk."""
    calls, rng = read_call_log(log), Random(SEED)
    changes = sum(call.kind != "m" for call in calls)
    step = max(1.0, changes * len(WRITTEN_SHARES) / states)
    disk_replay, promises = DiskReplay(directory), Promises()
    looked, due, wrong = 0, 0.0, []
    for place, call in enumerate(calls):
        if call.kind == "m":
            promises.apply_marker(call)
            continue
        disk_replay.apply_call(call)
        for share in WRITTEN_SHARES:
            due += 1
            if due < step:
                continue
            due -= step
            with tempfile.TemporaryDirectory(dir=directory.parent) as left:
                disk_replay.write_state(Path(left), rng, share)
                outbox_directory(Path(left) / "state").mkdir(parents=True, exist_ok=True)
                looked += 1
                wrong += [f"call {place}, {share:.0%} written: {one}" for one in check_state(Path(left), promises)]
    wrong += [f"readable in the journal: {found}" for found in find_leaks(journal, *promises.codes)]
    if not (changes and looked and promises.printed and promises.excused and promises.enrolled >= 0):
        wrong.append("nothing was recorded, so nothing was tried")
    for broken in wrong[:20]:
        print(f"BROKEN: {broken}")
    print(f"{changes} calls recorded, {looked} states of the disk, {len(wrong)} promises broken")
    return int(bool(wrong))


def main(words: list[str]) -> int:
    """Record in a fork, so that this process knows the same keys and has nothing open; then check."""
    directory = Path(words[0])
    log, journal = directory.parent / "calls", directory.parent / "journal"
    log_to_directory(journal)
    recording = fork_context.Process(target=record_run, args=(directory, log))
    recording.start()
    recording.join()
    return recording.exitcode or check(directory, log, journal, int(words[1]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
