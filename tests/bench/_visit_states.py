"""Whole visits, state by state, as the kiosk goes through them: what the time of a tap is taken of."""

from dataclasses import replace
from typing import Any

from drivers.ports.receipt_printer import PrinterStatus, PrintVerdict
from journey import effects, events
from journey.complaint.draft import RecognisedLine
from journey.state import Comfort, Journey, Screen
from protocol.choices import Naming, Nature
from protocol.topics import Topic
from tests.scenarios.scenario import Story, page
from thai.line_breaking import words
from tools.sample_journeys import AROUND, HALL, LETTER, STORY, answer

LINES = tuple(RecognisedLine(text, 93.0, unsure) for text, unsure in LETTER)
CODE = "7KQ2M9XD4TBVS"


class Visit(Story):
    """A story that remembers each state it went through, from attract to attract."""

    def __init__(self, comfort: Comfort) -> None:
        super().__init__()
        self.journey = replace(self.journey, hall=HALL, around=AROUND, comfort=comfort)
        self.states: list[Journey] = []

    def happens(self, *happenings: events.Event) -> "Visit":
        """As told; each state is kept."""
        for event in happenings:
            super().happens(event)
            self.states.append(self.journey)
        return self

    taps = happens

    def writes(self, event: Any, text: str) -> "Visit":
        """Write word by word."""
        pieces = words(text)
        return self.happens(*(event("".join(pieces[:end])) for end in range(1, len(pieces) + 1)))

    def ends(self) -> list[Journey]:
        """From review to attract, with the receipt. What the visit went through."""
        self.confirmed().happens(events.Painted(Screen.RECEIPT))
        self.answers(
            effects.PrintReceipt, lambda e: events.ReceiptPrinted(e.ticket, PrintVerdict.PRINTED, PrinterStatus.READY)
        )
        self.card_out().taps(events.Finish()).sees(Screen.FAREWELL).waits(9).sees(Screen.ATTRACT)
        return self.states


def visits(comfort: Comfort) -> list[Journey]:
    """Three visits one after the other: a card and typing; a letter of two pages; looking after a case."""
    return [*_typed(comfort), *_scanned(comfort), *_tracked(comfort)]


def _typed(comfort: Comfort) -> list[Journey]:
    visit = Visit(comfort)
    visit.identified()
    visit.taps(events.Next(), events.ChooseTopic(Topic.UTILITIES)).writes(events.WriteSpot, "หน้าวัด")
    visit.taps(events.Next()).writes(events.WriteText, STORY).taps(events.Next())
    visit.taps(events.Edit(Screen.DETAILS), events.ChooseNature(Nature.SUGGESTION), events.Next())
    visit.taps(events.Edit(Screen.PHONE), events.WritePhone("0812345678"), events.Next())
    visit.taps(events.ChooseNaming(Naming.WITHHELD))
    return visit.ends()


def _scanned(comfort: Comfort) -> list[Journey]:
    visit = Visit(comfort)
    visit.taps(events.Begin())
    visit.accepts()
    visit.taps(events.WithoutCard(), events.ChooseTopic(Topic.UNSURE), events.Next(), events.TellByScan())
    for name in ("one", "two"):
        visit.taps(events.ScanPage())
        ticket = visit.newest(effects.ScanOnePage).ticket
        visit.happens(events.PageProgress(ticket, 0.5), events.PageScanned(ticket, page(name)))
        visit.answers(effects.RecognisePage, lambda e: events.PageRecognised(e.ticket, e.page_id, LINES, True, 91.0))
    visit.taps(events.Next())
    return visit.ends()


def _tracked(comfort: Comfort) -> list[Journey]:
    visit = Visit(comfort)
    visit.taps(events.OpenTrack(), events.SubmitCode(CODE))
    visit.answers(effects.LookUp, lambda e: events.LookedUp(e.ticket, answer(comfort.language)))
    visit.taps(events.Finish()).sees(Screen.ATTRACT)
    return visit.states
