"""A summary of each device for staff: state, last success, next action."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kiosk_app.health.device_checks import DEVICE_KINDS, DeviceKind
from kiosk_app.health.monitor import NOT_SET_UP
from kiosk_app.settings import Settings
from protocol.bilingual_text import BilingualText
from thai import dates

NO_ACTION = BilingualText("ไม่ต้องทำอะไร", "Nothing to do")
NOT_SET_UP_STATUS = "not_set_up"
NEVER_WORKED = BilingualText("ยังไม่เคยใช้งานสำเร็จ", "has not worked yet")


@dataclass(frozen=True)
class DeviceSummary:
    """One device. `model` is '' when unknown; `status` is a status value or 'not_set_up'."""

    key: str
    name: BilingualText
    model: str
    status: str
    state: BilingualText
    action: BilingualText
    last_success: datetime | None

    def format_line(self, language: str) -> str:
        """For people: 'Printer: EPSON TM-T82III · Ready · last worked 21 Nov 2026 15:12 → Nothing to do'."""
        parts = [part for part in (self.model, self.state.in_language(language)) if part]
        if self.status != NOT_SET_UP_STATUS:
            parts.append(format_last_success(self.last_success, language))
        return f"{self.name.in_language(language)}: {' · '.join(parts)} → {self.action.in_language(language)}"

    def to_dict(self) -> dict[str, Any]:
        """For programs, in both languages."""
        return {
            "device": self.key,
            "name": self.name._asdict(),
            "model": self.model,
            "status": self.status,
            "state": self.state._asdict(),
            "action": self.action._asdict(),
            "last_success": self.last_success.isoformat() if self.last_success else None,
        }


def summarise_devices(
    settings: Settings, statuses: Mapping[str, str], models: Mapping[str, str], successes: Mapping[str, datetime]
) -> tuple[DeviceSummary, ...]:
    """All devices, including those that this kiosk is set up without. The mappings are by device key."""
    return tuple(_summarise_device(kind, settings, statuses, models, successes) for kind in DEVICE_KINDS)


def _summarise_device(
    kind: DeviceKind,
    settings: Settings,
    statuses: Mapping[str, str],
    models: Mapping[str, str],
    successes: Mapping[str, datetime],
) -> DeviceSummary:
    if not kind.is_set_up(settings):
        return DeviceSummary(kind.key, kind.name, "", NOT_SET_UP_STATUS, NOT_SET_UP, kind.set_up_advice, None)
    status = kind.parse_status(statuses)
    summary, action = kind.meanings[status].summary, NO_ACTION
    if (finding := kind.meanings[status].finding) is not None:
        summary = BilingualText(f"{finding.code} {summary.th}", f"{finding.code} {summary.en}")
        action = finding.advice
    model, last_success = models.get(kind.key, ""), successes.get(kind.key)
    return DeviceSummary(kind.key, kind.name, model, status.value, summary, action, last_success)


def format_last_success(when: datetime | None, language: str) -> str:
    """«ใช้ได้ล่าสุด 21 พ.ย. 2569 15.12 น.», 'last worked 21 Nov 2026 15:12'."""
    if when is None:
        return NEVER_WORKED.in_language(language)
    moment = f"{dates.short_date(when, language)} {dates.clock_time(when, language)}"
    return f"ใช้ได้ล่าสุด {moment}" if language == "th" else f"last worked {moment}"
