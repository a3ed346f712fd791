"""`kiosk doctor`: is this kiosk ready, and if not, what to do about it."""

import threading
from collections.abc import Sequence

from drivers.card_reader.pcsc import PcscCardReader
from drivers.card_reader.status import CardReaderStatus
from drivers.letter_scanner.sane import SaneScanner
from drivers.receipt_printer.connect import connect
from kiosk_app.commands.common import answer, parser, settings_of, tell
from kiosk_app.health.examination import examine, findings, lines
from kiosk_app.health.finding import Kiosk, Severity
from kiosk_app.outbox.reports import KioskReport
from kiosk_app.settings import Settings, SettingsError

READER_S = 3.0


def main(words: Sequence[str]) -> int:
    """Examine and report; 0 only when nothing stops or hinders a visit."""
    options = parser("doctor", "Say whether this kiosk is ready, and what to do about what is not.")
    options.add_argument("--json", action="store_true", help="one JSON object")
    options.add_argument("--language", choices=("th", "en"), default="en", help="of the sentences")
    wish = options.parse_args(words)
    try:
        settings = settings_of(wish)
    except SettingsError as error:
        if wish.json:
            answer({"ready": False, "settings": list(error.mistakes)})
        raise
    # A running interface has the devices; asking them beside it would disturb it.
    report = KioskReport.read(settings.paths.state)
    devices = report.devices if report else _asked(settings)
    results = examine(Kiosk(settings, devices=devices, ask_centre=True))
    ready = all(found.severity is Severity.NOTE for found in findings(results))
    if wish.json:
        answer(
            {
                "ready": ready,
                "kiosk": settings.kiosk.id,
                "devices": devices,
                "devices_from": "interface" if report else "asked",
                "checks": [
                    {
                        "name": result.name.en,
                        "findings": [
                            {
                                "code": found.code,
                                "severity": found.severity.value,
                                "what": found.what.say(wish.language),
                                "advice": found.advice.say(wish.language),
                            }
                            for found in result.findings
                        ],
                    }
                    for result in results
                ],
            }
        )
    else:
        for result in results:
            for name, sentence in lines(result, wish.language):
                print(f"{name}: {sentence}")
    tell("This kiosk is ready." if ready else "This kiosk is not ready.")
    return 0 if ready else 1


def _asked(settings: Settings) -> dict[str, str]:
    found: dict[str, str] = {}
    if settings.card_reader.enabled:
        found["card_reader"] = _reader_status().value
    if settings.printer.connection != "none":
        found["printer"] = connect(settings.printer.connection, settings.printer.width_dots).status().value
    if settings.scanner.enabled:
        ours = settings.scanner
        found["scanner"] = SaneScanner(ours.device, ours.options, ours.timeout_s).status().value
    return found


def _reader_status() -> CardReaderStatus:
    """What a watch tells first."""
    told, stop = [CardReaderStatus.UNKNOWN], threading.Event()
    heard = threading.Event()

    def on_change(status: CardReaderStatus) -> None:
        told.append(status)
        heard.set()
        stop.set()

    threading.Thread(target=PcscCardReader().watch, args=(on_change, stop), daemon=True).start()
    heard.wait(READER_S)
    stop.set()
    return told[-1]
