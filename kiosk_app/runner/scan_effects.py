"""A letter's pages: scanned on one worker, made ready, read and turned on another, kept in memory.

The page store belongs to the drawing thread. So a picture made ready on a worker comes back as a PictureReady, which
`store_picture` puts into the store and makes the journey's event of.
"""

import itertools
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from drivers.ports.letter_scanner import LetterScanner, ScanError, ScannerStatus, Source
from journey import effects, events
from journey.complaint.draft import LetterPage
from journey.state import Visit
from kiosk_app.runner.page_store import PageStore
from kiosk_app.runner.ports import PageImages
from kiosk_app.runner.workers import FollowUp, Job, Worker

# Deadlines, in seconds: what the slowest healthy device needs, and some.
SCAN_DEADLINE_MARGIN_S = 15.0  # on top of the scanner's own time-out
PREPARE_DEADLINE_S = 30.0
RECOGNISE_DEADLINE_S = 90.0  # a dense page on a slow processor, behind none: waiting in the queue does not count

PROGRESS_STEP = 0.02  # scanners report each line; the bar has some fifty steps


@dataclass(frozen=True)
class PictureReady:
    """A prepared picture on its way to the page store, which only the drawing thread touches."""

    request_id: events.RequestId
    page: LetterPage
    jpeg: bytes = field(repr=False)
    preview: bytes = field(repr=False)
    is_rotated: bool
    more_pages_follow: bool = False
    read: events.PageRecognised | None = None  # it was set upright while it was read


WorkerResult = events.Event | PictureReady


class ScanEffects:
    """What is done with the scanner and the pictures. `post` takes what comes of it, from any thread."""

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
        self._device = scanner
        self._images = images
        self._post = post
        self._scan_deadline_s = scan_timeout_s + SCAN_DEADLINE_MARGIN_S
        self._page_numbers = itertools.count(1)
        self._scan_cancel = threading.Event()  # of the scan asked for last

    def store_picture(self, ready: PictureReady, visit: Visit | None) -> events.Event | None:
        """Put a picture into the store; None if it answers a visit that is over, or a page that was dropped."""
        page, request_id = ready.page, ready.request_id
        if visit is None or visit.visit_id != request_id.visit_id:
            return None
        if (ready.is_rotated or ready.read) and page.page_id not in self.pages:
            return None
        if ready.read and request_id.sequence not in (wanted.sequence for wanted in visit.pending):
            return None  # the page was turned by hand meanwhile: its picture is another one
        self.pages.put(page.page_id, ready.jpeg, ready.preview)
        if ready.read:
            return ready.read
        return (
            events.PageRotated(request_id, page)
            if ready.is_rotated
            else events.PageScanned(request_id, page, ready.more_pages_follow)
        )

    def scan_page(self, effect: effects.ScanPages) -> None:
        """Scan a page, or all that lie in the feeder."""
        request_id = effect.request_id
        source = self._device.source if self._device else Source.FLATBED
        feeds = source is not Source.FLATBED
        shown, kept = 0.0, 0

        def on_progress(fraction: float) -> None:
            nonlocal shown
            if fraction < shown or fraction - shown >= PROGRESS_STEP:
                shown = fraction
                self._post(events.ScanProgress(request_id, fraction))

        def scanned(raw: bytes, cancel: threading.Event) -> Job[WorkerResult]:
            def prepare() -> WorkerResult | None:
                nonlocal kept
                picture = self._images.prepare(raw, 0, cancel)
                if source is Source.DUPLEX and picture.blank:
                    return None
                kept += 1
                name = f"{request_id.visit_id}-{next(self._page_numbers)}"
                page = LetterPage(name, picture.width, picture.height, blank=picture.blank)
                return PictureReady(
                    request_id, page, picture.jpeg, picture.preview, is_rotated=False, more_pages_follow=feeds
                )

            unusable = events.ScanFailed(request_id, ScannerStatus.BAD_PICTURE)
            return Job(
                "prepare",
                prepare,
                PREPARE_DEADLINE_S,
                failure_result=unusable,
                timeout_results=(unusable,),
                visit_id=request_id.visit_id,
                cancel=cancel,
            )

        def ended() -> events.Event:
            return events.ScanEnded(request_id) if kept else events.ScanFailed(request_id, ScannerStatus.NO_PAPER)

        failed = partial(events.ScanFailed, request_id)
        if feeds:
            self._scan(request_id, on_progress, scanned, failed, max_pages=effect.max_pages, ended=ended)
        else:
            self._scan(request_id, on_progress, scanned, failed)

    def stop_scan(self, _: effects.StopScan) -> None:
        """Take no more pages."""
        self._scan_cancel.set()

    def read_receipt_code(self, effect: effects.ReadReceiptCode) -> None:
        """Scan a receipt and find its code."""
        request_id = effect.request_id
        unread = events.ReceiptCodeReadFailed(request_id)

        def scanned(raw: bytes, cancel: threading.Event) -> Job[WorkerResult]:
            def find() -> events.Event:
                code = self._images.find_code(raw, cancel)
                return unread if code is None else events.ReceiptCodeRead(request_id, code)

            return Job(
                "find code",
                find,
                PREPARE_DEADLINE_S,
                failure_result=unread,
                timeout_results=(unread,),
                visit_id=request_id.visit_id,
                cancel=cancel,
            )

        self._scan(request_id, lambda fraction: None, scanned, partial(events.ReceiptCodeReadFailed, request_id))

    def recognise(self, effect: effects.RecognisePage) -> None:
        """Read a page's text, and set the page upright if it had to be turned for reading; a page that could not be
        read stays as it is. Raises KeyError for a page that is not there."""
        picture = self.pages.picture(effect.page_id)

        def call(cancel: threading.Event) -> WorkerResult:
            read = self._images.recognise(picture, cancel)
            quarter_turns = read.quarter_turns if effect.may_rotate and read.readable else 0
            answer = events.PageRecognised(
                effect.request_id, effect.page_id, read.lines, read.readable, read.confidence, quarter_turns
            )
            if not quarter_turns:
                return answer
            upright = self._images.prepare(picture, quarter_turns, cancel)
            page = LetterPage(effect.page_id, upright.width, upright.height)
            return PictureReady(effect.request_id, page, upright.jpeg, upright.preview, is_rotated=False, read=answer)

        self.image_worker.submit(_page_job(effect, call, RECOGNISE_DEADLINE_S + PREPARE_DEADLINE_S))

    def rotate(self, effect: effects.RotatePicture) -> None:
        """Turn a page a quarter clockwise. Raises KeyError for a page that is not there."""
        before = self.pages.picture(effect.page_id)
        self.image_worker.cancel(page_id=effect.page_id)  # what is being recognised in it no longer counts

        def call(cancel: threading.Event) -> WorkerResult:
            picture = self._images.prepare(before, 1, cancel)
            page = LetterPage(effect.page_id, picture.width, picture.height)
            return PictureReady(effect.request_id, page, picture.jpeg, picture.preview, is_rotated=True)

        self.image_worker.submit(_page_job(effect, call, PREPARE_DEADLINE_S))

    def drop_page(self, effect: effects.DropPage) -> None:
        """Forget a page."""
        self.image_worker.cancel(page_id=effect.page_id)
        self.pages.drop(effect.page_id)

    def _scan(
        self,
        request_id: events.RequestId,
        on_progress: Callable[[float], None],
        scanned: Callable[[bytes, threading.Event], Job[WorkerResult]],
        failed: Callable[[ScannerStatus], events.Event],
        *,
        max_pages: int = 1,
        ended: Callable[[], events.Event] | None = None,
    ) -> None:
        """Scan on the scanner's worker, go on with each picture on the images' worker; one event cancels both. `ended`
        is said there behind the last picture."""
        scanner = self._device
        self._scan_cancel = cancel = threading.Event()

        def behind(say: Callable[[], events.Event]) -> FollowUp[WorkerResult]:
            return FollowUp(
                self.image_worker,
                Job("end of scan", say, PREPARE_DEADLINE_S, visit_id=request_id.visit_id, cancel=cancel),
            )

        def call() -> WorkerResult | FollowUp[WorkerResult] | None:
            if scanner is None:
                return failed(ScannerStatus.ABSENT)
            try:
                scanner.scan(lambda raw: self.image_worker.submit(scanned(raw, cancel)), on_progress, cancel, max_pages)
            except ScanError as error:
                return behind(partial(failed, error.status))
            return behind(ended) if ended else None

        self.scan_worker.submit(
            Job(
                "scan",
                call,
                self._scan_deadline_s * max_pages,
                failure_result=failed(ScannerStatus.IO_ERROR),
                timeout_results=(failed(ScannerStatus.UNRESPONSIVE), events.ScannerChanged(ScannerStatus.UNRESPONSIVE)),
                visit_id=request_id.visit_id,
                cancel=cancel,
            )
        )


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
