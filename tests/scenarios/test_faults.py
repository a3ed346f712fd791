"""Every row of the fault table as a scenario: its cause, the screen that shows it, and that it clears by itself."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from drivers.ports.card_reader import CardFault, CardReaderStatus
from drivers.ports.letter_scanner import ScannerStatus
from drivers.ports.receipt_printer import PrinterStatus
from drivers.ports.speaker import SpeakerStatus
from journey import effects, events
from journey.environment_faults import SCANNER_FAULTS, active_faults, attract_warnings
from journey.faults import FAULTS, Fault
from journey.language import translate
from journey.screens import Screen, can_leave_screen
from journey.state import LookUpPhase, ScanPhase
from protocol.topics import Topic
from simulators.sample_data import BOONMA, SAVED_SUBMISSION
from tests.scenarios.scenario import Scenario, letter_page
from thai.segmentation import words
from tools.message_catalogue import compile_catalogues

MAX_WORDS = 10  # of advice

ScenarioStep = Callable[[Scenario], Scenario]


def _open_scan_screen(scenario: Scenario) -> Scenario:
    scenario.identify_by_card().tap(events.Next(), events.ChooseTopic(Topic.UTILITIES), events.Next())
    return scenario.tap(events.SwitchToScan()).expect_screen(Screen.SCAN)


def _scan_fails(status: ScannerStatus) -> ScenarioStep:
    def step(scenario: Scenario) -> Scenario:
        _open_scan_screen(scenario).tap(events.ScanPage())
        return scenario.answer_effect(effects.ScanPages, lambda e: events.ScanFailed(e.request_id, status))

    return step


def _next_page_comes(scenario: Scenario) -> Scenario:
    scenario.tap(events.ScanPage())
    return scenario.answer_effect(effects.ScanPages, lambda e: events.PageScanned(e.request_id, letter_page("one")))


def _tracking_scan_fails(status: ScannerStatus) -> Scenario:
    scenario = Scenario().tap(events.OpenTracking(), events.ScanReceiptCode())
    return scenario.answer_effect(effects.ReadReceiptCode, lambda e: events.ReceiptCodeReadFailed(e.request_id, status))


def _recognition_fails(scenario: Scenario) -> Scenario:
    _next_page_comes(_open_scan_screen(scenario))
    return scenario.answer_effect(effects.RecognisePage, lambda e: events.RecognitionFailed(e.request_id, e.page_id))


def _another_page_is_read(scenario: Scenario) -> Scenario:
    scenario.tap(events.ScanPage())
    scenario.answer_effect(effects.ScanPages, lambda e: events.PageScanned(e.request_id, letter_page("two")))
    return scenario.answer_effect(
        effects.RecognisePage, lambda e: events.PageRecognised(e.request_id, e.page_id, (), True, 90.0)
    )


def _card_fails(fault: CardFault) -> ScenarioStep:
    def step(scenario: Scenario) -> Scenario:
        return (
            scenario.insert_card()
            .accept_notice()
            .answer_effect(effects.ReadCard, lambda e: events.CardReadFailed(e.request_id, fault))
        )

    return step


def _another_card(scenario: Scenario) -> Scenario:
    return (
        scenario.remove_card()
        .insert_card()
        .answer_effect(effects.ReadCard, lambda e: events.CardRead(e.request_id, BOONMA, ""))
    )


def _save_fails(fault: Fault) -> ScenarioStep:
    def step(scenario: Scenario) -> Scenario:
        scenario.identify_by_card().write_complaint().tap(events.SubmitComplaint())
        return scenario.answer_effect(
            effects.SaveSubmission, lambda e: events.SaveFailed(e.request_id, fault)
        ).expect_screen(Screen.REVIEW)

    return step


def _send_again(scenario: Scenario) -> Scenario:
    return scenario.tap(events.SubmitComplaint()).answer_effect(
        effects.SaveSubmission, lambda e: events.SaveSucceeded(e.request_id, SAVED_SUBMISSION)
    )


def _dispatch(*new_events: events.Event) -> ScenarioStep:
    return lambda scenario: scenario.dispatch(*new_events)


def _card_reader_becomes(status: CardReaderStatus) -> ScenarioStep:
    return _dispatch(events.CardReaderChanged(status))


def _printer_becomes(status: PrinterStatus) -> ScenarioStep:
    return _dispatch(events.PrinterChanged(status))


def _speaker_becomes(status: SpeakerStatus) -> ScenarioStep:
    return _dispatch(events.EnvironmentChanged(speaker=status))


def _after_unexpected_error(scenario: Scenario) -> Scenario:
    """The state after an error in the journey itself."""
    scenario.journey = replace(scenario.journey, screen=Screen.FAULT, fault=Fault.UNEXPECTED)
    return scenario


PRINTER_READY = _printer_becomes(PrinterStatus.READY)
# The cause of each fault, and what clears it.
BEFORE_A_VISIT: dict[Fault, tuple[ScenarioStep, ScenarioStep]] = {
    Fault.NOT_ENROLLED: (
        _dispatch(events.EnvironmentChanged(enrolled=False)),
        _dispatch(events.EnvironmentChanged(enrolled=True)),
    ),
    Fault.REVOKED: (
        _dispatch(events.EnvironmentChanged(revoked=True)),
        _dispatch(events.EnvironmentChanged(revoked=False)),
    ),
    Fault.STORE_FULL: (
        _dispatch(events.EnvironmentChanged(outbox_writable=False)),
        _dispatch(events.EnvironmentChanged(outbox_writable=True)),
    ),
    Fault.STORE_BROKEN: (
        _dispatch(events.EnvironmentChanged(outbox_writable=False, outbox_damaged=True)),
        _dispatch(events.EnvironmentChanged(outbox_writable=True, outbox_damaged=False)),
    ),
    Fault.CARD_NO_READER: (
        _card_reader_becomes(CardReaderStatus.NO_READER),
        _card_reader_becomes(CardReaderStatus.EMPTY),
    ),
    Fault.CARD_LEFT_BEHIND: (
        lambda scenario: _card_reader_becomes(CardReaderStatus.UNKNOWN)(scenario).insert_card(),
        _card_reader_becomes(CardReaderStatus.EMPTY),
    ),
    Fault.PRINTER_ABSENT: (_printer_becomes(PrinterStatus.ABSENT), PRINTER_READY),
    Fault.PRINTER_PAPER_OUT: (_printer_becomes(PrinterStatus.PAPER_OUT), PRINTER_READY),
    Fault.PRINTER_COVER_OPEN: (_printer_becomes(PrinterStatus.COVER_OPEN), PRINTER_READY),
    Fault.PRINTER_CUTTER: (_printer_becomes(PrinterStatus.CUTTER_ERROR), PRINTER_READY),
    Fault.PRINTER_ERROR: (_printer_becomes(PrinterStatus.ERROR), PRINTER_READY),
    Fault.PRINTER_HOLDS_OLD_DATA: (_printer_becomes(PrinterStatus.HOLDS_OLD_DATA), PRINTER_READY),
}
STAFF_ONLY_FAULTS: dict[Fault, tuple[ScenarioStep, ScenarioStep]] = {
    Fault.PRINTER_PAPER_LOW: (_printer_becomes(PrinterStatus.PAPER_NEAR_END), PRINTER_READY),
    Fault.RECOGNITION_OFF: (
        _dispatch(events.EnvironmentChanged(ocr_available=False)),
        _dispatch(events.EnvironmentChanged(ocr_available=True)),
    ),
    Fault.NETWORK_OFF: (
        _dispatch(events.EnvironmentChanged(centre_reachable=False)),
        _dispatch(events.EnvironmentChanged(centre_reachable=True)),
    ),
    Fault.SPEAKER_ABSENT: (_speaker_becomes(SpeakerStatus.ABSENT), _speaker_becomes(SpeakerStatus.READY)),
    Fault.SPEAKER_FAILED: (_speaker_becomes(SpeakerStatus.BUSY), _speaker_becomes(SpeakerStatus.READY)),
    Fault.CLOCK_UNTRUSTED: (
        _dispatch(events.EnvironmentChanged(clock_trusted=False)),
        _dispatch(events.EnvironmentChanged(clock_trusted=True)),
    ),
}
WITHIN_A_VISIT: dict[Fault, tuple[ScenarioStep, ScenarioStep]] = {
    Fault.CARD_MUTE: (_card_fails(CardFault.MUTE), _another_card),
    Fault.CARD_NOT_THAI_ID: (_card_fails(CardFault.NOT_THAI_ID), _another_card),
    Fault.CARD_PULLED_OUT: (lambda scenario: scenario.insert_card().accept_notice().remove_card(), _another_card),
    Fault.CARD_UNREADABLE: (_card_fails(CardFault.UNREADABLE), _another_card),
    Fault.SCANNER_ABSENT: (
        _scan_fails(ScannerStatus.ABSENT),
        _dispatch(events.ScannerChanged(ScannerStatus.READY)),
    ),
    Fault.SCANNER_NO_PAPER: (_scan_fails(ScannerStatus.NO_PAPER), _next_page_comes),
    Fault.SCANNER_JAM: (_scan_fails(ScannerStatus.JAM), _next_page_comes),
    Fault.SCANNER_COVER_OPEN: (_scan_fails(ScannerStatus.COVER_OPEN), _next_page_comes),
    Fault.SCANNER_FAILED: (_scan_fails(ScannerStatus.IO_ERROR), _next_page_comes),
    Fault.RECOGNITION_FAILED: (_recognition_fails, _another_page_is_read),
    Fault.SAVE_FAILED: (_save_fails(Fault.SAVE_FAILED), _send_again),
}


def _shown_faults(scenario: Scenario) -> tuple[Fault | None, ...]:
    """The faults that the visit's screens show."""
    visit = scenario.visit
    return visit.card_fault, visit.scan_fault, visit.recognition_fault, visit.save_fault


def test_every_fault_has_a_row_a_code_and_a_scenario() -> None:
    assert set(FAULTS) == set(Fault)
    assert len({fault.value for fault in Fault}) == len(Fault)
    assert {*BEFORE_A_VISIT, *STAFF_ONLY_FAULTS, *WITHIN_A_VISIT} == set(Fault) - {Fault.UNEXPECTED}


def test_only_enrolment_and_store_block_new_visits() -> None:
    stopping = {fault for fault, row in FAULTS.items() if row.blocks_new_visits}
    assert stopping == {Fault.NOT_ENROLLED, Fault.REVOKED, Fault.STORE_FULL, Fault.STORE_BROKEN}


@pytest.mark.parametrize("fault", BEFORE_A_VISIT)
def test_before_a_visit_a_fault_is_shown_and_cleared_by_itself(fault: Fault) -> None:
    begin_fault, end_fault = BEFORE_A_VISIT[fault]
    scenario = begin_fault(Scenario())
    assert fault in active_faults(scenario.journey.environment)
    if FAULTS[fault].blocks_new_visits:
        scenario.expect_screen(Screen.FAULT).tap(events.BeginVisit()).expect_screen(Screen.FAULT)
    else:
        assert attract_warnings(scenario.journey.environment) == (fault,)
        scenario.tap(events.ShowFault(fault)).expect_screen(Screen.FAULT)
    assert scenario.journey.fault is fault
    end_fault(scenario).expect_screen(Screen.ATTRACT)
    assert not active_faults(scenario.journey.environment)
    begin_fault(scenario.tap(events.BeginVisit())).expect_screen(Screen.NOTICE)


@pytest.mark.parametrize("fault", STAFF_ONLY_FAULTS)
def test_faults_that_affect_no_citizen_are_shown_to_staff_only(fault: Fault) -> None:
    begin_fault, end_fault = STAFF_ONLY_FAULTS[fault]
    scenario = begin_fault(Scenario()).expect_screen(Screen.ATTRACT)
    assert active_faults(scenario.journey.environment) == {fault}
    assert not attract_warnings(scenario.journey.environment)
    scenario.tap(events.BeginVisit()).expect_screen(Screen.NOTICE)
    assert not active_faults(end_fault(scenario).journey.environment)


@pytest.mark.parametrize("fault", WITHIN_A_VISIT)
def test_within_a_visit_a_fault_is_shown_on_its_screen_and_cleared_by_itself(fault: Fault) -> None:
    begin_fault, end_fault = WITHIN_A_VISIT[fault]
    scenario = begin_fault(Scenario())
    screen, draft = scenario.journey.screen, scenario.visit.draft
    assert fault in _shown_faults(scenario)
    assert screen in (Screen.IDENTIFY, Screen.SCAN, Screen.REVIEW), "a running visit is never stopped"
    end_fault(scenario)
    assert fault not in _shown_faults(scenario)
    assert scenario.visit.draft.text == draft.text, "and nothing that was entered is lost"


@pytest.mark.parametrize("status", [ScannerStatus.JAM, ScannerStatus.NO_PAPER, ScannerStatus.COVER_OPEN])
def test_a_receipt_that_cannot_be_scanned_shows_the_scanner_fault_until_the_next_attempt(status: ScannerStatus) -> None:
    scenario = _tracking_scan_fails(status)
    assert scenario.visit.scan_fault is SCANNER_FAULTS[status]
    scenario.tap(events.ScanReceiptCode())
    assert scenario.visit.scan_fault is None


def test_a_scanner_that_is_detected_again_clears_its_fault_on_tracking() -> None:
    scenario = _tracking_scan_fails(ScannerStatus.ABSENT)
    assert scenario.visit.scan_fault is Fault.SCANNER_ABSENT
    scenario.dispatch(events.ScannerChanged(ScannerStatus.READY))
    assert (scenario.visit.scan_fault, scenario.visit.look_up_phase) == (None, LookUpPhase.IDLE)


@pytest.mark.parametrize("status", [ScannerStatus.JAM, ScannerStatus.COVER_OPEN])
def test_a_repaired_scanner_clears_its_fault_but_not_a_failed_scan(status: ScannerStatus) -> None:
    scenario = _scan_fails(status)(Scenario())
    scenario.dispatch(events.ScannerChanged(status))
    assert scenario.visit.scan_fault is SCANNER_FAULTS[status]
    scenario.dispatch(events.ScannerChanged(ScannerStatus.READY))
    assert (scenario.visit.scan_fault, scenario.visit.scan_phase) == (None, ScanPhase.IDLE)
    other = _scan_fails(ScannerStatus.IO_ERROR)(Scenario()).dispatch(events.ScannerChanged(ScannerStatus.READY))
    assert other.visit.scan_fault is Fault.SCANNER_FAILED, "its cause is unknown: the citizen tries again"


def test_a_scanner_unplugged_during_a_page_is_absent_until_it_is_back() -> None:
    scenario = _scan_fails(ScannerStatus.IO_ERROR)(Scenario()).dispatch(events.ScannerChanged(ScannerStatus.ABSENT))
    assert scenario.visit.scan_fault is Fault.SCANNER_ABSENT
    scenario.dispatch(events.ScannerChanged(ScannerStatus.READY))
    assert scenario.visit.scan_fault is None


@pytest.mark.parametrize("clearing_event", [events.RemovePage("one"), events.RotatePage("one")])
def test_a_page_that_could_not_be_recognised_is_sent_as_a_picture(clearing_event: events.Event) -> None:
    scenario = _recognition_fails(Scenario())
    assert scenario.visit.draft.pages[0].is_readable is False, "no misread text is shown"
    assert can_leave_screen(scenario.visit, Screen.SCAN), "the picture is the record"
    scenario.tap(clearing_event)
    assert scenario.visit.recognition_fault is None, "another attempt or removal clears the fault"
    _recognition_fails(Scenario()).tap(events.Next()).expect_screen(Screen.REVIEW).confirm_and_print()


def test_a_store_that_is_full_while_saving_shows_its_fault_until_there_is_space() -> None:
    scenario = _save_fails(Fault.STORE_FULL)(Scenario()).dispatch(events.EnvironmentChanged(outbox_writable=False))
    assert scenario.visit.save_fault is Fault.STORE_FULL
    scenario.dispatch(events.EnvironmentChanged(outbox_writable=True)).expect_screen(Screen.REVIEW)
    assert scenario.visit.save_fault is None
    _send_again(scenario).expect_screen(Screen.RECEIPT)


def test_an_unexpected_error_is_shown_until_a_touch_or_a_time_out() -> None:
    _after_unexpected_error(Scenario()).wait(1).expect_screen(Screen.FAULT).tap(events.Finish()).expect_screen(
        Screen.ATTRACT
    )
    _after_unexpected_error(Scenario()).wait(100).expect_screen(Screen.ATTRACT)


@pytest.mark.parametrize("fault", Fault)
def test_each_row_gives_advice_in_ten_words(fault: Fault) -> None:
    compile_catalogues()
    row = FAULTS[fault]
    assert 3 <= len(row.advice.split()) <= MAX_WORDS
    thai = [word for word in words(translate(row.advice, "th")) if word.strip()]
    assert 3 <= len(thai) <= MAX_WORDS
    assert row.cleared_by
