"""Which changes of a visit make a sound."""

from drivers.ports.card_reader import CardFault
from drivers.ports.letter_scanner import ScannerStatus
from drivers.ports.receipt_printer import PrinterStatus, PrintVerdict
from journey import effects, events
from journey.faults import Fault
from journey.screens import Screen
from journey.sound_cues import SoundCue, choose_sound_cue
from protocol.messages import TrackingResponse
from protocol.topics import Topic
from simulators.sample_data import BOONMA, SAVED_SUBMISSION
from tests.scenarios.scenario import Scenario, letter_page


class SoundScenario(Scenario):
    """A scenario that records the sounds."""

    def __init__(self) -> None:
        super().__init__()
        self.cues: list[SoundCue] = []

    def dispatch(self, *new_events: events.Event) -> "SoundScenario":
        for event in new_events:
            before = self.journey
            super().dispatch(event)
            if (cue := choose_sound_cue(before, self.journey)) is not None:
                self.cues.append(cue)
        return self

    tap = dispatch

    def take_cues(self) -> list[SoundCue]:
        cues, self.cues = self.cues, []
        return cues


def test_a_successful_visit_makes_three_sounds() -> None:
    scenario = SoundScenario()
    scenario.identify_by_card().write_complaint()
    assert scenario.take_cues() == [SoundCue.SUCCESS], "the card is read"
    scenario.confirm_and_save().dispatch(events.ScreenShown(Screen.RECEIPT))
    scenario.answer_effect(
        effects.PrintReceipt, lambda e: events.PrintFinished(e.request_id, PrintVerdict.PRINTED, PrinterStatus.READY)
    )
    assert scenario.take_cues() == [SoundCue.SUCCESS], "the receipt is printed"
    scenario.remove_card().tap(events.Finish(), events.Finish())
    assert scenario.take_cues() == []


def test_a_card_in_the_slot_sounds_at_the_farewell_until_it_is_out() -> None:
    scenario = SoundScenario()
    scenario.identify_by_card().write_complaint().confirm_and_print()
    scenario.take_cues()
    scenario.tap(events.Finish())
    assert scenario.take_cues() == [SoundCue.TAKE_CARD]
    for _ in range(40):
        scenario.wait(1)
    assert scenario.take_cues() == [SoundCue.TAKE_CARD] * 3
    scenario.remove_card().wait(100)
    assert scenario.take_cues() == []


def test_a_scanned_page_and_a_case_make_a_sound() -> None:
    scenario = SoundScenario()
    scenario.tap(events.BeginVisit()).accept_notice().tap(
        events.ContinueWithoutCard(), events.ChooseTopic(Topic.LAND), events.Next()
    )
    scenario.tap(events.SwitchToScan(), events.ScanPage())
    scenario.answer_effect(effects.ScanPages, lambda e: events.PageScanned(e.request_id, letter_page("a")))
    assert scenario.take_cues() == [SoundCue.SUCCESS]
    other = SoundScenario()
    other.tap(events.OpenTracking(), events.SubmitTrackingCode(SAVED_SUBMISSION.code))
    other.answer_effect(
        effects.LookUp, lambda e: events.LookUpSucceeded(e.request_id, TrackingResponse(found=True, sentence="-"))
    )
    assert other.take_cues() == [SoundCue.SUCCESS]


def test_every_error_sounds_once() -> None:
    scenario = SoundScenario()
    scenario.insert_card()
    scenario.accept_notice().answer_effect(
        effects.ReadCard, lambda e: events.CardReadFailed(e.request_id, CardFault.MUTE)
    )
    assert scenario.take_cues() == [SoundCue.ERROR]
    scenario.dispatch(events.Tick(1.0), events.ScreenTouched())
    assert scenario.take_cues() == []
    scenario.tap(events.ReadCardAgain()).answer_effect(
        effects.ReadCard, lambda e: events.CardRead(e.request_id, BOONMA, "")
    )
    scenario.write_complaint().tap(events.SubmitComplaint())
    scenario.take_cues()
    scenario.answer_effect(effects.SaveSubmission, lambda e: events.SaveFailed(e.request_id, Fault.SAVE_FAILED))
    assert scenario.take_cues() == [SoundCue.ERROR]
    scenario.remove_card()
    assert scenario.take_cues() == [SoundCue.ERROR]
    scanning = SoundScenario()
    scanning.tap(events.BeginVisit()).accept_notice().tap(
        events.ContinueWithoutCard(), events.ChooseTopic(Topic.LAND), events.Next()
    )
    scanning.tap(events.SwitchToScan(), events.ScanPage())
    scanning.answer_effect(effects.ScanPages, lambda e: events.ScanFailed(e.request_id, ScannerStatus.JAM))
    assert scanning.take_cues() == [SoundCue.ERROR]
    tracking = SoundScenario()
    tracking.tap(events.OpenTracking(), events.SubmitTrackingCode("7KQ2-M9XD-4TBVX"))
    assert tracking.take_cues() == [SoundCue.ERROR]


def test_still_there_makes_a_sound() -> None:
    scenario = SoundScenario()
    scenario.identify_by_card().write_complaint()
    scenario.take_cues()
    scenario.wait(500)
    assert scenario.take_cues() == [SoundCue.ERROR]
