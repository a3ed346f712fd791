"""Each device in one row: what it is, how it is, when it last worked, what to do next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from drivers.ports.card_reader import CardReaderStatus
from drivers.ports.letter_scanner import ScannerStatus
from drivers.ports.receipt_printer import PrinterStatus
from kiosk_app.health.device_checks import KINDS, Kind
from kiosk_app.health.finding import Words
from kiosk_app.health.monitor import NOT_SET_UP
from kiosk_app.settings import Settings
from thai import dates

NOTHING = Words("ไม่ต้องทำอะไร", "Nothing to do")
NO_DEVICE = "not_set_up"
NEVER = Words("ยังไม่เคยใช้งานสำเร็จ", "has not worked yet")
FINE: Mapping[Enum, Words] = {
    CardReaderStatus.EMPTY: Words("พร้อม ไม่มีบัตรอยู่", "Ready, no card in it"),
    CardReaderStatus.CARD_PRESENT: Words("พร้อม มีบัตรอยู่", "Ready, a card is in it"),
    PrinterStatus.READY: Words("พร้อม", "Ready"),
    ScannerStatus.READY: Words("พร้อม", "Ready"),
    ScannerStatus.BUSY: Words("กำลังสแกน", "Scanning"),
    ScannerStatus.NO_PAPER: Words("พร้อม ไม่มีกระดาษวางอยู่", "Ready, no paper in it"),
    ScannerStatus.CANCELLED: Words("พร้อม", "Ready"),
}


@dataclass(frozen=True)
class Device:
    """One row. `model` is '' where nobody says; `status` a status value, or 'not_set_up'."""

    key: str
    name: Words
    model: str
    status: str
    state: Words
    action: Words
    last_success: datetime | None

    def line(self, language: str) -> str:
        """For people: 'Printer: EPSON TM-T82III · Ready · last worked 21 Nov 2026 15:12 → Nothing to do'."""
        said = [part for part in (self.model, self.state.say(language)) if part]
        if self.status != NO_DEVICE:
            said.append(worked(self.last_success, language))
        return f"{self.name.say(language)}: {' · '.join(said)} → {self.action.say(language)}"

    def facts(self) -> dict[str, Any]:
        """For machines, both languages."""
        return {
            "device": self.key,
            "name": vars(self.name),
            "model": self.model,
            "status": self.status,
            "state": vars(self.state),
            "action": vars(self.action),
            "last_success": self.last_success.isoformat() if self.last_success else None,
        }


def equipment(
    settings: Settings, statuses: Mapping[str, str], models: Mapping[str, str], successes: Mapping[str, datetime]
) -> tuple[Device, ...]:
    """All devices, those this kiosk does not have among them."""
    return tuple(_row(kind, settings, statuses, models, successes) for kind in KINDS)


def _row(
    kind: Kind,
    settings: Settings,
    statuses: Mapping[str, str],
    models: Mapping[str, str],
    successes: Mapping[str, datetime],
) -> Device:
    if not kind.is_set_up(settings):
        return Device(kind.key, kind.name, "", NO_DEVICE, NOT_SET_UP, kind.set_up, None)
    status = kind.state(statuses)
    found = kind.meanings.get(status)
    state = Words(f"{found.code} {found.what.th}", f"{found.code} {found.what.en}") if found else FINE[status]
    action = found.advice if found else NOTHING
    return Device(kind.key, kind.name, models.get(kind.key, ""), status.value, state, action, successes.get(kind.key))


def worked(when: datetime | None, language: str) -> str:
    """«ใช้ได้ล่าสุด 21 พ.ย. 2569 15.12 น.», 'last worked 21 Nov 2026 15:12'."""
    if when is None:
        return NEVER.say(language)
    moment = f"{dates.short_date(when, language)} {dates.clock_time(when, language)}"
    return f"ใช้ได้ล่าสุด {moment}" if language == "th" else f"last worked {moment}"
