"""Cards put in and taken out 500 times under one watch: every event once and in order, nothing left behind.

    python -m tests.bench.hotplug [CYCLES]

Every tenth time the card is read, every fiftieth pcscd is killed and started again. Leftovers are counted after the
first tenth, when caches and pools have their size: open handles, threads, and resident memory after malloc_trim.
Seven minutes: pcscd looks into the virtual reader every 0.4 s.
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
BUDGET_BYTES = 1024  # a time; a leaked context or handle is 300 and more

IN, OUT = CardReaderStatus.CARD_PRESENT, CardReaderStatus.EMPTY


@dataclass(frozen=True)
class LeakReport:
    """What remains. `wrong_events` is what was told beside one IN and one OUT each time."""

    wrong_events: list[CardReaderStatus]
    leaked_handles: int
    leaked_threads: int
    bytes_per_cycle: float
    readings: int


def run_cycles(simulated_devices: SimulatedDevices, cycle_count: int) -> LeakReport:
    """Put a card in and out `cycle_count` times; the slot must be empty."""
    stop = Event()
    seen: list[CardReaderStatus] = []
    watch = Thread(target=PcscCardReader().watch, args=(seen.append, stop))
    before = open_file_count(), active_count()
    watch.start()
    poll_until(lambda: seen == [OUT], EVENT_TIMEOUT_S)
    wrongly: list[CardReaderStatus] = []
    readings = memory = 0
    for turn in range(cycle_count):
        if turn == cycle_count // 10:
            memory = resident_bytes()
        seen.clear()
        simulated_devices.insert_card(("boonma", "somchai", "bangkok", "expired")[turn % 4])
        poll_until(lambda: seen[-1:] == [IN], EVENT_TIMEOUT_S)
        if turn % READ_EVERY == 0:
            with contextlib.suppress(CardReadError):
                PcscCardReader().read_citizen()
                readings += 1
        simulated_devices.remove_card()
        poll_until(lambda: seen[-1:] == [OUT], EVENT_TIMEOUT_S)
        wrongly += seen if seen != [IN, OUT] else []
        if turn % KILL_EVERY == KILL_EVERY - 1 and simulated_devices.pcscd:
            simulated_devices.pcscd.signal(signal.SIGKILL)
            simulated_devices.pcscd.stop()
            simulated_devices.pcscd.start()
    grown = resident_bytes() - memory
    stop.set()
    watch.join()
    poll_until(lambda: (open_file_count(), active_count()) <= before, EVENT_TIMEOUT_S)
    return LeakReport(
        wrongly,
        open_file_count() - before[0],
        active_count() - before[1],
        grown / (cycle_count - cycle_count // 10),
        readings,
    )


def main() -> int:
    """Print what is left. 0 when nothing is."""
    cycle_count = int(sys.argv[1]) if len(sys.argv) > 1 else CYCLES
    with tempfile.TemporaryDirectory() as directory, SimulatedDevices(Path(directory)) as simulated_devices:
        os.environ.update(simulated_devices.environment)
        began = time.monotonic()
        left = run_cycles(simulated_devices, cycle_count)
    print(f"{cycle_count} cards in and out in {time.monotonic() - began:.0f} s, {left.readings} of them read")
    print(f"wrong events: {len(left.wrong_events)}")
    print(
        f"left behind: handles {left.leaked_handles}, threads {left.leaked_threads}, "
        f"memory {left.bytes_per_cycle:+.0f} bytes a time"
    )
    within_budget = (
        not left.wrong_events
        and left.leaked_handles <= 0
        and left.leaked_threads <= 0
        and left.bytes_per_cycle <= BUDGET_BYTES
    )
    return 0 if within_budget else 1


if __name__ == "__main__":
    sys.exit(main())
