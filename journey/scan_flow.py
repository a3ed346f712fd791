"""The letter: pages come from the scanner, are shown, turned, removed, and recognised beside the citizen's reading."""

from dataclasses import replace

from drivers.ports.letter_scanner import ScannerStatus
from journey import effects, events
from journey.complaint.draft import LetterPage
from journey.environment_faults import SCANNER_FAULTS
from journey.faults import Fault
from journey.form_flow import stop_scan
from journey.state import Journey, LookUpPhase, RequestKind, ScanPhase, Screen, Visit
from journey.transitions import StepResult, clear_pending, pending_visit, request_effect
from protocol.choices import MAX_PAGES

# Faults that the scanner's own status shows: they follow it, and are over when it is ready again.
STATUS_FAULTS = (Fault.SCANNER_ABSENT, Fault.SCANNER_JAM, Fault.SCANNER_COVER_OPEN)
USER_FIXABLE_FAULTS = (*STATUS_FAULTS, Fault.SCANNER_FAILED)  # a failed scan may turn out to be one of them


def on_scanner_changed(journey: Journey, event: events.ScannerChanged) -> StepResult:
    """The scanner says how it is: the fault on the page follows, and goes when it is mended."""
    journey = replace(journey, environment=replace(journey.environment, scanner=event.status))
    visit = journey.visit
    if visit is None or visit.scan_fault not in USER_FIXABLE_FAULTS:
        return journey, ()
    now = SCANNER_FAULTS.get(event.status)
    if now in STATUS_FAULTS:
        return replace(journey, visit=replace(visit, scan_fault=now)), ()
    if event.status is ScannerStatus.READY and visit.scan_fault in STATUS_FAULTS:
        cleared = replace(visit, scan_phase=ScanPhase.IDLE, scan_fault=None, look_up_phase=LookUpPhase.IDLE)
        return replace(journey, visit=cleared), ()
    return journey, ()


def scan_page(journey: Journey, _: events.ScanPage) -> StepResult:
    """Scan one more page. A scanner that is known to be missing is not waited for."""
    visit = journey.visit
    if visit is None or journey.screen is not Screen.SCAN or visit.scan_phase is ScanPhase.SCANNING:
        return journey, ()
    if visit.story_hidden:
        return journey, ()
    if len(visit.draft.pages) >= MAX_PAGES:
        return journey, ()
    if journey.environment.scanner is ScannerStatus.ABSENT:
        return replace(journey, visit=_scan_failed(visit, Fault.SCANNER_ABSENT)), ()
    return request_effect(
        journey,
        visit,
        RequestKind.SCAN,
        lambda request_id: effects.ScanPages(request_id, MAX_PAGES - len(visit.draft.pages)),
        scan_phase=ScanPhase.SCANNING,
        scan_progress=0.0,
        scan_fault=None,
    )


def _scan_failed(visit: Visit, fault: Fault | None) -> Visit:
    phase = ScanPhase.FAILED if fault else ScanPhase.IDLE
    return clear_pending(visit, RequestKind.SCAN, scan_phase=phase, scan_progress=0.0, scan_fault=fault)


def on_scan_progress(journey: Journey, event: events.ScanProgress) -> StepResult:
    visit = pending_visit(journey, event.request_id, RequestKind.SCAN)
    if visit is None:
        return journey, ()
    fraction = min(1.0, max(visit.scan_progress, event.fraction))
    return replace(journey, visit=replace(visit, scan_progress=fraction)), ()


def on_page_scanned(journey: Journey, event: events.PageScanned) -> StepResult:
    visit = pending_visit(journey, event.request_id, RequestKind.SCAN)
    if visit is None:
        return journey, ()
    draft = replace(visit.draft, pages=(*visit.draft.pages, event.page))
    visit = replace(visit, draft=draft, scan_progress=0.0)
    if not event.more_pages_follow:
        visit = _scan_ended(visit)
    return _recognise(replace(journey, last_touch_at=journey.now), visit, event.page)


def _scan_ended(visit: Visit) -> Visit:
    return clear_pending(visit, RequestKind.SCAN, scan_phase=ScanPhase.IDLE, scan_progress=0.0, scan_fault=None)


def on_scan_ended(journey: Journey, event: events.ScanEnded) -> StepResult:
    """The feeder is empty."""
    visit = pending_visit(journey, event.request_id, RequestKind.SCAN)
    if visit is None:
        return journey, ()
    return replace(journey, visit=_scan_ended(visit), last_touch_at=journey.now), ()


def on_scan_failed(journey: Journey, event: events.ScanFailed) -> StepResult:
    visit = pending_visit(journey, event.request_id, RequestKind.SCAN)
    if visit is None:
        return journey, ()
    return replace(journey, visit=_scan_failed(visit, SCANNER_FAULTS.get(event.status)), last_touch_at=journey.now), ()


def cancel_scan(journey: Journey, _: events.CancelScan) -> StepResult:
    visit = journey.visit
    if visit is None or visit.scan_phase is not ScanPhase.SCANNING:
        return journey, ()
    return stop_scan(journey, visit)


def _recognise(journey: Journey, visit: Visit, page: LetterPage) -> StepResult:
    """Have the page read; without recognition, or with nothing to read, the picture alone is sent."""
    if not journey.environment.ocr_available or page.blank:
        unread = replace(page, lines=(), readable=False)
        return replace(journey, visit=_with_page(visit, unread)), ()
    return request_effect(
        journey,
        visit,
        RequestKind.RECOGNISE,
        lambda request_id: effects.RecognisePage(request_id, page.page_id, may_rotate=not page.rotated_by_hand),
        page_id=page.page_id,
    )


def _with_page(visit: Visit, page: LetterPage) -> Visit:
    pages = tuple(page if old.page_id == page.page_id else old for old in visit.draft.pages)
    return replace(visit, draft=replace(visit.draft, pages=pages))


def _page(visit: Visit | None, page_id: str) -> LetterPage | None:
    if visit is None:
        return None
    return next((page for page in visit.draft.pages if page.page_id == page_id), None)


def on_page_recognised(journey: Journey, event: events.PageRecognised) -> StepResult:
    visit = pending_visit(journey, event.request_id, RequestKind.RECOGNISE, event.page_id)
    page = _page(visit, event.page_id)
    if visit is None or page is None:
        return journey, ()
    read = replace(page, lines=event.lines, readable=event.readable, confidence=event.confidence)
    if event.quarter_turns:
        read = replace(read, picture_version=page.picture_version + 1)
    if event.quarter_turns % 2:
        read = replace(read, width=page.height, height=page.width)
    visit = clear_pending(visit, RequestKind.RECOGNISE, event.page_id, recognition_fault=None)
    return replace(journey, visit=_with_page(visit, read)), ()


def on_recognition_failed(journey: Journey, event: events.RecognitionFailed) -> StepResult:
    """The picture is the record: a page that could not be read, or turned, stays as it is."""
    for request_kind in (RequestKind.RECOGNISE, RequestKind.ROTATE):
        visit = pending_visit(journey, event.request_id, request_kind, event.page_id)
        page = _page(visit, event.page_id)
        if visit is not None and page is not None:
            unread = replace(page, lines=(), readable=False, confidence=None)
            visit = clear_pending(visit, request_kind, event.page_id, recognition_fault=Fault.RECOGNITION_FAILED)
            return replace(journey, visit=_with_page(visit, unread)), ()
    return journey, ()


def _is_editable(visit: Visit) -> bool:
    """Whether the letter may still be changed, by somebody who sees it."""
    return not (visit.saving or visit.saved is not None or visit.story_hidden)


def remove_page(journey: Journey, event: events.RemovePage) -> StepResult:
    visit = journey.visit
    if visit is None or not _is_editable(visit) or _page(visit, event.page_id) is None:
        return journey, ()
    pages = tuple(page for page in visit.draft.pages if page.page_id != event.page_id)
    visit = clear_pending(visit, RequestKind.RECOGNISE, event.page_id)
    visit = clear_pending(visit, RequestKind.ROTATE, event.page_id)
    visit = replace(visit, draft=replace(visit.draft, pages=pages), recognition_fault=None)
    return replace(journey, visit=visit), (effects.DropPage(event.page_id),)


def rescan_page(journey: Journey, event: events.RescanPage) -> StepResult:
    """The page goes and the paper, turned over, is scanned. Where nothing can be scanned now the page stays."""
    without, dropped = remove_page(journey, events.RemovePage(event.page_id))
    if not dropped:
        return journey, ()
    scanning, asked = scan_page(without, events.ScanPage())
    return (scanning, (*dropped, *asked)) if asked else scan_page(journey, events.ScanPage())


def keep_blank_page(journey: Journey, event: events.KeepBlankPage) -> StepResult:
    """The citizen sees something on it: then it is a page like any other, and is read."""
    visit = journey.visit
    page = _page(visit, event.page_id)
    if visit is None or page is None or not page.blank or not _is_editable(visit):
        return journey, ()
    kept = replace(page, blank=False, lines=None, readable=None)
    return _recognise(journey, _with_page(visit, kept), kept)


def rotate_page(journey: Journey, event: events.RotatePage) -> StepResult:
    """A quarter clockwise; what was recognised of it no longer counts."""
    visit = journey.visit
    page = _page(visit, event.page_id)
    if visit is None or page is None or not _is_editable(visit):
        return journey, ()
    unread = replace(page, lines=None, readable=None, confidence=None, text=None)
    visit = _with_page(clear_pending(visit, RequestKind.RECOGNISE, page.page_id, recognition_fault=None), unread)
    return request_effect(
        journey,
        visit,
        RequestKind.ROTATE,
        lambda request_id: effects.RotatePicture(request_id, event.page_id),
        page_id=event.page_id,
    )


def on_page_rotated(journey: Journey, event: events.PageRotated) -> StepResult:
    visit = pending_visit(journey, event.request_id, RequestKind.ROTATE, event.page.page_id)
    before = _page(visit, event.page.page_id)
    if visit is None or before is None:
        return journey, ()
    page = replace(event.page, picture_version=before.picture_version + 1, rotated_by_hand=True, blank=before.blank)
    return _recognise(journey, _with_page(clear_pending(visit, RequestKind.ROTATE, page.page_id), page), page)
