"""One command to the card and its whole answer, led by the card's status words (ISO/IEC 7816-4 over T=0)."""

from collections.abc import Callable
from typing import Final

Transmit = Callable[[bytes], bytes]
"""Sends one command APDU, returns the answer with its two status bytes at the end."""

OK: Final = 0x9000
FILE_NOT_FOUND: Final = 0x6A82
# Cards whose ATR begins 3B 67 refuse GET RESPONSE with P2=0 by one of these and want P2=1.
WRONG_P2: Final = (0x6A86, 0x6B00, 0x6D00)
# An honest exchange takes three steps (command, 6C, 61); more than this is a card or line gone mad.
MAX_STEPS: Final = 16


class StatusWordError(Exception):
    """The card refused; `status_word` is what it said."""

    def __init__(self, status_word: int) -> None:
        super().__init__(f"card answered {status_word:04X}")
        self.status_word = status_word


class CardChannel:
    """Speaks to one powered card. Remembers which P2 the card wants in GET RESPONSE."""

    def __init__(self, transmit: Transmit) -> None:
        self._transmit = transmit
        self._response_p2 = 0

    def send(self, command: bytes) -> bytes:
        """Send `command`, follow 61xx and 6Cxx, return the data without status. Raises StatusWordError."""
        data = b""
        answer = self._transmit(command)
        for _ in range(MAX_STEPS):
            if len(answer) < 2:
                raise StatusWordError(0)
            data += answer[:-2]
            status_word = int.from_bytes(answer[-2:], "big")
            match answer[-2]:
                case 0x61:
                    command = bytes((0x00, 0xC0, 0x00, self._response_p2, answer[-1]))
                case 0x6C:
                    command = with_length(command, answer[-1])
                case _ if status_word in WRONG_P2 and is_get_response(command) and self._response_p2 == 0:
                    self._response_p2 = 1
                    command = bytes((*command[:3], 1, command[4]))
                case _ if status_word == OK:
                    return data
                case _:
                    raise StatusWordError(status_word)
            answer = self._transmit(command)
        raise StatusWordError(status_word)


def is_get_response(command: bytes) -> bool:
    """Whether `command` is ISO's GET RESPONSE."""
    return len(command) == 5 and command[:3] == b"\x00\xc0\x00"


def with_length(command: bytes, length: int) -> bytes:
    """The same command with the expected length (Le) the card asked for."""
    has_data_only = len(command) > 5 and len(command) == 5 + command[4]
    return command + bytes((length,)) if has_data_only else command[:-1] + bytes((length,))
