"""Parses the command stream of an ESC/POS printer byte by byte.

Written from the command reference only, without the driver, so that an error in the driver shows as a wrong print.
Real-time commands (DLE …) are recognised at every position; inside a payload they are executed *and* count as data, as
in real printers.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Final

DLE_EOT: Final = b"\x10\x04"
DLE_ENQ: Final = b"\x10\x05"
DLE_DC4: Final = b"\x10\x14"
CLEAR_SEQUENCE: Final = b"\x01\x03\x14\x01\x06\x02\x08"

# How many parameter bytes follow the first two bytes of a command. Other commands are unknown and skipped.
PARAMETERS: Final = {
    b"\x1b@": 0,
    b"\x1bJ": 1,
    b"\x1bd": 1,
    b"\x1b3": 1,
    b"\x1b2": 0,
    b"\x1ba": 1,
    b"\x1bt": 1,
    b"\x1bc": 2,
    b"\x1b=": 1,
    b"\x1dP": 2,
    b"\x1dL": 2,
    b"\x1dW": 2,
    b"\x1da": 1,
    b"\x1dr": 1,
    b"\x1dI": 1,
}
RASTER: Final = b"\x1dv"
CUT: Final = b"\x1dV"


@dataclass(frozen=True)
class EscposCommand:
    """One whole command: its two name bytes, parameters and payload. A plain byte has a name of one byte."""

    name: bytes
    parameters: bytes = b""
    payload: bytes = b""


@dataclass(frozen=True)
class RealTimeCommand:
    """A real-time command; `n` is its parameter, 8 for the one that clears the buffers."""

    name: bytes
    n: int


class CommandParser:
    """Parses bytes into commands. Real-time commands go to `on_real_time` at once, the others are returned."""

    def __init__(self, on_real_time: Callable[[RealTimeCommand], None]) -> None:
        self._on_real_time = on_real_time
        self.reset()

    def reset(self) -> None:
        """Forget an incomplete command, because the buffers were cleared."""
        self._last_bytes = b""
        self._parser = parse_commands()
        next(self._parser)

    def feed(self, data: bytes) -> list[EscposCommand]:
        """The commands completed by `data`."""
        completed: list[EscposCommand] = []
        for byte in data:
            parser = self._parser
            command = parser.send(byte)
            if command:
                completed.append(command)
            self._scan_for_real_time(byte)
            if self._parser is not parser:  # the buffers were cleared, with the complete commands
                completed.clear()
        return completed

    def _scan_for_real_time(self, byte: int) -> None:
        """Recognise real-time commands in the last bytes, at every position."""
        self._last_bytes = (self._last_bytes + bytes((byte,)))[-10:]
        if self._last_bytes[-3:-1] in (DLE_EOT, DLE_ENQ):
            self._on_real_time(RealTimeCommand(self._last_bytes[-3:-1], byte))
        elif self._last_bytes.endswith(DLE_DC4 + b"\x08" + CLEAR_SEQUENCE):
            self._on_real_time(RealTimeCommand(DLE_DC4, 8))


def read_bytes(count: int) -> Generator[None, int, bytes]:
    """Coroutine: the next `count` bytes."""
    data = bytearray()
    for _ in range(count):
        data.append((yield None))
    return bytes(data)


def parse_commands() -> Generator[EscposCommand | None, int, None]:
    """Coroutine: receives bytes one by one, yields the command that each completes, or None."""
    command: EscposCommand | None = None
    while True:
        first = yield command
        command = None
        match first:
            case 0x10:
                kind = yield None
                if kind == 0x14:
                    function = yield None
                    for _ in range(7 if function == 8 else 3):
                        yield None
                else:
                    yield None
            case 0x1B | 0x1D:
                name = bytes((first, (yield None)))
                if name == RASTER:
                    parameters = yield from read_bytes(6)
                    width, height = parameters[2] + 256 * parameters[3], parameters[4] + 256 * parameters[5]
                    payload = yield from read_bytes(width * height)
                    command = EscposCommand(name, parameters, payload)
                elif name == CUT:
                    parameters = yield from read_bytes(1)
                    if parameters[0] >= 65:
                        parameters += yield from read_bytes(1)
                    command = EscposCommand(name, parameters)
                else:
                    command = EscposCommand(name, (yield from read_bytes(PARAMETERS.get(name, 0))))
            case _:
                command = EscposCommand(bytes((first,)))
