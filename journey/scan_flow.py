"""The letter: its pages are scanned, shown, rotated, removed, and recognised while the citizen looks at them."""

from dataclasses import replace

from drivers.ports.letter_scanner import ScannerStatus
from journey import effects, events
from journey.complaint.draft import LetterPage
from journey.environment_faults import SCANNER_FAULTS
from journey.faults import Fault
from journey.screens import Screen
from journey.state import Journey, LookUpPhase, RequestKind, ScanPhase, Visit
from journey.transitions import StepResult, clear_pending, event_handler, pending_visit, request_effect
from protocol.choices import MAX_PAGES

# Faults that the scanner's own status reports: they follow it, and end when it is ready again.
STATUS_FAULTS = (Fault.SCANNER_ABSENT, Fault.SCANNER_JAM, Fault.SCANNER_COVER_OPEN)
USER_FIXABLE_FAULTS = (*STATUS_FAULTS, Fault.SCANNER_FAILED)  # the status after a failed scan may show one of them


# --- scanning ----------------------------------------------------------------------------------------------------


@event_handler
def on_scanner_changed(journey: Journey, event: events.ScannerChanged) -> StepResult:
    """Remember the scanner's status. A fault shown on the page follows it and ends when the scanner is ready."""
    journey = replace(journey, environment=replace(journey.environment, scanner=event.status))
    visit = journey.visit
    if visit is None or visit.scan_fault not in USER_FIXABLE_FAULTS:
        return journey, ()
    fault = SCANNER_FAULTS.get(event.status)
    if fault in STATUS_FAULTS:
        return replace(journey, visit=replace(visit, scan_fault=fault)), ()
    if event.status is ScannerStatus.READY and visit.scan_fault in STATUS_FAULTS:
        cleared = replace(visit, scan_phase=ScanPhase.IDLE, scan_fault=None, look_up_phase=LookUpPhase.IDLE)
        return replace(journey, visit=cleared), ()
    return journey, ()


@event_handler
def scan_page(journey: Journey, _: events.ScanPage) -> StepResult:
    """Scan one more page, or all sheets in the feeder. Fails at once if the scanner is known to be absent."""
    visit = journey.visit
    if visit is None or not _can_scan(journey, visit):
        return journey, ()
    if journey.environment.scanner is ScannerStatus.ABSENT:
        return replace(journey, visit=_end_scan(visit, Fault.SCANNER_ABSENT)), ()
    pages_left = MAX_PAGES - len(visit.draft.pages)
    return request_effect(
        journey,
        visit,
        RequestKind.SCAN,
        lambda request_id: effects.ScanPages(request_id, pages_left),
        scan_phase=ScanPhase.SCANNING,
        scan_progress=0.0,
        scan_fault=None,
    )


def _can_scan(journey: Journey, visit: Visit) -> bool:
    is_scanning = visit.is_scanning
    is_full = len(visit.draft.pages) >= MAX_PAGES
    return journey.screen is Screen.SCAN and not is_scanning and not is_full and not visit.story_hidden


def _end_scan(visit: Visit, fault: Fault | None = None) -> Visit:
    """No scan runs any more; it ended with this fault."""
    phase = ScanPhase.FAILED if fault else ScanPhase.IDLE
    return clear_pending(visit, RequestKind.SCAN, scan_phase=phase, scan_progress=0.0, scan_fault=fault)


@event_handler
def cancel_scan(journey: Journey, _: events.CancelScan) -> StepResult:
    """Stop the scan."""
    return (journey, ()) if journey.visit is None else cancel_running_scan(journey, journey.visit)


def cancel_running_scan(journey: Journey, visit: Visit) -> StepResult:
    """Stop the scan, if one runs."""
    if visit.scan_phase is not ScanPhase.SCANNING:
        return journey, ()
    stopped = clear_pending(visit, RequestKind.SCAN, scan_phase=ScanPhase.IDLE, scan_progress=0.0)
    return replace(journey, visit=stopped), (effects.StopScan(visit.visit_id),)


@event_handler
def on_scan_progress(journey: Journey, event: events.ScanProgress) -> StepResult:
    """Advance the progress bar. It never goes back."""
    visit = pending_visit(journey, event.request_id, RequestKind.SCAN)
    if visit is None:
        return journey, ()
    fraction = min(1.0, max(visit.scan_progress, event.fraction))
    return replace(journey, visit=replace(visit, scan_progress=fraction)), ()


@event_handler
def on_page_scanned(journey: Journey, event: events.PageScanned) -> StepResult:
    """Add the page to the letter and recognise it."""
    visit = pending_visit(journey, event.request_id, RequestKind.SCAN)
    if visit is None:
        return journey, ()
    draft = replace(visit.draft, pages=(*visit.draft.pages, event.page))
    visit = replace(visit, draft=draft, scan_progress=0.0)
    if not event.more_pages_follow:
        visit = _end_scan(visit)
    return _recognise(replace(journey, last_touch_at=journey.now), visit, event.page)


@event_handler
def on_scan_ended(journey: Journey, event: events.ScanEnded) -> StepResult:
    """The feeder is empty, or the letter is full."""
    visit = pending_visit(journey, event.request_id, RequestKind.SCAN)
    if visit is None:
        return journey, ()
    return replace(journey, visit=_end_scan(visit), last_touch_at=journey.now), ()


@event_handler
def on_scan_failed(journey: Journey, event: events.ScanFailed) -> StepResult:
    """Show the scanner's fault."""
    visit = pending_visit(journey, event.request_id, RequestKind.SCAN)
    if visit is None:
        return journey, ()
    failed = _end_scan(visit, SCANNER_FAULTS.get(event.status))
    return replace(journey, visit=failed, last_touch_at=journey.now), ()


# --- the pages of the letter -------------------------------------------------------------------------------------


def _page(visit: Visit | None, page_id: str) -> LetterPage | None:
    if visit is None:
        return None
    return next((page for page in visit.draft.pages if page.page_id == page_id), None)


def _with_page(visit: Visit, page: LetterPage) -> Visit:
    pages = tuple(page if other.page_id == page.page_id else other for other in visit.draft.pages)
    return replace(visit, draft=replace(visit.draft, pages=pages))


def _without_progress(page: LetterPage) -> LetterPage:
    return replace(page, lines_so_far=(), read_fraction=0.0)


def _is_editable(visit: Visit) -> bool:
    """Whether the letter may still be changed, by somebody who sees it."""
    return not (visit.saving or visit.saved is not None or visit.story_hidden)


@event_handler
def remove_page(journey: Journey, event: events.RemovePage) -> StepResult:
    """Remove a page and give up its recognition."""
    visit = journey.visit
    if visit is None or not _is_editable(visit) or _page(visit, event.page_id) is None:
        return journey, ()
    pages = tuple(page for page in visit.draft.pages if page.page_id != event.page_id)
    visit = clear_pending(visit, RequestKind.RECOGNISE, event.page_id)
    visit = clear_pending(visit, RequestKind.ROTATE, event.page_id)
    visit = replace(visit, draft=replace(visit.draft, pages=pages), recognition_fault=None)
    return replace(journey, visit=visit), (effects.DropPage(event.page_id),)


@event_handler
def rescan_page(journey: Journey, event: events.RescanPage) -> StepResult:
    """Remove the page and scan its sheet again, turned over. If no scan can start, the page stays."""
    removed, drop = remove_page(journey, events.RemovePage(event.page_id))
    if not drop:
        return journey, ()
    scanning, scan = scan_page(removed, events.ScanPage())
    return (scanning, (*drop, *scan)) if scan else scan_page(journey, events.ScanPage())


@event_handler
def keep_blank_page(journey: Journey, event: events.KeepBlankPage) -> StepResult:
    """The citizen sees something on the page: treat it like any other page and recognise it."""
    visit = journey.visit
    page = _page(visit, event.page_id)
    if visit is None or page is None or not page.blank or not _is_editable(visit):
        return journey, ()
    confirmed = replace(page, blank=False, lines=None, is_readable=None)
    return _recognise(journey, _with_page(visit, confirmed), confirmed)


@event_handler
def rotate_page(journey: Journey, event: events.RotatePage) -> StepResult:
    """Rotate a page by 90° clockwise and discard its recognised text."""
    visit = journey.visit
    page = _page(visit, event.page_id)
    if visit is None or page is None or not _is_editable(visit):
        return journey, ()
    unread = replace(
        _without_progress(page), lines=None, is_readable=None, confidence=None, offers=(), text=None, is_complete=True
    )
    visit = clear_pending(visit, RequestKind.RECOGNISE, page.page_id, recognition_fault=None)
    return request_effect(
        journey,
        _with_page(visit, unread),
        RequestKind.ROTATE,
        lambda request_id: effects.RotatePicture(request_id, event.page_id),
        page_id=event.page_id,
    )


@event_handler
def on_page_rotated(journey: Journey, event: events.PageRotated) -> StepResult:
    """Show the rotated page and recognise it again."""
    visit = pending_visit(journey, event.request_id, RequestKind.ROTATE, event.page.page_id)
    before = _page(visit, event.page.page_id)
    if visit is None or before is None:
        return journey, ()
    page = replace(event.page, picture_version=before.picture_version + 1, rotated_by_hand=True, blank=before.blank)
    visit = clear_pending(visit, RequestKind.ROTATE, page.page_id)
    return _recognise(journey, _with_page(visit, page), page)


# --- recognition -------------------------------------------------------------------------------------------------


def _recognise(journey: Journey, visit: Visit, page: LetterPage) -> StepResult:
    """Recognise the page. Without recognition, and for a blank page, only the picture is sent."""
    if not journey.environment.ocr_available or page.blank:
        unread = replace(page, lines=(), is_readable=False)
        return replace(journey, visit=_with_page(visit, unread)), ()
    return request_effect(
        journey,
        visit,
        RequestKind.RECOGNISE,
        lambda request_id: effects.RecognisePage(request_id, page.page_id, may_rotate=not page.rotated_by_hand),
        page_id=page.page_id,
    )


@event_handler
def on_reading_progress(journey: Journey, event: events.ReadingProgress) -> StepResult:
    """Show the lines that are recognised so far."""
    visit = pending_visit(journey, event.request_id, RequestKind.RECOGNISE, event.page_id)
    page = _page(visit, event.page_id)
    if visit is None or page is None or event.fraction < page.read_fraction:
        return journey, ()
    shown = replace(page, lines_so_far=event.lines, read_fraction=min(1.0, event.fraction))
    return replace(journey, visit=_with_page(visit, shown)), ()


@event_handler
def on_page_recognised(journey: Journey, event: events.PageRecognised) -> StepResult:
    """Show the recognised text, and the picture upright if recognition rotated it."""
    visit = pending_visit(journey, event.request_id, RequestKind.RECOGNISE, event.page_id)
    page = _page(visit, event.page_id)
    if visit is None or page is None:
        return journey, ()
    recognised = replace(
        _without_progress(page),
        lines=event.lines,
        is_readable=event.is_readable,
        confidence=event.confidence,
        offers=event.offers,
        is_complete=event.is_complete,
    )
    if event.quarter_turns:
        recognised = replace(recognised, picture_version=page.picture_version + 1)
    if event.quarter_turns % 2:
        recognised = replace(recognised, width=page.height, height=page.width)
    visit = clear_pending(visit, RequestKind.RECOGNISE, event.page_id, recognition_fault=None)
    return replace(journey, visit=_with_page(visit, recognised)), ()


@event_handler
def on_recognition_failed(journey: Journey, event: events.RecognitionFailed) -> StepResult:
    """Keep the page unchanged, because the picture is authoritative. The result belongs to a recognition or a
    rotation."""
    for request_kind in (RequestKind.RECOGNISE, RequestKind.ROTATE):
        visit = pending_visit(journey, event.request_id, request_kind, event.page_id)
        page = _page(visit, event.page_id)
        if visit is not None and page is not None:
            unread = replace(_without_progress(page), lines=(), is_readable=False, confidence=None)
            visit = clear_pending(visit, request_kind, event.page_id, recognition_fault=Fault.RECOGNITION_FAILED)
            return replace(journey, visit=_with_page(visit, unread)), ()
    return journey, ()
