"""Paper: the citizen's receipt, and slips for staff between those of citizens."""

import logging
from collections.abc import Callable

from PIL import Image

from drivers.ports.receipt_printer import PrinterStatus, PrintVerdict, ReceiptPrinter
from journey import effects, events
from kiosk_app.runner.workers import Job, Worker, describe_error_without_data

log = logging.getLogger(__name__)

# Deadline. A receipt down the slowest serial line (the driver's JOB_S), its paper, the barrier, clearing the buffer
# after faults.
PRINT_DEADLINE_S = 150.0


class PrintEffects:
    """What is done with the receipt printer. `draw` makes the picture of a receipt; `post` takes what comes of it."""

    def __init__(
        self,
        printer: ReceiptPrinter | None,
        draw: Callable[[effects.PrintReceipt], Image.Image],
        post: Callable[[events.Event], None],
    ) -> None:
        self.worker = Worker("printer", post)
        self._printer = printer
        self._draw = draw

    def print_slip(self, job_id: str, draw: Callable[[], Image.Image]) -> None:
        """Print a paper for staff."""
        if self._printer is not None:
            print_it = self._printer.print_bitmap
            self.worker.submit(
                Job("slip", lambda: events.PrinterChanged(print_it(job_id, draw()).status), PRINT_DEADLINE_S)
            )

    def print_receipt(self, effect: effects.PrintReceipt) -> None:
        """Print it once, however often the same copy of the same submission is asked for."""
        printer, request_id = self._printer, effect.request_id

        def call() -> events.Event:
            if printer is None:
                return events.PrintFinished(request_id, PrintVerdict.NOT_PRINTED, PrinterStatus.ABSENT)
            try:
                image = self._draw(effect)
            except Exception as error:
                log.error("the receipt could not be drawn: %s", describe_error_without_data(error))
                return events.PrintFinished(request_id, PrintVerdict.NOT_PRINTED, printer.status())
            result = printer.print_bitmap(f"{effect.saved.submission_id}:{effect.print_number}", image)
            return events.PrintFinished(request_id, result.verdict, result.status)

        # Sent perhaps, answered never: the screen asks whether the paper came out.
        unknown = PrintVerdict.PROBABLY_PRINTED
        self.worker.submit(
            Job(
                "print",
                call,
                PRINT_DEADLINE_S,
                failure_result=events.PrintFinished(request_id, unknown, PrinterStatus.UNKNOWN),
                timeout_results=(events.PrintFinished(request_id, unknown, PrinterStatus.UNRESPONSIVE),),
                visit_id=request_id.visit_id,  # a job still waiting at the wipe must not print for the next citizen
            )
        )
