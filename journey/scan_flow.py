"""The letter: pages come from the scanner, are shown, turned, removed, and recognised beside the citizen's reading."""

from dataclasses import replace

from drivers.ports.letter_scanner import ScannerStatus
from journey import effects, events
from journey.complaint.draft import LetterPage
from journey.environment_faults import SCANNER_FAULTS
from journey.faults import Fault
from journey.form_flow import stop_scan
from journey.state import Journey, LookUpPhase, ScanPhase, Screen, Visit
from journey.transitions import Result, answered, ask, awaited
from protocol.choices import MAX_PAGES

# Faults that the scanner's own status shows: they follow it, and are over when it is ready again.
SHOWN_BY_STATUS = (Fault.SCANNER_ABSENT, Fault.SCANNER_JAM, Fault.SCANNER_COVER_OPEN)
MENDED_BY_HAND = (*SHOWN_BY_STATUS, Fault.SCANNER_FAILED)  # a failed scan may turn out to be one of them


def scanner_changed(journey: Journey, event: events.ScannerChanged) -> Result:
    """The scanner says how it is: the fault on the page follows, and goes when it is mended."""
    journey = replace(journey, around=replace(journey.around, scanner=event.status))
    visit = journey.visit
    if visit is None or visit.scan_fault not in MENDED_BY_HAND:
        return journey, ()
    now = SCANNER_FAULTS.get(event.status)
    if now in SHOWN_BY_STATUS:
        return replace(journey, visit=replace(visit, scan_fault=now)), ()
    if event.status is ScannerStatus.READY and visit.scan_fault in SHOWN_BY_STATUS:
        cleared = replace(visit, scan_phase=ScanPhase.IDLE, scan_fault=None, look_up=LookUpPhase.IDLE)
        return replace(journey, visit=cleared), ()
    return journey, ()


def scan_page(journey: Journey, _: events.ScanPage) -> Result:
    """Scan one more page. A scanner that is known to be missing is not waited for."""
    visit = journey.visit
    if visit is None or journey.screen is not Screen.SCAN or visit.scan_phase is ScanPhase.SCANNING:
        return journey, ()
    if visit.story_covered:
        return journey, ()
    if len(visit.draft.pages) >= MAX_PAGES:
        return journey, ()
    if journey.around.scanner is ScannerStatus.ABSENT:
        return replace(journey, visit=_failed(visit, Fault.SCANNER_ABSENT)), ()
    return ask(
        journey,
        visit,
        "scan",
        lambda ticket: effects.ScanOnePage(ticket, MAX_PAGES - len(visit.draft.pages)),
        scan_phase=ScanPhase.SCANNING,
        scan_progress=0.0,
        scan_fault=None,
    )


def _failed(visit: Visit, fault: Fault | None) -> Visit:
    phase = ScanPhase.FAILED if fault else ScanPhase.IDLE
    return answered(visit, "scan", scan_phase=phase, scan_progress=0.0, scan_fault=fault)


def progress(journey: Journey, event: events.PageProgress) -> Result:
    visit = awaited(journey, event.ticket, "scan")
    if visit is None:
        return journey, ()
    fraction = min(1.0, max(visit.scan_progress, event.fraction))
    return replace(journey, visit=replace(visit, scan_progress=fraction)), ()


def page_scanned(journey: Journey, event: events.PageScanned) -> Result:
    visit = awaited(journey, event.ticket, "scan")
    if visit is None:
        return journey, ()
    draft = replace(visit.draft, pages=(*visit.draft.pages, event.page))
    visit = replace(visit, draft=draft, scan_progress=0.0)
    if not event.more:
        visit = _ended(visit)
    return _recognise(replace(journey, last_touch=journey.now), visit, event.page)


def _ended(visit: Visit) -> Visit:
    return answered(visit, "scan", scan_phase=ScanPhase.IDLE, scan_progress=0.0, scan_fault=None)


def scan_ended(journey: Journey, event: events.ScanEnded) -> Result:
    """The feeder is empty."""
    visit = awaited(journey, event.ticket, "scan")
    if visit is None:
        return journey, ()
    return replace(journey, visit=_ended(visit), last_touch=journey.now), ()


def scan_failed(journey: Journey, event: events.ScanFailed) -> Result:
    visit = awaited(journey, event.ticket, "scan")
    if visit is None:
        return journey, ()
    return replace(journey, visit=_failed(visit, SCANNER_FAULTS.get(event.status)), last_touch=journey.now), ()


def cancel_scan(journey: Journey, _: events.CancelScan) -> Result:
    visit = journey.visit
    if visit is None or visit.scan_phase is not ScanPhase.SCANNING:
        return journey, ()
    return stop_scan(journey, visit)


def _recognise(journey: Journey, visit: Visit, page: LetterPage) -> Result:
    """Have the page read; without recognition, or with nothing to read, the picture alone is sent."""
    if not journey.around.ocr or page.blank:
        unread = replace(page, lines=(), readable=False)
        return replace(journey, visit=_with_page(visit, unread)), ()
    return ask(
        journey,
        visit,
        f"recognise {page.page_id}",
        lambda ticket: effects.RecognisePage(ticket, page.page_id, may_turn=not page.by_hand),
    )


def _with_page(visit: Visit, page: LetterPage) -> Visit:
    pages = tuple(page if old.page_id == page.page_id else old for old in visit.draft.pages)
    return replace(visit, draft=replace(visit.draft, pages=pages))


def _page(visit: Visit | None, page_id: str) -> LetterPage | None:
    if visit is None:
        return None
    return next((page for page in visit.draft.pages if page.page_id == page_id), None)


def recognised(journey: Journey, event: events.PageRecognised) -> Result:
    kind = f"recognise {event.page_id}"
    visit = awaited(journey, event.ticket, kind)
    page = _page(visit, event.page_id)
    if visit is None or page is None:
        return journey, ()
    read = replace(page, lines=event.lines, readable=event.readable, confidence=event.confidence)
    if event.turned:
        read = replace(read, turns=page.turns + 1)
    if event.turned % 2:
        read = replace(read, width=page.height, height=page.width)
    return replace(journey, visit=_with_page(answered(visit, kind, recognition_fault=None), read)), ()


def recognition_failed(journey: Journey, event: events.RecognitionFailed) -> Result:
    """The picture is the record: a page that could not be read, or turned, stays as it is."""
    for kind in (f"recognise {event.page_id}", f"turn {event.page_id}"):
        visit = awaited(journey, event.ticket, kind)
        page = _page(visit, event.page_id)
        if visit is not None and page is not None:
            unread = replace(page, lines=(), readable=False, confidence=None)
            visit = answered(visit, kind, recognition_fault=Fault.RECOGNITION_FAILED)
            return replace(journey, visit=_with_page(visit, unread)), ()
    return journey, ()


def _open(visit: Visit) -> bool:
    """Whether the letter may still be changed, by somebody who sees it."""
    return not (visit.saving or visit.minted is not None or visit.story_covered)


def remove_page(journey: Journey, event: events.RemovePage) -> Result:
    visit = journey.visit
    if visit is None or not _open(visit) or _page(visit, event.page_id) is None:
        return journey, ()
    pages = tuple(page for page in visit.draft.pages if page.page_id != event.page_id)
    visit = answered(answered(visit, f"recognise {event.page_id}"), f"turn {event.page_id}")
    visit = replace(visit, draft=replace(visit.draft, pages=pages), recognition_fault=None)
    return replace(journey, visit=visit), (effects.DropPage(event.page_id),)


def scan_instead(journey: Journey, event: events.ScanInstead) -> Result:
    """The page goes and the paper, turned over, is scanned. Where nothing can be scanned now the page stays."""
    without, dropped = remove_page(journey, events.RemovePage(event.page_id))
    if not dropped:
        return journey, ()
    scanning, asked = scan_page(without, events.ScanPage())
    return (scanning, (*dropped, *asked)) if asked else scan_page(journey, events.ScanPage())


def keep_page(journey: Journey, event: events.KeepPage) -> Result:
    """The citizen sees something on it: then it is a page like any other, and is read."""
    visit = journey.visit
    page = _page(visit, event.page_id)
    if visit is None or page is None or not page.blank or not _open(visit):
        return journey, ()
    kept = replace(page, blank=False, lines=None, readable=None)
    return _recognise(journey, _with_page(visit, kept), kept)


def turn_page(journey: Journey, event: events.TurnPage) -> Result:
    """A quarter clockwise; what was recognised of it no longer counts."""
    visit = journey.visit
    page = _page(visit, event.page_id)
    if visit is None or page is None or not _open(visit):
        return journey, ()
    unread = replace(page, lines=None, readable=None, confidence=None, text=None)
    visit = _with_page(answered(visit, f"recognise {page.page_id}", recognition_fault=None), unread)
    return ask(journey, visit, f"turn {event.page_id}", lambda ticket: effects.TurnPicture(ticket, event.page_id))


def page_turned(journey: Journey, event: events.PageTurned) -> Result:
    kind = f"turn {event.page.page_id}"
    visit = awaited(journey, event.ticket, kind)
    before = _page(visit, event.page.page_id)
    if visit is None or before is None:
        return journey, ()
    page = replace(event.page, turns=before.turns + 1, by_hand=True, blank=before.blank)
    return _recognise(journey, _with_page(answered(visit, kind), page), page)
