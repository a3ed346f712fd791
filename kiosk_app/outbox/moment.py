"""When something happened, as a machine without a trustworthy clock can tell it."""

import ctypes
import time
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from protocol.messages import MomentOutside
from protocol.submission import ClockQuality

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_TIMESYNCD_FLAG = Path("/run/systemd/timesync/synchronized")  # touched at the first answer of a time server
_WORST_ERROR_US = 16_000_000  # the kernel's "never heard of any time": systemd asks the same (timedated, ntp_synced)


class _Timex(ctypes.Structure):
    """The head of the kernel's struct timex (adjtimex(2)); the rest is room that the kernel fills."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("room", ctypes.c_char * 512),
    )


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def clock_quality() -> ClockQuality:
    """SYNCHRONISED when a time server answered since boot. One that fell silent later still counts: a clock drifts
    seconds a day, and being offline is normal here."""
    timex = _Timex()
    heard = _libc().adjtimex(ctypes.byref(timex)) >= 0 and timex.maxerror < _WORST_ERROR_US
    return ClockQuality.SYNCHRONISED if heard or _TIMESYNCD_FLAG.exists() else ClockQuality.UNTRUSTED


def boot_id() -> str:
    """A UUID that changes at every boot."""
    return _BOOT_ID.read_text("ascii").strip()


def monotonic_ms() -> int:
    """Milliseconds since boot, sleep included."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000


def now() -> MomentOutside:
    """Wall time with what is known of its quality, boot id and time since boot."""
    return MomentOutside(
        wall=datetime.now(UTC), quality=clock_quality(), boot_id=boot_id(), monotonic_ms=monotonic_ms()
    )
