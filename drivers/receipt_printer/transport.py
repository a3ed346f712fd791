"""The line to a printer: bytes out, bytes in, each with a deadline.

A network socket, the kernel's usblp device and a serial line are all file descriptors that poll() can wait for, so one
class serves the three. The device is opened for each use: re-plugging and power-cycling need no handling of their own.
"""

import contextlib
import os
import select
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, Self

import serial

CONNECT_S: Final = 2.0
DEFAULT_PORT: Final = 9100  # raw printing, "JetDirect"
DEFAULT_BAUD: Final = 19200
MOST_READ_AT_ONCE: Final = 256


class PrinterGone(Exception):  # noqa: N818 - a state of the world, named as the rest of the kiosk names it
    """No such device, nobody listens, or the line broke."""


class PrinterStalled(Exception):  # noqa: N818
    """The printer took no more bytes before the deadline."""


class Transport:
    """An open line over the non-blocking descriptor `fd`; `close` is called once at the end.

    `empty_is_end`: on a socket an empty read is the end; usblp also gives it when the printer has nothing to say.
    """

    def __init__(self, fd: int, close: Callable[[], None], *, empty_is_end: bool) -> None:
        self._fd = fd
        self._close = close
        self._empty_is_end = empty_is_end

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._close()

    def write_all(self, data: bytes, stall_s: float) -> None:
        """Write all of `data`; PrinterStalled when not one byte is taken for `stall_s`. Raises PrinterGone."""
        rest = memoryview(data)
        while rest:
            if not self._wait(select.POLLOUT, time.monotonic() + stall_s):
                raise PrinterStalled
            try:
                rest = rest[os.write(self._fd, rest) :]
            except BlockingIOError:
                time.sleep(0.01)  # usblp reports itself writable while its one transfer is still under way
            except OSError as error:
                raise PrinterGone from error

    def read(self, deadline: float) -> bytes:
        """What has arrived, waiting until `deadline` (time.monotonic) for the first byte. Raises PrinterGone."""
        while self._wait(select.POLLIN, deadline):
            try:
                data = os.read(self._fd, MOST_READ_AT_ONCE)
            except BlockingIOError:
                data = b""
            except OSError as error:
                raise PrinterGone from error
            else:
                if not data and self._empty_is_end:
                    raise PrinterGone
            if data:
                return data
            time.sleep(0.01)
        return b""

    def drain(self) -> None:
        """Throw away what lies unread, so that an old answer is not taken for a new one. Raises PrinterGone."""
        while self.read(deadline=0.0):
            pass

    def _wait(self, event: int, deadline: float) -> bool:
        waiting = select.poll()
        waiting.register(self._fd, event)
        left_ms = max(0.0, deadline - time.monotonic()) * 1000
        ready = waiting.poll(left_ms)
        if ready and not ready[0][1] & event:
            raise PrinterGone
        return bool(ready)


def open_transport(connection: str) -> Transport:
    """Open 'network:HOST[:PORT]', 'usb:/dev/usb/lp0' or 'serial:/dev/ttyUSB0[:BAUD]'.

    Raises PrinterGone when there is no such thing, ValueError when `connection` is no such text.
    """
    kind, _, where = connection.partition(":")
    if not where:
        raise ValueError(f"'{connection}' is no printer connection")
    try:
        match kind:
            case "network":
                host, _, port = where.partition(":")
                return network(host, int(port or DEFAULT_PORT))
            case "usb":
                return device_file(Path(where))
            case "serial":
                path, _, baud = where.partition(":")
                return serial_line(path, int(baud or DEFAULT_BAUD))
    except OSError as error:  # pyserial's SerialException is one
        raise PrinterGone from error
    raise ValueError(f"'{connection}' is no printer connection")


def network(host: str, port: int) -> Transport:
    """A printer on the network; port 9100 by custom."""
    line = socket.create_connection((host, port), timeout=CONNECT_S)
    line.setblocking(False)
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return Transport(line.fileno(), line.close, empty_is_end=True)


def device_file(path: Path) -> Transport:
    """The kernel's usblp device."""
    fd = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    return Transport(fd, lambda: os.close(fd), empty_is_end=False)


def serial_line(path: str, baud: int) -> Transport:
    """A serial line, 8N1 with DTR/DSR flow control, as ESC/POS printers are delivered."""
    line = serial.Serial(path, baud, timeout=0, write_timeout=0, dsrdtr=True)
    return Transport(line.fileno(), line.close, empty_is_end=False)
