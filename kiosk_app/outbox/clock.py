"""When something happened, as a machine without a trustworthy clock can tell it."""

import time
from datetime import UTC, datetime
from pathlib import Path

from machine.boot import boot_id
from protocol.choices import ClockQuality
from protocol.messages import ClockReading

# Made by systemd-timesyncd at the first answer of a time server since boot (systemd-timesyncd.service(8)). The kernel
# itself, adjtimex(2), is no help: it calls the clock unsynchronised after nine hours without network, and the units'
# system call filter kills who asks.
_SYNCHRONISED = Path("/run/systemd/timesync/synchronized")


def clock_quality() -> ClockQuality:
    """SYNCHRONISED when a time server answered since boot. One that fell silent later still counts: a clock drifts
    seconds a day, and being offline is normal here."""
    return ClockQuality.SYNCHRONISED if _SYNCHRONISED.exists() else ClockQuality.UNTRUSTED


def monotonic_ms() -> int:
    """Milliseconds since boot, sleep included."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000


def now() -> ClockReading:
    """Wall time with what is known of its quality, boot id and time since boot."""
    return ClockReading(wall=datetime.now(UTC), quality=clock_quality(), boot_id=boot_id(), monotonic_ms=monotonic_ms())
