"""`kiosk doctor`: report whether this kiosk is ready, and what to do if not."""

import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

from drivers.card_reader.pcsc_reader import PcscCardReader
from drivers.ports.card_reader import CardReaderStatus
from drivers.ports.letter_scanner import ScanError
from drivers.receipt_printer.usb_discovery import list_usb_printers
from kiosk_app.commands.arguments import make_parser, settings_from_args
from kiosk_app.commands.output import print_json, print_message
from kiosk_app.device_factory import create_printer, create_scanner
from kiosk_app.health.device_checks import DEVICE_KINDS, has_card_reader, has_printer, has_scanner
from kiosk_app.health.device_summary import DeviceSummary, summarise_devices
from kiosk_app.health.finding import HealthContext, Severity
from kiosk_app.health.monitor import CheckResult, format_result, run_checks, sort_findings
from kiosk_app.outbox.device_successes import read_last_successes
from kiosk_app.outbox.reports import KioskReport
from kiosk_app.settings import Settings, SettingsError
from machine.deadline import call_with_deadline

READER_TIMEOUT_S = 7.0  # a watch reports a pcscd that hangs after 6 s
LANGUAGES = {"th": ("th",), "en": ("en",), "both": ("th", "en")}


def main(argv: Sequence[str]) -> int:
    """Run the checks and report; the status is 0 only when no finding has the severity STOPS or HINDERS."""
    arg_parser = make_parser("doctor", "Report whether this kiosk is ready, and what to do if not.")
    arg_parser.add_argument("--json", action="store_true", help="one JSON object, in both languages")
    arg_parser.add_argument("--language", choices=LANGUAGES, default="both", help="language of the report")
    arg_parser.add_argument(
        "--without-devices",
        action="store_true",
        help="open no device: without a report of the interface their state is unknown",
    )
    arguments = arg_parser.parse_args(argv)
    try:
        settings = settings_from_args(arguments)
    except SettingsError as error:
        if arguments.json:
            print_json({"ready": False, "settings": list(error.mistakes)})
        raise
    # A running interface uses the devices: a query by another process would disturb it.
    report = KioskReport.read(settings.paths.state)
    may_query = report is None and not arguments.without_devices
    statuses = dict(report.devices) if report else _query_devices(settings) if may_query else {}
    models = _query_models(settings, query=may_query)
    devices = summarise_devices(settings, statuses, models, read_last_successes(settings.paths.state))
    results = run_checks(HealthContext(settings, devices=statuses, may_contact_centre=True, are_settings_current=True))
    ready = all(finding.severity is Severity.NOTE for finding in sort_findings(results))
    if arguments.json:
        print_json(
            {
                "ready": ready,
                "kiosk": settings.kiosk.id,
                "devices": statuses,
                "devices_from": "interface" if report else "asked" if may_query else "nobody",
                "equipment": [device.to_dict() for device in devices],
                "checks": [_result_as_dict(result) for result in results],
            }
        )
    else:
        print("\n\n".join(_format_report(devices, results, language) for language in LANGUAGES[arguments.language]))
    print_message("This kiosk is ready." if ready else "This kiosk is not ready.")
    return 0 if ready else 1


def _result_as_dict(result: CheckResult) -> dict[str, Any]:
    """A check for programs, in both languages."""
    findings = [
        {
            "code": finding.code,
            "severity": finding.severity.value,
            "what": finding.summary._asdict(),
            "advice": finding.advice._asdict(),
        }
        for finding in result.findings
    ]
    return {"name": result.name.en, "findings": findings}


def _format_report(devices: Iterable[DeviceSummary], results: Iterable[CheckResult], language: str) -> str:
    """For people: the devices, then all other checks."""
    device_names = [kind.name for kind in DEVICE_KINDS]
    others = (line for result in results if result.name not in device_names for line in format_result(result, language))
    return "\n".join(
        [*(device.format_line(language) for device in devices), *(f"{name}: {sentence}" for name, sentence in others)]
    )


def _query_devices(settings: Settings) -> dict[str, str]:
    statuses: dict[str, str] = {}
    if has_card_reader(settings):
        statuses["card_reader"] = _query_reader_status(PcscCardReader(settings.card_reader.reader)).value
    if has_printer(settings):
        statuses["printer"] = create_printer(settings).status().value
    if has_scanner(settings):
        statuses["scanner"] = create_scanner(settings).status().value
    return statuses


def _query_reader_status(reader: PcscCardReader) -> CardReaderStatus:
    """The first status that a watch reports."""
    statuses, stop = [CardReaderStatus.UNKNOWN], threading.Event()

    def on_change(status: CardReaderStatus) -> None:
        statuses.append(status)
        stop.set()

    threading.Thread(target=reader.watch, args=(on_change, stop), daemon=True).start()
    stop.wait(READER_TIMEOUT_S)
    stop.set()
    return statuses[-1]


def _query_models(settings: Settings, *, query: bool) -> dict[str, str]:
    """The model of each device; without `query`, as far as it is known without opening the device."""
    connection = settings.printer.connection
    return {
        "card_reader": _reader_models(settings) if has_card_reader(settings) else "",
        "printer": " · ".join(
            [*(usb.name for usb in list_usb_printers() if usb.matches_connection(connection)), connection]
        ),
        "scanner": (_scanner_model(settings) if query and has_scanner(settings) else "") or settings.scanner.device,
    }


def _reader_models(settings: Settings) -> str:
    with suppress(TimeoutError):
        return ", ".join(call_with_deadline(READER_TIMEOUT_S, PcscCardReader(settings.card_reader.reader).reader_names))
    return ""


def _scanner_model(settings: Settings) -> str:
    try:
        _, chosen = create_scanner(settings).list_devices()
    except ScanError:
        return ""
    return f"{chosen.model} · {chosen.name}" if chosen else ""
