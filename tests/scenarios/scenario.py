"""Tells a visit as a story: events go in, the screen and the effects are looked at, effects are answered.

A storyboard reads `story.taps(Begin()).sees(Screen.NOTICE)`. The teller answers nothing by itself.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from drivers.ports.card_reader import CardAddress, CardReaderStatus, CitizenCard, PersonName
from drivers.ports.letter_scanner import ScannerStatus
from drivers.ports.receipt_printer import PrinterStatus, PrintVerdict
from journey import effects, events
from journey.complaint.draft import LetterPage
from journey.state import Hall, Journey, Minted, Overlay, PrintPhase, Screen, Surroundings, Visit
from journey.step import step
from protocol.topics import Topic

E = TypeVar("E")

# Invented people: no registry office gives out numbers that begin with 9. The check digits are right.
BOONMA = CitizenCard(
    citizen_id="9000000000152",
    name=PersonName("นาง", "บุญมา", "", "ใจดี"),
    birth_date="25010101",
    sex="2",
    address=CardAddress(raw="99 หมู่ที่ 7 ตำบลบ้านเป็ด อำเภอเมืองขอนแก่น จังหวัดขอนแก่น", area="400115"),
)
SOMCHAI = CitizenCard(citizen_id="9000000000233", name=PersonName("นาย", "สมชาย", "", "ตัวอย่าง"))
MINTED = Minted("0190d0d0-0000-7000-8000-000000000001", "7KQ2M9XD4TBVS", "KKN07A-000001-54", 1_790_000_000.0)

ALL_WELL = Surroundings(
    card_reader=CardReaderStatus.EMPTY,
    printer=PrinterStatus.READY,
    scanner=ScannerStatus.READY,
    network=True,
    enrolled=True,
)


PIN = "4711"  # the technician's


class Story:
    """A running journey and everything it asked for."""

    def __init__(self, around: Surroundings = ALL_WELL, **hall: Any) -> None:
        self.journey = Journey(hall=Hall(kiosk_id="KKN07", area="4001", **hall), around=around)
        self.asked: list[effects.Effect] = []
        self.last: tuple[effects.Effect, ...] = ()

    def happens(self, *happenings: events.Event) -> "Story":
        for turn, event in enumerate(happenings):
            self.journey, self.last = step(self.journey, event)
            self.asked.extend(self.last)
            for effect in self.last:
                if isinstance(effect, effects.CheckPin):  # at once; how long it takes is no part of these stories
                    return self.happens(events.PinChecked(effect.number, effect.pin == PIN), *happenings[turn + 1 :])
        return self

    taps = happens

    def answers(self, kind: type[E], answer: Callable[[E], events.Event]) -> "Story":
        """Answer the newest effect of that kind."""
        return self.happens(answer(self.newest(kind)))

    def newest(self, kind: type[E]) -> E:
        return next(effect for effect in reversed(self.asked) if isinstance(effect, kind))

    def count(self, kind: type) -> int:
        return sum(isinstance(effect, kind) for effect in self.asked)

    def sees(self, screen: Screen, overlay: Overlay | None = None) -> "Story":
        assert (self.journey.screen, self.journey.overlay) == (screen, overlay)
        return self

    def waits(self, seconds: float) -> "Story":
        return self.happens(events.Tick(self.journey.now + seconds))

    @property
    def visit(self) -> Visit:
        assert self.journey.visit is not None
        return self.journey.visit

    # --- chapters that many stories share ------------------------------------------------------------------------

    def card_in(self) -> "Story":
        return self.happens(events.CardReaderChanged(CardReaderStatus.CARD_PRESENT))

    def card_out(self) -> "Story":
        return self.happens(events.CardReaderChanged(CardReaderStatus.EMPTY))

    def accepts(self) -> "Story":
        return self.taps(events.AcceptNotice(wall=1_790_000_000.0))

    def identified(self, card: CitizenCard = BOONMA) -> "Story":
        """From attract to a read card."""
        self.card_in().sees(Screen.NOTICE)
        return self.accepts().answers(effects.ReadCard, lambda e: events.CardRead(e.ticket, card, "400106"))

    def told(self) -> "Story":
        """From identify to the review of a typed complaint."""
        self.taps(events.Next(), events.ChooseTopic(Topic.UTILITIES), events.Next())
        return self.taps(events.WriteText("ถนนหน้าหมู่บ้านชำรุด"), events.Next()).sees(Screen.REVIEW)

    def confirmed(self) -> "Story":
        """From review to the receipt on the screen, and its paper, where the printer can print."""
        self.saved().happens(events.Painted(Screen.RECEIPT))
        if self.visit.print_phase is PrintPhase.PRINTING:
            status = self.journey.around.printer
            self.answers(effects.PrintReceipt, lambda e: events.ReceiptPrinted(e.ticket, PrintVerdict.PRINTED, status))
        return self

    def saved(self) -> "Story":
        """From review to the receipt on the screen, which is not painted yet."""
        self.taps(events.Confirm()).answers(effects.Save, lambda e: events.Saved(e.ticket, MINTED))
        return self.sees(Screen.RECEIPT)


def page(page_id: str) -> LetterPage:
    return LetterPage(page_id=page_id, width=1654, height=2339)
