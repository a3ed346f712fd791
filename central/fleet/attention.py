"""Why a kiosk needs a person, from its last heartbeat, and the order in which the desk shows kiosks."""

from datetime import datetime, timedelta
from enum import Enum

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from pydantic import ValidationError

from central.fleet.models import Enrolment, KioskState
from protocol.choices import ClockQuality
from protocol.messages import Consumables, EnrolmentStatus

OUTBOX_STUCK_AFTER = timedelta(days=1)  # a kiosk in contact whose oldest unsent row is older than this
PAPER_WARNING_DAYS = 3
# Printer states in which receipts are printed. A printer that reports no state ("unknown") may print.
PRINTING_STATUSES = frozenset({"ready", "paper_near_end", "unknown"})


class AttentionReason(Enum):
    """Why a kiosk needs a person, the most urgent first."""

    STAFF_CALLED = "called"  # a citizen at the kiosk calls for staff
    SILENT = "silent"
    OUTBOX_STUCK = "stuck"  # in contact, but a row is not delivered or was refused
    CANNOT_PRINT = "printer"  # no paper, or no receipts for another reason
    HAS_FINDINGS = "faults"
    PAPER_LOW = "paper"
    UPDATE_FAILED = "update"  # the requested release does not work there; the one before runs
    CLOCK = "clock"


MINOR_REASONS = frozenset(
    {AttentionReason.PAPER_LOW, AttentionReason.UPDATE_FAILED, AttentionReason.CLOCK}
)  # the kiosk still serves citizens
_RANKS = {reason: rank for rank, reason in enumerate(AttentionReason)}


def silence_cutoff(now: datetime) -> datetime:
    """A kiosk whose last heartbeat is before this time is silent."""
    return now - timedelta(minutes=settings.SILENT_MINUTES)


def enrolments_in_use() -> QuerySet[Enrolment]:
    """The latest approved enrolment of each kiosk. After a reinstallation the earlier key sends no heartbeats."""
    later = Enrolment.objects.filter(
        kiosk_id=OuterRef("kiosk_id"), status=EnrolmentStatus.APPROVED.value, series__gt=OuterRef("series")
    )
    approved = Enrolment.objects.filter(status=EnrolmentStatus.APPROVED.value)
    return approved.filter(~Exists(later)).select_related("state", "centre")


def silent_filter(now: datetime) -> Q:
    """Selects kiosks without a heartbeat for too long, or without any since their approval."""
    cutoff = silence_cutoff(now)
    return Q(state__last_heartbeat_at__lt=cutoff) | Q(state=None, decided_at__lt=cutoff)


def attention_reasons(enrolment: Enrolment, now: datetime) -> list[AttentionReason]:
    """Why this kiosk needs a person, the most urgent reason first."""
    state: KioskState | None = getattr(enrolment, "state", None)
    if state is None:
        return [AttentionReason.SILENT] if (enrolment.decided_at or now) < silence_cutoff(now) else []
    printer = printer_status(state)
    applies = {
        AttentionReason.STAFF_CALLED: state.staff_called,
        AttentionReason.SILENT: state.last_heartbeat_at < silence_cutoff(now),
        AttentionReason.OUTBOX_STUCK: state.rejected_count > 0
        or (state.oldest_unsent is not None and state.last_heartbeat_at - state.oldest_unsent > OUTBOX_STUCK_AFTER),
        AttentionReason.CANNOT_PRINT: bool(printer) and printer not in PRINTING_STATUSES,
        AttentionReason.HAS_FINDINGS: bool(state.findings),
        AttentionReason.PAPER_LOW: printer == "paper_near_end" or has_paper_for_few_days(state),
        AttentionReason.UPDATE_FAILED: has_failed_update(state),
        AttentionReason.CLOCK: state.clock_quality != ClockQuality.SYNCHRONISED.value,
    }
    return [reason for reason, does_apply in applies.items() if does_apply]


def consumables(state: KioskState) -> Consumables:
    """What wears out or runs out, by the last heartbeat."""
    try:
        return Consumables.model_validate(state.consumables or {})
    except ValidationError:
        return Consumables()


def has_paper_for_few_days(state: KioskState) -> bool:
    """Whether the roll ends within PAPER_WARNING_DAYS, by the kiosk's forecast."""
    days = consumables(state).paper_days
    return days is not None and days <= PAPER_WARNING_DAYS


def has_failed_update(state: KioskState) -> bool:
    """Whether the release that is requested of the kiosk is the one that failed there."""
    report = state.release if isinstance(state.release, dict) else {}
    requested, failed = str(report.get("requested", "")), str(report.get("failed", ""))
    return bool(requested) and (failed == requested or failed.startswith(f"{requested}+deb"))


def urgency_rank(reasons: list[AttentionReason]) -> int:
    """Rank of a kiosk with these reasons; 0 is shown first."""
    return _RANKS[reasons[0]] if reasons else len(_RANKS)


def printer_status(state: KioskState) -> str:
    """The code of the printer's state, '' when the kiosk reports none."""
    value = state.devices.get("printer", "") if isinstance(state.devices, dict) else ""
    return str(value)
