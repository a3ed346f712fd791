"""Identity from a card, against reading field by field, through the real pcscd at a real card's line speed.

    python -m tests.bench.card

The anchor is what the usual programs do: each text field of the card by a read of its own. Beside it stands reading
only our fields, but one by one. Budget: at most half the anchor's time, and no more reads than runs of wanted bytes.

The photo is measured against the line: its speed limit is the time in which the bytes of the exchanges (commands,
procedure bytes, data, status words) cross it, which is what reading costs with nothing else in the way. Budget: 90 % of
that. Beside it stands how much of what crosses is photo.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
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
LINE_SPEEDS_BPS = (10_700, 129_000, 250_000)  # bit/s, by TA1: the oldest cards, and the two kinds of newer ones


def read_fields_one_by_one(fields: tuple[CardField, ...]) -> None:
    """Select, then read each of `fields` with a command of its own."""
    with pcsc_context() as context:
        card = CardConnection(context, list_readers(context, "")[0])
        channel = CardChannel(card.transmit)
        channel.send_without_fetch(SELECT_APPLET)
        for field in fields:
            channel.send(read_command(field.value))
        card.close()


def insert_card(simulated_devices: SimulatedDevices, speed: int) -> CardInSlot:
    """A card at `speed`, seen by pcscd."""
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
        began = time.perf_counter()
        read()
        times.append(time.perf_counter() - began)
    return card.apdu_count // ROUNDS, median(times)


def measure_identity(simulated_devices: SimulatedDevices) -> float:
    """Print the table. Returns the worst ratio of ours to the anchor."""
    worst = 0.0
    print(f"{'line':>14} {'how':34} {'APDUs':>5} {'time':>9} {'ratio':>6}   budget {BUDGET}")
    for speed in LINE_SPEEDS_BPS:
        ways: dict[str, Callable[[], object]] = {
            "every text field, one by one": lambda: read_fields_one_by_one(tuple(CardField)),
            "our fields, one by one": lambda: read_fields_one_by_one(CITIZEN_FIELDS),
            "ours": lambda: PcscCardReader().read_citizen(),
        }
        anchor = 0.0
        for name, read in ways.items():
            apdus, seconds = measure(simulated_devices, speed, read)
            anchor = anchor or seconds
            ratio = seconds / anchor
            print(f"{speed / 1000:8.1f} kbit/s {name:34} {apdus:5} {seconds * 1e3:6.0f} ms {ratio:6.2f}")
        worst = max(worst, ratio)
    return worst


def measure_photo(simulated_devices: SimulatedDevices) -> float:
    """Print the table. Returns the worst share of the line's speed limit."""
    worst = 1.0
    print(
        f"{'line':>14} {'photo':>11} {'limit':>9} {'time':>9} {'share':>6}   budget {PHOTO_BUDGET}, photo of all bytes"
    )
    for speed in LINE_SPEEDS_BPS:
        card = insert_card(simulated_devices, speed)
        number = PcscCardReader().read_citizen_id()
        times = []
        for _ in range(PHOTO_ROUNDS):
            crossed, began = card.exchange_bytes, time.perf_counter()
            read = PcscCardReader().read_photo(number, lambda _: None, Event())
            times.append(time.perf_counter() - began)
            crossed = card.exchange_bytes - crossed
        limit = crossed * BITS_PER_BYTE / speed
        worst = min(worst, limit / median(times))
        print(
            f"{speed / 1000:8.1f} kbit/s {len(read):5} bytes {limit:7.2f} s {median(times):7.2f} s "
            f"{limit / median(times):6.2f}   {len(read) / crossed:.2f}"
        )
    return worst


def main() -> int:
    """Print both tables. 0 when the budgets are kept at every speed."""
    with tempfile.TemporaryDirectory() as directory, SimulatedDevices(Path(directory)) as simulated_devices:
        os.environ.update(simulated_devices.environment)
        worst = measure_identity(simulated_devices)
        share = measure_photo(simulated_devices)
    runs = 1 + sum(
        before.end < after.offset
        for before, after in zip(plan_reads(CITIZEN_FIELDS), plan_reads(CITIZEN_FIELDS)[1:], strict=False)
    )
    print(f"reads: {len(plan_reads(CITIZEN_FIELDS))}, runs of wanted bytes: {runs}")
    return 0 if worst <= BUDGET and share >= PHOTO_BUDGET and len(plan_reads(CITIZEN_FIELDS)) == runs else 1


if __name__ == "__main__":
    sys.exit(main())
