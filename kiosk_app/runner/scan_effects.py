"""The letter: pages are scanned on one worker; prepared, recognised and rotated on another; and kept in memory.

The page store belongs to the drawing thread. A picture that a worker has prepared returns as a PictureReady, which
`store_picture` puts into the store and turns into an event for the journey.
"""

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from drivers.ports.letter_scanner import LetterScanner, ScanError, ScannerStatus, Source
from journey import effects, events
from journey.complaint.draft import LetterPage, RecognisedLine
from journey.state import Visit
from kiosk_app.runner.page_places import turn_back
from kiosk_app.runner.page_store import PageStore
from kiosk_app.runner.ports import PageImages
from kiosk_app.runner.workers import FollowUp, Job, Worker

# Deadlines in seconds: the time of the slowest healthy device, and a margin.
SCAN_DEADLINE_MARGIN_S = 15.0  # on top of the scanner's own time-out
PREPARE_DEADLINE_S = 30.0
RECOGNISE_DEADLINE_S = 90.0  # a dense page on a slow processor; time in the queue does not count

PROGRESS_STEP = 0.02  # scanners report every line; the bar has about fifty steps
PROGRESS_INTERVAL_S = 0.4  # a page of thirty lines takes one to two seconds


@dataclass(frozen=True)
class PictureReady:
    """A prepared picture on its way to the page store, which only the drawing thread uses."""

    request_id: events.RequestId
    page: LetterPage
    jpeg: bytes = field(repr=False)
    preview: bytes = field(repr=False)
    is_rotated: bool
    more_pages_follow: bool = False
    recognised: events.PageRecognised | None = None  # it was set upright while it was recognised


WorkerResult = events.Event | PictureReady


class _Scan(Protocol):
    """How the progress, the pages and the end of one scan are handled."""

    request_id: events.RequestId

    def on_progress(self, fraction: float) -> None:
        """Called on the scanner's worker, from 0 to 1 for every page."""

    def page_job(self, raw: bytes, cancel: threading.Event) -> Job[WorkerResult]:
        """The work on one page, for the image worker."""

    def end_result(self) -> events.Event | None:
        """The result after the last page; None if the page's own result is the last one. On the image worker."""

    def failed(self, status: ScannerStatus) -> events.Event:
        """The result of a scan that failed."""


class _LetterScan:
    """A scan for the letter: one page from the flatbed, or all sheets in the feeder."""

    def __init__(
        self,
        request_id: events.RequestId,
        source: Source,
        images: PageImages,
        page_numbers: Iterator[int],
        post: Callable[[WorkerResult], None],
    ) -> None:
        self.request_id = request_id
        self._source = source
        self._images = images
        self._page_numbers = page_numbers
        self._post = post
        self._posted_fraction = 0.0
        self._page_count = 0

    @property
    def _has_feeder(self) -> bool:
        return self._source is not Source.FLATBED

    def on_progress(self, fraction: float) -> None:
        """Post progress in steps; a lower fraction is the next page."""
        if fraction < self._posted_fraction or fraction - self._posted_fraction >= PROGRESS_STEP:
            self._posted_fraction = fraction
            self._post(events.ScanProgress(self.request_id, fraction))

    def page_job(self, raw: bytes, cancel: threading.Event) -> Job[WorkerResult]:
        """Prepare the page for sending and showing."""
        unusable = self.failed(ScannerStatus.BAD_PICTURE)
        return Job(
            "prepare",
            lambda: self._prepare(raw, cancel),
            PREPARE_DEADLINE_S,
            failure_result=unusable,
            timeout_results=(unusable,),
            visit_id=self.request_id.visit_id,
            cancel=cancel,
        )

    def _prepare(self, raw: bytes, cancel: threading.Event) -> PictureReady | None:
        picture = self._images.prepare(raw, 0, cancel)
        if self._source is Source.DUPLEX and picture.blank:  # the empty back of a sheet
            return None
        self._page_count += 1
        page_id = f"{self.request_id.visit_id}-{next(self._page_numbers)}"
        page = LetterPage(page_id, picture.width, picture.height, blank=picture.blank)
        return PictureReady(
            self.request_id,
            page,
            picture.jpeg,
            picture.preview,
            is_rotated=False,
            more_pages_follow=self._has_feeder,
        )

    def end_result(self) -> events.Event | None:
        """From a feeder: the end of the batch, or that no page was in it."""
        if not self._has_feeder:
            return None
        return events.ScanEnded(self.request_id) if self._page_count else self.failed(ScannerStatus.NO_PAPER)

    def failed(self, status: ScannerStatus) -> events.Event:
        """The scan failed."""
        return events.ScanFailed(self.request_id, status)


class _ReceiptCodeScan:
    """A scan of a receipt for the tracking code in its QR code."""

    def __init__(self, request_id: events.RequestId, images: PageImages) -> None:
        self.request_id = request_id
        self._images = images

    def on_progress(self, fraction: float) -> None:
        """Not shown."""

    def page_job(self, raw: bytes, cancel: threading.Event) -> Job[WorkerResult]:
        """Find the code."""
        not_found = events.ReceiptCodeReadFailed(self.request_id)
        return Job(
            "find code",
            lambda: self._find_code(raw, cancel),
            PREPARE_DEADLINE_S,
            failure_result=not_found,
            timeout_results=(not_found,),
            visit_id=self.request_id.visit_id,
            cancel=cancel,
        )

    def _find_code(self, raw: bytes, cancel: threading.Event) -> events.Event:
        code = self._images.find_code(raw, cancel)
        if code is None:
            return events.ReceiptCodeReadFailed(self.request_id)
        return events.ReceiptCodeRead(self.request_id, code)

    def end_result(self) -> events.Event | None:
        """The page's own result is the last one."""
        return None

    def failed(self, status: ScannerStatus) -> events.Event:
        """The scan failed."""
        return events.ReceiptCodeReadFailed(self.request_id, status)


class ScanEffects:
    """The effects of scanner and pictures. `post` takes results, from any thread."""

    def __init__(
        self,
        scanner: LetterScanner | None,
        images: PageImages,
        post: Callable[[WorkerResult], None],
        scan_timeout_s: float,
    ) -> None:
        self.pages = PageStore()
        self.scan_worker = Worker("scanner", post)
        self.image_worker = Worker("images", post)
        self._scanner = scanner
        self._images = images
        self._post = post
        self._scan_deadline_s = scan_timeout_s + SCAN_DEADLINE_MARGIN_S
        self._page_numbers = itertools.count(1)
        self._scan_cancel = threading.Event()  # of the latest scan

    def store_picture(self, ready: PictureReady, visit: Visit | None) -> events.Event | None:
        """Put a picture into the store and return its event; None if its visit has ended or its page was removed."""
        page, request_id = ready.page, ready.request_id
        if visit is None or visit.visit_id != request_id.visit_id:
            return None
        if (ready.is_rotated or ready.recognised) and page.page_id not in self.pages:
            return None
        is_pending = request_id.sequence in (request.sequence for request in visit.pending)
        if ready.recognised and not is_pending:  # rotated by hand meanwhile: this is an outdated picture
            return None
        self.pages.put(page.page_id, ready.jpeg, ready.preview)
        if ready.recognised:
            return ready.recognised
        if ready.is_rotated:
            return events.PageRotated(request_id, page)
        return events.PageScanned(request_id, page, ready.more_pages_follow)

    def scan_page(self, effect: effects.ScanPages) -> None:
        """Scan one page, or all sheets in the feeder."""
        source = self._scanner.source if self._scanner else Source.FLATBED
        scan = _LetterScan(effect.request_id, source, self._images, self._page_numbers, self._post)
        self._start_scan(scan, max_pages=1 if source is Source.FLATBED else effect.max_pages)

    def read_receipt_code(self, effect: effects.ReadReceiptCode) -> None:
        """Scan a receipt and find its code."""
        self._start_scan(_ReceiptCodeScan(effect.request_id, self._images), max_pages=1)

    def stop_scan(self, _: effects.StopScan) -> None:
        """Take no more pages."""
        self._scan_cancel.set()

    def _start_scan(self, scan: _Scan, max_pages: int) -> None:
        """Scan on the scanner's worker and process every page on the image worker. One event cancels both.

        The end, and a failure, are reported by the image worker: after the results of the pages before.
        """
        scanner, visit_id = self._scanner, scan.request_id.visit_id
        self._scan_cancel = cancel = threading.Event()

        def after_pages(result: Callable[[], events.Event | None]) -> FollowUp[WorkerResult]:
            job: Job[WorkerResult] = Job("end of scan", result, PREPARE_DEADLINE_S, visit_id=visit_id, cancel=cancel)
            return FollowUp(self.image_worker, job)

        def call() -> WorkerResult | FollowUp[WorkerResult]:
            if scanner is None:
                return scan.failed(ScannerStatus.ABSENT)
            try:
                scanner.scan(
                    lambda raw: self.image_worker.submit(scan.page_job(raw, cancel)),
                    scan.on_progress,
                    cancel,
                    max_pages,
                )
            except ScanError as error:
                failure = scan.failed(error.status)
                return after_pages(lambda: failure)
            return after_pages(scan.end_result)

        self.scan_worker.submit(
            Job(
                "scan",
                call,
                self._scan_deadline_s * max_pages,
                failure_result=scan.failed(ScannerStatus.IO_ERROR),
                timeout_results=(
                    scan.failed(ScannerStatus.UNRESPONSIVE),
                    events.ScannerChanged(ScannerStatus.UNRESPONSIVE),
                ),
                visit_id=visit_id,
                cancel=cancel,
            )
        )

    def recognise(self, effect: effects.RecognisePage) -> None:
        """Recognise a page's text, and set the page upright if it is readable another way round.

        Raises KeyError for an unknown page.
        """
        picture = self.pages.picture(effect.page_id)

        def call(cancel: threading.Event) -> WorkerResult:
            progress = _ReadingProgress(effect, self._post)
            text = self._images.recognise(picture, cancel, progress.on_line)
            quarter_turns = text.quarter_turns if effect.may_rotate and text.is_readable else 0
            placed = text if quarter_turns else turn_back(text)
            result = events.PageRecognised(
                effect.request_id,
                effect.page_id,
                placed.lines,
                text.is_readable,
                text.confidence,
                quarter_turns,
                placed.offers,
                text.is_complete,
            )
            if not quarter_turns:
                return result
            upright = self._images.prepare(picture, quarter_turns, cancel)
            page = LetterPage(effect.page_id, upright.width, upright.height)
            return PictureReady(
                effect.request_id, page, upright.jpeg, upright.preview, is_rotated=False, recognised=result
            )

        self.image_worker.submit(_page_job(effect, call, RECOGNISE_DEADLINE_S + PREPARE_DEADLINE_S))

    def rotate(self, effect: effects.RotatePicture) -> None:
        """Rotate a page by 90° clockwise and cancel its recognition. Raises KeyError for an unknown page."""
        before = self.pages.picture(effect.page_id)
        self.image_worker.cancel(page_id=effect.page_id)

        def call(cancel: threading.Event) -> WorkerResult:
            picture = self._images.prepare(before, 1, cancel)
            page = LetterPage(effect.page_id, picture.width, picture.height)
            return PictureReady(effect.request_id, page, picture.jpeg, picture.preview, is_rotated=True)

        self.image_worker.submit(_page_job(effect, call, PREPARE_DEADLINE_S))

    def drop_page(self, effect: effects.DropPage) -> None:
        """Erase a page."""
        self.image_worker.cancel(page_id=effect.page_id)
        self.pages.drop(effect.page_id)


class _ReadingProgress:
    """Posts the lines of a page while it is recognised: the first at once, then at most a few times a second, because
    each time the screen lays out the text again."""

    def __init__(self, effect: effects.RecognisePage, post: Callable[[WorkerResult], None]) -> None:
        self._effect, self._post = effect, post
        self._lines: list[RecognisedLine] = []
        self._next_post_s = 0.0

    def on_line(self, line: RecognisedLine, fraction: float) -> None:
        """One more line is read."""
        self._lines.append(line)
        now = time.monotonic()
        if now >= self._next_post_s:
            self._next_post_s = now + PROGRESS_INTERVAL_S
            lines = tuple(self._lines)
            self._post(events.ReadingProgress(self._effect.request_id, self._effect.page_id, lines, fraction))


def _page_job(
    effect: effects.RecognisePage | effects.RotatePicture,
    call: Callable[[threading.Event], WorkerResult],
    deadline_s: float,
) -> Job[WorkerResult]:
    cancel, failed = threading.Event(), events.RecognitionFailed(effect.request_id, effect.page_id)
    return Job(
        type(effect).__name__,
        lambda: call(cancel),
        deadline_s,
        failure_result=failed,
        timeout_results=(failed,),
        visit_id=effect.request_id.visit_id,
        page_id=effect.page_id,
        cancel=cancel,
    )
