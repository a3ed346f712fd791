"""Clock readings on a machine whose clock may be wrong."""

import time
from datetime import UTC, datetime
from pathlib import Path

from machine.boot import boot_id
from protocol.choices import ClockQuality
from protocol.messages import ClockReading

# Created by systemd-timesyncd at the first answer of a time server since boot (systemd-timesyncd.service(8)). The
# kernel is no alternative: adjtimex(2) reports the clock as unsynchronised after nine hours without network, and the
# system call filter of the units kills its callers.
_SYNCHRONISED = Path("/run/systemd/timesync/synchronized")


def clock_quality() -> ClockQuality:
    """SYNCHRONISED when a time server has answered since boot, also if the network failed later: a clock drifts seconds
    a day, and being offline is normal here."""
    return ClockQuality.SYNCHRONISED if _SYNCHRONISED.exists() else ClockQuality.UNTRUSTED


def monotonic_ms() -> int:
    """Milliseconds since boot, including suspend."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000


def now() -> ClockReading:
    """Wall time with its quality, boot id and time since boot."""
    return ClockReading(wall=datetime.now(UTC), quality=clock_quality(), boot_id=boot_id(), monotonic_ms=monotonic_ms())
