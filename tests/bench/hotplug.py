"""Cards inserted and removed 500 times under one watch: every event arrives once and in order, and nothing leaks.

    python -m tests.bench.hotplug [CYCLES]

Every tenth time the card is read; every fiftieth time pcscd is killed and started again. Open files, threads and
resident memory (after malloc_trim) are compared with those after the first tenth, when caches and pools have their
size. It takes seven minutes, because pcscd polls the virtual reader every 0.4 s.
"""

import contextlib
import os
import signal
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread, active_count

from drivers.card_reader.pcsc_reader import PcscCardReader
from drivers.ports.card_reader import CardReadError, CardReaderStatus
from simulators.simulated_devices import SimulatedDevices
from tests.process_resources import open_file_count, resident_bytes
from tests.waiting import poll_until

CYCLES = 500
READ_EVERY = 10
KILL_EVERY = 50
EVENT_TIMEOUT_S = 30.0
BUDGET_BYTES = 1024  # per cycle; a leaked context or handle is 300 and more

IN, OUT = CardReaderStatus.CARD_PRESENT, CardReaderStatus.EMPTY


@dataclass(frozen=True)
class LeakReport:
    """The leaks after the cycles. `wrong_events` are the events of cycles that were not exactly IN and OUT."""

    wrong_events: list[CardReaderStatus]
    leaked_files: int
    leaked_threads: int
    bytes_per_cycle: float
    reads: int


def run_cycles(simulated_devices: SimulatedDevices, cycle_count: int) -> LeakReport:
    """Insert and remove a card `cycle_count` times, beginning with an empty slot."""
    stop = Event()
    events: list[CardReaderStatus] = []
    watch = Thread(target=PcscCardReader().watch, args=(events.append, stop))
    before = open_file_count(), active_count()
    watch.start()
    poll_until(lambda: events == [OUT], EVENT_TIMEOUT_S)
    wrong_events: list[CardReaderStatus] = []
    reads = memory = 0
    for turn in range(cycle_count):
        if turn == cycle_count // 10:
            memory = resident_bytes()
        events.clear()
        simulated_devices.insert_card(("boonma", "somchai", "bangkok", "expired")[turn % 4])
        poll_until(lambda: events[-1:] == [IN], EVENT_TIMEOUT_S)
        if turn % READ_EVERY == 0:
            with contextlib.suppress(CardReadError):
                PcscCardReader().read_citizen()
                reads += 1
        simulated_devices.remove_card()
        poll_until(lambda: events[-1:] == [OUT], EVENT_TIMEOUT_S)
        wrong_events += events if events != [IN, OUT] else []
        if turn % KILL_EVERY == KILL_EVERY - 1 and simulated_devices.pcscd:
            simulated_devices.pcscd.signal(signal.SIGKILL)
            simulated_devices.pcscd.stop()
            simulated_devices.pcscd.start()
    growth = resident_bytes() - memory
    stop.set()
    watch.join()
    poll_until(lambda: (open_file_count(), active_count()) <= before, EVENT_TIMEOUT_S)
    return LeakReport(
        wrong_events,
        open_file_count() - before[0],
        active_count() - before[1],
        growth / (cycle_count - cycle_count // 10),
        reads,
    )


def main() -> int:
    """Print what leaked. 0 when the budget is kept."""
    cycle_count = int(sys.argv[1]) if len(sys.argv) > 1 else CYCLES
    with tempfile.TemporaryDirectory() as directory, SimulatedDevices(Path(directory)) as simulated_devices:
        os.environ.update(simulated_devices.environment)
        start = time.monotonic()
        report = run_cycles(simulated_devices, cycle_count)
    print(f"{cycle_count} cards in and out in {time.monotonic() - start:.0f} s, {report.reads} of them read")
    print(f"wrong events: {len(report.wrong_events)}")
    print(
        f"leaked: files {report.leaked_files}, threads {report.leaked_threads}, "
        f"memory {report.bytes_per_cycle:+.0f} bytes a cycle"
    )
    within_budget = (
        not report.wrong_events
        and report.leaked_files <= 0
        and report.leaked_threads <= 0
        and report.bytes_per_cycle <= BUDGET_BYTES
    )
    return 0 if within_budget else 1


if __name__ == "__main__":
    sys.exit(main())
