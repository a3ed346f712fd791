"""Health: every device state has a meaning, a failing check is a finding, and the watchdog is reset."""

import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from drivers.ports.card_reader import CardReaderStatus
from drivers.ports.letter_scanner import ScannerStatus
from drivers.ports.receipt_printer import PrinterStatus
from journey import environment_faults
from journey.faults import Fault
from kiosk_app.health import centre_checks, device_checks, outbox_checks, settings_checks, update_checks
from kiosk_app.health.finding import Finding, HealthCheck, HealthContext, Severity
from kiosk_app.health.monitor import CHECKS, HealthMonitor, format_result, run_checks, sort_findings
from kiosk_app.health.watchdog import Watchdog
from kiosk_app.outbox import Outbox, revocation
from kiosk_app.outbox.reports import LinkReport
from kiosk_app.outbox.state_directory import outbox_directory
from kiosk_app.settings import Settings, parse
from protocol.bilingual_text import BilingualText
from provision.debian_update import DebianUpdate
from simulators.reserved_port import ReservedPort
from tests.outbox_samples import enrolment

HEALTHY = {"card_reader": "empty", "printer": "ready", "scanner": "ready"}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    state = tmp_path / "state"
    state.mkdir()
    return parse(
        {
            "kiosk": {"centre_name_th": "ศาลากลาง", "centre_name_en": "Provincial Hall", "area": "400101"},
            "printer": {"connection": "usb:/dev/usb/lp0"},
            "paths": {"state": str(state), "runtime": str(tmp_path / "runtime")},
        }
    )


def codes(findings: Iterator[Finding]) -> list[str]:
    return [finding.code for finding in findings]


def device_findings(kiosk: HealthContext) -> list[str]:
    return [code for kind in device_checks.DEVICE_KINDS for code in codes(kind.run_check(kiosk))]


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (PrinterStatus.READY, []),
        (PrinterStatus.UNKNOWN, ["P-08"]),
        (PrinterStatus.PAPER_NEAR_END, ["P-07"]),
        (PrinterStatus.PAPER_OUT, [Fault.PRINTER_PAPER_OUT.value]),
        (PrinterStatus.HOLDS_OLD_DATA, [Fault.PRINTER_HOLDS_OLD_DATA.value]),
    ],
)
def test_each_printer_state_has_its_finding(settings: Settings, status: PrinterStatus, code: list[str]) -> None:
    assert device_findings(HealthContext(settings, HEALTHY | {"printer": status.value})) == code


def test_every_bad_device_state_has_a_finding() -> None:
    fine = {
        CardReaderStatus.EMPTY,
        CardReaderStatus.CARD_PRESENT,
        PrinterStatus.READY,
        ScannerStatus.READY,
        ScannerStatus.BUSY,
        ScannerStatus.NO_PAPER,
        ScannerStatus.CANCELLED,
    }
    states = {status: state for kind in device_checks.DEVICE_KINDS for status, state in kind.meanings.items()}
    assert states.keys() == {*CardReaderStatus, *PrinterStatus, *ScannerStatus}
    assert {status for status, state in states.items() if state.finding is None} == fine


def test_screen_and_report_use_the_same_staff_code() -> None:
    shown = (
        environment_faults.CARD_READER_FAULTS | environment_faults.PRINTER_FAULTS | environment_faults.SCANNER_FAULTS
    )
    reported = {
        status: state.finding.code
        for kind in device_checks.DEVICE_KINDS
        for status, state in kind.meanings.items()
        if state.finding is not None
    }
    both = (shown.keys() & reported.keys()) - {ScannerStatus.UNKNOWN}  # after a scan it counts as a failure
    assert {status: shown[status].value for status in both} == {status: reported[status] for status in both}
    assert {status for status in shown if status not in reported} == {ScannerStatus.NO_PAPER, ScannerStatus.BUSY}


def test_a_device_without_a_report_is_never_ready(settings: Settings) -> None:
    assert device_findings(HealthContext(settings)) == ["C-06", "P-08", "S-08"]


def test_a_disabled_device_gives_no_finding(tmp_path: Path) -> None:
    bare = parse({"card_reader": {"enabled": False}, "scanner": {"enabled": False}})
    assert device_findings(HealthContext(bare)) == []


def test_a_missing_enrolment_is_a_stopping_finding(settings: Settings) -> None:
    (finding,) = outbox_checks.check_enrolment(HealthContext(settings))
    assert (finding.code, finding.severity) == (Fault.NOT_ENROLLED.value, Severity.STOPS)


def test_a_revoked_kiosk_is_reported_as_revoked(settings: Settings) -> None:
    known = enrolment()
    known.save(settings.paths.state)
    revocation.record_revocation(settings.paths.state, known, revoked=True)
    (finding,) = outbox_checks.check_enrolment(HealthContext(settings))
    assert (finding.code, finding.severity) == (Fault.REVOKED.value, Severity.STOPS)


def test_a_damaged_enrolment_is_reported(settings: Settings) -> None:
    (settings.paths.state / "enrolment.json").write_text("{", encoding="utf-8")
    (finding,) = outbox_checks.check_enrolment(HealthContext(settings))
    assert finding.severity is Severity.STOPS
    assert "damaged" in finding.summary.en


def test_an_outbox_with_an_invalid_database_is_set_aside_and_reported(settings: Settings) -> None:
    directory = outbox_directory(settings.paths.state)
    directory.mkdir()
    with Outbox.open(directory, None):
        pass
    assert codes(outbox_checks.check_outbox(HealthContext(settings))) == []
    (directory / "outbox.db").write_bytes(b"no database at all" * 500)
    assert codes(outbox_checks.check_outbox(HealthContext(settings))) == ["K-07"]


def test_the_forwarders_report_on_the_centre_is_used(settings: Settings) -> None:
    assert codes(centre_checks.check_centre(HealthContext(settings))) == ["N-04"]
    LinkReport(centre_answers=True).write(settings.paths.state)
    assert codes(centre_checks.check_centre(HealthContext(settings))) == []
    LinkReport(centre_answers=False, trouble="no route").write(settings.paths.state)
    (finding,) = centre_checks.check_centre(HealthContext(settings))
    assert (finding.code, "no route" in finding.summary.en) == ("N-01", True)


def test_without_a_report_the_centre_is_queried(settings: Settings) -> None:
    assert codes(centre_checks.check_centre(HealthContext(settings, may_contact_centre=True))) == ["N-03"]
    with ReservedPort() as closed:
        reachable = replace(settings, centre=replace(settings.centre, url=closed.url))
        assert codes(centre_checks.check_centre(HealthContext(reachable, may_contact_centre=True))) == ["N-01"]


def test_settings_that_name_nothing_are_findings() -> None:
    wrong = parse(
        {"kiosk": {"area": "99", "centre_name_th": "ก", "centre_name_en": "a"}, "centre": {"ca_file": "/none.pem"}}
    )
    assert codes(settings_checks.check_settings(HealthContext(wrong))) == ["T-01", "T-03", "T-04"]


def test_a_check_that_raises_is_a_finding(settings: Settings) -> None:
    def broken(kiosk: HealthContext) -> Iterator[Finding]:
        raise ZeroDivisionError

    (result,) = run_checks(HealthContext(settings), [HealthCheck(BilingualText("ก", "a"), broken)])
    assert [finding.code for finding in result.findings] == ["T-09"]
    assert "ZeroDivisionError" in result.findings[0].summary.en


def test_stopping_findings_are_listed_first(settings: Settings) -> None:
    findings = sort_findings(run_checks(HealthContext(settings, HEALTHY)))
    order = [list(Severity).index(finding.severity) for finding in findings]
    assert findings[0].code == "K-01"
    assert order == sorted(order)


def test_a_report_is_ready_or_lists_findings_with_advice(settings: Settings) -> None:
    results = {
        result.name.en: result for result in run_checks(HealthContext(settings, {**HEALTHY, "printer": "paper_out"}))
    }
    assert format_result(results["Card reader"], "en") == [("Card reader", "Ready")]
    assert format_result(results["Printer"], "th") == [
        ("เครื่องพิมพ์", "P-02 กระดาษใบติดตามหมด. ใส่ม้วนใหม่ ด้านความร้อนออกด้านนอก")
    ]


def test_a_running_interface_is_reported_from_its_last_report(settings: Settings) -> None:
    health = HealthMonitor(settings)
    assert health.report("th") == []
    assert "P-08" in health.findings({})
    assert not {"P-08", "C-06", "S-08"} & set(health.findings(HEALTHY))
    assert len(health.report("th")) >= len(CHECKS)
    assert ("Printer", "Ready") in health.report("en")


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(str(tmp_path / "notify"))
        line.settimeout(2)
        yield line


def test_the_service_manager_gets_each_message_once(manager: socket.socket) -> None:
    watchdog = Watchdog({"NOTIFY_SOCKET": str(manager.getsockname()), "WATCHDOG_USEC": "60000000"})
    watchdog.ready()
    watchdog.ready()
    for _ in range(50):
        watchdog.ping()
    watchdog.stopping()
    assert [manager.recv(100) for _ in range(3)] == [b"READY=1", b"WATCHDOG=1", b"STOPPING=1"]


def test_an_abstract_socket_is_supported() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        name = f"damrongdham-test-{threading.get_native_id()}"
        line.bind("\0" + name)
        line.settimeout(2)
        Watchdog({"NOTIFY_SOCKET": "@" + name}).status("attract")
        assert line.recv(100) == b"STATUS=attract"


def test_without_a_service_manager_nothing_is_sent(tmp_path: Path) -> None:
    Watchdog({}).ping()
    Watchdog({"NOTIFY_SOCKET": str(tmp_path / "gone")}).ready()


@pytest.mark.parametrize(
    ("table", "named"),
    [
        ({"kiosk": {"id": "KKN07"}, "centre": {"url": "https://centre.example/"}}, []),
        ({"kiosk": {"id": "KKN99"}}, ["kiosk.id is KKN99, but enrolled is KKN07"]),
        (
            {"kiosk": {"id": "KKN07"}, "centre": {"url": "https://asked.example"}},
            ["centre.url is https://asked.example, but enrolled is https://centre.example"],
        ),
    ],
)
def test_settings_that_differ_from_the_enrolment_are_named(
    tmp_path: Path, table: dict[str, dict[str, str]], named: list[str]
) -> None:
    enrolment("https://centre.example").save(tmp_path)
    settings = parse({**table, "paths": {"state": str(tmp_path)}})
    context = HealthContext(settings, are_settings_current=True)
    assert [finding.summary.en for finding in outbox_checks.check_enrolment(context)] == named
    at_its_start = outbox_checks.check_enrolment(HealthContext(settings))
    assert all("centre.url" not in finding.summary.en for finding in at_its_start), "it has the address of its start"


@pytest.mark.parametrize(("days", "expected"), [(0, []), (13, []), (15, ["T-15"])])
def test_security_updates_that_fail_for_two_weeks_are_a_finding(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: int, expected: list[str]
) -> None:
    record = tmp_path / "security-updates.json"
    monkeypatch.setattr(update_checks, "RECORD_FILE", record)
    monkeypatch.setattr(update_checks, "PACKAGE_FILE", tmp_path / "name")
    context = HealthContext(settings)
    assert codes(update_checks.check_security_updates(context)) == [], "not installed from a package"
    DebianUpdate(datetime.now(UTC) - timedelta(days=days), record)
    assert codes(update_checks.check_security_updates(context)) == expected
    (tmp_path / "name").touch()
    for damaged in ("yesterday", "2026-11-30T00:00:00"):
        record.write_text(json.dumps({"counted_from": damaged}), encoding="utf-8")
        assert codes(update_checks.check_security_updates(context)) == []
    monkeypatch.setattr(update_checks, "MAX_AGE", timedelta())
    assert codes(update_checks.check_security_updates(context)) == ["T-15"], "an update that has never run"
