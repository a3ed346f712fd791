"""Preparing, recognising and searching pictures, each in a confined child process with a memory limit."""

from collections.abc import Callable
from threading import Event

from journey.complaint.draft import RecognisedLine
from kiosk_app.runner.ports import Picture, RecognisedText
from kiosk_app.runner.scan_effects import PREPARE_DEADLINE_S, RECOGNISE_DEADLINE_S
from ocr.confined import child_process
from ocr.decode_picture import find_qr
from ocr.models import required_program
from ocr.prepare_page import prepare
from ocr.recognise import Line, Progress, recognise_by_line
from protocol.tracking_code import TrackingCodeError, code_from_url

# Address space of a child: 60 megapixels in colour are twice 180 MB, besides numpy's threads and Python itself.
PREPARE_MEMORY_MB = 1200
RECOGNISE_MEMORY_MB = 1600  # includes Tesseract's two models
# The child ends before the worker's deadline, so that its error is the result and not a time-out.
DEADLINE_MARGIN_S = 1


class ConfinedPageImages:
    """`PageImages` in child processes. Every method raises what `run_in_child` raises."""

    def prepare(self, raw: bytes, quarter_turns: int, cancel: Event) -> Picture:
        """A picture as scanned or stored, rotated clockwise and prepared for sending and showing."""
        page = child_process.run_in_child(
            prepare,
            raw,
            quarter_turns,
            deadline_s=PREPARE_DEADLINE_S - DEADLINE_MARGIN_S,
            memory_mb=PREPARE_MEMORY_MB,
            cancel=cancel,
        )
        return Picture(page.jpeg, page.width, page.height, page.preview, page.blank)

    def recognise(self, jpeg: bytes, cancel: Event, on_line: Callable[[RecognisedLine, float], None]) -> RecognisedText:
        """The text of a prepared page. `on_line` gets each line as soon as it is read, and the fraction of the page."""
        recognised = child_process.stream_from_child(
            recognise_by_line,
            jpeg,
            on_part=lambda progress: _report_line(progress, on_line),
            deadline_s=RECOGNISE_DEADLINE_S - DEADLINE_MARGIN_S,
            memory_mb=RECOGNISE_MEMORY_MB,
            cancel=cancel,
            program=required_program(),
        )
        lines = tuple(_recognised_line(line) for line in recognised.lines if not line.is_handwritten)
        return RecognisedText(lines, recognised.is_readable, recognised.confidence, recognised.quarter_turns)

    def find_code(self, raw: bytes, cancel: Event) -> str | None:
        """The canonical tracking code of the first QR code that holds one, or None."""
        texts = child_process.run_in_child(
            find_qr,
            raw,
            deadline_s=PREPARE_DEADLINE_S - DEADLINE_MARGIN_S,
            memory_mb=PREPARE_MEMORY_MB,
            cancel=cancel,
        )
        for text in texts:
            try:
                return code_from_url(text)
            except TrackingCodeError:
                continue  # another QR code on the sheet
        return None


def _report_line(progress: Progress, on_line: Callable[[RecognisedLine, float], None]) -> None:
    """Handwriting is not text: the citizen sees it on the page's picture."""
    if not progress.line.is_handwritten:
        on_line(_recognised_line(progress.line), progress.fraction)


def _recognised_line(line: Line) -> RecognisedLine:
    return RecognisedLine(line.text, line.confidence, line.is_uncertain, line.centre_y)
