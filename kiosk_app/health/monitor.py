"""All checks, run one after the other: the readiness report for people, its codes for the heartbeat."""

import logging
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kiosk_app.health import machine_checks, outbox_checks, settings_checks
from kiosk_app.health.device_checks import KINDS
from kiosk_app.health.finding import Check, Finding, Kiosk, Severity, Words
from kiosk_app.health.technician_facts import facts
from kiosk_app.settings import Settings

log = logging.getLogger(__name__)

CHECKS = (
    Check(Words("หน้าจอ", "Interface"), machine_checks.interface),
    Check(Words("การลงทะเบียน", "Enrolment"), outbox_checks.enrolment),
    Check(Words("ที่เก็บเรื่อง", "Outbox"), outbox_checks.outbox),
    Check(Words("รายงานสถานะ", "Report on this kiosk"), outbox_checks.report),
    Check(Words("ศูนย์", "Centre"), outbox_checks.centre),
    *(Check(kind.name, kind.look, kind.is_set_up) for kind in KINDS),
    Check(Words("การอ่านหนังสือ", "Text recognition"), machine_checks.recognition),
    Check(Words("การเปิดภาพ", "Opening of pictures"), machine_checks.confinement),
    Check(Words("การพิมพ์ภาษาไทย", "Thai on paper"), machine_checks.shaping),
    Check(Words("การตัดคำไทย", "Thai words"), machine_checks.word_breaks),
    Check(Words("นาฬิกา", "Clock"), machine_checks.clock),
    Check(Words("การตั้งค่า", "Settings"), settings_checks.details),
)
EVERY_S = 30.0

READY = Words("พร้อม", "Ready")
NOT_SET_UP = Words("ไม่ได้ตั้งค่าไว้", "Not set up")
BROKEN = Words("ตรวจไม่สำเร็จ", "This check failed")
TELL = Words("แจ้งผู้ดูแลระบบ", "Tell the system administrator")


@dataclass(frozen=True)
class Result:
    """One check and what it found; `fine` is what is said when that is nothing."""

    name: Words
    findings: tuple[Finding, ...]
    fine: Words = READY


def examine(kiosk: Kiosk, checks: Iterable[Check] = CHECKS) -> tuple[Result, ...]:
    """Run the checks. Never raises: a check that does is a finding."""
    return tuple(
        Result(check.name, _look(check, kiosk), READY if check.has(kiosk.settings) else NOT_SET_UP) for check in checks
    )


def findings(results: Iterable[Result]) -> tuple[Finding, ...]:
    """Everything found, worst first."""
    order = list(Severity)
    found = (finding for result in results for finding in result.findings)
    return tuple(sorted(found, key=lambda finding: order.index(finding.severity)))


def _look(check: Check, kiosk: Kiosk) -> tuple[Finding, ...]:
    try:
        return tuple(check.look(kiosk))
    except Exception as error:
        log.exception("the check of %s failed", check.name.en)
        what = Words(f"{BROKEN.th} ({type(error).__name__})", f"{BROKEN.en}: {type(error).__name__}")
        return (Finding("T-09", Severity.NOTE, what, TELL),)


class Health:
    """The health of a running interface. It asks no device and no centre: the runner passes the devices' last
    states, so that no finding depends on a file that was written."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._known: tuple[dict[str, str], str] = ({}, "")
        self._due = 0.0
        self._last: tuple[Result, ...] = ()
        self._facts: list[tuple[Words, Words]] = []

    def findings(self, devices: Mapping[str, str], unwritten: str = "") -> tuple[str, ...]:
        """Codes of what is wrong now; `unwritten` says why the last report could not be written. Looks again when one
        of them changed or half a minute has passed; then it blocks for some milliseconds: a lane's work."""
        known, now = (dict(devices), unwritten), time.monotonic()
        if known != self._known or now >= self._due:
            self._known, self._due = known, now + EVERY_S
            self._last = examine(Kiosk(self._settings, devices=devices, unwritten=unwritten))
            self._facts = facts(self._settings)
        return tuple(dict.fromkeys(finding.code for finding in findings(self._last)))

    def report(self, language: str) -> list[tuple[str, str]]:
        """Lines for the technician's screen, (name, sentence), as of the last `findings`. Returns at once."""
        told = [(name.say(language), sentence.say(language)) for name, sentence in self._facts]
        return [*(line for result in self._last for line in lines(result, language)), *told]


def lines(result: Result, language: str) -> list[tuple[str, str]]:
    """One check as (name, sentence): "ready", "not set up", or each finding with its code and advice."""
    name = result.name.say(language)
    if not result.findings:
        return [(name, result.fine.say(language))]
    return [
        (name, f"{found.code} {found.what.say(language)}. {found.advice.say(language)}") for found in result.findings
    ]
