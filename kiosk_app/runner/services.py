"""What the runner has others do, put together from outbox, receipt, recognition and places.

Only what the runner may not know (asking the centre, health) is handed in.
"""

import logging
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from threading import Event

from PIL import Image

from drivers.receipt_printer.status import PrintVerdict
from kiosk_app.complaint.draft import RecognisedLine
from kiosk_app.journey.effects import PrintReceipt
from kiosk_app.journey.events import CallAnswered, HealthChanged
from kiosk_app.journey.faults import Fault
from kiosk_app.journey.state import Hall, Journey
from kiosk_app.outbox import revocation
from kiosk_app.outbox.moment import clock_quality
from kiosk_app.outbox.reports import KioskReport, LinkReport
from kiosk_app.outbox.successes import note_success
from kiosk_app.receipt import ReceiptContent, draw_receipt
from kiosk_app.runner.keeper import Keeper, saved_at
from kiosk_app.runner.letter import PREPARE_S, RECOGNISE_S
from kiosk_app.runner.parts import Picture, Reading, Services
from kiosk_app.settings import Settings, is_night
from ocr import child
from ocr.codes import find_qr
from ocr.prepare import prepare
from ocr.recognise import PROGRAM, lately_available, recognise
from protocol.choices import ClockQuality
from protocol.messages import TrackAnswer
from protocol.staff_call import answer_of
from protocol.tracking_code import TrackingCodeError, code_from_url, tracking_url
from thai.dates import in_thailand

log = logging.getLogger(__name__)

# Address space of a child: 60 megapixels in colour are 180 MB twice, besides numpy's threads and Python.
PICTURE_MB = 1200
READING_MB = 1600  # tesseract's two models besides


def services(
    settings: Settings,
    keeper: Keeper,
    hall: Callable[[], Hall],
    look_up: Callable[[str, str], TrackAnswer],
    findings: Callable[[Mapping[str, str], str], tuple[str, ...]],
) -> Services:
    """The services of a real kiosk. `hall` tells the centre's names and address as they stand. `findings` gives the
    codes of what health finds wrong, for the heartbeat; it is told the devices' states and why the last report could
    not be written, '' when it was."""

    def draw(effect: PrintReceipt) -> Image.Image:
        facts = hall()
        content = ReceiptContent(
            centre_th=facts.centre_th,
            centre_en=facts.centre_en,
            code=effect.minted.code,
            number=effect.minted.number,
            url=tracking_url(facts.public_url, effect.minted.code),
            pages=effect.pages,
            moment=saved_at(effect.minted) if effect.date_known else None,
            language=effect.language,
            copy=effect.copy if effect.is_copy else 1,
        )
        return draw_receipt(content, settings.printer.width_dots)

    noted: set[tuple[int, str]] = set()
    this_start = secrets.token_hex(4)  # a call of an interface that was started again is another call
    unwritten = ""  # why the last report is not where the heartbeat finds it

    def tell(journey: Journey) -> None:
        nonlocal unwritten
        around = journey.around
        # Looked for here, every few seconds, rather than told by each call: what a device did stays with its visit.
        if worked := seen_working(journey) - noted:
            noted.clear()
            noted.update(seen_working(journey))
            note_success(settings.paths.state, [name for _, name in worked])
        devices = {
            "card_reader": around.card_reader.value,
            "printer": around.printer.value,
            "scanner": around.scanner.value,
        }
        found = findings(devices, unwritten)
        call = journey.call
        named = "" if call is None else f"{this_start}-{call.number}"
        report = KioskReport(devices=devices, findings=found, staff_called=call is not None, staff_call=named)
        try:
            report.write(settings.paths.state)
        except OSError as error:
            unwritten = unwritten or _not_written(error)
        else:
            unwritten = ""

    def look_around() -> HealthChanged:
        fault = keeper.fault()
        link = LinkReport.read(settings.paths.state)
        enrolment = keeper.enrolment()
        trusted = clock_quality() is ClockQuality.SYNCHRONISED
        return HealthChanged(
            ocr=lately_available() is None,
            network=link.centre_answers if link else False,
            clock_trusted=trusted,
            night=trusted and is_night(settings.screen, f"{in_thailand(datetime.now(UTC)):%H:%M}"),
            enrolled=fault is not Fault.NOT_ENROLLED,
            outbox_open=fault not in (Fault.STORE_FULL, Fault.STORE_BROKEN),
            outbox_broken=fault is Fault.STORE_BROKEN,
            revoked=revocation.is_revoked(settings.paths.state, enrolment),
            received=link.received if link else None,
        )

    def call_answer() -> CallAnswered | None:
        link = LinkReport.read(settings.paths.state)
        start, _, number = (link.staff_call if link else "").rpartition("-")
        if link is None or start != this_start or not number.isdecimal():
            return None
        return CallAnswered(int(number), answer_of(link.call_answer))

    return Services(
        prepare=_prepare,
        recognise=_recognise,
        find_code=_find_code,
        save=keeper.save,
        confirm_receipt=keeper.confirm_receipt,
        draw_receipt=draw,
        look_up=look_up,
        look_around=look_around,
        tell=tell,
        call_answer=call_answer,
        keep_note=keeper.keep_note,
        erase_note=keeper.erase_note,
        read_note=keeper.read_note,
    )


def _not_written(error: OSError) -> str:
    log.error("the report for the heartbeat cannot be written: %s", error.strerror)
    return error.strerror or type(error).__name__


def seen_working(journey: Journey) -> set[tuple[int, str]]:
    """Which devices did their work in this visit, each with the visit's id."""
    visit = journey.visit
    if visit is None:
        return set()
    did = {
        "card_reader": visit.draft.card is not None,
        "printer": visit.print_verdict is PrintVerdict.PRINTED,
        "scanner": bool(visit.draft.pages),
    }
    return {(visit.visit_id, name) for name, worked in did.items() if worked}


def _prepare(raw: bytes, turns: int, cancel: Event) -> Picture:
    page = child.run(prepare, raw, turns, deadline_s=PREPARE_S - 1, memory_mb=PICTURE_MB, cancel=cancel)
    return Picture(page.jpeg, page.width, page.height, page.preview, page.blank)


def _recognise(jpeg: bytes, cancel: Event) -> Reading:
    read = child.run(recognise, jpeg, deadline_s=RECOGNISE_S - 1, memory_mb=READING_MB, cancel=cancel, program=PROGRAM)
    lines = tuple(RecognisedLine(line.text, line.confidence, line.unsure, line.middle) for line in read.lines)
    return Reading(lines, read.readable, read.confidence, read.turned)


def _find_code(raw: bytes, cancel: Event) -> str | None:
    for text in child.run(find_qr, raw, deadline_s=PREPARE_S - 1, memory_mb=PICTURE_MB, cancel=cancel):
        try:
            return code_from_url(text)
        except TrackingCodeError:
            continue  # another QR code on the paper
    return None
