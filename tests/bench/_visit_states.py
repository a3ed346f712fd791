"""The states of whole visits in their order, for measuring the time of each change."""

from dataclasses import replace
from functools import partial

from drivers.ports.receipt_printer import PrinterStatus, PrintVerdict
from journey import effects, events
from journey.complaint.draft import LetterPage
from journey.screens import Screen
from journey.state import AccessibilityOptions, Journey
from protocol.choices import NameDisclosure, Nature
from protocol.topics import Topic
from simulators.sample_data import COMPLAINT_TEXT, HEALTHY_ENVIRONMENT, KIOSK_PROFILE, TRACKING_CODE
from tests.scenarios.scenario import Scenario, letter_page
from thai.segmentation import words
from tools.sample_journeys import track_response
from tools.sample_pages import FORM_PAGE, RECOGNISED_PAGE


class RecordedScenario(Scenario):
    """A scenario that records every state, from attract to attract."""

    def __init__(self, accessibility: AccessibilityOptions) -> None:
        super().__init__()
        self.journey = replace(
            self.journey, kiosk=KIOSK_PROFILE, environment=HEALTHY_ENVIRONMENT, accessibility=accessibility
        )
        self.states: list[Journey] = []

    def dispatch(self, *new_events: events.Event) -> "RecordedScenario":
        """Dispatch and record the state after each event."""
        for event in new_events:
            super().dispatch(event)
            self.states.append(self.journey)
        return self

    tap = dispatch

    def write_word_by_word(self, field: str, text: str) -> "RecordedScenario":
        """Write a text of the draft word by word."""
        pieces = words(text)
        return self.dispatch(*(events.WriteText(field, "".join(pieces[:end])) for end in range(1, len(pieces) + 1)))

    def finish(self) -> list[Journey]:
        """Go from review over the receipt to attract. Returns all recorded states."""
        self.confirm_and_print().dispatch(events.ScreenShown(Screen.RECEIPT))
        self.answer_effect(
            effects.PrintReceipt,
            lambda e: events.PrintFinished(e.request_id, PrintVerdict.PRINTED, PrinterStatus.READY),
        )
        self.remove_card().tap(events.Finish()).expect_screen(Screen.FAREWELL).wait(9).expect_screen(Screen.ATTRACT)
        return self.states


def visit_states(accessibility: AccessibilityOptions) -> list[Journey]:
    """Three visits in a row: with a card and a typed complaint, with a letter of two pages whose offers are accepted,
    and tracking a case."""
    return [*_typed_visit(accessibility), *_scanned_visit(accessibility), *_tracking_visit(accessibility)]


def _typed_visit(accessibility: AccessibilityOptions) -> list[Journey]:
    visit = RecordedScenario(accessibility)
    visit.identify_by_card()
    visit.tap(events.Next(), events.ChooseTopic(Topic.UTILITIES)).write_word_by_word("location_note", "หน้าวัด")
    visit.tap(events.Next()).write_word_by_word("text", COMPLAINT_TEXT).tap(events.Next())
    visit.tap(events.EditSection(Screen.DETAILS), events.Choose("nature", Nature.SUGGESTION), events.Next())
    visit.tap(events.EditSection(Screen.PHONE), events.WriteText("phone", "0812345678"), events.Next())
    visit.tap(events.Choose("name_disclosure", NameDisclosure.WITHHELD))
    return visit.finish()


def _scanned_visit(accessibility: AccessibilityOptions) -> list[Journey]:
    visit = RecordedScenario(accessibility)
    visit.tap(events.BeginVisit())
    visit.accept_notice()
    visit.tap(events.ContinueWithoutCard(), events.ChooseTopic(Topic.UNSURE), events.Next(), events.SwitchToScan())
    for read in (RECOGNISED_PAGE, FORM_PAGE):
        visit.tap(events.ScanPage())
        request_id = visit.newest_effect(effects.ScanPages).request_id
        visit.dispatch(events.ScanProgress(request_id, 0.5), events.PageScanned(request_id, letter_page(read.page_id)))
        visit.answer_effect(
            effects.RecognisePage,
            partial(_recognise, read),
        )
    visit.tap(events.Next(), *(events.AcceptOffer(offer) for offer in RECOGNISED_PAGE.offers))
    return visit.finish()


def _recognise(read: LetterPage, effect: effects.RecognisePage) -> events.PageRecognised:
    lines = read.lines or ()
    return events.PageRecognised(effect.request_id, effect.page_id, lines, True, 91.0, offers=read.offers)


def _tracking_visit(accessibility: AccessibilityOptions) -> list[Journey]:
    visit = RecordedScenario(accessibility)
    visit.tap(events.OpenTracking(), events.SubmitTrackingCode(TRACKING_CODE))
    visit.answer_effect(
        effects.LookUp, lambda e: events.LookUpSucceeded(e.request_id, track_response(accessibility.language))
    )
    visit.tap(events.Finish()).expect_screen(Screen.ATTRACT)
    return visit.states
