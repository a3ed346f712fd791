"""The server side of SANE's network protocol (SANE standard 1.06, chapter 5): offers a scanner like `saned`.

The kiosk's side of it is the real `scanimage` with the real `net` back end. The pages come
from a `PageSource`, time and faults from a `ScannerBehaviour`.
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
DATA_TIMEOUT_S: Final = 10.0  # for a client that stops reading
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
        """Every line begins at a whole byte."""
        return (self.width * self.depth * (3 if self.is_colour else 1) + 7) // 8


class PageSource(Protocol):
    """Where pages come from."""

    def next_page(self) -> ScannedImage | SaneStatus:
        """A scan starts: the page, or the status with which the scanner refuses."""


class ScannerBehaviour(Protocol):
    """How the scanner behaves besides its pages: time and faults."""

    def is_responding(self) -> bool:
        """Whether calls are answered; while not, the client waits."""

    def on_open(self) -> SaneStatus:
        """The response when the device is opened."""

    def fault_position(self) -> tuple[float, SaneStatus]:
        """After which part of the page (0 to 1) which fault occurs; 1.0 and EOF for none."""

    def current_page_duration_s(self) -> float:
        """How long a page takes."""

    def sensor_state(self, sensor: str) -> bool:
        """The state of one of SENSORS."""


# Options that every scanner has: name, type, allowed values; the first one is the default.
BOOL, INT, STRING = 0, 1, 3
OPTIONS: Final[tuple[tuple[str, int, tuple[str, ...] | tuple[int, ...]], ...]] = (
    ("source", STRING, ("Flatbed", "ADF", "ADF Duplex")),
    ("mode", STRING, ("Gray", "Color", "Lineart")),
    ("resolution", INT, (150, 200, 300)),
)
# Read-only options, as scanners with a feeder have them (saneopts.h).
SENSORS: Final = ("cover-open", "paper-jam")
STRING_OPTION_BYTES: Final = 16
SETTABLE_CAPABILITIES: Final = 1 | 4  # can be set by software, can be read
SENSOR_CAPABILITIES: Final = 2 | 4  # set by the scanner, can be read


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
        """The next word. Raises EOFError when the client has disconnected."""
        return int(struct.unpack(">I", self.read_exactly(4))[0])

    def text(self) -> str:
        """The next string; a null one is ''."""
        return self.read_exactly(self.word()).rstrip(b"\0").decode("latin-1")

    def read_exactly(self, size: int) -> bytes:
        """The next `size` bytes. Raises EOFError."""
        data = b""
        while len(data) < size:
            received = self._connection.recv(size - len(data))
            if not received:
                raise EOFError
            data += received
        return data

    def send(self, *parts: bytes) -> None:
        """Send the parts of a response."""
        self._connection.sendall(b"".join(parts))


class SaneServer:
    """Offers one scanner called `device` at `host`:6566 while the context lasts. Entering raises OSError if the address
    is in use."""

    def __init__(self, host: str, device: str, page_source: PageSource, behaviour: ScannerBehaviour) -> None:
        self.host = host
        self.device = device
        self.page_source = page_source
        self.behaviour = behaviour
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
        """Listen; no effect when it listens already. Raises OSError if the address is in use."""
        if self._listener is None:
            self._stopping.clear()
            self._listener = socket.create_server((self.host, PORT))
            self._spawn(self._accept, self._listener)

    def unplug(self) -> None:
        """Break every connection and stop listening."""
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
        thread = Thread(target=target, args=(connection,), name="scanner connection", daemon=True)
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
            session = SaneSession(self, Connection(connection))
            while session.handle_call():
                pass

    def wait_until_responding(self) -> bool:
        """Wait while the scanner does not respond; False when the server is stopped meanwhile."""
        while not self.behaviour.is_responding():
            if self._stopping.wait(0.1):
                return False
        return True

    def serve_page(self, connection: socket.socket, page: ScannedImage) -> None:
        """Send the page over its data connection, on another thread."""
        self._spawn(lambda data_connection: self._send_page(data_connection, page), connection)

    def _send_page(self, connection: socket.socket, page: ScannedImage) -> None:
        with connection, contextlib.suppress(OSError):
            connection.settimeout(DATA_TIMEOUT_S)
            total, offset = len(page.pixels), 0
            is_timed = self.behaviour.current_page_duration_s() > 0
            chunk = max(1, min(CHUNK_BYTES, total // 50)) if is_timed else CHUNK_BYTES
            while True:
                # Read for each chunk, because a fault may occur within the page.
                part, status = self.behaviour.fault_position()
                data = page.pixels[offset : min(offset + chunk, int(total * part))]
                if not data:
                    break
                if not self._wait_for_carriage(len(data) / total):
                    status = SaneStatus.IO_ERROR  # as a USB back end reports for a device that is gone
                    break
                connection.sendall(word(len(data)) + data)
                offset += len(data)
            connection.sendall(word(END_OF_RECORDS) + bytes((status,)))

    def _wait_for_carriage(self, share: float) -> bool:
        """Wait while the carriage passes `share` (0 to 1) of a page. False when the server is stopped."""
        started_at = time.monotonic()
        while (left := started_at + self.behaviour.current_page_duration_s() * share - time.monotonic()) > 0:
            if self._stopping.wait(min(left, 0.1)):
                return False
        return True


class SaneSession:
    """The calls of one client, answered one after the other."""

    def __init__(self, server: SaneServer, connection: Connection) -> None:
        self._server = server
        self._connection = connection
        self._values: dict[str, str | int] = {name: constraint[0] for name, _, constraint in OPTIONS}
        self._page: ScannedImage | None = None
        self._handlers: dict[int, Callable[[], None]] = {
            ProcedureNumber.INIT: self._init,
            ProcedureNumber.GET_DEVICES: self._get_devices,
            ProcedureNumber.OPEN: self._open,
            ProcedureNumber.CLOSE: self._close_or_cancel,
            ProcedureNumber.CANCEL: self._close_or_cancel,
            ProcedureNumber.GET_OPTION_DESCRIPTORS: self._get_option_descriptors,
            ProcedureNumber.CONTROL_OPTION: self._control_option,
            ProcedureNumber.GET_PARAMETERS: self._get_parameters,
            ProcedureNumber.START: self._start,
        }

    def handle_call(self) -> bool:
        """Answer the next call; False when the session ends. Raises EOFError and OSError."""
        handler = self._handlers.get(self._connection.word())
        if not self._server.wait_until_responding() or handler is None:
            return False
        handler()
        return True

    def _init(self) -> None:
        self._connection.word()  # the client's version
        self._connection.text()  # the user's name
        self._connection.send(word(SaneStatus.GOOD), word(PROTOCOL_VERSION))

    def _get_devices(self) -> None:
        texts = (self._server.device, "Damrongdham", "simulated scanner", "flatbed scanner")
        device = b"".join(map(text, texts))
        self._connection.send(word(SaneStatus.GOOD), word(2), word(0), device, word(1))

    def _open(self) -> None:
        is_known = self._connection.text() in ("", self._server.device)
        status = self._server.behaviour.on_open() if is_known else SaneStatus.INVAL
        self._connection.send(word(status), word(0), NULL_POINTER)

    def _close_or_cancel(self) -> None:
        self._connection.word()  # the handle, as in the calls below
        self._connection.send(word(0))

    def _get_option_descriptors(self) -> None:
        self._connection.word()
        self._connection.send(encode_option_descriptors())

    def _control_option(self) -> None:
        self._connection.word()
        response = handle_control_option(self._connection, self._values, self._server.behaviour)
        self._connection.send(response)

    def _get_parameters(self) -> None:
        self._connection.word()
        page = self._page or ScannedImage(1, 1, 8, False, b"\0")
        self._connection.send(word(SaneStatus.GOOD), encode_parameters(page))

    def _start(self) -> None:
        self._connection.word()
        page = self._server.page_source.next_page()
        if isinstance(page, SaneStatus):
            self._connection.send(word(page), word(0), word(BYTE_ORDER_BIG_ENDIAN), NULL_POINTER)
            return
        self._page = page
        with socket.create_server((self._server.host, 0)) as data_listener:
            data_listener.settimeout(DATA_TIMEOUT_S)
            port = data_listener.getsockname()[1]
            self._connection.send(word(SaneStatus.GOOD), word(port), word(BYTE_ORDER_BIG_ENDIAN), NULL_POINTER)
            self._server.serve_page(data_listener.accept()[0], page)


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


def handle_control_option(connection: Connection, values: dict[str, str | int], behaviour: ScannerBehaviour) -> bytes:
    """Get or set one option; the response contains status, info and the current value."""
    index, action = connection.word(), connection.word()
    value: str | int = 0
    if action != 2:  # "set automatically" has no value
        kind, _size = connection.word(), connection.word()
        if kind == STRING:
            value = connection.text()
        else:
            words = [connection.word() for _ in range(connection.word())]
            value = words[0] if words else 0
    if index == 0:
        return encode_option_response(SaneStatus.GOOD, len(OPTIONS) + len(SENSORS) + 1)
    if index > len(OPTIONS):
        sensor_state = behaviour.sensor_state(SENSORS[index - len(OPTIONS) - 1])
        return encode_option_response(SaneStatus.GOOD if action == 0 else SaneStatus.INVAL, sensor_state)
    name, _, constraint = OPTIONS[index - 1]
    if action == 1:
        if value not in constraint:
            return encode_option_response(SaneStatus.INVAL, values[name])
        values[name] = value
    return encode_option_response(SaneStatus.GOOD, values[name])


def encode_option_response(status: SaneStatus, value: str | int) -> bytes:
    """Status, info, type, size, value, no authorisation."""
    if isinstance(value, bool):
        return b"".join(map(word, (status, 0, BOOL, 4, 1, int(value)))) + NULL_POINTER
    if isinstance(value, int):
        return b"".join(map(word, (status, 0, INT, 4, 1, value))) + NULL_POINTER
    content = value.encode("ascii").ljust(STRING_OPTION_BYTES, b"\0")
    return b"".join(map(word, (status, 0, STRING, STRING_OPTION_BYTES, STRING_OPTION_BYTES))) + content + NULL_POINTER


def encode_parameters(page: ScannedImage) -> bytes:
    """Frame format, last frame, bytes per line, dots per line, lines, depth."""
    shape = (int(page.is_colour), 1, page.bytes_per_line, page.width, page.height, page.depth)
    return b"".join(map(word, shape))
