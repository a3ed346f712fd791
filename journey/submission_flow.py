"""From "send" to the paper: seal and save once, show code and number, then ask the printer."""

from dataclasses import replace

from drivers.ports.receipt_printer import PrintVerdict
from journey import effects, events
from journey.complaint.checks import check_phone
from journey.form_flow import can_leave_screen
from journey.state import CardPhase, Journey, Overlay, PrintPhase, RequestKind, Screen, Visit
from journey.transitions import (
    StepResult,
    begin_visit,
    clear_pending,
    go_to_screen,
    is_other_card_inserted,
    pending_visit,
    request_effect,
    with_visit,
)
from protocol.choices import IdentitySource, NameDisclosure

MAX_PRINTS = 3  # then staff help: a citizen who asked three times has another trouble than the paper


def submit_complaint(journey: Journey, _: events.SubmitComplaint) -> StepResult:
    """Seal and save. Anonymous means that nobody learns the name, so it leaves the state before sealing."""
    visit = journey.visit
    if visit is None or journey.screen is not Screen.REVIEW or not can_leave_screen(visit, Screen.REVIEW):
        return journey, ()
    if check_phone(visit.draft) is not None:  # typed, and left by "back" before anything was said about it
        return go_to_screen(replace(journey, visit=replace(visit, editing=True, phone_invalid=True)), Screen.PHONE), ()
    if visit.draft.name_disclosure is NameDisclosure.ANONYMOUS:
        visit = _anonymised(visit)
    draft, language = visit.draft, journey.accessibility.language
    return request_effect(
        journey,
        visit,
        RequestKind.SAVE,
        lambda request_id: effects.SaveSubmission(request_id, draft, language),
        saving=True,
        save_fault=None,
    )


def _anonymised(visit: Visit) -> Visit:
    """From here on a visit without card, also when the saving fails: there is nobody left to compare a card with."""
    draft = replace(
        visit.draft,
        identity_source=IdentitySource.NONE,
        card=None,
        card_area="",
        typed_name="",
        phone="",
    )
    return clear_pending(visit, RequestKind.CITIZEN_ID, draft=draft, card_phase=CardPhase.DECLINED)


def on_save_succeeded(journey: Journey, event: events.SaveSucceeded) -> StepResult:
    """Final from here on: the codes go on the screen and into the note; the printer waits for the screen."""
    visit = pending_visit(journey, event.request_id, RequestKind.SAVE)
    if visit is None:
        return journey, ()
    waiting = visit.next_card_inserted or is_other_card_inserted(journey)
    done = clear_pending(visit, RequestKind.SAVE, saving=False, saved=event.saved, next_card_inserted=waiting)
    note = effects.SaveReceiptNote(event.saved, journey.accessibility.language)
    journey = mark_acknowledged(go_to_screen(replace(journey, visit=done), Screen.RECEIPT))
    if visit.next_card_inserted and visit.draft.card is not None:  # a card came while saving: whose is it?
        journey, asked = request_effect(
            journey, replace(done, next_card_inserted=False), RequestKind.CITIZEN_ID, effects.ReadCitizenId
        )
        return journey, (note, *asked)
    return journey, (note,)


def mark_acknowledged(journey: Journey) -> Journey:
    """Follow what the centre has given its receipt for. It is remembered: the list holds the last ones only."""
    visit = journey.visit
    if visit is None or visit.saved is None or visit.saved.submission_id not in journey.environment.acknowledged_ids:
        return journey
    return with_visit(journey, acknowledged=True)


def on_save_failed(journey: Journey, event: events.SaveFailed) -> StepResult:
    """Nothing was committed: the review stays as it was and says so."""
    visit = pending_visit(journey, event.request_id, RequestKind.SAVE)
    if visit is None:
        return journey, ()
    failed = clear_pending(visit, RequestKind.SAVE, saving=False, save_fault=event.fault, next_card_inserted=False)
    journey = replace(journey, visit=failed, last_touch_at=journey.now)
    if visit.next_card_inserted and visit.draft.card is not None:  # a card came while saving: whose is it?
        return request_effect(journey, failed, RequestKind.CITIZEN_ID, effects.ReadCitizenId)
    return journey, ()


def on_screen_shown(journey: Journey, event: events.ScreenShown) -> StepResult:
    """Code, number and QR are on the glass: now the printer is asked, unless it is known to be unable."""
    visit = journey.visit
    if visit is None or event.screen is not Screen.RECEIPT or journey.screen is not Screen.RECEIPT:
        return journey, ()
    if visit.saved is None or visit.print_phase is not PrintPhase.NOT_REQUESTED:
        return journey, ()
    if not journey.environment.printer.can_print:
        return with_visit(journey, print_phase=PrintPhase.DONE, print_verdict=PrintVerdict.NOT_PRINTED), ()
    return _print(journey, visit)


def reprint_receipt(journey: Journey, _: events.ReprintReceipt) -> StepResult:
    """Only asked for, never automatic."""
    visit = journey.visit
    if visit is None or journey.screen is not Screen.RECEIPT or visit.saved is None:
        return journey, ()
    if visit.print_phase is not PrintPhase.DONE or visit.print_requests >= MAX_PRINTS:
        return journey, ()
    return _print(journey, visit)


def _print(journey: Journey, visit: Visit) -> StepResult:
    saved = visit.saved
    assert saved is not None  # noqa: S101 - both callers looked
    return request_effect(
        journey,
        visit,
        RequestKind.PRINT,
        lambda request_id: effects.PrintReceipt(
            request_id,
            saved,
            journey.accessibility.language,
            page_count=saved.pages,
            print_number=visit.print_requests + 1,
            date_known=journey.environment.clock_trusted,
            is_copy=visit.receipts_out > 0,
        ),
        print_phase=PrintPhase.PRINTING,
        print_verdict=None,
        printout_confirmed=None,
        print_requests=visit.print_requests + 1,
    )


def on_print_finished(journey: Journey, event: events.PrintFinished) -> StepResult:
    journey = replace(journey, environment=replace(journey.environment, printer=event.status))
    visit = pending_visit(journey, event.request_id, RequestKind.PRINT)
    if visit is None:
        return journey, ()
    out = visit.receipts_out + (event.verdict is not PrintVerdict.NOT_PRINTED)
    done = clear_pending(
        visit, RequestKind.PRINT, print_phase=PrintPhase.DONE, print_verdict=event.verdict, receipts_out=out
    )
    journey = replace(journey, visit=done, last_touch_at=journey.now)
    if journey.overlay is Overlay.NO_RECEIPT and event.verdict is not PrintVerdict.NOT_PRINTED:
        journey = replace(journey, overlay=None)  # it came meanwhile: the page says so, or asks
    return journey, ()


def report_receipt_printed(journey: Journey, event: events.ReportReceiptPrinted) -> StepResult:
    """The answer where the printer could not say."""
    visit = journey.visit
    if (
        visit is None
        or visit.print_verdict is not PrintVerdict.PROBABLY_PRINTED
        or visit.printout_confirmed is not None
    ):
        return journey, ()
    verdict = visit.print_verdict if event.printed else PrintVerdict.NOT_PRINTED
    out = visit.receipts_out if event.printed else max(0, visit.receipts_out - 1)
    return with_visit(journey, printout_confirmed=event.printed, print_verdict=verdict, receipts_out=out), ()


def on_receipt_restored(journey: Journey, event: events.ReceiptRestored) -> StepResult:
    """After a restart within two minutes: the receipt is shown again. Whether its paper came out is asked."""
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
