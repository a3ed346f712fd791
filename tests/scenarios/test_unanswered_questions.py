"""What a question that nobody answers does, and what is asked before a code would be lost."""

import pytest

from drivers.ports.card_reader import CardReaderStatus
from drivers.ports.receipt_printer import PrinterStatus, PrintVerdict
from journey import effects, events
from journey.state import Overlay, Screen, TextSize
from journey.transitions import CARD_OUT_SECONDS, STILL_THERE_SECONDS
from tests.scenarios.scenario import MINTED, Story


def _printed(verdict: PrintVerdict) -> Story:
    """On the receipt, once the printer has answered."""
    story = Story().identified().told().saved().happens(events.Painted(Screen.RECEIPT))
    return story.answers(effects.PrintReceipt, lambda e: events.ReceiptPrinted(e.ticket, verdict, PrinterStatus.READY))


def test_an_unanswered_start_over_keeps_the_story() -> None:
    story = Story().identified().told().taps(events.StartOver()).sees(Screen.REVIEW, Overlay.START_OVER)
    story.waits(STILL_THERE_SECONDS + 1).sees(Screen.REVIEW)
    assert story.visit.draft.text == "ถนนหน้าหมู่บ้านชำรุด"
    assert story.count(effects.Wipe) == 0
    story.waits(60).sees(Screen.REVIEW).waits(60).sees(Screen.REVIEW, Overlay.STILL_THERE)
    story.waits(STILL_THERE_SECONDS + 1).sees(Screen.ATTRACT)


def test_an_unanswered_start_over_after_the_notice_keeps_what_was_chosen() -> None:
    story = Story().identified().told().taps(events.Edit(Screen.TOPIC), events.StartOver())
    story.waits(STILL_THERE_SECONDS + 1).sees(Screen.TOPIC)


def test_whoever_looks_for_the_card_in_a_bag_has_two_minutes_and_more_in_large_type() -> None:
    story = Story().identified().told().card_out().sees(Screen.REVIEW, Overlay.CARD_OUT)
    story.waits(CARD_OUT_SECONDS - 1).sees(Screen.REVIEW, Overlay.CARD_OUT).waits(2).sees(Screen.ATTRACT)
    story = Story().happens(events.NextTextSize()).identified().told().card_out()
    assert story.journey.comfort.text_size is TextSize.LARGE
    story.waits(1.4 * CARD_OUT_SECONDS - 1).sees(Screen.REVIEW, Overlay.CARD_OUT)
    assert CARD_OUT_SECONDS == 120


@pytest.mark.parametrize("verdict", [PrintVerdict.NOT_PRINTED, PrintVerdict.PROBABLY_PRINTED])
def test_leaving_a_receipt_that_is_not_on_paper_asks_once_for_the_code(verdict: PrintVerdict) -> None:
    story = _printed(verdict).taps(events.Finish()).sees(Screen.RECEIPT, Overlay.NO_PAPER)
    assert story.count(effects.ConfirmReceipt) == 0
    story.taps(events.CodeKept()).sees(Screen.FAREWELL)
    assert story.newest(effects.ConfirmReceipt).confirmed
    assert not story.visit.on_paper


def test_who_has_not_kept_the_code_goes_back_to_it_and_is_not_asked_again() -> None:
    story = _printed(PrintVerdict.NOT_PRINTED).taps(events.Finish(), events.Dismiss()).sees(Screen.RECEIPT)
    story.taps(events.Finish()).sees(Screen.FAREWELL)


def test_an_unanswered_question_for_the_code_goes_back_to_it_and_asks_again() -> None:
    story = _printed(PrintVerdict.NOT_PRINTED).taps(events.Finish()).waits(STILL_THERE_SECONDS + 1)
    story.sees(Screen.RECEIPT).taps(events.Finish()).sees(Screen.RECEIPT, Overlay.NO_PAPER)


def test_leaving_while_it_is_printed_asks_until_the_paper_comes() -> None:
    story = Story().identified().told().saved().happens(events.Painted(Screen.RECEIPT))
    story.taps(events.Finish()).sees(Screen.RECEIPT, Overlay.NO_PAPER)
    printed = lambda e: events.ReceiptPrinted(e.ticket, PrintVerdict.PRINTED, PrinterStatus.READY)  # noqa: E731
    story.answers(effects.PrintReceipt, printed).sees(Screen.RECEIPT)
    story.taps(events.Finish()).sees(Screen.FAREWELL)


def test_without_a_printer_the_code_is_asked_for() -> None:
    story = Story().identified().told().happens(events.PrinterChanged(PrinterStatus.ABSENT)).confirmed()
    story.taps(events.Finish()).sees(Screen.RECEIPT, Overlay.NO_PAPER)


def test_a_receipt_in_the_hand_asks_nothing() -> None:
    _printed(PrintVerdict.PRINTED).taps(events.Finish()).sees(Screen.FAREWELL)
    story = _printed(PrintVerdict.PROBABLY_PRINTED).taps(events.PaperCameOut(yes=True), events.Finish())
    assert story.sees(Screen.FAREWELL).visit.on_paper
    story = _printed(PrintVerdict.PRINTED).taps(events.PrintAgain())
    not_printed = lambda e: events.ReceiptPrinted(e.ticket, PrintVerdict.NOT_PRINTED, PrinterStatus.PAPER_OUT)  # noqa: E731
    story.answers(effects.PrintReceipt, not_printed).taps(events.Finish()).sees(Screen.FAREWELL)


def test_start_over_on_a_receipt_without_paper_asks_for_the_code_too() -> None:
    story = _printed(PrintVerdict.NOT_PRINTED).waits(226).sees(Screen.RECEIPT, Overlay.STILL_THERE)
    story.taps(events.StartOver()).sees(Screen.RECEIPT, Overlay.NO_PAPER)


def test_a_receipt_without_paper_is_waited_for_longer_and_then_wiped() -> None:
    _printed(PrintVerdict.PRINTED).waits(106).sees(Screen.RECEIPT, Overlay.STILL_THERE)
    story = _printed(PrintVerdict.NOT_PRINTED).waits(224).sees(Screen.RECEIPT).waits(2)
    story.sees(Screen.RECEIPT, Overlay.STILL_THERE).waits(STILL_THERE_SECONDS + 1).sees(Screen.ATTRACT)
    assert story.newest(effects.ConfirmReceipt).confirmed is False


def test_a_code_is_kept_only_where_it_was_asked_for() -> None:
    _printed(PrintVerdict.PRINTED).taps(events.CodeKept()).sees(Screen.RECEIPT)
    story = Story().identified().told().happens(events.CardReaderChanged(CardReaderStatus.EMPTY))
    story.taps(events.CodeKept()).sees(Screen.REVIEW, Overlay.CARD_OUT)
    Story().happens(events.Restored(MINTED)).taps(events.Finish()).sees(Screen.RECEIPT, Overlay.NO_PAPER)
