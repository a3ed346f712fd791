"""The slip printed once after each boot, for the person who switched the kiosk on: which kiosk it is and what works."""

import logging
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image

from journey.state import Journey
from kiosk_app.outbox.clock import clock_quality
from kiosk_app.receipt import draw_slip
from kiosk_app.settings import Settings
from machine.boot import boot_id
from machine.safe_files import read_file, replace_file_atomically
from protocol.choices import ClockQuality
from thai import dates

log = logging.getLogger(__name__)

SETTLE_S = 25.0  # until every device was polled (a scanner may take 20 s) and the forwarder has tried the centre
PRINTED_MARK_FILE = "status-slip"  # in the runtime directory: the boot id whose slip was printed

ReadStatusLines = Callable[[str], list[tuple[str, str]]]  # (name, sentence) lines in a language
PrintSlip = Callable[[str, Callable[[], Image.Image]], None]


class BootSlip:
    """Call `print_if_due` every few seconds. `print_slip(job_id, draw)` prints what `draw` returns."""

    def __init__(self, settings: Settings, report: ReadStatusLines, print_slip: PrintSlip) -> None:
        self._settings = settings
        self._report = report
        self._print = print_slip
        self._not_before = time.monotonic() + SETTLE_S
        self._mark = settings.paths.runtime / PRINTED_MARK_FILE
        self._due = settings.printer.slip_at_boot and _read_mark(self._mark) != boot_id()

    def print_if_due(self, journey: Journey) -> None:
        """Print the slip after SETTLE_S, once the printer has paper and no visit runs."""
        if not self._due or journey.visit is not None or not journey.environment.printer.is_ready_to_print:
            return
        lines = self._report(self._settings.kiosk.language)
        if not lines or time.monotonic() < self._not_before:
            return
        self._due = False
        # Marked before printing: an interface that crashes on it must not print it again after every restart.
        try:
            replace_file_atomically(self._mark, boot_id().encode(), 0o644, durable=False)
        except OSError as error:
            log.error("the boot slip is not printed: %s cannot be written: %s", self._mark, error.strerror)
            return
        self._print(f"boot:{boot_id()}", lambda: status_slip(self._settings, lines))


def status_slip(settings: Settings, report: Iterable[tuple[str, str]]) -> Image.Image:
    """The slip as a bitmap for the printer's width."""
    now, language = datetime.now(UTC), settings.kiosk.language
    is_english = language != "th"
    moment = f"{dates.long_date(now, language)} {dates.clock_time(now, language)}"
    centre_name = settings.kiosk.centre_name_en if is_english else settings.kiosk.centre_name_th
    return draw_slip(
        "Kiosk status" if is_english else "สถานะตู้",
        [
            f"*{settings.kiosk.id}* {centre_name}",
            *([moment] if clock_quality() is ClockQuality.SYNCHRONISED else []),
            "",
            *(f"*{name}* {sentence}" for name, sentence in report),
        ],
        settings.printer.width_dots,
    )


def _read_mark(file: Path) -> str:
    try:
        return read_file(file, 1024).decode("ascii")
    except (OSError, ValueError):
        return ""
