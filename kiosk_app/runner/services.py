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
from journey.events import EnvironmentChanged
from journey.faults import Fault
from journey.state import KioskProfile
from kiosk_app.outbox import revocation
from kiosk_app.outbox.clock import clock_quality
from kiosk_app.outbox.reports import LinkReport
from kiosk_app.receipt import ReceiptContent, draw_receipt
from kiosk_app.runner.outbox_service import OutboxService, saved_at_datetime
from kiosk_app.runner.ports import Picture, RecognisedText, Services
from kiosk_app.runner.scan_effects import PREPARE_DEADLINE_S, RECOGNISE_DEADLINE_S
from kiosk_app.runner.status_report import FindFaultCodes, StatusReporter
from kiosk_app.settings import Settings, is_night
from ocr import child_process
from ocr.prepare_page import prepare
from ocr.qr_codes import find_qr
from ocr.recognise import PROGRAM, find_missing_ocr_cached, recognise
from protocol.choices import ClockQuality
from protocol.messages import TrackingResponse
from protocol.tracking_code import TrackingCodeError, code_from_url, tracking_url
from thai.dates import in_thailand

log = logging.getLogger(__name__)

# Address space of a child: 60 megapixels in colour are 180 MB twice, besides numpy's threads and Python.
PREPARE_MEMORY_MB = 1200
RECOGNISE_MEMORY_MB = 1600  # tesseract's two models besides


def build_services(
    settings: Settings,
    outbox_service: OutboxService,
    kiosk: Callable[[], KioskProfile],
    look_up: Callable[[str, str], TrackingResponse],
    findings: FindFaultCodes,
) -> Services:
    """The services of a real kiosk. `kiosk` gives the centre's present names and address, `findings` is the
    StatusReporter's."""

    def draw(effect: PrintReceipt) -> Image.Image:
        facts = kiosk()
        content = ReceiptContent(
            centre_name_th=facts.centre_name_th,
            centre_name_en=facts.centre_name_en,
            code=effect.saved.code,
            number=effect.saved.number,
            url=tracking_url(facts.public_url, effect.saved.code),
            page_count=effect.page_count,
            saved_at=saved_at_datetime(effect.saved) if effect.date_known else None,
            language=effect.language,
            copy_number=effect.print_number if effect.is_copy else 1,
        )
        return draw_receipt(content, settings.printer.width_dots)

    report = StatusReporter(settings.paths.state, findings)

    def read_environment() -> EnvironmentChanged:
        fault = outbox_service.blocking_fault()
        link = LinkReport.read(settings.paths.state)
        enrolment = outbox_service.load_enrolment()
        trusted = clock_quality() is ClockQuality.SYNCHRONISED
        return EnvironmentChanged(
            ocr_available=find_missing_ocr_cached() is None,
            centre_reachable=link.centre_answers if link else False,
            clock_trusted=trusted,
            is_night=trusted and is_night(settings.screen, f"{in_thailand(datetime.now(UTC)):%H:%M}"),
            enrolled=fault is not Fault.NOT_ENROLLED,
            outbox_writable=fault not in (Fault.STORE_FULL, Fault.STORE_BROKEN),
            outbox_damaged=fault is Fault.STORE_BROKEN,
            revoked=revocation.is_revoked(settings.paths.state, enrolment),
            **({"acknowledged_ids": link.received} if link else {}),
        )

    return Services(
        prepare=_prepare,
        recognise=_recognise,
        find_code=_find_code,
        save=outbox_service.save,
        confirm_receipt=outbox_service.confirm_receipt,
        draw_receipt=draw,
        look_up=look_up,
        read_environment=read_environment,
        write_report=report.write,
        read_call_answer=report.read_call_answer,
        save_receipt_note=outbox_service.save_receipt_note,
        erase_receipt_note=outbox_service.erase_receipt_note,
        read_receipt_note=outbox_service.read_receipt_note,
    )


def _prepare(raw: bytes, quarter_turns: int, cancel: Event) -> Picture:
    page = child_process.run_in_child(
        prepare, raw, quarter_turns, deadline_s=PREPARE_DEADLINE_S - 1, memory_mb=PREPARE_MEMORY_MB, cancel=cancel
    )
    return Picture(page.jpeg, page.width, page.height, page.preview, page.blank)


def _recognise(jpeg: bytes, cancel: Event) -> RecognisedText:
    read = child_process.run_in_child(
        recognise,
        jpeg,
        deadline_s=RECOGNISE_DEADLINE_S - 1,
        memory_mb=RECOGNISE_MEMORY_MB,
        cancel=cancel,
        program=PROGRAM,
    )
    lines = tuple(RecognisedLine(line.text, line.confidence, line.is_uncertain, line.centre_y) for line in read.lines)
    return RecognisedText(lines, read.is_readable, read.confidence, read.quarter_turns)


def _find_code(raw: bytes, cancel: Event) -> str | None:
    for text in child_process.run_in_child(
        find_qr, raw, deadline_s=PREPARE_DEADLINE_S - 1, memory_mb=PREPARE_MEMORY_MB, cancel=cancel
    ):
        try:
            return code_from_url(text)
        except TrackingCodeError:
            continue  # another QR code on the paper
    return None
