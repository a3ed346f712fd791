"""`kiosk doctor`: is this kiosk ready, and if not, what to do about it."""

import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

from drivers.card_reader.pcsc_reader import PcscCardReader
from drivers.ports.card_reader import CardReaderStatus
from drivers.ports.letter_scanner import ScanError
from drivers.receipt_printer.usb_discovery import usb_printers
from kiosk_app.commands.common import answer, parser, settings_of, tell
from kiosk_app.device_factory import printer_of, scanner_of
from kiosk_app.health.call_deadline import within
from kiosk_app.health.device_checks import KINDS, has_card_reader, has_printer, has_scanner
from kiosk_app.health.device_summary import Device, equipment
from kiosk_app.health.finding import Kiosk, Severity
from kiosk_app.health.monitor import Result, examine, findings, lines
from kiosk_app.outbox.device_successes import last_successes
from kiosk_app.outbox.reports import KioskReport
from kiosk_app.settings import Settings, SettingsError

READER_S = 7.0  # a watch calls a pcscd that hangs by its name after 6 s
LANGUAGES = {"th": ("th",), "en": ("en",), "both": ("th", "en")}


def main(words: Sequence[str]) -> int:
    """Examine and report; 0 only when nothing stops or hinders a visit."""
    options = parser("doctor", "Say whether this kiosk is ready, and what to do about what is not.")
    options.add_argument("--json", action="store_true", help="one JSON object, in both languages")
    options.add_argument("--language", choices=LANGUAGES, default="both", help="of the sentences")
    wish = options.parse_args(words)
    try:
        settings = settings_of(wish)
    except SettingsError as error:
        if wish.json:
            answer({"ready": False, "settings": list(error.mistakes)})
        raise
    # A running interface has the devices; asking them beside it would disturb it.
    report = KioskReport.read(settings.paths.state)
    statuses = dict(report.devices) if report else _asked(settings)
    models = _models(settings, ask=report is None)
    devices = equipment(settings, statuses, models, last_successes(settings.paths.state))
    results = examine(Kiosk(settings, devices=statuses, ask_centre=True))
    ready = all(found.severity is Severity.NOTE for found in findings(results))
    if wish.json:
        answer(
            {
                "ready": ready,
                "kiosk": settings.kiosk.id,
                "devices": statuses,
                "devices_from": "interface" if report else "asked",
                "equipment": [device.facts() for device in devices],
                "checks": [_facts(result) for result in results],
            }
        )
    else:
        print("\n\n".join(_report(devices, results, language) for language in LANGUAGES[wish.language]))
    tell("This kiosk is ready." if ready else "This kiosk is not ready.")
    return 0 if ready else 1


def _facts(result: Result) -> dict[str, Any]:
    """A check for machines, both languages."""
    found = [
        {
            "code": found.code,
            "severity": found.severity.value,
            "what": vars(found.what),
            "advice": vars(found.advice),
        }
        for found in result.findings
    ]
    return {"name": result.name.en, "findings": found}


def _report(devices: Iterable[Device], results: Iterable[Result], language: str) -> str:
    """For people: the devices, then every other check."""
    of_devices = [kind.name for kind in KINDS]
    others = (line for result in results if result.name not in of_devices for line in lines(result, language))
    return "\n".join(
        [*(device.line(language) for device in devices), *(f"{name}: {sentence}" for name, sentence in others)]
    )


def _asked(settings: Settings) -> dict[str, str]:
    found: dict[str, str] = {}
    if has_card_reader(settings):
        found["card_reader"] = _reader_status(PcscCardReader(settings.card_reader.reader)).value
    if has_printer(settings):
        found["printer"] = printer_of(settings).status().value
    if has_scanner(settings):
        found["scanner"] = scanner_of(settings).status().value
    return found


def _reader_status(reader: PcscCardReader) -> CardReaderStatus:
    """What a watch tells first."""
    told, stop = [CardReaderStatus.UNKNOWN], threading.Event()

    def on_change(status: CardReaderStatus) -> None:
        told.append(status)
        stop.set()

    threading.Thread(target=reader.watch, args=(on_change, stop), daemon=True).start()
    stop.wait(READER_S)
    stop.set()
    return told[-1]


def _models(settings: Settings, *, ask: bool) -> dict[str, str]:
    """What each device calls itself; unless `ask`, as far as that is known without opening it."""
    connection = settings.printer.connection
    return {
        "card_reader": _reader_models(settings) if has_card_reader(settings) else "",
        "printer": " · ".join([*(usb.name for usb in usb_printers() if usb.is_at(connection)), connection]),
        "scanner": (_scanner_model(settings) if ask and has_scanner(settings) else "") or settings.scanner.device,
    }


def _reader_models(settings: Settings) -> str:
    with suppress(TimeoutError):
        return ", ".join(within(READER_S, PcscCardReader(settings.card_reader.reader).models))
    return ""


def _scanner_model(settings: Settings) -> str:
    try:
        _, chosen = scanner_of(settings).devices()
    except ScanError:
        return ""
    return f"{chosen.model} · {chosen.name}" if chosen else ""
