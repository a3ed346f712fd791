"""Printing: the citizen's receipt, and slips for staff between the receipts."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime

from PIL import Image

from drivers.ports.receipt_printer import PrinterStatus, PrintVerdict, ReceiptPrinter
from journey import effects, events
from journey.state import KioskProfile
from kiosk_app.receipt import ReceiptContent, draw_receipt
from kiosk_app.runner.workers import Job, Worker, describe_error_without_data
from protocol.tracking_code import tracking_url

log = logging.getLogger(__name__)

# For a receipt on the slowest serial line (the driver's JOB_S), its paper feed, the barrier, and clearing the buffer
# after faults.
PRINT_DEADLINE_S = 150.0


class PrintEffects:
    """The effects of the receipt printer. `kiosk` gives the centre's present names and address; `post` takes results
    from any thread."""

    def __init__(
        self,
        printer: ReceiptPrinter | None,
        kiosk: Callable[[], KioskProfile],
        post: Callable[[events.Event], None],
    ) -> None:
        self.worker = Worker("printer", post)
        self._printer = printer
        self._kiosk = kiosk

    def print_slip(self, job_id: str, draw: Callable[[], Image.Image]) -> None:
        """Print a slip for staff."""
        printer = self._printer
        if printer is not None:
            self.worker.submit(
                Job(
                    "slip",
                    lambda: events.PrinterChanged(printer.print_bitmap(job_id, draw()).status),
                    PRINT_DEADLINE_S,
                )
            )

    def print_receipt(self, effect: effects.PrintReceipt) -> None:
        """Print one copy. A copy that was requested twice is printed once."""
        printer, request_id = self._printer, effect.request_id

        def call() -> events.Event:
            if printer is None:
                return events.PrintFinished(request_id, PrintVerdict.NOT_PRINTED, PrinterStatus.ABSENT)
            try:
                image = draw_receipt(receipt_content(effect, self._kiosk()), printer.width_dots)
            except Exception as error:
                log.error("the receipt could not be drawn: %s", describe_error_without_data(error))
                return events.PrintFinished(request_id, PrintVerdict.NOT_PRINTED, printer.status())
            result = printer.print_bitmap(f"{effect.saved.submission_id}:{effect.print_number}", image)
            return events.PrintFinished(request_id, result.verdict, result.status)

        # The job may have been sent, but has no result: the screen asks the citizen whether the receipt came out.
        unknown = PrintVerdict.PROBABLY_PRINTED
        self.worker.submit(
            Job(
                "print",
                call,
                PRINT_DEADLINE_S,
                failure_result=events.PrintFinished(request_id, unknown, PrinterStatus.UNKNOWN),
                timeout_results=(events.PrintFinished(request_id, unknown, PrinterStatus.UNRESPONSIVE),),
                visit_id=request_id.visit_id,  # a job still queued at the end of the visit must not print later
            )
        )


def receipt_content(effect: effects.PrintReceipt, kiosk: KioskProfile) -> ReceiptContent:
    """What is printed on the receipt of this kiosk."""
    saved = effect.saved
    return ReceiptContent(
        centre_name_th=kiosk.centre_name_th,
        centre_name_en=kiosk.centre_name_en,
        code=saved.code,
        number=saved.number,
        url=tracking_url(kiosk.public_url, saved.code),
        page_count=effect.page_count,
        saved_at=datetime.fromtimestamp(saved.saved_at_epoch_s, UTC) if effect.date_known else None,
        language=effect.language,
        copy_number=effect.print_number if effect.is_copy else 1,
    )
