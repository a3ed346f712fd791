"""The receipt: printed once its screen is visible, printed again on request, restored after a restart."""

from dataclasses import replace

from drivers.ports.receipt_printer import PrintVerdict
from journey import effects, events
from journey.screens import Screen
from journey.state import Journey, Overlay, PrintPhase, RequestKind, SavedSubmission, Visit
from journey.transitions import (
    StepResult,
    begin_visit,
    clear_pending,
    event_handler,
    pending_visit,
    request_effect,
    with_visit,
)

MAX_PRINTS = 3  # then staff must help: after three attempts the cause is not the paper


@event_handler
def on_screen_shown(journey: Journey, event: events.ScreenShown) -> StepResult:
    """Print the receipt once code, number and QR code are visible, unless the printer is known to be unable to
    print."""
    visit = journey.visit
    if visit is None or event.screen is not Screen.RECEIPT or journey.screen is not Screen.RECEIPT:
        return journey, ()
    if visit.saved is None or visit.print_phase is not PrintPhase.NOT_REQUESTED:
        return journey, ()
    if not journey.environment.printer.can_print:
        return with_visit(journey, print_phase=PrintPhase.DONE, print_verdict=PrintVerdict.NOT_PRINTED), ()
    return _print(journey, visit, visit.saved)


@event_handler
def reprint_receipt(journey: Journey, _: events.ReprintReceipt) -> StepResult:
    """Print again. Only on request, never automatically."""
    visit = journey.visit
    if visit is None or journey.screen is not Screen.RECEIPT or visit.saved is None:
        return journey, ()
    if visit.print_phase is not PrintPhase.DONE or visit.print_requests >= MAX_PRINTS:
        return journey, ()
    return _print(journey, visit, visit.saved)


def _print(journey: Journey, visit: Visit, saved: SavedSubmission) -> StepResult:
    print_number = visit.print_requests + 1
    return request_effect(
        journey,
        visit,
        RequestKind.PRINT,
        lambda request_id: effects.PrintReceipt(
            request_id,
            saved,
            journey.accessibility.language,
            page_count=saved.pages,
            print_number=print_number,
            date_known=journey.environment.clock_trusted,
            is_copy=visit.receipts_out > 0,
        ),
        print_phase=PrintPhase.PRINTING,
        print_verdict=None,
        printout_confirmed=None,
        print_requests=print_number,
    )


@event_handler
def on_print_finished(journey: Journey, event: events.PrintFinished) -> StepResult:
    """Show whether a receipt came out."""
    journey = replace(journey, environment=replace(journey.environment, printer=event.status))
    visit = pending_visit(journey, event.request_id, RequestKind.PRINT)
    if visit is None:
        return journey, ()
    came_out = event.verdict is not PrintVerdict.NOT_PRINTED
    printed = clear_pending(
        visit,
        RequestKind.PRINT,
        print_phase=PrintPhase.DONE,
        print_verdict=event.verdict,
        receipts_out=visit.receipts_out + came_out,
    )
    journey = replace(journey, visit=printed, last_touch_at=journey.now)
    if journey.overlay is Overlay.NO_RECEIPT and came_out:
        journey = replace(journey, overlay=None)  # the question is obsolete; the screen shows the verdict
    return journey, ()


@event_handler
def report_receipt_printed(journey: Journey, event: events.ReportReceiptPrinted) -> StepResult:
    """Record the citizen's answer when the printer could not report whether the receipt came out."""
    visit = journey.visit
    if visit is None or visit.printout_confirmed is not None:
        return journey, ()
    if visit.print_verdict is not PrintVerdict.PROBABLY_PRINTED:
        return journey, ()
    if event.printed:
        return with_visit(journey, printout_confirmed=True), ()
    return (
        with_visit(
            journey,
            printout_confirmed=False,
            print_verdict=PrintVerdict.NOT_PRINTED,
            receipts_out=max(0, visit.receipts_out - 1),
        ),
        (),
    )


@event_handler
def on_receipt_restored(journey: Journey, event: events.ReceiptRestored) -> StepResult:
    """Show the receipt of a visit that a restart interrupted, and ask whether it was printed."""
    if journey.visit is not None:
        return journey, ()
    journey = begin_visit(journey, Screen.RECEIPT)
    journey = replace(journey, accessibility=replace(journey.accessibility, language=event.language))
    return (
        with_visit(
            journey,
            saved=event.saved,
            print_phase=PrintPhase.DONE,
            print_verdict=PrintVerdict.PROBABLY_PRINTED,
            print_requests=1,
            receipts_out=1,
        ),
        (),
    )
