"""All simulated devices together, started in one directory and controlled by commands.

The commands of `kiosk simulate` and the calls of tests use the same methods.
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
from simulators.printer import BUFFER_BYTES, SimulatedPrinter
from simulators.printer_mechanism import NEAR_END_MM, PrinterFaults
from simulators.sample_letters import THAI_NUMERAL_LETTER, render_letter_page, render_three_page_letter
from simulators.scanner import ScannerFault, SimulatedScanner

SLOW_PAGE_DURATION_S: Final = 8.0
LATE_RESPONSE_S: Final = 1.0  # longer than the driver waits
DEFAULT_SPEED_MM_PER_S: Final = 150.0  # a common 80 mm mechanism


class SimulatorError(Exception):
    """The devices cannot start, or a command failed; the message is for people."""


class SimulatedDevices:
    """Starts reader, printer and scanner on entering, stops them on leaving; only the receipts remain.

    Receipts are written to `directory`. With `reader_port` cards are inserted into the vpcd that listens there (of a
    machine's own pcscd), and no private pcscd is started. Clients need `environment` before their first call of PC/SC
    or scanimage.
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
        self.receipt_directory = directory / "paper"
        self.printer = SimulatedPrinter(self.receipt_directory, printer_port, width_dots, mm_per_s=mm_per_s)
        self.scanner = SimulatedScanner()
        self.pcscd: PcscDaemon | None = None
        self._width_dots = width_dots
        self._mm_per_s = mm_per_s
        self._reader_port = reader_port
        self._cards: dict[int, CardInSlot] = {}
        self._exit_stack = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as starting:
            try:
                if self._reader_port is None:
                    self.pcscd = starting.enter_context(PcscDaemon())
                starting.enter_context(self.printer)
                starting.enter_context(self.scanner)
            except (PcscDaemonError, OSError) as error:
                raise SimulatorError(str(error)) from error
            starting.callback(self.remove_all_cards)
            self._exit_stack = starting.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._exit_stack.close()

    # --- settings of the kiosk ---

    @property
    def environment(self) -> dict[str, str]:
        """Environment variables with which the kiosk uses these devices."""
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
        """The sections of kiosk.toml for these devices."""
        return (
            f'[printer]\nconnection = "{self.printer.connection}"\nwidth_dots = {self._width_dots}\n'
            f'slip_at_boot = false\n\n[scanner]\ndevice = "{self.scanner_device}"\n'
        )

    def receipt_files(self) -> list[Path]:
        """The cut receipts, oldest first."""
        return self.printer.receipt_files

    # --- control ---

    def insert_card(
        self, card: str | CardProfile, slot: int = 0, *, bits_per_s: int = 0, remove_after_apdus: int | None = None
    ) -> CardInSlot:
        """Insert `card`, a profile or its name, into `slot` (0 or 1). Raises SimulatorError."""
        profile = PROFILES.get(card) if isinstance(card, str) else card
        if profile is None:
            raise SimulatorError(f"There is no card '{card}'; there are {', '.join(PROFILES)}.")
        self.remove_card(slot)
        try:
            inserted = CardInSlot(
                IdCard(profile),
                self._slot_connector(slot),
                bits_per_s=bits_per_s,
                remove_after_apdus=remove_after_apdus,
            )
        except (OSError, PcscDaemonError) as error:
            raise SimulatorError(f"The virtual reader accepts no card: {error}") from error
        self._cards[slot] = inserted
        return inserted

    def remove_card(self, slot: int = 0) -> None:
        """Remove the card from `slot`, if there is one."""
        if card := self._cards.pop(slot, None):
            card.remove()

    def remove_all_cards(self) -> None:
        """Empty both slots."""
        for slot in list(self._cards):
            self.remove_card(slot)

    def load_scanner(self, pages: Iterable[Path | Image.Image]) -> int:
        """Load pages; returns how many are loaded now. Raises SimulatorError for a file that is not a picture."""
        try:
            return self.scanner.load_pages(pages)
        except UnidentifiedImageError:
            raise SimulatorError("This cannot be loaded into the scanner: it is not a picture.") from None
        except OSError as error:
            reason = f"{error.filename}: {error.strerror}" if error.strerror else error
            raise SimulatorError(f"This cannot be loaded into the scanner: {reason}.") from None

    def reset(self) -> None:
        """Return to the state after the start: no faults, no cards, no pages. Receipts remain."""
        self.remove_all_cards()
        self.printer.clear_faults()
        self.printer.load_roll()
        self.printer.supports_clear = self.printer.supports_barrier = True
        self.printer.buffer_size_bytes = BUFFER_BYTES
        self.printer.mm_per_s = self._mm_per_s
        self.scanner.remove_pages()
        self.scanner.fault, self.scanner.page_duration_s = ScannerFault.NONE, 0.0

    def execute_command(self, command: Sequence[str]) -> str:
        """Execute a command as on the command line, e.g. ('card', 'insert', 'boonma'); one sentence about the result.

        Raises SimulatorError.
        """
        match command:
            case ["words"]:
                return COMMAND_HELP
            case ["card", "insert", name]:
                self.insert_card(name)
                return f"{name} is in the reader"
            case ["card", "remove"]:
                self.remove_all_cards()
                return "the reader is empty"
            case ["printer", state] if state in PRINTER_STATES:
                self.printer.clear_faults()  # each command sets one state and adds no fault
                PRINTER_STATES[state](self.printer)
                return f"printer: {state}"
            case ["scanner", "load", *files] if files:
                return f"pages on the scanner: {self.load_scanner(map(Path, files))}"
            case ["scanner", "load-sample-letter"]:
                return f"pages on the scanner: {self.load_scanner(render_three_page_letter())}"
            case ["scanner", "load-numeral-letter"]:
                return f"pages on the scanner: {self.load_scanner([render_letter_page(THAI_NUMERAL_LETTER)])}"
            case ["scanner", "empty"]:
                self.scanner.remove_pages()
                return "the scanner is empty"
            case ["scanner", "slow"]:
                self.scanner.page_duration_s = SLOW_PAGE_DURATION_S
                return f"a page takes {SLOW_PAGE_DURATION_S:.0f} seconds"
            case ["scanner", fault] if fault in SCANNER_FAULTS:
                self.scanner.fault, self.scanner.page_duration_s = SCANNER_FAULTS[fault], 0.0
                return f"scanner: {fault}"
        raise SimulatorError(f"'{' '.join(command)}' is not a command. Commands:\n{COMMAND_HELP}")

    def _slot_connector(self, slot: int) -> Callable[[], socket.socket]:
        if pcscd := self.pcscd:
            return lambda: pcscd.connect(slot)
        return lambda: socket.create_connection(("127.0.0.1", (self._reader_port or 0) + slot))


PRINTER_STATES: Final[dict[str, Callable[[SimulatedPrinter], None]]] = {
    "ok": lambda printer: None,
    "paper-out": lambda printer: printer.shorten_roll(0),
    "paper-near-end": lambda printer: printer.shorten_roll(NEAR_END_MM / 2),
    "cover-open": lambda printer: printer.set_faults(PrinterFaults(cover_open=True)),
    "cutter-error": lambda printer: printer.set_faults(PrinterFaults(cutter_error=True)),
    "mute": lambda printer: printer.set_faults(PrinterFaults(is_silent=True)),
    "garbage": lambda printer: printer.set_faults(PrinterFaults(sends_garbage=True)),
    "late": lambda printer: printer.set_faults(PrinterFaults(response_delay_s=LATE_RESPONSE_S)),
    "hang": lambda printer: printer.set_faults(PrinterFaults(is_hung=True)),
    "unplugged": SimulatedPrinter.unplug,
    "off": SimulatedPrinter.switch_off,
}
SCANNER_FAULTS: Final = {fault.value: fault for fault in ScannerFault}
COMMAND_HELP: Final = "\n".join(
    (
        f"  card insert {'|'.join(PROFILES)}",
        "  card remove",
        f"  printer {'|'.join(PRINTER_STATES)}",
        "  scanner load FILE…",
        f"  scanner load-sample-letter|load-numeral-letter|empty|slow|{'|'.join(SCANNER_FAULTS)}",
    )
)
