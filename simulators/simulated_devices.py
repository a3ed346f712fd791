"""The bench: all far ends together, started in one directory, steered by words.

What `kiosk simulate` says on the command line and what tests say in Python go through the same methods.
"""

import socket
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final, Self

from PIL import Image, UnidentifiedImageError

from simulators.card_in_slot import CardInSlot
from simulators.card_profiles import PROFILES, CardProfile
from simulators.id_card import IdCard
from simulators.pcsc_daemon import PcscDaemon, PcscDaemonError
from simulators.printer import BUFFER_BYTES, NEAR_END_MM, Faults, Printer
from simulators.sample_letters import three_page_letter
from simulators.scanner import Scanner, Trouble

SLOW_PAGE_S: Final = 8.0
LATE_S: Final = 1.0  # later than the driver waits
OUR_SPEED_MM_PER_S: Final = 150.0  # a common 80 mm mechanism


class BenchError(Exception):
    """The bench cannot start, or does not know what it was told; the text is for people."""


class Bench:
    """Starts reader, printer and scanner on entering, stops them on leaving; leaves only the papers behind.

    `directory` receives the papers. With `reader_port` the card goes into the vpcd that listens there (a machine's own
    pcscd) and no private pcscd is started. Clients need `environment` before their first call of PC/SC or scanimage.
    """

    def __init__(
        self,
        directory: Path,
        *,
        width_dots: int = 576,
        mm_per_s: float = 0.0,
        printer_port: int = 0,
        reader_port: int | None = None,
    ) -> None:
        self.paper_directory = directory / "paper"
        self.printer = Printer(self.paper_directory, printer_port, width_dots, mm_per_s=mm_per_s)
        self.scanner = Scanner()
        self.pcscd: PcscDaemon | None = None
        self._width_dots = width_dots
        self._mm_per_s = mm_per_s
        self._reader_port = reader_port
        self._cards: dict[int, CardInSlot] = {}
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as starting:
            try:
                if self._reader_port is None:
                    self.pcscd = starting.enter_context(PcscDaemon())
                starting.enter_context(self.printer)
                starting.enter_context(self.scanner)
            except (PcscDaemonError, OSError) as error:
                raise BenchError(str(error)) from error
            starting.callback(self.remove_all_cards)
            self._stack = starting.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    # What the kiosk must be told

    @property
    def environment(self) -> dict[str, str]:
        """Variables that lead the kiosk to this bench."""
        return {**(self.pcscd.environment if self.pcscd else {}), **self.scanner.environment}

    @property
    def printer_port(self) -> int:
        """TCP port of the printer on 127.0.0.1."""
        return self.printer.port

    @property
    def scanner_device(self) -> str:
        """The SANE device."""
        return self.scanner.device

    @property
    def settings(self) -> str:
        """The sections of kiosk.toml that name this bench's devices."""
        return (
            f'[printer]\nconnection = "{self.printer.connection}"\nwidth_dots = {self._width_dots}\n'
            f'slip_at_boot = false\n\n[scanner]\ndevice = "{self.scanner_device}"\n'
        )

    def papers(self) -> list[Path]:
        """The cut papers, oldest first."""
        return self.printer.papers

    # Steering

    def card_insert(
        self, card: str | CardProfile, slot: int = 0, *, bits_per_s: int = 0, pulled_after: int | None = None
    ) -> CardInSlot:
        """Put `card`, or the one so called, into `slot` (0 or 1), taking out what is there. Raises BenchError."""
        profile = PROFILES.get(card) if isinstance(card, str) else card
        if profile is None:
            raise BenchError(f"There is no card '{card}'; there are {', '.join(PROFILES)}.")
        self.card_remove(slot)
        try:
            inserted = CardInSlot(IdCard(profile), self._reader(slot), bits_per_s=bits_per_s, pulled_after=pulled_after)
        except (OSError, PcscDaemonError) as error:
            raise BenchError(f"The virtual reader takes no card: {error}") from error
        self._cards[slot] = inserted
        return inserted

    def card_remove(self, slot: int = 0) -> None:
        """Take the card out of `slot`, if there is one."""
        if card := self._cards.pop(slot, None):
            card.remove()

    def remove_all_cards(self) -> None:
        """Empty both slots."""
        for slot in list(self._cards):
            self.card_remove(slot)

    def scanner_load(self, pages: Iterable[Path | Image.Image]) -> int:
        """Lay pages in; returns how many lie there. Raises BenchError for what is no picture."""
        try:
            return self.scanner.load(pages)
        except UnidentifiedImageError:
            raise BenchError("This cannot be laid on the scanner: it is no picture.") from None
        except OSError as error:
            why = f"{error.filename}: {error.strerror}" if error.strerror else error
            raise BenchError(f"This cannot be laid on the scanner: {why}.") from None

    def reset(self) -> None:
        """Everything in order and empty, as after starting; papers stay."""
        self.remove_all_cards()
        self.printer.repair()
        self.printer.load_roll()
        self.printer.can_clear = self.printer.knows_barrier = True
        self.printer.buffer_bytes = BUFFER_BYTES
        self.printer.mm_per_s = self._mm_per_s
        self.scanner.take_out()
        self.scanner.trouble, self.scanner.page_seconds = Trouble.NONE, 0.0

    def steer(self, words: Sequence[str]) -> str:
        """Obey words as on the command line, e.g. ('card', 'insert', 'boonma'). Returns a sentence, or BenchError."""
        match words:
            case ["words"]:
                return VOCABULARY
            case ["card", "insert", name]:
                self.card_insert(name)
                return f"{name} is in the reader"
            case ["card", "remove"]:
                self.remove_all_cards()
                return "the reader is empty"
            case ["printer", what] if what in PRINTER_WORDS:
                self.printer.repair()  # each word is one state, not one more trouble
                PRINTER_WORDS[what](self.printer)
                return f"printer: {what}"
            case ["scanner", "load", *files] if files:
                return f"pages on the scanner: {self.scanner_load(map(Path, files))}"
            case ["scanner", "letter"]:
                return f"pages on the scanner: {self.scanner_load(three_page_letter())}"
            case ["scanner", "empty"]:
                self.scanner.take_out()
                return "nothing lies on the scanner"
            case ["scanner", "slow"]:
                self.scanner.page_seconds = SLOW_PAGE_S
                return f"a page takes {SLOW_PAGE_S:.0f} seconds"
            case ["scanner", what] if what in TROUBLES:
                self.scanner.trouble, self.scanner.page_seconds = TROUBLES[what], 0.0
                return f"scanner: {what}"
        raise BenchError(f"'{' '.join(words)}' is nothing this bench can do. It knows:\n{VOCABULARY}")

    def _reader(self, slot: int) -> Callable[[], socket.socket]:
        if pcscd := self.pcscd:
            return lambda: pcscd.connect(slot)
        return lambda: socket.create_connection(("127.0.0.1", (self._reader_port or 0) + slot))


PRINTER_WORDS: Final[dict[str, Callable[[Printer], None]]] = {
    "ok": lambda printer: None,
    "paper-out": lambda printer: printer.shorten_roll(0),
    "paper-near-end": lambda printer: printer.shorten_roll(NEAR_END_MM / 2),
    "cover-open": lambda printer: printer.break_down(Faults(cover_open=True)),
    "cutter-error": lambda printer: printer.break_down(Faults(cutter_error=True)),
    "mute": lambda printer: printer.break_down(Faults(mute=True)),
    "garbage": lambda printer: printer.break_down(Faults(babbling=True)),
    "late": lambda printer: printer.break_down(Faults(answers_after_s=LATE_S)),
    "hang": lambda printer: printer.break_down(Faults(hanging=True)),
    "unplugged": Printer.pull_cable,
    "off": Printer.power_off,
}
TROUBLES: Final = {trouble.value: trouble for trouble in Trouble}
VOCABULARY: Final = "\n".join(
    (
        f"  card insert {'|'.join(PROFILES)}",
        "  card remove",
        f"  printer {'|'.join(PRINTER_WORDS)}",
        "  scanner load FILE…",
        f"  scanner letter|empty|slow|{'|'.join(TROUBLES)}",
    )
)
