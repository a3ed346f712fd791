"""The command stream of an ESC/POS printer, taken apart byte by byte.

Written from the command reference alone and knows nothing of the driver, so that a mistake there shows up here as wrong
paper. Real-time commands (DLE …) are seen wherever they stand; inside a payload they are obeyed *and* count as data,
which is how real printers are.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Final

DLE_EOT: Final = b"\x10\x04"
DLE_ENQ: Final = b"\x10\x05"
DLE_DC4: Final = b"\x10\x14"
CLEAR_SEQUENCE: Final = b"\x01\x03\x14\x01\x06\x02\x08"

# Commands by their first two bytes → how many parameter bytes follow. What is not here is unknown and skipped.
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
    """A real-time command; `n` is its parameter, 8 for the clearing one."""

    name: bytes
    n: int


class CommandParser:
    """Feed bytes in, get commands out: real-time ones to `on_real_time` as they pass, the others as return value."""

    def __init__(self, on_real_time: Callable[[RealTimeCommand], None]) -> None:
        self._on_real_time = on_real_time
        self.reset()

    def reset(self) -> None:
        """Forget a command begun (after the buffers were cleared)."""
        self._seen = b""
        self._parser = parse_commands()
        next(self._parser)

    def feed(self, data: bytes) -> list[EscposCommand]:
        """The commands completed by `data`."""
        done: list[EscposCommand] = []
        for byte in data:
            parser = self._parser
            command = parser.send(byte)
            if command:
                done.append(command)
            self._scan_for_real_time(byte)
            if self._parser is not parser:  # cleared: what was complete before is gone as well
                done.clear()
        return done

    def _scan_for_real_time(self, byte: int) -> None:
        """Look for real-time commands in the last bytes, wherever they stand."""
        self._seen = (self._seen + bytes((byte,)))[-10:]
        if self._seen[-3:-1] in (DLE_EOT, DLE_ENQ):
            self._on_real_time(RealTimeCommand(self._seen[-3:-1], byte))
        elif self._seen.endswith(DLE_DC4 + b"\x08" + CLEAR_SEQUENCE):
            self._on_real_time(RealTimeCommand(DLE_DC4, 8))


def read_bytes(count: int) -> Generator[None, int, bytes]:
    """Coroutine: the next `count` bytes."""
    taken = bytearray()
    for _ in range(count):
        taken.append((yield None))
    return bytes(taken)


def parse_commands() -> Generator[EscposCommand | None, int, None]:
    """Coroutine: is sent bytes one by one, answers each with the command it completes, or None."""
    done: EscposCommand | None = None
    while True:
        first = yield done
        done = None
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
                    done = EscposCommand(name, parameters, payload)
                elif name == CUT:
                    parameters = yield from read_bytes(1)
                    if parameters[0] >= 65:
                        parameters += yield from read_bytes(1)
                    done = EscposCommand(name, parameters)
                else:
                    done = EscposCommand(name, (yield from read_bytes(PARAMETERS.get(name, 0))))
            case _:
                done = EscposCommand(bytes((first,)))
