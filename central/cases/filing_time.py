"""Estimates when the citizen confirmed, from the readings of the kiosk's clocks, because a kiosk's clock may be wrong.

In order of trust:
1. a synchronised wall clock;
2. the elapsed time on the kiosk's monotonic clock within one boot, counted back from a trusted time at its end: the
   arrival here, or a synchronised clock when the delivery was carried by hand;
3. the kiosk's clock as it is, marked uncertain.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from central.database_values import clamp_datetime
from protocol.choices import ClockQuality
from protocol.messages import ClockReading

_CLOCK_TOLERANCE = timedelta(minutes=5)


class FilingQuality(Enum):
    """How the filing time is known."""

    KIOSK_CLOCK = "kiosk_clock"
    MEASURED = "measured"
    UNCERTAIN = "uncertain"
    CENTRE_CLOCK = "centre_clock"  # it arrived when it was filed
    STATED = "stated"  # by the officer who entered it later, or by the system it was imported from


@dataclass(frozen=True)
class FilingTime:
    """When a case was filed. Never later than it was received."""

    at: datetime
    quality: FilingQuality


def estimate_filing_time(
    confirmed: ClockReading, sent: ClockReading, received_at: datetime, *, carried_by_hand: bool
) -> FilingTime:
    """`sent` is the reading at sending, or at export when `carried_by_hand`: then the arrival here says nothing."""
    if confirmed.quality is ClockQuality.SYNCHRONISED and confirmed.wall <= received_at + _CLOCK_TOLERANCE:
        return FilingTime(clamp_datetime(min(confirmed.wall, received_at)), FilingQuality.KIOSK_CLOCK)
    elapsed = timedelta(milliseconds=sent.monotonic_ms - confirmed.monotonic_ms)
    if confirmed.boot_id == sent.boot_id and elapsed >= timedelta(0):
        if not carried_by_hand:
            return FilingTime(clamp_datetime(received_at - elapsed), FilingQuality.MEASURED)
        if sent.quality is ClockQuality.SYNCHRONISED and sent.wall <= received_at:
            return FilingTime(clamp_datetime(sent.wall - elapsed), FilingQuality.MEASURED)
    return FilingTime(clamp_datetime(min(confirmed.wall, received_at)), FilingQuality.UNCERTAIN)
