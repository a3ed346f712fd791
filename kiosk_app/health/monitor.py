"""Runs all health checks: the report for staff, and its staff codes for the heartbeat."""

import logging
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kiosk_app.health import (
    centre_checks,
    consumables_checks,
    lockdown_checks,
    machine_checks,
    outbox_checks,
    settings_checks,
    update_checks,
)
from kiosk_app.health.device_checks import DEVICE_KINDS, has_printer
from kiosk_app.health.finding import Finding, HealthCheck, HealthContext, Severity, cure_of
from kiosk_app.health.technician_facts import collect_facts
from kiosk_app.settings import Settings
from protocol.bilingual_text import BilingualText

log = logging.getLogger(__name__)

CHECKS = (
    HealthCheck(BilingualText("หน้าจอ", "Interface"), machine_checks.check_interface),
    HealthCheck(BilingualText("การลงทะเบียน", "Enrolment"), outbox_checks.check_enrolment),
    HealthCheck(BilingualText("ที่เก็บเรื่อง", "Outbox"), outbox_checks.check_outbox),
    HealthCheck(BilingualText("รายงานสถานะ", "Report on this kiosk"), centre_checks.check_report_written),
    HealthCheck(BilingualText("ศูนย์", "Centre"), centre_checks.check_centre),
    *(HealthCheck(kind.name, kind.run_check, kind.is_set_up) for kind in DEVICE_KINDS),
    HealthCheck(
        BilingualText("มีดของเครื่องพิมพ์", "Printer's cutter"),
        consumables_checks.check_cutter,
        lambda settings: has_printer(settings) and settings.printer.cut,
    ),
    HealthCheck(BilingualText("ดิสก์", "Disk"), consumables_checks.check_disk),
    HealthCheck(BilingualText("การอ่านหนังสือ", "Text recognition"), machine_checks.check_recognition),
    HealthCheck(BilingualText("การเปิดภาพ", "Opening of pictures"), machine_checks.check_confinement),
    HealthCheck(BilingualText("การพิมพ์ภาษาไทย", "Thai on paper"), machine_checks.check_text_shaping),
    HealthCheck(BilingualText("การตัดคำไทย", "Thai words"), machine_checks.check_word_breaks),
    HealthCheck(BilingualText("นาฬิกา", "Clock"), machine_checks.check_clock),
    HealthCheck(BilingualText("อัปเดตความปลอดภัย", "Security updates"), update_checks.check_security_updates),
    HealthCheck(BilingualText("การปิดกั้นเครื่อง", "Lock-down"), lockdown_checks.check_lockdown),
    HealthCheck(BilingualText("คอนโซล", "Console"), lockdown_checks.check_console),
    HealthCheck(BilingualText("ล็อกช่อง USB", "Lock of the USB ports"), lockdown_checks.check_usb_lock),
    HealthCheck(
        BilingualText("แป้นปุ่ม", "Keypad"), lockdown_checks.check_keypad, lambda settings: settings.keypad.enabled
    ),
    HealthCheck(BilingualText("การตั้งค่า", "Settings"), settings_checks.check_settings),
)
CHECK_INTERVAL_S = 30.0

READY = BilingualText("พร้อม", "Ready")
NOT_SET_UP = BilingualText("ไม่ได้ตั้งค่าไว้", "Not set up")
CHECK_FAILED = BilingualText("ตรวจไม่สำเร็จ", "This check failed")


@dataclass(frozen=True)
class CheckResult:
    """The findings of one check; `ok_text` is shown when there are none."""

    name: BilingualText
    findings: tuple[Finding, ...]
    ok_text: BilingualText = READY


def run_checks(context: HealthContext, checks: Iterable[HealthCheck] = CHECKS) -> tuple[CheckResult, ...]:
    """Run the checks. Never raises: an exception of a check is reported as a finding."""
    return tuple(
        CheckResult(check.name, _run_check(check, context), READY if check.is_set_up(context.settings) else NOT_SET_UP)
        for check in checks
    )


def sort_findings(results: Iterable[CheckResult]) -> tuple[Finding, ...]:
    """All findings, the worst first."""
    order = list(Severity)
    findings = (finding for result in results for finding in result.findings)
    return tuple(sorted(findings, key=lambda finding: order.index(finding.severity)))


def _run_check(check: HealthCheck, context: HealthContext) -> tuple[Finding, ...]:
    try:
        return tuple(check.run(context))
    except Exception as error:
        log.exception("The health check %s failed", check.name.en)
        summary = BilingualText(
            f"{CHECK_FAILED.th} ({type(error).__name__})", f"{CHECK_FAILED.en}: {type(error).__name__}"
        )
        return (Finding("T-09", Severity.NOTE, summary, cure_of("T-09")),)


class HealthMonitor:
    """The health of a running interface. It contacts neither devices nor centre: the runner passes the last states of
    the devices, so that no finding depends on a report file that could not be written."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._last_input: tuple[dict[str, str], str] = ({}, "")
        self._due_at = 0.0
        self._last: tuple[CheckResult, ...] = ()
        self._facts: list[tuple[BilingualText, BilingualText]] = []

    def findings(self, devices: Mapping[str, str], report_error: str = "") -> tuple[str, ...]:
        """Staff codes of the present findings. `report_error`: see HealthContext.

        Runs the checks when an argument changed or 30 s have passed, and then blocks for some milliseconds: call it
        from a worker."""
        inputs, now = (dict(devices), report_error), time.monotonic()
        if inputs != self._last_input or now >= self._due_at:
            self._last_input, self._due_at = inputs, now + CHECK_INTERVAL_S
            self._last = run_checks(HealthContext(self._settings, devices=devices, report_error=report_error))
            self._facts = collect_facts(self._settings)
        return tuple(dict.fromkeys(finding.code for finding in sort_findings(self._last)))

    def report(self, language: str) -> list[tuple[str, str]]:
        """(name, sentence) for the technician's screen, as of the last call of `findings`. Returns at once."""
        facts = [(name.in_language(language), sentence.in_language(language)) for name, sentence in self._facts]
        return [*(line for result in self._last for line in format_result(result, language)), *facts]


def format_result(result: CheckResult, language: str) -> list[tuple[str, str]]:
    """A check as (name, sentence): ready, not set up, or each finding with its code and advice."""
    name = result.name.in_language(language)
    if not result.findings:
        return [(name, result.ok_text.in_language(language))]
    return [
        (name, f"{finding.code} {finding.summary.in_language(language)}. {finding.advice.in_language(language)}")
        for finding in result.findings
    ]
