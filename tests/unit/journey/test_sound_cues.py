"""Which changes of a visit are heard, told on stories."""

from drivers.ports.card_reader import CardFault
from drivers.ports.letter_scanner import ScannerStatus
from drivers.ports.receipt_printer import PrinterStatus, PrintVerdict
from journey import effects, events
from journey.faults import Fault
from journey.sound_cues import Cue, heard
from journey.state import Screen
from protocol.messages import TrackAnswer
from protocol.topics import Topic
from tests.scenarios.scenario import BOONMA, MINTED, Story, page


class Hearing(Story):
    """A story that notes what is heard."""

    def __init__(self) -> None:
        super().__init__()
        self.cues: list[Cue] = []

    def happens(self, *happenings: events.Event) -> "Hearing":
        for event in happenings:
            before = self.journey
            super().happens(event)
            if (cue := heard(before, self.journey)) is not None:
                self.cues.append(cue)
        return self

    taps = happens

    def take(self) -> list[Cue]:
        cues, self.cues = self.cues, []
        return cues


def test_a_visit_that_goes_well_is_heard_three_times() -> None:
    story = Hearing()
    story.identified().told()
    assert story.take() == [Cue.SUCCESS], "the card is read"
    story.saved().happens(events.Painted(Screen.RECEIPT))
    story.answers(
        effects.PrintReceipt, lambda e: events.ReceiptPrinted(e.ticket, PrintVerdict.PRINTED, PrinterStatus.READY)
    )
    assert story.take() == [Cue.SUCCESS], "the receipt stands"
    story.card_out().taps(events.Finish(), events.Finish())
    assert story.take() == []


def test_a_card_still_in_the_slot_is_heard_with_the_farewell_and_until_it_is_out() -> None:
    story = Hearing()
    story.identified().told().confirmed()
    story.take()
    story.taps(events.Finish())
    assert story.take() == [Cue.TAKE_CARD]
    for _ in range(40):
        story.waits(1)
    assert story.take() == [Cue.TAKE_CARD] * 3
    story.card_out().waits(100)
    assert story.take() == []


def test_a_page_and_a_case_that_were_found_are_heard() -> None:
    story = Hearing()
    story.taps(events.Begin()).accepts().taps(events.WithoutCard(), events.ChooseTopic(Topic.LAND), events.Next())
    story.taps(events.TellByScan(), events.ScanPage())
    story.answers(effects.ScanOnePage, lambda e: events.PageScanned(e.ticket, page("a")))
    assert story.take() == [Cue.SUCCESS]
    other = Hearing()
    other.taps(events.OpenTrack(), events.SubmitCode(MINTED.code))
    other.answers(effects.LookUp, lambda e: events.LookedUp(e.ticket, TrackAnswer(found=True, sentence="-")))
    assert other.take() == [Cue.SUCCESS]


def test_every_trouble_is_heard_once() -> None:
    story = Hearing()
    story.card_in()
    story.accepts().answers(effects.ReadCard, lambda e: events.CardReadFailed(e.ticket, CardFault.MUTE))
    assert story.take() == [Cue.ERROR]
    story.happens(events.Tick(1.0), events.Touched())
    assert story.take() == []
    story.taps(events.ReadCardAgain()).answers(effects.ReadCard, lambda e: events.CardRead(e.ticket, BOONMA, ""))
    story.told().taps(events.Confirm())
    story.take()
    story.answers(effects.Save, lambda e: events.SaveFailed(e.ticket, Fault.SAVE_FAILED))
    assert story.take() == [Cue.ERROR]
    story.card_out()
    assert story.take() == [Cue.ERROR]
    scanning = Hearing()
    scanning.taps(events.Begin()).accepts().taps(events.WithoutCard(), events.ChooseTopic(Topic.LAND), events.Next())
    scanning.taps(events.TellByScan(), events.ScanPage())
    scanning.answers(effects.ScanOnePage, lambda e: events.ScanFailed(e.ticket, ScannerStatus.JAM))
    assert scanning.take() == [Cue.ERROR]
    tracking = Hearing()
    tracking.taps(events.OpenTrack(), events.SubmitCode("7KQ2-M9XD-4TBVX"))
    assert tracking.take() == [Cue.ERROR]


def test_still_there_is_heard() -> None:
    story = Hearing()
    story.identified().told()
    story.take()
    story.waits(500)
    assert story.take() == [Cue.ERROR]
