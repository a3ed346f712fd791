"""The line to a printer: bytes out, bytes in, each with a deadline.

A network socket, the kernel's usblp device and a serial line are all file descriptors that poll() can wait for, so one
class serves the three. The device is opened for each use: re-plugging and power-cycling need no handling of their own.
"""

import contextlib
import errno
import math
import os
import select
import socket
import termios
import time
from collections.abc import Callable
from typing import Final, Self

import serial

from drivers.ports.receipt_printer import PrinterStatus
from drivers.receipt_printer.usb_discovery import find_device_node

CONNECT_TIMEOUT_S: Final = 2.0
# Another program (a technician's print-test, the interface's look) has it for about that long.
BUSY_RETRY_WINDOW_S: Final = 1.5
BUSY_RETRY_INTERVAL_S: Final = 0.05
LINGER_S: Final = 1.0  # without a byte going by, at closing
DEFAULT_PORT: Final = 9100  # raw printing, "JetDirect"
DEFAULT_BAUD: Final = 19200
MAX_READ_BYTES: Final = 256
BITS_PER_BYTE: Final = 10  # 8N1, with its start bit
# What a serial line takes before the far end has it: 4 kB in the kernel and in an adapter, 18 kB in a pseudo-terminal.
SERIAL_BUFFER_BYTES: Final = 20_000


class PrinterUnreachableError(Exception):
    """It cannot be reached. `status` says why: ABSENT for no such device, nobody listening or a line that broke;
    NOT_ALLOWED; UNKNOWN while another program has it."""

    def __init__(self, status: PrinterStatus = PrinterStatus.ABSENT) -> None:
        super().__init__(status.value)
        self.status = status


class PrinterStalledError(Exception):
    """The printer took no more bytes before the deadline."""


class Transport:
    """An open line over the non-blocking descriptor `fd`; `close` is called once at the end, when what was written has
    had its time to go: usblp kills a transfer under way when it is closed.

    `empty_read_is_eof`: on a socket an empty read is the end; usblp also gives it when the printer has nothing to say.
    `bytes_per_s`: how fast a line is that takes bytes faster than it carries them; 0 for others.
    """

    def __init__(
        self,
        fd: int,
        close: Callable[[], None],
        *,
        empty_read_is_eof: bool,
        linger: Callable[[], None] | None = None,
        bytes_per_s: float = 0.0,
    ) -> None:
        self._fd = fd
        self._close = close
        self._linger = linger or self._await_writable
        self._empty_read_is_eof = empty_read_is_eof
        self._bytes_per_s = bytes_per_s
        self._stalled = False
        self._hung_up = False  # a terminal whose far end is gone is always ready, with nothing to read

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError, termios.error, PrinterUnreachableError):
            if not self._stalled:  # else it has had its time
                self._linger()
        with contextlib.suppress(OSError):
            self._close()

    def transit_time_s(self, written: int) -> float:
        """For how long bytes may be on their way after they were taken, if so many were."""
        return min(written, SERIAL_BUFFER_BYTES) / self._bytes_per_s if self._bytes_per_s else 0.0

    def write_all(self, data: bytes, stall_timeout_s: float, timeout_s: float = math.inf) -> None:
        """Write all of `data`.

        Raises PrinterStalledError when not one byte is taken for `stall_timeout_s`, or it takes longer than
        `timeout_s`; PrinterUnreachableError."""
        rest = memoryview(data)
        end = time.monotonic() + timeout_s
        while rest:
            if not self._wait(select.POLLOUT, min(end, time.monotonic() + stall_timeout_s)) or time.monotonic() > end:
                self._stalled = True
                raise PrinterStalledError
            try:
                rest = rest[os.write(self._fd, rest) :]
            except BlockingIOError:
                time.sleep(0.01)  # usblp reports itself writable while its one transfer is still under way
            except OSError as error:
                raise PrinterUnreachableError from error

    def read(self, deadline: float) -> bytes:
        """What has arrived, waiting until `deadline` (time.monotonic) for the first byte.

        Raises PrinterUnreachableError."""
        while self._wait(select.POLLIN, deadline):
            try:
                data = os.read(self._fd, MAX_READ_BYTES)
            except BlockingIOError:
                data = b""
            except OSError as error:
                raise PrinterUnreachableError from error
            else:
                if not data and (self._empty_read_is_eof or self._hung_up):
                    raise PrinterUnreachableError
            if data:
                return data
            if time.monotonic() > deadline:
                break
            time.sleep(0.01)
        return b""

    def _await_writable(self) -> None:
        self._wait(select.POLLOUT, time.monotonic() + LINGER_S)

    def _wait(self, event: int, deadline: float) -> bool:
        waiting = select.poll()
        waiting.register(self._fd, event)
        left_ms = max(0.0, deadline - time.monotonic()) * 1000
        ready = waiting.poll(left_ms)
        if not ready:
            return False
        self._hung_up = bool(ready[0][1] & select.POLLHUP)
        if not ready[0][1] & event:
            raise PrinterUnreachableError
        return True


def open_transport(connection: str) -> Transport:
    """Open 'network:HOST[:PORT]', 'usb:/dev/usb/lp0', 'usb:VENDOR:PRODUCT[:SERIAL]' or 'serial:/dev/ttyUSB0[:BAUD]'.

    Raises PrinterUnreachableError when it cannot be reached, ValueError when `connection` is no such text.
    """
    kind, _, address = connection.partition(":")
    openers = {"network": open_network, "usb": open_usblp, "serial": open_serial}
    if kind not in openers or not address:
        raise ValueError(f"'{connection}' is no printer connection")
    deadline = time.monotonic() + BUSY_RETRY_WINDOW_S
    while True:
        try:
            return openers[kind](address)
        except termios.error as error:  # unplugged while it was being set up
            raise PrinterUnreachableError from error
        except OSError as error:  # pyserial's SerialException is one
            if error.errno in (errno.EACCES, errno.EPERM):
                raise PrinterUnreachableError(PrinterStatus.NOT_ALLOWED) from error
            if error.errno not in (errno.EBUSY, errno.EAGAIN):
                raise PrinterUnreachableError from error
            if time.monotonic() > deadline:
                raise PrinterUnreachableError(PrinterStatus.UNKNOWN) from error
            time.sleep(BUSY_RETRY_INTERVAL_S)


def open_network(address: str) -> Transport:
    """A printer on the network, 'HOST[:PORT]'; port 9100 by custom."""
    host, _, port = address.partition(":")
    line = socket.create_connection((host, int(port or DEFAULT_PORT)), timeout=CONNECT_TIMEOUT_S)
    line.setblocking(False)
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return Transport(line.fileno(), line.close, empty_read_is_eof=True)


def open_usblp(address: str) -> Transport:
    """The kernel's usblp device, which one program at a time may open (EBUSY)."""
    fd = os.open(find_device_node(address), os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    return Transport(fd, lambda: os.close(fd), empty_read_is_eof=False)


def open_serial(address: str) -> Transport:
    """A serial line, 'PATH[:BAUD]', 8N1, locked against a second program (EAGAIN).

    ESC/POS printers hold the sender off by DTR, which Linux cannot obey; the usual cable carries it to CTS as well. So
    CTS is obeyed where it is wired, which is where it is raised now. Without, a fast line can overrun a small buffer.
    """
    path, _, baud = address.partition(":")
    line = serial.Serial(path, int(baud or DEFAULT_BAUD), timeout=0, write_timeout=0, exclusive=True)
    with contextlib.suppress(OSError):  # a terminal without modem lines
        line.rtscts = line.cts
    return Transport(
        line.fileno(),
        lambda: _discard_and_close(line),
        empty_read_is_eof=False,
        linger=lambda: _drain(line),
        bytes_per_s=line.baudrate / BITS_PER_BYTE,
    )


def _drain(line: serial.Serial) -> None:
    """Wait until all has gone, or none goes any more."""
    left, deadline = line.out_waiting, time.monotonic() + LINGER_S
    while left and time.monotonic() < deadline:
        time.sleep(BUSY_RETRY_INTERVAL_S)
        before, left = left, line.out_waiting
        if left < before:
            deadline = time.monotonic() + LINGER_S


def _discard_and_close(line: serial.Serial) -> None:
    """Without what has not gone: the kernel would wait thirty seconds for a printer that holds the line."""
    with contextlib.suppress(OSError, termios.error):
        line.reset_output_buffer()
    line.close()
