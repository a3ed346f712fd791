"""The connection to a printer: writes and reads bytes, each call with a deadline.

A network socket, the kernel's usblp device and a serial port are file descriptors that poll() can wait for, so one
class serves all three. The device is opened for each use, so plugging it in again or power-cycling it needs no code.
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
# Another program (a technician's print-test, the interface's status query) holds the device for about that long.
BUSY_RETRY_WINDOW_S: Final = 1.5
BUSY_RETRY_INTERVAL_S: Final = 0.05
LINGER_S: Final = 1.0  # without any byte sent, when closing
DEFAULT_PORT: Final = 9100  # raw printing, "JetDirect"
DEFAULT_BAUD: Final = 19200
MAX_READ_BYTES: Final = 256
BITS_PER_BYTE: Final = 10  # 8N1 with the start bit
# What a serial port accepts before the printer has it: 4 kB in the kernel and in an adapter, 18 kB in a
# pseudo-terminal.
SERIAL_BUFFER_BYTES: Final = 20_000


class PrinterUnreachableError(Exception):
    """The printer cannot be reached. `status` says why: ABSENT for no such device, no listener or a broken connection;
    NOT_ALLOWED; UNKNOWN while another program holds it."""

    def __init__(self, status: PrinterStatus = PrinterStatus.ABSENT) -> None:
        super().__init__(status.value)
        self.status = status


class PrinterStalledError(Exception):
    """The printer accepted no more bytes before the deadline."""


class Transport:
    """An open connection over the non-blocking descriptor `fd`. `close` closes it after the written bytes had time to
    be transmitted, because closing usblp aborts a running transfer; called once.

    `empty_read_is_eof`: on a socket an empty read is the end; usblp also returns it when the printer has sent nothing.
    `bytes_per_s`: the speed of a connection that accepts bytes faster than it transmits them; 0 for others.
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
        self._hung_up = False  # a terminal without its far end is always ready, with nothing to read

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError, termios.error, PrinterUnreachableError):
            if not self._stalled:  # a stalled one has used its time
                self._linger()
        with contextlib.suppress(OSError):
            self._close()

    def transit_time_s(self, written: int) -> float:
        """Seconds that `written` accepted bytes may still need to reach the printer."""
        return min(written, SERIAL_BUFFER_BYTES) / self._bytes_per_s if self._bytes_per_s else 0.0

    def write_all(self, data: bytes, stall_timeout_s: float, timeout_s: float = math.inf) -> None:
        """Write all of `data`.

        Raises PrinterStalledError when no byte is accepted for `stall_timeout_s` or writing takes longer than
        `timeout_s`; PrinterUnreachableError."""
        remaining = memoryview(data)
        end = time.monotonic() + timeout_s
        while remaining:
            if not self._wait(select.POLLOUT, min(end, time.monotonic() + stall_timeout_s)) or time.monotonic() > end:
                self._stalled = True
                raise PrinterStalledError
            try:
                remaining = remaining[os.write(self._fd, remaining) :]
            except BlockingIOError:
                time.sleep(0.01)  # usblp reports itself writable while its one transfer is still running
            except OSError as error:
                raise PrinterUnreachableError from error

    def read(self, deadline: float) -> bytes:
        """The bytes that have arrived; waits until `deadline` (time.monotonic) for the first one.

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
        poll = select.poll()
        poll.register(self._fd, event)
        left_ms = max(0.0, deadline - time.monotonic()) * 1000
        ready = poll.poll(left_ms)
        if not ready:
            return False
        self._hung_up = bool(ready[0][1] & select.POLLHUP)
        if not ready[0][1] & event:
            raise PrinterUnreachableError
        return True


def open_transport(connection: str) -> Transport:
    """Open 'network:HOST[:PORT]', 'usb:/dev/usb/lp0', 'usb:VENDOR:PRODUCT[:SERIAL]' or 'serial:/dev/ttyUSB0[:BAUD]'.

    Raises PrinterUnreachableError when it cannot be reached, ValueError when `connection` has another form.
    """
    kind, _, address = connection.partition(":")
    openers = {"network": open_network, "usb": open_usblp, "serial": open_serial}
    if kind not in openers or not address:
        raise ValueError(f"'{connection}' is not a printer connection")
    deadline = time.monotonic() + BUSY_RETRY_WINDOW_S
    while True:
        try:
            return openers[kind](address)
        except termios.error as error:  # unplugged during set-up
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
    """A printer on the network, 'HOST[:PORT]'."""
    host, _, port = address.partition(":")
    connection = socket.create_connection((host, int(port or DEFAULT_PORT)), timeout=CONNECT_TIMEOUT_S)
    connection.setblocking(False)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return Transport(connection.fileno(), connection.close, empty_read_is_eof=True)


def open_usblp(address: str) -> Transport:
    """The kernel's usblp device, which one program at a time can open (EBUSY)."""
    fd = os.open(find_device_node(address), os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    return Transport(fd, lambda: os.close(fd), empty_read_is_eof=False)


def open_serial(address: str) -> Transport:
    """A serial port, 'PATH[:BAUD]', 8N1, locked against a second program (EAGAIN).

    ESC/POS printers stop the sender by DTR, which Linux does not support for flow control; the usual cable connects it
    to CTS too. So CTS is used where it is wired, which is where it is raised now. Without it a fast port can overrun a
    small buffer.
    """
    path, _, baud = address.partition(":")
    port = serial.Serial(path, int(baud or DEFAULT_BAUD), timeout=0, write_timeout=0, exclusive=True)
    with contextlib.suppress(OSError):  # a terminal without modem lines
        port.rtscts = port.cts
    return Transport(
        port.fileno(),
        lambda: _discard_and_close(port),
        empty_read_is_eof=False,
        linger=lambda: _drain(port),
        bytes_per_s=port.baudrate / BITS_PER_BYTE,
    )


def _drain(port: serial.Serial) -> None:
    """Wait until all bytes are sent, or none for LINGER_S."""
    left, deadline = port.out_waiting, time.monotonic() + LINGER_S
    while left and time.monotonic() < deadline:
        time.sleep(BUSY_RETRY_INTERVAL_S)
        before, left = left, port.out_waiting
        if left < before:
            deadline = time.monotonic() + LINGER_S


def _discard_and_close(port: serial.Serial) -> None:
    """Close without the unsent bytes: the kernel would wait thirty seconds for a printer that stops the sender."""
    with contextlib.suppress(OSError, termios.error):
        port.reset_output_buffer()
    port.close()
