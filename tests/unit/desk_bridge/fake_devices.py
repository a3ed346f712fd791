"""A card reader and a printer in memory, for the bridge."""

from collections.abc import Callable
from threading import Event

from PIL import Image

from drivers.ports.card_reader import CardAddress, CardFault, CardReadError, CardReaderStatus, CitizenCard, PersonName
from drivers.ports.receipt_printer import PrinterStatus, PrintResult, PrintVerdict
from thai.id_number import CitizenId

CARD = CitizenCard(
    citizen_id=CitizenId("9876543210121"),
    name=PersonName("นาย", "สมชาย", "", "ใจดี"),
    birth_date="25200115",
    sex="1",
    address=CardAddress(raw="9 หมู่ 1 ตำบลบ้านเป็ด", area="400115"),
)


class MemoryReader:
    """A reader with a card, or with a fault. `reads` counts what was asked of it."""

    def __init__(self, card: CitizenCard | None = CARD, fault: CardFault = CardFault.NO_CARD) -> None:
        self.card, self.fault, self.reads = card, fault, 0

    def watch(self, on_change: Callable[[CardReaderStatus], None], stop: Event) -> None:
        on_change(CardReaderStatus.CARD_PRESENT)

    def read_citizen(self) -> CitizenCard:
        self.reads += 1
        if self.card is None:
            raise CardReadError(self.fault)
        return self.card

    def read_citizen_id(self) -> CitizenId:
        return self.read_citizen().citizen_id


class MemoryPrinter:
    """A printer that keeps what it has printed."""

    def __init__(self, verdict: PrintVerdict = PrintVerdict.PRINTED) -> None:
        self.verdict, self.printed = verdict, list[Image.Image]()

    @property
    def width_dots(self) -> int:
        return 576

    def status(self) -> PrinterStatus:
        return PrinterStatus.READY

    def print_bitmap(self, job_id: str, image: Image.Image) -> PrintResult:
        self.printed.append(image)
        is_lost = self.verdict is PrintVerdict.NOT_PRINTED
        return PrintResult(self.verdict, PrinterStatus.PAPER_OUT if is_lost else PrinterStatus.READY)
