"""What the runner has others do, put together from outbox, receipt, recognition and places.

Only what the runner may not know (asking the centre, health) is handed in.
"""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Event

from PIL import Image

from journey.complaint.draft import RecognisedLine
from journey.effects import PrintReceipt
from journey.events import HealthChanged
from journey.faults import Fault
from journey.state import Hall
from kiosk_app.outbox import revocation
from kiosk_app.outbox.clock import clock_quality
from kiosk_app.outbox.reports import LinkReport
from kiosk_app.receipt import ReceiptContent, draw_receipt
from kiosk_app.runner.outbox_service import Keeper, saved_at
from kiosk_app.runner.ports import Picture, Reading, Services
from kiosk_app.runner.scan_effects import PREPARE_S, RECOGNISE_S
from kiosk_app.runner.status_report import Findings, Report
from kiosk_app.settings import Settings, is_night
from ocr import child_process
from ocr.prepare_page import prepare
from ocr.qr_codes import find_qr
from ocr.recognise import PROGRAM, lately_available, recognise
from protocol.choices import ClockQuality
from protocol.messages import TrackAnswer
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
    findings: Findings,
) -> Services:
    """The services of a real kiosk. `hall` gives the centre's present names and address; `findings`: see Report."""

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

    report = Report(settings.paths.state, findings)

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

    return Services(
        prepare=_prepare,
        recognise=_recognise,
        find_code=_find_code,
        save=keeper.save,
        confirm_receipt=keeper.confirm_receipt,
        draw_receipt=draw,
        look_up=look_up,
        look_around=look_around,
        tell=report.tell,
        call_answer=report.call_answer,
        keep_note=keeper.keep_note,
        erase_note=keeper.erase_note,
        read_note=keeper.read_note,
    )


def _prepare(raw: bytes, turns: int, cancel: Event) -> Picture:
    page = child_process.run(prepare, raw, turns, deadline_s=PREPARE_S - 1, memory_mb=PICTURE_MB, cancel=cancel)
    return Picture(page.jpeg, page.width, page.height, page.preview, page.blank)


def _recognise(jpeg: bytes, cancel: Event) -> Reading:
    read = child_process.run(
        recognise, jpeg, deadline_s=RECOGNISE_S - 1, memory_mb=READING_MB, cancel=cancel, program=PROGRAM
    )
    lines = tuple(RecognisedLine(line.text, line.confidence, line.unsure, line.middle) for line in read.lines)
    return Reading(lines, read.readable, read.confidence, read.turned)


def _find_code(raw: bytes, cancel: Event) -> str | None:
    for text in child_process.run(find_qr, raw, deadline_s=PREPARE_S - 1, memory_mb=PICTURE_MB, cancel=cancel):
        try:
            return code_from_url(text)
        except TrackingCodeError:
            continue  # another QR code on the paper
    return None
