"""Every row of the fault table as a story: how it comes, where the citizen reads it, and that it goes by itself."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from drivers.ports.card_reader import CardFault, CardReaderStatus
from drivers.ports.letter_scanner import ScannerStatus
from drivers.ports.receipt_printer import PrinterStatus
from drivers.ports.speaker import SpeakerStatus
from journey import effects, events
from journey.environment_faults import SCANNER_FAULTS, active_faults, notices
from journey.faults import FAULTS, Fault
from journey.form_flow import may_leave
from journey.language import say
from journey.state import LookUpPhase, ScanPhase, Screen
from protocol.topics import Topic
from tests.scenarios.scenario import BOONMA, MINTED, Story, page
from thai.line_breaking import words
from tools.message_catalogue import compile_catalogues

MOST_WORDS = 10  # of advice

Told = Callable[[Story], Story]


def _at_the_scanner(story: Story) -> Story:
    story.identified().taps(events.Next(), events.ChooseTopic(Topic.UTILITIES), events.Next())
    return story.taps(events.TellByScan()).sees(Screen.SCAN)


def _scan_fails(status: ScannerStatus) -> Told:
    def tell(story: Story) -> Story:
        _at_the_scanner(story).taps(events.ScanPage())
        return story.answers(effects.ScanOnePage, lambda e: events.ScanFailed(e.ticket, status))

    return tell


def _next_page_comes(story: Story) -> Story:
    story.taps(events.ScanPage())
    return story.answers(effects.ScanOnePage, lambda e: events.PageScanned(e.ticket, page("one")))


def _tracking_scan_fails(status: ScannerStatus) -> Story:
    story = Story().taps(events.OpenTrack(), events.ReadCodeFromPaper())
    return story.answers(effects.ReadPaperCode, lambda e: events.CodeNotRead(e.ticket, status))


def _recognition_fails(story: Story) -> Story:
    _next_page_comes(_at_the_scanner(story))
    return story.answers(effects.RecognisePage, lambda e: events.RecognitionFailed(e.ticket, e.page_id))


def _another_page_is_read(story: Story) -> Story:
    story.taps(events.ScanPage())
    story.answers(effects.ScanOnePage, lambda e: events.PageScanned(e.ticket, page("two")))
    return story.answers(effects.RecognisePage, lambda e: events.PageRecognised(e.ticket, e.page_id, (), True, 90.0))


def _card_fails(fault: CardFault) -> Told:
    def tell(story: Story) -> Story:
        return story.card_in().accepts().answers(effects.ReadCard, lambda e: events.CardReadFailed(e.ticket, fault))

    return tell


def _another_card(story: Story) -> Story:
    return story.card_out().card_in().answers(effects.ReadCard, lambda e: events.CardRead(e.ticket, BOONMA, ""))


def _save_fails(fault: Fault) -> Told:
    def tell(story: Story) -> Story:
        story.identified().told().taps(events.Confirm())
        return story.answers(effects.Save, lambda e: events.SaveFailed(e.ticket, fault)).sees(Screen.REVIEW)

    return tell


def _send_again(story: Story) -> Story:
    return story.taps(events.Confirm()).answers(effects.Save, lambda e: events.Saved(e.ticket, MINTED))


def _happens(*happenings: events.Event) -> Told:
    return lambda story: story.happens(*happenings)


def _reader(status: CardReaderStatus) -> Told:
    return _happens(events.CardReaderChanged(status))


def _printer(status: PrinterStatus) -> Told:
    return _happens(events.PrinterChanged(status))


def _speaker(status: SpeakerStatus) -> Told:
    return _happens(events.HealthChanged(speaker=status))


def _rescued(story: Story) -> Story:
    """What the runner shows after an error in the journey itself."""
    story.journey = replace(story.journey, screen=Screen.FAULT, fault=Fault.UNEXPECTED)
    return story


PRINTER_READY = _printer(PrinterStatus.READY)
# How each fault comes, and what makes it go.
BEFORE_A_VISIT: dict[Fault, tuple[Told, Told]] = {
    Fault.NOT_ENROLLED: (_happens(events.HealthChanged(enrolled=False)), _happens(events.HealthChanged(enrolled=True))),
    Fault.REVOKED: (_happens(events.HealthChanged(revoked=True)), _happens(events.HealthChanged(revoked=False))),
    Fault.STORE_FULL: (
        _happens(events.HealthChanged(outbox_open=False)),
        _happens(events.HealthChanged(outbox_open=True)),
    ),
    Fault.STORE_BROKEN: (
        _happens(events.HealthChanged(outbox_open=False, outbox_broken=True)),
        _happens(events.HealthChanged(outbox_open=True, outbox_broken=False)),
    ),
    Fault.CARD_NO_READER: (_reader(CardReaderStatus.NO_READER), _reader(CardReaderStatus.EMPTY)),
    Fault.CARD_LEFT_BEHIND: (
        lambda story: _reader(CardReaderStatus.UNKNOWN)(story).card_in(),
        _reader(CardReaderStatus.EMPTY),
    ),
    Fault.PRINTER_ABSENT: (_printer(PrinterStatus.ABSENT), PRINTER_READY),
    Fault.PRINTER_PAPER_OUT: (_printer(PrinterStatus.PAPER_OUT), PRINTER_READY),
    Fault.PRINTER_COVER_OPEN: (_printer(PrinterStatus.COVER_OPEN), PRINTER_READY),
    Fault.PRINTER_CUTTER: (_printer(PrinterStatus.CUTTER_ERROR), PRINTER_READY),
    Fault.PRINTER_ERROR: (_printer(PrinterStatus.ERROR), PRINTER_READY),
    Fault.PRINTER_HOLDS_OLD_DATA: (_printer(PrinterStatus.HOLDS_OLD_DATA), PRINTER_READY),
}
FOR_STAFF: dict[Fault, tuple[Told, Told]] = {
    Fault.PRINTER_PAPER_LOW: (_printer(PrinterStatus.PAPER_NEAR_END), PRINTER_READY),
    Fault.RECOGNITION_OFF: (_happens(events.HealthChanged(ocr=False)), _happens(events.HealthChanged(ocr=True))),
    Fault.NETWORK_OFF: (_happens(events.HealthChanged(network=False)), _happens(events.HealthChanged(network=True))),
    Fault.SPEAKER_ABSENT: (_speaker(SpeakerStatus.ABSENT), _speaker(SpeakerStatus.READY)),
    Fault.SPEAKER_FAILED: (_speaker(SpeakerStatus.BUSY), _speaker(SpeakerStatus.READY)),
    Fault.CLOCK_UNTRUSTED: (
        _happens(events.HealthChanged(clock_trusted=False)),
        _happens(events.HealthChanged(clock_trusted=True)),
    ),
}
WITHIN_A_VISIT: dict[Fault, tuple[Told, Told]] = {
    Fault.CARD_MUTE: (_card_fails(CardFault.MUTE), _another_card),
    Fault.CARD_NOT_THAI_ID: (_card_fails(CardFault.NOT_THAI_ID), _another_card),
    Fault.CARD_PULLED_OUT: (lambda story: story.card_in().accepts().card_out(), _another_card),
    Fault.CARD_UNREADABLE: (_card_fails(CardFault.UNREADABLE), _another_card),
    Fault.SCANNER_ABSENT: (
        _scan_fails(ScannerStatus.ABSENT),
        _happens(events.ScannerChanged(ScannerStatus.READY)),
    ),
    Fault.SCANNER_NO_PAPER: (_scan_fails(ScannerStatus.NO_PAPER), _next_page_comes),
    Fault.SCANNER_JAM: (_scan_fails(ScannerStatus.JAM), _next_page_comes),
    Fault.SCANNER_COVER_OPEN: (_scan_fails(ScannerStatus.COVER_OPEN), _next_page_comes),
    Fault.SCANNER_FAILED: (_scan_fails(ScannerStatus.IO_ERROR), _next_page_comes),
    Fault.RECOGNITION_FAILED: (_recognition_fails, _another_page_is_read),
    Fault.SAVE_FAILED: (_save_fails(Fault.SAVE_FAILED), _send_again),
}


def _shown(story: Story) -> tuple[Fault | None, ...]:
    """Which faults the visit's pages show."""
    visit = story.visit
    return visit.card_fault, visit.scan_fault, visit.recognition_fault, visit.save_fault


def test_every_fault_has_its_row_its_code_and_its_story() -> None:
    assert set(FAULTS) == set(Fault)
    assert len({fault.value for fault in Fault}) == len(Fault)
    assert {*BEFORE_A_VISIT, *FOR_STAFF, *WITHIN_A_VISIT} == set(Fault) - {Fault.UNEXPECTED}


def test_what_stops_a_new_visit_is_enrolment_and_the_store() -> None:
    stopping = {fault for fault, row in FAULTS.items() if row.stops_new_visits}
    assert stopping == {Fault.NOT_ENROLLED, Fault.REVOKED, Fault.STORE_FULL, Fault.STORE_BROKEN}


@pytest.mark.parametrize("fault", BEFORE_A_VISIT)
def test_before_a_visit_it_is_said_on_the_glass_and_goes_by_itself(fault: Fault) -> None:
    comes, goes = BEFORE_A_VISIT[fault]
    story = comes(Story())
    assert fault in active_faults(story.journey.around)
    if FAULTS[fault].stops_new_visits:
        story.sees(Screen.FAULT).taps(events.Begin()).sees(Screen.FAULT)
    else:
        assert notices(story.journey.around) == (fault,)
        story.taps(events.ShowFault(fault)).sees(Screen.FAULT)
    assert story.journey.fault is fault
    goes(story).sees(Screen.ATTRACT)
    assert not active_faults(story.journey.around)
    comes(story.taps(events.Begin())).sees(Screen.NOTICE)


@pytest.mark.parametrize("fault", FOR_STAFF)
def test_what_hinders_no_citizen_is_for_staff_only(fault: Fault) -> None:
    comes, goes = FOR_STAFF[fault]
    story = comes(Story()).sees(Screen.ATTRACT)
    assert active_faults(story.journey.around) == {fault}
    assert not notices(story.journey.around)
    story.taps(events.Begin()).sees(Screen.NOTICE)
    assert not active_faults(goes(story).journey.around)


@pytest.mark.parametrize("fault", WITHIN_A_VISIT)
def test_within_a_visit_it_is_said_where_one_stands_and_goes_by_itself(fault: Fault) -> None:
    comes, goes = WITHIN_A_VISIT[fault]
    story = comes(Story())
    screen, draft = story.journey.screen, story.visit.draft
    assert fault in _shown(story)
    assert screen in (Screen.IDENTIFY, Screen.SCAN, Screen.REVIEW), "a running visit is never stopped"
    goes(story)
    assert fault not in _shown(story)
    assert story.visit.draft.text == draft.text, "and nothing told is lost"


@pytest.mark.parametrize("status", [ScannerStatus.JAM, ScannerStatus.NO_PAPER, ScannerStatus.COVER_OPEN])
def test_a_receipt_that_cannot_be_scanned_has_the_scanners_fault_until_one_asks_again(status: ScannerStatus) -> None:
    story = _tracking_scan_fails(status)
    assert story.visit.scan_fault is SCANNER_FAULTS[status]
    story.taps(events.ReadCodeFromPaper())
    assert story.visit.scan_fault is None


def test_a_scanner_that_is_found_again_takes_its_fault_from_tracking() -> None:
    story = _tracking_scan_fails(ScannerStatus.ABSENT)
    assert story.visit.scan_fault is Fault.SCANNER_ABSENT
    story.happens(events.ScannerChanged(ScannerStatus.READY))
    assert (story.visit.scan_fault, story.visit.look_up) == (None, LookUpPhase.IDLE)


@pytest.mark.parametrize("status", [ScannerStatus.JAM, ScannerStatus.COVER_OPEN])
def test_a_scanner_that_was_mended_takes_its_fault_away_and_one_that_only_failed_waits(status: ScannerStatus) -> None:
    story = _scan_fails(status)(Story())
    story.happens(events.ScannerChanged(status))
    assert story.visit.scan_fault is SCANNER_FAULTS[status]
    story.happens(events.ScannerChanged(ScannerStatus.READY))
    assert (story.visit.scan_fault, story.visit.scan_phase) == (None, ScanPhase.IDLE)
    other = _scan_fails(ScannerStatus.IO_ERROR)(Story()).happens(events.ScannerChanged(ScannerStatus.READY))
    assert other.visit.scan_fault is Fault.SCANNER_FAILED, "nothing says what it was: it is tried again"


def test_a_cable_pulled_within_a_page_is_a_missing_scanner_until_it_is_back() -> None:
    story = _scan_fails(ScannerStatus.IO_ERROR)(Story()).happens(events.ScannerChanged(ScannerStatus.ABSENT))
    assert story.visit.scan_fault is Fault.SCANNER_ABSENT
    story.happens(events.ScannerChanged(ScannerStatus.READY))
    assert story.visit.scan_fault is None


@pytest.mark.parametrize("mend", [events.RemovePage("one"), events.TurnPage("one")])
def test_a_page_that_could_not_be_read_is_sent_as_a_picture(mend: events.Event) -> None:
    story = _recognition_fails(Story())
    assert story.visit.draft.pages[0].readable is False, "no rubbish is shown"
    assert may_leave(story.visit, Screen.SCAN), "the picture is the record"
    story.taps(mend)
    assert story.visit.recognition_fault is None, "another try, or no page: the sentence goes"
    _recognition_fails(Story()).taps(events.Next()).sees(Screen.REVIEW).confirmed()


def test_a_store_that_filled_up_while_saving_says_so_until_there_is_room() -> None:
    story = _save_fails(Fault.STORE_FULL)(Story()).happens(events.HealthChanged(outbox_open=False))
    assert story.visit.save_fault is Fault.STORE_FULL
    story.happens(events.HealthChanged(outbox_open=True)).sees(Screen.REVIEW)
    assert story.visit.save_fault is None
    _send_again(story).sees(Screen.RECEIPT)


def test_an_unexpected_error_is_shown_and_left_by_touch_or_time() -> None:
    _rescued(Story()).waits(1).sees(Screen.FAULT).taps(events.Finish()).sees(Screen.ATTRACT)
    _rescued(Story()).waits(100).sees(Screen.ATTRACT)


@pytest.mark.parametrize("fault", Fault)
def test_each_row_says_what_to_do_in_ten_words(fault: Fault) -> None:
    compile_catalogues()
    row = FAULTS[fault]
    assert 3 <= len(row.advice.split()) <= MOST_WORDS
    thai = [word for word in words(say(row.advice, "th")) if word.strip()]
    assert 3 <= len(thai) <= MOST_WORDS
    assert row.cleared_by
