"""The mechanism of the simulated receipt printer: the command buffer, the paper, and the faults that stop printing.

It behaves as common mechanisms do in the difficult cases: it keeps the rest of a job over a change of paper and prints
it afterwards, and it sends automatic status (ASB) until the host switches that off.
"""

import contextlib
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Condition
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simulators.escpos_stream import CUT, RASTER, EscposCommand
from simulators.paper_roll import DOTS_PER_MM, PaperRoll

ROLL_MM: Final = 30_000.0
NEAR_END_MM: Final = 1_500.0
# Vertical motion units per inch after power-on: half a dot, as on many mechanisms, so that hosts must set them.
DEFAULT_MOTION_UNITS: Final = 406
LINE_FEED_DOTS: Final = 30
ROWS_PER_SLEEP: Final = 16


@dataclass
class PrinterFaults:
    """The faults of the printer, except those of its paper."""

    cover_open: bool = False
    cutter_error: bool = False
    is_silent: bool = False  # prints, but sends no response
    sends_garbage: bool = False  # sends invalid responses
    is_hung: bool = False  # accepts bytes, does nothing, sends no response
    response_delay_s: float = 0.0  # a slow bridge between USB and the printer
    splits_responses: bool = False  # each byte of a response is sent separately


class BufferClearedError(Exception):
    """The buffer was cleared or the printer switched off while a command was executed."""


class PrinterMechanism:
    """Executes commands one after the other on the thread that calls `run`. `condition` guards all its state and is
    notified at each change. `send`: sends bytes to the host."""

    def __init__(self, roll: PaperRoll, dpi: int, mm_per_s: float, send: Callable[[bytes], None]) -> None:
        self.condition = Condition()
        self.faults = PrinterFaults()
        self.paper_left_mm = ROLL_MM
        self.mm_per_s = mm_per_s  # 0 prints at once
        self.supports_barrier = True
        self._roll = roll
        self._dpi = dpi
        self._send = send
        self._buffer: deque[EscposCommand] = deque()
        self._generation = 0  # increased at each clearing, so that a running command notices it
        self._motion_units = DEFAULT_MOTION_UNITS
        self._automatic_status = True
        self._is_running = True

    @property
    def has_paper(self) -> bool:
        """Whether there is paper."""
        return self.paper_left_mm > 0

    @property
    def is_near_end(self) -> bool:
        """Whether the near-end sensor reports the end of the roll."""
        return self.paper_left_mm < NEAR_END_MM

    @property
    def is_online(self) -> bool:
        """Whether no fault stops the mechanism."""
        return not self.faults.cover_open and not self.faults.cutter_error and self.has_paper

    def buffered_bytes(self) -> int:
        """Bytes in the buffer."""
        return sum(len(command.payload) + 2 for command in self._buffer)

    def enqueue(self, commands: Iterable[EscposCommand]) -> None:
        """Add commands to the buffer. The caller holds `condition`."""
        self._buffer.extend(commands)
        self.condition.notify_all()

    def clear_buffer(self) -> None:
        """Discard the buffer and stop the running command. The caller holds `condition`."""
        self._buffer.clear()
        self._generation += 1
        self.condition.notify_all()

    def reset(self) -> None:
        """Reset the state as a power cycle does. The caller holds `condition`."""
        self.clear_buffer()
        self._motion_units, self._automatic_status = DEFAULT_MOTION_UNITS, True

    def status_byte(self, n: int) -> int:
        """The response to DLE EOT n."""
        match n:
            case 1:
                bits = 0 if self.is_online else 0x08
            case 2:
                bits = 0x04 * self.faults.cover_open + 0x20 * (not self.has_paper) + 0x40 * self.faults.cutter_error
            case 3:
                bits = 0x08 * self.faults.cutter_error
            case _:
                bits = 0x0C * self.is_near_end + 0x60 * (not self.has_paper)
        return 0x12 | bits

    @contextmanager
    def changing_state(self) -> Iterator[None]:
        """Change faults or paper within; the change is reported by automatic status."""
        with self.condition:
            yield
            self._send_automatic_status()
            self.condition.notify_all()

    def _send_automatic_status(self) -> None:
        """Send four status bytes unless automatic status is off (GS a 0)."""
        if self._automatic_status:
            first = 0x10 | (0 if self.is_online else 0x08) | 0x20 * self.faults.cover_open
            paper = 0x03 * self.is_near_end | 0x0C * (not self.has_paper)
            self._send(bytes((first, 0x08 * self.faults.cutter_error, paper, 0x0F)))

    def run(self) -> None:
        """Execute commands until `stop`."""
        while True:
            with self.condition:
                self.condition.wait_for(lambda: not self._is_running or (self._buffer and self._can_move()))
                if not self._is_running:
                    return
                command = self._buffer.popleft()
                generation = self._generation
                self.condition.notify_all()
            with contextlib.suppress(BufferClearedError):
                self._execute(command, generation)

    def stop(self) -> None:
        """End `run`."""
        with self.condition:
            self._is_running = False
            self.condition.notify_all()

    def _can_move(self) -> bool:
        return self.is_online and not self.faults.is_hung

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
                with self.condition:
                    self._await_motion(generation)
                    self._roll.cut()
            case b"\x1da":
                self._automatic_status = command.parameters[0] != 0
            case b"\x1dr" if self.supports_barrier:
                self._send(bytes((0x03 * self.is_near_end | 0x0C * (not self.has_paper),)))

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
        """Print rows one by one, and wait where paper, cover or cutter stop the mechanism."""
        for index, row in enumerate(rows):
            with self.condition:
                self._await_motion(generation)
                self._roll.print_row(row)
                before = self.has_paper, self.is_near_end
                self.paper_left_mm -= 1 / DOTS_PER_MM
                if before != (self.has_paper, self.is_near_end):
                    self._send_automatic_status()
            if self.mm_per_s and index % ROWS_PER_SLEEP == 0:
                time.sleep(ROWS_PER_SLEEP / DOTS_PER_MM / self.mm_per_s)

    def _await_motion(self, generation: int) -> None:
        self.condition.wait_for(lambda: not self._is_running or self._generation != generation or self._can_move())
        if not self._is_running or self._generation != generation:
            raise BufferClearedError
