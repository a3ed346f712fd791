"""Overlays without an answer, and the question before a code would be lost."""

import pytest

from drivers.ports.card_reader import CardReaderStatus
from drivers.ports.receipt_printer import PrinterStatus, PrintVerdict
from journey import effects, events
from journey.screens import Screen
from journey.state import Overlay, TextSize
from journey.transitions import CARD_OUT_TIMEOUT_S, STILL_THERE_TIMEOUT_S
from simulators.sample_data import SAVED_SUBMISSION
from tests.scenarios.scenario import Scenario


def _receipt_printed(verdict: PrintVerdict) -> Scenario:
    """On the receipt screen, after the print has ended."""
    scenario = (
        Scenario().identify_by_card().write_complaint().confirm_and_save().dispatch(events.ScreenShown(Screen.RECEIPT))
    )
    return scenario.answer_effect(
        effects.PrintReceipt, lambda e: events.PrintFinished(e.request_id, verdict, PrinterStatus.READY)
    )


def test_an_unanswered_start_over_keeps_the_story() -> None:
    scenario = (
        Scenario()
        .identify_by_card()
        .write_complaint()
        .tap(events.StartOver())
        .expect_screen(Screen.REVIEW, Overlay.START_OVER)
    )
    scenario.wait(STILL_THERE_TIMEOUT_S + 1).expect_screen(Screen.REVIEW)
    assert scenario.visit.draft.text == "ถนนหน้าหมู่บ้านชำรุด"
    assert scenario.count_effects(effects.EraseVisitData) == 0
    scenario.wait(60).expect_screen(Screen.REVIEW).wait(60).expect_screen(Screen.REVIEW, Overlay.STILL_THERE)
    scenario.wait(STILL_THERE_TIMEOUT_S + 1).expect_screen(Screen.ATTRACT)


def test_an_unanswered_start_over_after_the_notice_keeps_what_was_chosen() -> None:
    scenario = Scenario().identify_by_card().write_complaint().tap(events.EditSection(Screen.TOPIC), events.StartOver())
    scenario.wait(STILL_THERE_TIMEOUT_S + 1).expect_screen(Screen.TOPIC)


def test_a_removed_card_has_two_minutes_and_more_in_large_type() -> None:
    scenario = (
        Scenario().identify_by_card().write_complaint().remove_card().expect_screen(Screen.REVIEW, Overlay.CARD_OUT)
    )
    scenario.wait(CARD_OUT_TIMEOUT_S - 1).expect_screen(Screen.REVIEW, Overlay.CARD_OUT).wait(2).expect_screen(
        Screen.ATTRACT
    )
    scenario = Scenario().dispatch(events.NextTextSize()).identify_by_card().write_complaint().remove_card()
    assert scenario.journey.accessibility.text_size is TextSize.LARGE
    scenario.wait(1.4 * CARD_OUT_TIMEOUT_S - 1).expect_screen(Screen.REVIEW, Overlay.CARD_OUT)
    assert CARD_OUT_TIMEOUT_S == 120


@pytest.mark.parametrize("verdict", [PrintVerdict.NOT_PRINTED, PrintVerdict.PROBABLY_PRINTED])
def test_leaving_an_unprinted_receipt_asks_once_about_the_code(verdict: PrintVerdict) -> None:
    scenario = _receipt_printed(verdict).tap(events.Finish()).expect_screen(Screen.RECEIPT, Overlay.NO_RECEIPT)
    assert scenario.count_effects(effects.ConfirmReceipt) == 0
    scenario.tap(events.ConfirmCodeNoted()).expect_screen(Screen.FAREWELL)
    assert scenario.newest_effect(effects.ConfirmReceipt).confirmed
    assert not scenario.visit.has_printed_receipt


def test_a_citizen_who_has_not_noted_the_code_returns_to_it_and_is_not_asked_again() -> None:
    scenario = (
        _receipt_printed(PrintVerdict.NOT_PRINTED)
        .tap(events.Finish(), events.DismissOverlay())
        .expect_screen(Screen.RECEIPT)
    )
    scenario.tap(events.Finish()).expect_screen(Screen.FAREWELL)


def test_an_unanswered_question_about_the_code_returns_to_it_and_asks_again() -> None:
    scenario = _receipt_printed(PrintVerdict.NOT_PRINTED).tap(events.Finish()).wait(STILL_THERE_TIMEOUT_S + 1)
    scenario.expect_screen(Screen.RECEIPT).tap(events.Finish()).expect_screen(Screen.RECEIPT, Overlay.NO_RECEIPT)


def test_leaving_during_printing_asks_until_the_receipt_comes_out() -> None:
    scenario = (
        Scenario().identify_by_card().write_complaint().confirm_and_save().dispatch(events.ScreenShown(Screen.RECEIPT))
    )
    scenario.tap(events.Finish()).expect_screen(Screen.RECEIPT, Overlay.NO_RECEIPT)
    printed = lambda e: events.PrintFinished(e.request_id, PrintVerdict.PRINTED, PrinterStatus.READY)  # noqa: E731
    scenario.answer_effect(effects.PrintReceipt, printed).expect_screen(Screen.RECEIPT)
    scenario.tap(events.Finish()).expect_screen(Screen.FAREWELL)


def test_without_a_printer_leaving_asks_about_the_code() -> None:
    scenario = (
        Scenario()
        .identify_by_card()
        .write_complaint()
        .dispatch(events.PrinterChanged(PrinterStatus.ABSENT))
        .confirm_and_print()
    )
    scenario.tap(events.Finish()).expect_screen(Screen.RECEIPT, Overlay.NO_RECEIPT)


def test_a_printed_receipt_needs_no_question() -> None:
    _receipt_printed(PrintVerdict.PRINTED).tap(events.Finish()).expect_screen(Screen.FAREWELL)
    scenario = _receipt_printed(PrintVerdict.PROBABLY_PRINTED).tap(
        events.ReportReceiptPrinted(printed=True), events.Finish()
    )
    assert scenario.expect_screen(Screen.FAREWELL).visit.has_printed_receipt
    scenario = _receipt_printed(PrintVerdict.PRINTED).tap(events.ReprintReceipt())
    not_printed = lambda e: events.PrintFinished(e.request_id, PrintVerdict.NOT_PRINTED, PrinterStatus.PAPER_OUT)  # noqa: E731
    scenario.answer_effect(effects.PrintReceipt, not_printed).tap(events.Finish()).expect_screen(Screen.FAREWELL)


def test_start_over_on_an_unprinted_receipt_asks_about_the_code_too() -> None:
    scenario = _receipt_printed(PrintVerdict.NOT_PRINTED).wait(226).expect_screen(Screen.RECEIPT, Overlay.STILL_THERE)
    scenario.tap(events.StartOver()).expect_screen(Screen.RECEIPT, Overlay.NO_RECEIPT)


def test_an_unprinted_receipt_stays_longer_and_is_then_erased() -> None:
    _receipt_printed(PrintVerdict.PRINTED).wait(106).expect_screen(Screen.RECEIPT, Overlay.STILL_THERE)
    scenario = _receipt_printed(PrintVerdict.NOT_PRINTED).wait(224).expect_screen(Screen.RECEIPT).wait(2)
    scenario.expect_screen(Screen.RECEIPT, Overlay.STILL_THERE).wait(STILL_THERE_TIMEOUT_S + 1).expect_screen(
        Screen.ATTRACT
    )
    assert scenario.newest_effect(effects.ConfirmReceipt).confirmed is False


def test_a_code_is_confirmed_only_where_it_was_asked_about() -> None:
    _receipt_printed(PrintVerdict.PRINTED).tap(events.ConfirmCodeNoted()).expect_screen(Screen.RECEIPT)
    scenario = (
        Scenario().identify_by_card().write_complaint().dispatch(events.CardReaderChanged(CardReaderStatus.EMPTY))
    )
    scenario.tap(events.ConfirmCodeNoted()).expect_screen(Screen.REVIEW, Overlay.CARD_OUT)
    Scenario().dispatch(events.ReceiptRestored(SAVED_SUBMISSION)).tap(events.Finish()).expect_screen(
        Screen.RECEIPT, Overlay.NO_RECEIPT
    )
