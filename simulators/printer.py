"""A simulated ESC/POS receipt printer on a TCP port: prints into PNG files, responds to queries, serves one client at a
time. The buffer and the paper are in `simulators.printer_mechanism`; the buffer survives an unplugged cable.
"""

import contextlib
import random
import socket
import time
from pathlib import Path
from threading import Thread, Timer
from typing import Final, Self

from simulators.escpos_stream import DLE_DC4, DLE_ENQ, DLE_EOT, CommandParser, RealTimeCommand
from simulators.paper_roll import DOTS_PER_MM, PaperRoll
from simulators.printer_mechanism import ROLL_MM, PrinterFaults, PrinterMechanism
from simulators.reserved_port import ReservedPort

DPI_BY_WIDTH: Final = {384: 203, 512: 180, 576: 203}  # by width in dots
BUFFER_BYTES: Final = 65_536
CLEAR_BUFFERS_RESPONSE: Final = b"\x37\x25\x00"
BYTE_INTERVAL_S: Final = 0.02


class SimulatedPrinter:
    """Prints into `directory` what arrives at 127.0.0.1:`port` (0 takes a free one; read `port` afterwards). The port
    stays reserved while the printer is off.

    `mm_per_s` is the speed of the paper, 0 prints at once. `supports_clear`: whether it knows DLE DC4 8 and DLE ENQ 2;
    `supports_barrier`: whether it responds to GS r. Old clones do not. Every method may be called from any thread.
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
        self.buffer_size_bytes = BUFFER_BYTES
        self._address = (host, port)
        self._roll = PaperRoll(width_dots, directory)
        self._mechanism = PrinterMechanism(self._roll, DPI_BY_WIDTH.get(width_dots, 203), mm_per_s, self._respond)
        self._parser = CommandParser(self._handle_real_time)
        self._reserved: ReservedPort | None = None
        self._listener: socket.socket | None = None
        self._client: socket.socket | None = None
        self._threads: list[Thread] = []

    def __enter__(self) -> Self:
        self._threads = [Thread(target=self._mechanism.run, name="printer mechanism", daemon=True)]
        self._threads[0].start()
        self.switch_on()
        return self

    def __exit__(self, *_: object) -> None:
        self._mechanism.stop()
        self.switch_off()
        for thread in self._threads:
            thread.join()
        if self._reserved is not None:
            self._reserved.close()

    @property
    def port(self) -> int:
        """The TCP port."""
        return self._address[1]

    @property
    def connection(self) -> str:
        """The connection of this printer in the kiosk's settings."""
        return f"network:{self._address[0]}:{self._address[1]}"

    @property
    def receipt_files(self) -> list[Path]:
        """The cut receipts, oldest first."""
        return sorted(self._roll.directory.glob("paper-*.png"))

    @property
    def uncut_mm(self) -> float:
        """Length of the paper that was printed since the last cut."""
        return self._roll.uncut_rows / DOTS_PER_MM

    @property
    def mm_per_s(self) -> float:
        """Speed of the paper; 0 prints at once."""
        return self._mechanism.mm_per_s

    @mm_per_s.setter
    def mm_per_s(self, speed: float) -> None:
        self._mechanism.mm_per_s = speed

    @property
    def supports_barrier(self) -> bool:
        """Whether it responds to GS r."""
        return self._mechanism.supports_barrier

    @supports_barrier.setter
    def supports_barrier(self, supported: bool) -> None:
        self._mechanism.supports_barrier = supported

    # --- control ---

    def load_roll(self, length_mm: float = ROLL_MM) -> None:
        """Insert a roll; the uncut paper is torn off."""
        with self._mechanism.changing_state():
            self._roll.discard_uncut()
            self._mechanism.paper_left_mm = length_mm

    def shorten_roll(self, length_mm: float) -> None:
        """Make the roll end after another `length_mm` of paper."""
        with self._mechanism.changing_state():
            self._mechanism.paper_left_mm = length_mm

    def set_faults(self, faults: PrinterFaults) -> None:
        """Set these faults and clear all others."""
        with self._mechanism.changing_state():
            self._mechanism.faults = faults

    def clear_faults(self) -> None:
        """Switch on, without faults; a full roll if the old one was near its end."""
        if self._mechanism.is_near_end:
            self.load_roll()
        self.set_faults(PrinterFaults())
        self.switch_on()

    def switch_off(self) -> None:
        """Refuse connections and lose the buffer."""
        self.unplug()
        with self._mechanism.condition:
            self._parser.reset()
            self._mechanism.reset()

    def unplug(self) -> None:
        """Refuse connections, but keep printing the buffer and wait for the rest of a command."""
        with self._mechanism.condition:
            listener, self._listener = self._listener, None
            # Inside the lock, so that `switch_on` does not find the port in use.
            for connection in (listener, self._client):
                if connection:
                    with contextlib.suppress(OSError):
                        connection.shutdown(socket.SHUT_RDWR)
            if listener:
                listener.close()
            self._mechanism.condition.notify_all()

    def switch_on(self) -> None:
        """Listen at the same address as before; no effect when it listens already."""
        with self._mechanism.condition:
            if self._listener:
                return
            if self._reserved is None:  # switched on by a command, without the mechanism's thread
                self._reserved = ReservedPort(*self._address)
                self._address = (self._reserved.host, self._reserved.port)
            self._listener = self._reserved.listen()
            server = Thread(target=self._accept_clients, args=(self._listener,), name="printer port", daemon=True)
        self._threads.append(server)
        server.start()

    # --- the connection ---

    def _accept_clients(self, listener: socket.socket) -> None:
        while self._listener is listener:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            with client:
                self._client = client
                with contextlib.suppress(OSError):
                    # Bytes in transit are lost when the cable is unplugged.
                    while self._listener is listener and (data := client.recv(1024)):
                        self._receive(data, listener)
                if self._client is client:
                    self._client = None

    def _receive(self, data: bytes, listener: socket.socket) -> None:
        with self._mechanism.condition:
            self._mechanism.enqueue(self._parser.feed(data))
            # A full buffer stops reading, so that later real-time commands are not seen either.
            self._mechanism.condition.wait_for(
                lambda: self._mechanism.buffered_bytes() < self.buffer_size_bytes or self._listener is not listener
            )

    def _handle_real_time(self, command: RealTimeCommand) -> None:
        """Execute a real-time command at once, past the buffer."""
        match command.name:
            case name if name == DLE_EOT and 1 <= command.n <= 4:
                self._respond(bytes((self._mechanism.status_byte(command.n),)))
            case name if name == DLE_ENQ and command.n == 2 and self.supports_clear:
                if self._mechanism.faults.cutter_error:
                    self._mechanism.faults.cutter_error = False
                    self._clear_buffers()
            case name if name == DLE_DC4 and self.supports_clear:
                self._clear_buffers()
                self._respond(CLEAR_BUFFERS_RESPONSE)

    def _clear_buffers(self) -> None:
        self._parser.reset()
        self._mechanism.clear_buffer()

    def _respond(self, response: bytes) -> None:
        faults = self._mechanism.faults
        if faults.is_silent or faults.is_hung or not self._client:
            return
        if faults.sends_garbage:
            seed = self._mechanism.buffered_bytes()
            response = bytes(random.Random(seed).choices(range(0x60, 0x100), k=7))  # noqa: S311
        if faults.response_delay_s:
            Timer(faults.response_delay_s, self._send, (self._client, response)).start()
        else:
            self._send(self._client, response)

    def _send(self, client: socket.socket, response: bytes) -> None:
        with contextlib.suppress(OSError):
            if not self._mechanism.faults.splits_responses:
                client.sendall(response)
                return
            for byte in response:
                client.sendall(bytes((byte,)))
                time.sleep(BYTE_INTERVAL_S)
