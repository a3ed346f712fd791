"""An ESC/POS receipt printer on a TCP port: paper as PNG files, status on demand, a buffer that outlives faults.

It behaves as the common mechanisms do where that hurts: it keeps the rest of a job over a change of paper, and over a
cable pulled out, and prints it afterwards; it speaks unasked until told not to (ASB), and takes one visitor at a time.
"""

import contextlib
import random
import socket
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Condition, Thread, Timer
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from simulators.escpos_stream import (
    CUT,
    DLE_DC4,
    DLE_ENQ,
    DLE_EOT,
    RASTER,
    CommandParser,
    EscposCommand,
    RealTimeCommand,
)
from simulators.paper_roll import DOTS_PER_MM, PaperRoll

ROLL_MM: Final = 30_000.0
NEAR_END_MM: Final = 1_500.0
DPI_BY_WIDTH: Final = {384: 203, 512: 180, 576: 203}  # by width: a mechanism has one or the other
# Vertical motion units an inch after power-on: half a dot, as on many mechanisms, so that hosts have to set them.
DEFAULT_MOTION_UNITS: Final = 406
LINE_FEED_DOTS: Final = 30
BUFFER_BYTES: Final = 65_536
CLEAR_BUFFERS_RESPONSE: Final = b"\x37\x25\x00"
ROWS_PER_SLEEP: Final = 16
BYTE_INTERVAL_S: Final = 0.02


@dataclass
class PrinterFaults:
    """What is wrong with the printer, beside its paper."""

    cover_open: bool = False
    cutter_error: bool = False
    is_silent: bool = False  # prints, answers nothing
    sends_garbage: bool = False  # answers rubbish
    is_hung: bool = False  # takes bytes, does nothing, answers nothing
    response_delay_s: float = 0.0  # a slow bridge between USB and the printer
    splits_responses: bool = False  # each byte of an answer by itself


class BufferClearedError(Exception):
    """The buffers were cleared, or the power went."""


class SimulatedPrinter:
    """Prints into `directory` what arrives at 127.0.0.1:`port` (0 takes a free one; read `port` afterwards).

    `mm_per_s` is the speed of the paper, 0 prints at once. `supports_clear`: whether it knows DLE DC4 8 and DLE ENQ 2;
    `supports_barrier`: whether it answers GS r. Old clones do not. Steering methods may be called from any thread.
    """

    def __init__(
        self,
        directory: Path,
        port: int = 0,
        width_dots: int = 576,
        *,
        host: str = "127.0.0.1",
        mm_per_s: float = 0.0,
    ) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.supports_clear = True
        self.supports_barrier = True
        self.buffer_size_bytes = BUFFER_BYTES
        self._address = (host, port)
        self.mm_per_s = mm_per_s
        self._dpi = DPI_BY_WIDTH.get(width_dots, 203)
        self._roll = PaperRoll(width_dots, directory)
        self._paper_left_mm = ROLL_MM
        self._faults = PrinterFaults()
        self._condition = Condition()
        self._queue: deque[EscposCommand] = deque()
        self._parser = CommandParser(self._handle_real_time)
        self._generation = 0  # counts clearings, so that a command under way notices one
        self._motion_units = DEFAULT_MOTION_UNITS
        self._automatic_status = True
        self._listener: socket.socket | None = None
        self._client: socket.socket | None = None
        self._threads: list[Thread] = []
        self._running = False

    def __enter__(self) -> Self:
        self._running = True
        self._threads = [Thread(target=self._run_mechanism, name="printer mechanism", daemon=True)]
        self._threads[0].start()
        self.switch_on()
        return self

    def __exit__(self, *_: object) -> None:
        with self._condition:
            self._running = False
            self._condition.notify_all()
        self.switch_off()
        for thread in self._threads:
            thread.join()

    @property
    def port(self) -> int:
        """The TCP port."""
        return self._address[1]

    @property
    def connection(self) -> str:
        """What the kiosk's settings call this printer."""
        return f"network:{self._address[0]}:{self._address[1]}"

    @property
    def receipt_files(self) -> list[Path]:
        """The cut pieces, oldest first."""
        return sorted(self._roll.directory.glob("paper-*.png"))

    @property
    def uncut_mm(self) -> float:
        """How much paper hangs out since the last cut."""
        return self._roll.uncut_rows / DOTS_PER_MM

    # Steering

    def load_roll(self, length_mm: float = ROLL_MM) -> None:
        """Put in a roll; what hung out of the printer is torn off."""
        with self._changing_state():
            self._roll.discard_uncut()
            self._paper_left_mm = length_mm

    def shorten_roll(self, length_mm: float) -> None:
        """Let the roll end after `length_mm` more."""
        with self._changing_state():
            self._paper_left_mm = length_mm

    def set_faults(self, faults: PrinterFaults) -> None:
        """Have these faults and no others."""
        with self._changing_state():
            self._faults = faults

    def switch_off(self) -> None:
        """Nobody listens any more, and the buffers are lost."""
        self.unplug()
        with self._condition:
            self._clear_buffers()
            self._motion_units, self._automatic_status = DEFAULT_MOTION_UNITS, True

    def unplug(self) -> None:
        """Nobody listens any more, but the printer goes on with what it has, and waits for the rest of a command."""
        with self._condition:
            listener, self._listener = self._listener, None
            client = self._client
            self._condition.notify_all()
        for line in (listener, client):
            if line:
                with contextlib.suppress(OSError):
                    line.shutdown(socket.SHUT_RDWR)
        if listener:
            listener.close()

    def switch_on(self) -> None:
        """Listen at the same address as before. Does nothing if it is on, and plugged in."""
        with self._condition:
            if self._listener:
                return
            self._listener = socket.create_server(self._address)
            self._address = self._listener.getsockname()
            server = Thread(target=self._accept_clients, args=(self._listener,), name="printer line", daemon=True)
        self._threads.append(server)
        server.start()

    def clear_faults(self) -> None:
        """Switched on, no fault, a full roll if the old one was at its end."""
        if self._paper_left_mm < NEAR_END_MM:
            self.load_roll()
        self.set_faults(PrinterFaults())
        self.switch_on()

    # The line

    def _accept_clients(self, listener: socket.socket) -> None:
        while self._listener is listener:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            with client:
                self._client = client
                with contextlib.suppress(OSError):
                    # What is still on a line when its cable is pulled never arrives.
                    while self._listener is listener and (data := client.recv(1024)):
                        self._receive(data, listener)
                if self._client is client:
                    self._client = None

    def _receive(self, data: bytes, listener: socket.socket) -> None:
        with self._condition:
            self._queue.extend(self._parser.feed(data))
            self._condition.notify_all()
            # A full buffer stops the line, and with it the real-time commands behind.
            self._condition.wait_for(
                lambda: self._buffered_bytes() < self.buffer_size_bytes or self._listener is not listener
            )

    def _buffered_bytes(self) -> int:
        return sum(len(command.payload) + 2 for command in self._queue)

    def _respond(self, answer: bytes) -> None:
        if self._faults.is_silent or self._faults.is_hung or not self._client:
            return
        if self._faults.sends_garbage:
            answer = bytes(random.Random(len(self._queue)).choices(range(0x60, 0x100), k=7))  # noqa: S311
        if self._faults.response_delay_s:
            Timer(self._faults.response_delay_s, self._send, (self._client, answer)).start()
        else:
            self._send(self._client, answer)

    def _send(self, client: socket.socket, answer: bytes) -> None:
        with contextlib.suppress(OSError):
            if not self._faults.splits_responses:
                client.sendall(answer)
                return
            for byte in answer:
                client.sendall(bytes((byte,)))
                time.sleep(BYTE_INTERVAL_S)

    # Real time

    def _handle_real_time(self, command: RealTimeCommand) -> None:
        match command.name:
            case name if name == DLE_EOT and 1 <= command.n <= 4:
                self._respond(bytes((self._status_byte(command.n),)))
            case name if name == DLE_ENQ and command.n == 2 and self.supports_clear:
                if self._faults.cutter_error:
                    self._faults.cutter_error = False
                    self._clear_buffers()
            case name if name == DLE_DC4 and self.supports_clear:
                self._clear_buffers()
                self._respond(CLEAR_BUFFERS_RESPONSE)

    def _clear_buffers(self) -> None:
        self._queue.clear()
        self._parser.reset()
        self._generation += 1
        self._condition.notify_all()

    def _status_byte(self, n: int) -> int:
        no_paper, near_end = self._paper_left_mm <= 0, self._paper_left_mm < NEAR_END_MM
        match n:
            case 1:
                bits = 0 if self._is_online() else 0x08
            case 2:
                bits = 0x04 * self._faults.cover_open + 0x20 * no_paper + 0x40 * self._faults.cutter_error
            case 3:
                bits = 0x08 * self._faults.cutter_error
            case _:
                bits = 0x0C * near_end + 0x60 * no_paper
        return 0x12 | bits

    def _is_online(self) -> bool:
        return not (self._faults.cover_open or self._faults.cutter_error or self._paper_left_mm <= 0)

    @contextmanager
    def _changing_state(self) -> Iterator[None]:
        with self._condition:
            yield
            self._send_automatic_status()
            self._condition.notify_all()

    def _send_automatic_status(self) -> None:
        """Automatic status back: four bytes at each change, on until GS a 0."""
        if self._automatic_status:
            first = 0x10 | (0 if self._is_online() else 0x08) | 0x20 * self._faults.cover_open
            paper = 0x03 * (self._paper_left_mm < NEAR_END_MM) | 0x0C * (self._paper_left_mm <= 0)
            self._respond(bytes((first, 0x08 * self._faults.cutter_error, paper, 0x0F)))

    # The mechanism

    def _run_mechanism(self) -> None:
        while True:
            with self._condition:
                self._condition.wait_for(lambda: not self._running or (self._queue and self._can_move()))
                if not self._running:
                    return
                command = self._queue.popleft()
                generation = self._generation
                self._condition.notify_all()
            with contextlib.suppress(BufferClearedError):
                self._execute(command, generation)

    def _can_move(self) -> bool:
        return self._is_online() and not self._faults.is_hung

    def _execute(self, command: EscposCommand, generation: int) -> None:
        match command.name:
            case b"\x1b@":
                self._motion_units = DEFAULT_MOTION_UNITS
            case b"\x1dP":
                self._motion_units = command.parameters[1] or DEFAULT_MOTION_UNITS
            case name if name == RASTER:
                self._print_raster(command, generation)
            case b"\x1bJ":
                self._feed(round(command.parameters[0] * self._dpi / self._motion_units), generation)
            case b"\x1bd":
                self._feed(command.parameters[0] * LINE_FEED_DOTS, generation)
            case b"\n":
                self._feed(LINE_FEED_DOTS, generation)
            case name if name == CUT:
                with self._condition:
                    self._await_motion(generation)
                    self._roll.cut()
            case b"\x1da":
                self._automatic_status = command.parameters[0] != 0
            case b"\x1dr" if self.supports_barrier:
                near, end = self._paper_left_mm < NEAR_END_MM, self._paper_left_mm <= 0
                self._respond(bytes((0x03 * near | 0x0C * end,)))

    def _print_raster(self, command: EscposCommand, generation: int) -> None:
        mode, bytes_wide = command.parameters[1], command.parameters[2] + 256 * command.parameters[3]
        packed = np.frombuffer(command.payload, np.uint8).reshape(-1, bytes_wide)
        rows = np.unpackbits(packed, axis=1).astype(np.bool_)
        if mode & 1:
            rows = np.repeat(rows, 2, axis=1)
        if mode & 2:
            rows = np.repeat(rows, 2, axis=0)
        self._advance(list(rows), generation)

    def _feed(self, dots: int, generation: int) -> None:
        self._advance([np.zeros(0, np.bool_)] * dots, generation)

    def _advance(self, rows: list[NDArray[np.bool_]], generation: int) -> None:
        """Print rows one by one, stopping where paper, cover or knife stop the mechanism."""
        for index, row in enumerate(rows):
            with self._condition:
                self._await_motion(generation)
                self._roll.print_row(row)
                had_paper, had_plenty = self._paper_left_mm > 0, self._paper_left_mm >= NEAR_END_MM
                self._paper_left_mm -= 1 / DOTS_PER_MM
                if had_paper != (self._paper_left_mm > 0) or had_plenty != (self._paper_left_mm >= NEAR_END_MM):
                    self._send_automatic_status()
            if self.mm_per_s and index % ROWS_PER_SLEEP == 0:
                time.sleep(ROWS_PER_SLEEP / DOTS_PER_MM / self.mm_per_s)

    def _await_motion(self, generation: int) -> None:
        self._condition.wait_for(lambda: not self._running or self._generation != generation or self._can_move())
        if not self._running or self._generation != generation:
            raise BufferClearedError
