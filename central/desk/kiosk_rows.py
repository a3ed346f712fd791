"""What the desk's tables show of a kiosk and its last heartbeat."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from central.desk import labels
from central.fleet import attention
from central.fleet.attention import AttentionReason
from central.fleet.models import Enrolment, KioskState
from protocol.bilingual_text import BilingualText
from protocol.messages import Consumables, EnrolmentStatus
from thai import dates


@dataclass(frozen=True)
class ShownReason:
    code: str
    text: str
    is_minor: bool


@dataclass(frozen=True)
class KioskRow:
    """One kiosk. The fields after `can_be_revoked` are empty before its first heartbeat."""

    name: str  # kiosk id and series letter, as in its case numbers
    kiosk: Enrolment
    status: str
    reasons: list[ShownReason]
    state: KioskState | None
    can_be_revoked: bool
    last_heartbeat: str = ""
    oldest_unsent: str = ""
    printer: str = ""
    free_disk: str = ""
    consumables: tuple[str, ...] = ()  # one sentence for each
    versions: str = ""
    devices: tuple[tuple[str, str], ...] = ()  # name and state of every device except the printer


def build_kiosk_row(enrolment: Enrolment, reasons: list[AttentionReason], language: str) -> KioskRow:
    """The row of a kiosk that needs a person for these reasons."""
    state: KioskState | None = getattr(enrolment, "state", None)
    row = KioskRow(
        name=str(enrolment),
        kiosk=enrolment,
        status=labels.label(labels.ENROLMENT_STATUS, enrolment.status, language),
        reasons=[
            ShownReason(
                reason.value, labels.ATTENTION_REASON[reason].in_language(language), reason in attention.MINOR_REASONS
            )
            for reason in reasons
        ],
        state=state,
        can_be_revoked=enrolment.enrolment_status is EnrolmentStatus.APPROVED,
    )
    return row if state is None else _with_state(row, state, language)


def _with_state(row: KioskRow, state: KioskState, language: str) -> KioskRow:
    devices = state.devices if isinstance(state.devices, dict) else {}
    return replace(
        row,
        last_heartbeat=dates.short_datetime(state.last_heartbeat_at, language),
        oldest_unsent=dates.short_datetime(state.oldest_unsent, language) if state.oldest_unsent else "",
        printer=labels.label(labels.DEVICE_STATUS, attention.printer_status(state), language),
        free_disk="" if state.disk_free_bytes is None else f"{state.disk_free_bytes / 1e9:.1f} GB",
        consumables=tuple(_describe_consumables(attention.consumables(state), language)),
        versions=" · ".join(f"{name} {value}" for name, value in state.versions.items()),
        devices=tuple(
            (labels.label(labels.DEVICE, name, language), labels.label(labels.DEVICE_STATUS, str(value), language))
            for name, value in devices.items()
            if name != "printer"
        ),
    )


def _describe_consumables(consumables: Consumables, language: str) -> Iterator[str]:
    """What is known of paper, cutter and disk, a sentence each."""
    if consumables.paper_left_mm is not None:
        metres, days = consumables.paper_left_mm // 1000, consumables.paper_days
        left = BilingualText(f"กระดาษเหลือ {metres} ม.", f"{metres} m of paper left")
        forecast = BilingualText(f" ประมาณ {days} วัน", f", about {days} days") if days is not None else None
        yield left.in_language(language) + (forecast.in_language(language) if forecast else "")
    if (cutter := consumables.cutter_percent) is not None:
        yield BilingualText(f"มีดใช้ไป {cutter} %", f"cutter worn {cutter} %").in_language(language)
    if (disk := consumables.disk_percent) is not None:
        yield BilingualText(f"ดิสก์สึก {disk} %", f"disk worn {disk} %").in_language(language)
    if consumables.is_disk_failing:
        yield BilingualText("ดิสก์แจ้งว่าใกล้เสีย", "the disk reports that it is failing").in_language(language)
