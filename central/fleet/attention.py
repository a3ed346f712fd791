"""What a kiosk needs a person for, from its last heartbeat; and the order in which the desk shows kiosks."""

from datetime import datetime, timedelta
from enum import Enum

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from central.fleet.models import Enrolment, KioskState
from protocol.choices import ClockQuality
from protocol.messages import EnrolmentStatus

STUCK_AFTER = timedelta(days=1)  # a kiosk that speaks and yet keeps a row for so long
PRINTS = frozenset({"ready", "paper_near_end", "unknown"})  # also one that does not tell its state may print


class Need(Enum):
    """The most urgent first."""

    CALLED = "called"  # a citizen stands there and asks for somebody
    SILENT = "silent"
    STUCK = "stuck"  # it speaks, and something old does not get through or is not taken
    PRINTER = "printer"  # no paper, or no receipts for another reason
    FAULTS = "faults"
    PAPER = "paper"  # near its end
    CLOCK = "clock"


_URGENCY = {need: rank for rank, need in enumerate(Need)}


def silent_since(now: datetime) -> datetime:
    """Who was heard last before this is silent."""
    return now - timedelta(minutes=settings.SILENT_MINUTES)


def in_use() -> QuerySet[Enrolment]:
    """The enrolment of each kiosk that counts: the latest approved one. Of a kiosk that was set up anew the earlier
    key is not expected to be heard any more."""
    later = Enrolment.objects.filter(
        kiosk_id=OuterRef("kiosk_id"), status=EnrolmentStatus.APPROVED.value, series__gt=OuterRef("series")
    )
    approved = Enrolment.objects.filter(status=EnrolmentStatus.APPROVED.value)
    return approved.filter(~Exists(later)).select_related("state", "centre")


def silent(now: datetime) -> Q:
    """Of the kiosks in use: those not heard for too long, or never since they were taken in."""
    since = silent_since(now)
    return Q(state__heard_at__lt=since) | Q(state=None, decided_at__lt=since)


def needs(enrolment: Enrolment, now: datetime) -> list[Need]:
    """What this kiosk needs a person for, the most urgent first."""
    state: KioskState | None = getattr(enrolment, "state", None)
    if state is None:
        return [Need.SILENT] if (enrolment.decided_at or now) < silent_since(now) else []
    printer = paper(state)
    found = {
        Need.CALLED: state.staff_called,
        Need.SILENT: state.heard_at < silent_since(now),
        Need.STUCK: state.refused > 0
        or (state.oldest_unsent is not None and state.heard_at - state.oldest_unsent > STUCK_AFTER),
        Need.PRINTER: bool(printer) and printer not in PRINTS,
        Need.FAULTS: bool(state.findings),
        Need.PAPER: printer == "paper_near_end",
        Need.CLOCK: state.clock_quality != ClockQuality.SYNCHRONISED.value,
    }
    return [need for need, is_so in found.items() if is_so]


def urgency(found: list[Need]) -> int:
    """Rank of a kiosk with these needs; 0 comes first."""
    return _URGENCY[found[0]] if found else len(_URGENCY)


def paper(state: KioskState) -> str:
    """The printer's state as the kiosk names it, '' when it reports none."""
    value = state.devices.get("printer", "") if isinstance(state.devices, dict) else ""
    return str(value)
