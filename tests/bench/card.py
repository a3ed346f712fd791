"""Reading a citizen from a card, against reading field by field, through the real pcscd at a real card's line speed.

    python -m tests.bench.card

The baseline reads like common programs: one read for each text field of the card. A second row reads only the kiosk's
fields, one by one. Budget: at most half the baseline's time, and as many reads as contiguous ranges of needed bytes.

The photo is measured against the line: the limit is the time in which all bytes of the exchanges (commands, procedure
bytes, data, status words) cross the line. Budget: 90 % of that speed. The last column is the share of photo bytes.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from statistics import median
from threading import Event

from drivers.card_reader.apdu import CardChannel
from drivers.card_reader.card_map import CITIZEN_FIELDS, SELECT_APPLET, CardField, plan_reads, read_command
from drivers.card_reader.pcsc_reader import PcscCardReader
from drivers.card_reader.winscard import CardConnection, list_readers, pcsc_context
from drivers.ports.card_reader import CardReaderStatus
from simulators.card_in_slot import BITS_PER_BYTE, CardInSlot
from simulators.simulated_devices import SimulatedDevices

BUDGET = 0.5
PHOTO_BUDGET = 0.9
PHOTO_ROUNDS = 3
ROUNDS = 7
LINE_SPEEDS_BPS = (10_700, 129_000, 250_000)  # bit/s by TA1: the oldest cards and the two kinds of newer ones


def read_fields_one_by_one(fields: tuple[CardField, ...]) -> None:
    """Select the applet, then read each field with a separate command."""
    with pcsc_context() as context:
        card = CardConnection(context, list_readers(context, "")[0])
        channel = CardChannel(card.transmit)
        channel.send_ignoring_data(SELECT_APPLET)
        for field in fields:
            channel.send(read_command(field.value))
        card.close()


def insert_card(simulated_devices: SimulatedDevices, speed: int) -> CardInSlot:
    """Insert a card with that line speed in bit/s and wait until pcscd has it."""
    simulated_devices.remove_card()
    while PcscCardReader().status() is not CardReaderStatus.EMPTY:
        time.sleep(0.05)
    card = simulated_devices.insert_card("boonma", bits_per_s=speed)
    while PcscCardReader().status() is not CardReaderStatus.CARD_PRESENT:
        time.sleep(0.05)
    return card


def measure(simulated_devices: SimulatedDevices, speed: int, read: Callable[[], object]) -> tuple[int, float]:
    """(APDUs, median seconds) of one `read`."""
    card = insert_card(simulated_devices, speed)
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        read()
        times.append(time.perf_counter() - start)
    return card.apdu_count // ROUNDS, median(times)


def measure_identity(simulated_devices: SimulatedDevices) -> float:
    """Print the table. Returns the kiosk's worst ratio to the baseline."""
    worst = 0.0
    print(f"{'line':>14} {'method':34} {'APDUs':>5} {'time':>9} {'ratio':>6}   budget {BUDGET}")
    for speed in LINE_SPEEDS_BPS:
        methods: dict[str, Callable[[], object]] = {
            "every text field, one by one": lambda: read_fields_one_by_one(tuple(CardField)),
            "the kiosk's fields, one by one": lambda: read_fields_one_by_one(CITIZEN_FIELDS),
            "kiosk": lambda: PcscCardReader().read_citizen(),
        }
        baseline_s = 0.0
        for name, read in methods.items():
            apdus, seconds = measure(simulated_devices, speed, read)
            baseline_s = baseline_s or seconds
            ratio = seconds / baseline_s
            print(f"{speed / 1000:8.1f} kbit/s {name:34} {apdus:5} {seconds * 1e3:6.0f} ms {ratio:6.2f}")
        worst = max(worst, ratio)
    return worst


def measure_photo(simulated_devices: SimulatedDevices) -> float:
    """Print the table. Returns the worst share of the line's speed."""
    worst = 1.0
    print(
        f"{'line':>14} {'photo':>11} {'limit':>9} {'time':>9} {'share':>6}   budget {PHOTO_BUDGET}, photo of all bytes"
    )
    for speed in LINE_SPEEDS_BPS:
        card = insert_card(simulated_devices, speed)
        number = PcscCardReader().read_citizen_id()
        times = []
        for _ in range(PHOTO_ROUNDS):
            bytes_before, start = card.exchange_bytes, time.perf_counter()
            photo = PcscCardReader().read_photo(number, lambda _: None, Event())
            times.append(time.perf_counter() - start)
            exchanged = card.exchange_bytes - bytes_before
        limit = exchanged * BITS_PER_BYTE / speed
        worst = min(worst, limit / median(times))
        print(
            f"{speed / 1000:8.1f} kbit/s {len(photo):5} bytes {limit:7.2f} s {median(times):7.2f} s "
            f"{limit / median(times):6.2f}   {len(photo) / exchanged:.2f}"
        )
    return worst


def main() -> int:
    """Print both tables. 0 when the budgets are kept at every speed."""
    with tempfile.TemporaryDirectory() as directory, SimulatedDevices(Path(directory)) as simulated_devices:
        os.environ.update(simulated_devices.environment)
        worst = measure_identity(simulated_devices)
        share = measure_photo(simulated_devices)
    reads = plan_reads(CITIZEN_FIELDS)
    ranges = 1 + sum(before.end < after.offset for before, after in pairwise(reads))
    print(f"reads: {len(reads)}, contiguous ranges of needed bytes: {ranges}")
    return 0 if worst <= BUDGET and share >= PHOTO_BUDGET and len(reads) == ranges else 1


if __name__ == "__main__":
    sys.exit(main())
