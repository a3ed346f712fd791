"""When did the citizen confirm? Reconstructed from what the kiosk's clocks said, because a kiosk's clock may be wrong.

In order of trust: a synchronised wall clock; the time since, counted by the kiosk's monotonic clock within one boot,
taken off a trusted moment at the end (arrival here, or a synchronised clock when the row was carried by hand); else the
kiosk's clock as it was, marked uncertain.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from central import database_values
from protocol.choices import ClockQuality
from protocol.messages import ClockReading


class FilingQuality(Enum):
    """How the filing time is known."""

    KIOSK_CLOCK = "kiosk_clock"
    MEASURED = "measured"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True)
class FilingTime:
    """When a case was filed, never later than it was received."""

    at: datetime
    quality: FilingQuality


def estimate_filing_time(
    confirmed: ClockReading, sent: ClockReading, received_at: datetime, *, carried_by_hand: bool
) -> FilingTime:
    """`sent` is the moment of sending, or of export when `carried_by_hand` (then it is no measure of arrival)."""
    if confirmed.quality is ClockQuality.SYNCHRONISED and confirmed.wall <= received_at + timedelta(minutes=5):
        return FilingTime(database_values.clamp_datetime(min(confirmed.wall, received_at)), FilingQuality.KIOSK_CLOCK)
    elapsed = timedelta(milliseconds=sent.monotonic_ms - confirmed.monotonic_ms)
    if confirmed.boot_id == sent.boot_id and elapsed >= timedelta(0):
        if not carried_by_hand:
            return FilingTime(database_values.clamp_datetime(received_at - elapsed), FilingQuality.MEASURED)
        if sent.quality is ClockQuality.SYNCHRONISED and sent.wall <= received_at:
            return FilingTime(database_values.clamp_datetime(sent.wall - elapsed), FilingQuality.MEASURED)
    return FilingTime(database_values.clamp_datetime(min(confirmed.wall, received_at)), FilingQuality.UNCERTAIN)
