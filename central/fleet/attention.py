"""What a kiosk needs a person for, from its last heartbeat; and the order in which the desk shows kiosks."""

from datetime import datetime, timedelta
from enum import Enum

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from central.fleet.models import Enrolment, KioskState
from protocol.choices import ClockQuality
from protocol.messages import EnrolmentStatus

OUTBOX_STUCK_AFTER = timedelta(days=1)  # a kiosk that speaks and yet keeps a row for so long
PRINTING_STATES = frozenset({"ready", "paper_near_end", "unknown"})  # also one that does not tell its state may print


class AttentionReason(Enum):
    """The most urgent first."""

    STAFF_CALLED = "called"  # a citizen stands there and asks for somebody
    SILENT = "silent"
    OUTBOX_STUCK = "stuck"  # it speaks, and something old does not get through or is not taken
    CANNOT_PRINT = "printer"  # no paper, or no receipts for another reason
    HAS_FINDINGS = "faults"
    PAPER_LOW = "paper"  # near its end
    CLOCK = "clock"


_RANKS = {need: rank for rank, need in enumerate(AttentionReason)}


def silence_cutoff(now: datetime) -> datetime:
    """Who was heard last before this is silent."""
    return now - timedelta(minutes=settings.SILENT_MINUTES)


def enrolments_in_use() -> QuerySet[Enrolment]:
    """The enrolment of each kiosk that counts: the latest approved one. Of a kiosk that was set up anew the earlier
    key is not expected to be heard any more."""
    later = Enrolment.objects.filter(
        kiosk_id=OuterRef("kiosk_id"), status=EnrolmentStatus.APPROVED.value, series__gt=OuterRef("series")
    )
    approved = Enrolment.objects.filter(status=EnrolmentStatus.APPROVED.value)
    return approved.filter(~Exists(later)).select_related("state", "centre")


def silent_filter(now: datetime) -> Q:
    """Of the kiosks in use: those not heard for too long, or never since they were taken in."""
    since = silence_cutoff(now)
    return Q(state__last_heartbeat_at__lt=since) | Q(state=None, decided_at__lt=since)


def attention_reasons(enrolment: Enrolment, now: datetime) -> list[AttentionReason]:
    """What this kiosk needs a person for, the most urgent first."""
    state: KioskState | None = getattr(enrolment, "state", None)
    if state is None:
        return [AttentionReason.SILENT] if (enrolment.decided_at or now) < silence_cutoff(now) else []
    printer = printer_state(state)
    reasons = {
        AttentionReason.STAFF_CALLED: state.staff_called,
        AttentionReason.SILENT: state.last_heartbeat_at < silence_cutoff(now),
        AttentionReason.OUTBOX_STUCK: state.rejected_count > 0
        or (state.oldest_unsent is not None and state.last_heartbeat_at - state.oldest_unsent > OUTBOX_STUCK_AFTER),
        AttentionReason.CANNOT_PRINT: bool(printer) and printer not in PRINTING_STATES,
        AttentionReason.HAS_FINDINGS: bool(state.findings),
        AttentionReason.PAPER_LOW: printer == "paper_near_end",
        AttentionReason.CLOCK: state.clock_quality != ClockQuality.SYNCHRONISED.value,
    }
    return [need for need, is_so in reasons.items() if is_so]


def urgency_rank(reasons: list[AttentionReason]) -> int:
    """Rank of a kiosk with these needs; 0 comes first."""
    return _RANKS[reasons[0]] if reasons else len(_RANKS)


def printer_state(state: KioskState) -> str:
    """The printer's state as the kiosk names it, '' when it reports none."""
    value = state.devices.get("printer", "") if isinstance(state.devices, dict) else ""
    return str(value)
