"""Power cuts: unsynced writes may be lost sector by sector, and unsynced file names too.

    python -m tests.torture.power_cut DIRECTORY STATES     (on the disk of faulty_disk.c)

First a run of the kiosk is recorded: every call with its data, and between the calls every promise (an enrolment saved,
a receipt printed, a row deleted after the centre's receipt). Then, at points throughout the log, the disk is rebuilt as
a power cut may leave it (see `DiskReplay`), the kiosk is started on it, and the promises made up to that point are
checked. They are checked once more without the store, as if the power cut had damaged it: numbers must not repeat.
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
from tests.torture.disk_replay import DiskReplay, RecordedCall, read_call_log
from tests.torture.faulty_disk import Disk
from tests.torture.headless_kiosk import PAGE_BYTES, HeadlessKiosk, PrintedReceipt
from tests.torture.kill_at_disk_call import damage_store
from tests.torture.leak_search import find_leaks, log_to_directory
from tests.torture.recording_centre import fork_context

ROUNDS = 6
WRITTEN_SHARES = (0.0, 0.5, 0.9, 1.0)  # the share of unsynced sectors that reached the disk
SEED = 20261121


def record_run(directory: Path, log: Path) -> None:
    """Record visits with and without pages, deliveries, compaction and a damaged store into `log`."""
    state, runtime = directory / "state", directory / "runtime"
    for place in (state, runtime, outbox_directory(state)):
        place.mkdir(parents=True, exist_ok=True)
    disk = Disk()
    disk.record_calls(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND))

    def record_receipt(receipt: PrintedReceipt) -> None:
        disk.record_marker(json.dumps(["printed", receipt.submission_id, receipt.number, receipt.code]))

    kiosk = HeadlessKiosk(state, runtime, record_receipt)
    for turn in range(ROUNDS):
        _renewed_enrolment(turn).save(state)
        disk.record_marker(json.dumps(["enrolled", turn]))
        for pages in (0, 1, 2):
            kiosk.visit(f"{turn}-{pages}", pages)
        with Outbox.open(outbox_directory(state), Enrolment.load(state)) as outbox:
            delivered = [row.submission_id for row in outbox.pending()][:2]
            disk.record_marker(json.dumps(["receipted", *delivered]))
            delete_receipted(outbox, *delivered)
            outbox.compact()
        if turn == ROUNDS // 2:
            kiosk.close()
            damage_store(kiosk, lambda lost: disk.record_marker(json.dumps(["damaged", *lost])))
    kiosk.close()


def _renewed_enrolment(turn: int) -> Enrolment:
    """The enrolment after its `turn`-th renewal; each is one character longer than the one before."""
    return enrolment().model_copy(update={"centre_name_en": "I" * turn})


def _renewal_number(enrolled: Enrolment) -> int:
    """The number of the renewal that made this enrolment."""
    return len(enrolled.centre_name_en)


@dataclass
class Promises:
    """The promises made up to a point of the log."""

    enrolled: int = -1  # renewal number of the newest saved enrolment; -1: none yet
    printed: dict[str, str] = field(default_factory=dict)  # submission id -> case number
    codes: list[str] = field(default_factory=list)
    released: set[str] = field(default_factory=set)  # submission ids receipted, or destroyed by the damage on purpose

    def apply_marker(self, call: RecordedCall) -> None:
        match json.loads(call.data):
            case ["enrolled", renewal]:
                self.enrolled = renewal
            case ["printed", submission_id, number, code]:
                self.printed[submission_id] = number
                self.codes.append(code)
            case ["receipted" | "damaged", *submission_ids]:
                self.released.update(submission_ids)


def check_state(directory: Path, promises: Promises) -> list[str]:
    """Start the kiosk on the disk after the power cut. One sentence per problem."""
    try:
        return [*_check_without_store(directory, promises), *_check_with_store(directory, promises)]
    except Exception as error:
        return [f"the kiosk does not start: {error!r}"]


def _check_with_store(directory: Path, promises: Promises) -> list[str]:
    state = directory / "state"
    # The receipt note contains the code: it is in the runtime directory, which is in memory on an appliance.
    leaks = [*find_leaks(directory), *find_leaks(state, *promises.codes)]
    wrong = [f"readable: {leak}" for leak in leaks]
    enrolled = Enrolment.load(state)
    # The enrolment that was being saved at the power cut may already be there.
    if promises.enrolled >= 0 and (enrolled is None or _renewal_number(enrolled) - promises.enrolled not in (0, 1)):
        wrong.append(f"enrolment {promises.enrolled} was saved and is lost")
    with Outbox.open(outbox_directory(state), enrolment()) as outbox:
        pending = {row.submission_id: row.case_number for row in outbox.pending()}
        for submission_id, number in promises.printed.items():
            if submission_id not in promises.released and pending.get(submission_id) != number:
                wrong.append(f"{number} was printed and is lost")
        for submission_id in pending:
            row = outbox.read(submission_id)
            CENTRE_KEYS.open_submission(row)
            for part in row.parts:
                if CENTRE_KEYS.open_page(row, part.index, outbox.read_part(submission_id, part.index)) != PAGE_BYTES:
                    wrong.append(f"{row.case_number} has a torn page")
        return wrong + _check_next_number(outbox, {*promises.printed.values(), *pending.values()})


def _check_without_store(directory: Path, promises: Promises) -> list[str]:
    """With the store lost as well, only the series mirror has the issued numbers."""
    mirror = outbox_directory(directory / "state") / FILE
    without_store = outbox_directory(directory / "without-store")
    without_store.mkdir(parents=True)
    if mirror.exists():
        shutil.copy(mirror, without_store)
    with Outbox.open(without_store, enrolment()) as outbox:
        return [
            f"without the store: {problem}" for problem in _check_next_number(outbox, set(promises.printed.values()))
        ]


def _check_next_number(outbox: Outbox, issued: set[str]) -> list[str]:
    """Save one more submission: its number must be above all issued ones."""
    number = outbox.save(submission_composer(), (), now()).number
    highest = max((case_number.parse(earlier).running for earlier in issued), default=0)
    return [] if case_number.parse(number).running > highest else [f"{number} does not follow {highest}"]


def check(directory: Path, log: Path, journal: Path, states: int) -> int:
    """0 when every promise was kept in each of about `states` states of the disk."""
    calls, rng = read_call_log(log), Random(SEED)
    call_count = sum(call.kind != "m" for call in calls)
    check_every = max(1.0, call_count * len(WRITTEN_SHARES) / states)
    disk_replay, promises = DiskReplay(directory), Promises()
    checked, since_check, wrong = 0, 0.0, []
    for index, call in enumerate(calls):
        if call.kind == "m":
            promises.apply_marker(call)
            continue
        disk_replay.apply_call(call)
        for share in WRITTEN_SHARES:
            since_check += 1
            if since_check < check_every:
                continue
            since_check -= check_every
            checked += 1
            with tempfile.TemporaryDirectory(dir=directory.parent) as place:
                disk = Path(place)
                disk_replay.write_state(disk, rng, share)
                outbox_directory(disk / "state").mkdir(parents=True, exist_ok=True)
                wrong += [f"call {index}, {share:.0%} written: {problem}" for problem in check_state(disk, promises)]
    wrong += [f"readable in the journal: {leak}" for leak in find_leaks(journal, *promises.codes)]
    if not (call_count and checked and promises.printed and promises.released and promises.enrolled >= 0):
        wrong.append("nothing was recorded, so nothing was tested")
    for problem in wrong[:20]:
        print(f"BROKEN: {problem}")
    print(f"{call_count} calls recorded, {checked} states of the disk, {len(wrong)} promises broken")
    return int(bool(wrong))


def main(arguments: list[str]) -> int:
    """Record in a fork, so that this process has the same keys and nothing open; then check."""
    directory = Path(arguments[0])
    log, journal = directory.parent / "calls", directory.parent / "journal"
    log_to_directory(journal)
    recording = fork_context.Process(target=record_run, args=(directory, log))
    recording.start()
    recording.join()
    return recording.exitcode or check(directory, log, journal, int(arguments[1]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
