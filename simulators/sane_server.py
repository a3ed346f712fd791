"""The far end of SANE's network protocol (SANE standard 1.06, chapter 5): a scanner as `saned` would offer it.

The kiosk's side of it is the real `scanimage` with the real `net` back end. Nothing here knows how pages come about:
that is the `PageSource`'s business.
"""

import contextlib
import socket
import struct
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from threading import Event, Thread
from typing import Final, Protocol, Self

PORT: Final = 6566  # "sane-port"; the net back end knows no other
PROTOCOL_VERSION: Final = 1 << 24 | 3  # SANE 1.0, protocol version 3
CHUNK_BYTES: Final = 32_768
DATA_TIMEOUT_S: Final = 10.0  # for a visitor who takes no more
END_OF_RECORDS: Final = 0xFFFFFFFF
BYTE_ORDER_BIG_ENDIAN: Final = 0x4321
NULL_POINTER: Final = b"\0\0\0\0"


class SaneStatus(IntEnum):
    """SANE_Status of sane.h."""

    GOOD = 0
    UNSUPPORTED = 1
    CANCELLED = 2
    DEVICE_BUSY = 3
    INVAL = 4
    EOF = 5
    JAMMED = 6
    NO_DOCS = 7
    COVER_OPEN = 8
    IO_ERROR = 9


class ProcedureNumber(IntEnum):
    """Procedure numbers."""

    INIT = 0
    GET_DEVICES = 1
    OPEN = 2
    CLOSE = 3
    GET_OPTION_DESCRIPTORS = 4
    CONTROL_OPTION = 5
    GET_PARAMETERS = 6
    START = 7
    CANCEL = 8
    AUTHORIZE = 9
    EXIT = 10


@dataclass(frozen=True)
class ScannedImage:
    """Raw dots: `depth` 1 or 8 bits a sample, one sample a dot, or three with `is_colour`."""

    width: int
    height: int
    depth: int
    is_colour: bool
    pixels: bytes = field(repr=False)

    @property
    def bytes_per_line(self) -> int:
        """Lines begin on whole bytes."""
        return (self.width * self.depth * (3 if self.is_colour else 1) + 7) // 8


class PageSource(Protocol):
    """Where pages come from. A SaneStatus instead of a page is the scanner's refusal."""

    def is_responding(self) -> bool:
        """Whether calls are answered; while not, the caller waits."""

    def on_open(self) -> SaneStatus:
        """The device is opened."""

    def next_page(self) -> ScannedImage | SaneStatus:
        """A scan starts."""

    def fault_position(self) -> tuple[float, SaneStatus]:
        """After which part of the page (0 to 1) which fault strikes; 1.0 and EOF for none."""

    def current_page_duration_s(self) -> float:
        """How long the carriage takes."""

    def sensor_state(self, sensor: str) -> bool:
        """What one of SENSORS says."""


# Options as every scanner has them: name, title, type (1 int, 3 string), size, constraint, default.
BOOL, INT, STRING = 0, 1, 3
OPTIONS: Final[tuple[tuple[str, int, tuple[str, ...] | tuple[int, ...]], ...]] = (
    ("source", STRING, ("Flatbed", "ADF", "ADF Duplex")),
    ("mode", STRING, ("Gray", "Color", "Lineart")),
    ("resolution", INT, (150, 200, 300)),
)
# What the scanner feels: switches that can only be read, as scanners with a feeder have them (saneopts.h).
SENSORS: Final = ("cover-open", "paper-jam")
STRING_OPTION_BYTES: Final = 16
SETTABLE_CAPABILITIES: Final = 1 | 4  # can be set by software, can be read
SENSOR_CAPABILITIES: Final = 2 | 4  # is set at the scanner, can be read


def word(value: int) -> bytes:
    """Four bytes, big-endian."""
    return struct.pack(">I", value & 0xFFFFFFFF)


def text(value: str) -> bytes:
    """Length with the NUL, then the characters."""
    return word(len(value) + 1) + value.encode("ascii") + b"\0"


class Connection:
    """Reads the protocol's words from a connection."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def word(self) -> int:
        """The next word. Raises EOFError when the visitor has gone."""
        return int(struct.unpack(">I", self.read_exactly(4))[0])

    def text(self) -> str:
        """The next string; a null one is ''."""
        return self.read_exactly(self.word()).rstrip(b"\0").decode("latin-1")

    def read_exactly(self, size: int) -> bytes:
        """The next `size` bytes. Raises EOFError."""
        data = b""
        while len(data) < size:
            more = self._connection.recv(size - len(data))
            if not more:
                raise EOFError
            data += more
        return data

    def send(self, *parts: bytes) -> None:
        """Answer."""
        self._connection.sendall(b"".join(parts))


class SaneServer:
    """Offers one scanner called `device` at `host`:6566 from entering (OSError if it is taken) to leaving."""

    def __init__(self, host: str, device: str, page_source: PageSource) -> None:
        self._host = host
        self._device = device
        self._page_source = page_source
        self._listener: socket.socket | None = None
        self._clients: set[socket.socket] = set()
        self._threads: list[Thread] = []
        self._stopping = Event()

    def __enter__(self) -> Self:
        self.start_listening()
        return self

    def __exit__(self, *_: object) -> None:
        self.unplug()

    def start_listening(self) -> None:
        """Listen, if it does not. Raises OSError if the address is taken."""
        if self._listener is None:
            self._stopping.clear()
            self._listener = socket.create_server((self._host, PORT))
            self._spawn(self._accept, self._listener)

    def unplug(self) -> None:
        """End every conversation where it stands, and listen no more."""
        self._stopping.set()
        listener, self._listener = self._listener, None
        for connection in (listener, *self._clients):
            if connection:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        if listener:
            listener.close()
        for thread in self._threads:
            thread.join()
        self._threads.clear()

    def _spawn(self, target: Callable[[socket.socket], None], connection: socket.socket) -> None:
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        thread = Thread(target=target, args=(connection,), name="scanner line", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self, listener: socket.socket) -> None:
        while self._listener is listener:
            with contextlib.suppress(OSError):
                self._spawn(self._handle_calls, listener.accept()[0])

    @contextlib.contextmanager
    def _serve_client(self, connection: socket.socket) -> Iterator[None]:
        self._clients.add(connection)
        try:
            with connection, contextlib.suppress(OSError, EOFError):
                yield
        finally:
            self._clients.discard(connection)

    def _handle_calls(self, connection: socket.socket) -> None:
        with self._serve_client(connection):
            line = Connection(connection)
            choices: dict[str, str | int] = {name: constraint[0] for name, _, constraint in OPTIONS}
            page: ScannedImage | None = None
            while True:
                call = line.word()
                while not self._page_source.is_responding():
                    if self._stopping.wait(0.1):
                        return
                match call:
                    case ProcedureNumber.INIT:
                        line.word(), line.text()
                        line.send(word(SaneStatus.GOOD), word(PROTOCOL_VERSION))
                    case ProcedureNumber.GET_DEVICES:
                        device = b"".join(
                            map(text, (self._device, "Damrongdham", "simulated scanner", "flatbed scanner"))
                        )
                        line.send(word(SaneStatus.GOOD), word(2), word(0), device, word(1))
                    case ProcedureNumber.OPEN:
                        known = line.text() in ("", self._device)
                        status = self._page_source.on_open() if known else SaneStatus.INVAL
                        line.send(word(status), word(0), NULL_POINTER)
                    case ProcedureNumber.CLOSE | ProcedureNumber.CANCEL:
                        line.word()
                        line.send(word(0))
                    case ProcedureNumber.GET_OPTION_DESCRIPTORS:
                        line.word()
                        line.send(encode_option_descriptors())
                    case ProcedureNumber.CONTROL_OPTION:
                        line.word()
                        line.send(handle_control_option(line, choices, self._page_source))
                    case ProcedureNumber.GET_PARAMETERS:
                        line.word()
                        line.send(word(SaneStatus.GOOD), encode_parameters(page or ScannedImage(1, 1, 8, False, b"\0")))
                    case ProcedureNumber.START:
                        line.word()
                        given = self._page_source.next_page()
                        if isinstance(given, SaneStatus):
                            line.send(word(given), word(0), word(BYTE_ORDER_BIG_ENDIAN), NULL_POINTER)
                            continue
                        page = given
                        with socket.create_server((self._host, 0)) as data_door:
                            data_door.settimeout(10)
                            line.send(
                                word(0), word(data_door.getsockname()[1]), word(BYTE_ORDER_BIG_ENDIAN), NULL_POINTER
                            )
                            self._spawn_data(data_door.accept()[0], page)
                    case _:
                        return

    def _spawn_data(self, connection: socket.socket, page: ScannedImage) -> None:
        self._spawn(lambda line: self._send_page(line, page), connection)

    def _send_page(self, connection: socket.socket, page: ScannedImage) -> None:
        with connection, contextlib.suppress(OSError):
            connection.settimeout(DATA_TIMEOUT_S)
            whole, at = len(page.pixels), 0
            is_timed = self._page_source.current_page_duration_s() > 0
            chunk = max(1, min(CHUNK_BYTES, whole // 50)) if is_timed else CHUNK_BYTES
            while True:
                # Asked each time: a fault may strike while the page is under way.
                part, status = self._page_source.fault_position()
                piece = page.pixels[at : min(at + chunk, int(whole * part))]
                if not piece:
                    break
                if not self._wait_for_carriage(len(piece) / whole):
                    status = SaneStatus.IO_ERROR  # as a USB back end says of a device that is gone
                    break
                connection.sendall(word(len(piece)) + piece)
                at += len(piece)
            connection.sendall(word(END_OF_RECORDS) + bytes((status,)))

    def _wait_for_carriage(self, part: float) -> bool:
        """Let the time pass that `part` of a page takes; steering may shorten it meanwhile. False when unplugged."""
        began = time.monotonic()
        while (left := began + self._page_source.current_page_duration_s() * part - time.monotonic()) > 0:
            if self._stopping.wait(min(left, 0.1)):
                return False
        return True


def encode_option_descriptors() -> bytes:
    """Array of pointers to option descriptors; option 0 is their number."""
    descriptors = [word(0), encode_option_descriptor("", INT, 4, 4, word(0))]
    for name, kind, constraint in OPTIONS:
        if kind == INT:
            numbers = [int(value) for value in constraint]
            allowed = word(2) + word(len(numbers) + 1) + b"".join(map(word, (len(numbers), *numbers)))
            descriptors += [word(0), encode_option_descriptor(name, INT, 4, SETTABLE_CAPABILITIES, allowed)]
        else:
            allowed = (
                word(3) + word(len(constraint) + 1) + b"".join(text(str(value)) for value in constraint) + NULL_POINTER
            )
            descriptors += [
                word(0),
                encode_option_descriptor(name, STRING, STRING_OPTION_BYTES, SETTABLE_CAPABILITIES, allowed),
            ]
    for name in SENSORS:
        descriptors += [word(0), encode_option_descriptor(name, BOOL, 4, SENSOR_CAPABILITIES, word(0))]
    return word(len(OPTIONS) + len(SENSORS) + 1) + b"".join(descriptors)


def encode_option_descriptor(name: str, kind: int, size: int, capabilities: int, constraint: bytes) -> bytes:
    """One option: name, title, description, type, unit, size, capabilities, constraint."""
    return text(name) + text(name) + text(name) + b"".join(map(word, (kind, 0, size, capabilities))) + constraint


def handle_control_option(line: Connection, choices: dict[str, str | int], page_source: PageSource) -> bytes:
    """Get or set one option. The answer carries status, info, and the value in force."""
    index, action = line.word(), line.word()
    value: str | int = 0
    if action != 2:  # "set automatically" brings no value
        kind, _size = line.word(), line.word()
        if kind == STRING:
            value = line.text()
        else:
            words = [line.word() for _ in range(line.word())]
            value = words[0] if words else 0
    if index == 0:
        return encode_option_response(SaneStatus.GOOD, len(OPTIONS) + len(SENSORS) + 1)
    if index > len(OPTIONS):
        felt = page_source.sensor_state(SENSORS[index - len(OPTIONS) - 1])
        return encode_option_response(SaneStatus.GOOD if action == 0 else SaneStatus.INVAL, felt)
    name, _, constraint = OPTIONS[index - 1]
    if action == 1:
        if value not in constraint:
            return encode_option_response(SaneStatus.INVAL, choices[name])
        choices[name] = value
    return encode_option_response(SaneStatus.GOOD, choices[name])


def encode_option_response(status: SaneStatus, value: str | int) -> bytes:
    """Status, info, type, size, value, no authorisation wanted."""
    if isinstance(value, bool):
        return b"".join(map(word, (status, 0, BOOL, 4, 1, int(value)))) + NULL_POINTER
    if isinstance(value, int):
        return b"".join(map(word, (status, 0, INT, 4, 1, value))) + NULL_POINTER
    content = value.encode("ascii").ljust(STRING_OPTION_BYTES, b"\0")
    return b"".join(map(word, (status, 0, STRING, STRING_OPTION_BYTES, STRING_OPTION_BYTES))) + content + NULL_POINTER


def encode_parameters(page: ScannedImage) -> bytes:
    """Frame format, last frame, bytes a line, dots a line, lines, depth."""
    shape = (int(page.is_colour), 1, page.bytes_per_line, page.width, page.height, page.depth)
    return b"".join(map(word, shape))
