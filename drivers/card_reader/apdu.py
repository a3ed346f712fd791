"""Sends a command to the card and collects the whole response, following the status words (ISO/IEC 7816-4 over T=0)."""

from collections.abc import Callable
from typing import Final

Transmit = Callable[[bytes], bytes]
"""Sends one command APDU; returns the response with its two status bytes at the end."""

STATUS_WORD_OK: Final = 0x9000
# How a card refuses GET RESPONSE with the wrong P2.
WRONG_P2_STATUS_WORDS: Final = (0x6A86, 0x6B00, 0x6D00)
# A correct exchange takes three steps (command, 6C, 61), two more when the first P2 was wrong, and one for each
# piece of 64 bytes. More steps than this mean that the card or the reader is defective.
MAX_STEPS: Final = 16
MAX_DATA_BYTES: Final = 1024  # the longest span that is read has 255


class StatusWordError(Exception):
    """The card refused a command with `status_word`; 0 where the response has none."""

    def __init__(self, status_word: int) -> None:
        super().__init__(f"card returned status word {status_word:04X}")
        self.status_word = status_word


class CardChannel:
    """Commands and responses of one powered card. `response_p2` is the P2 of GET RESPONSE to try first."""

    def __init__(self, transmit: Transmit, response_p2: int = 0) -> None:
        self._transmit = transmit
        self._response_p2 = response_p2

    def send_ignoring_data(self, command: bytes) -> None:
        """Send `command`; data that the card offers with 61xx is not fetched. Raises StatusWordError."""
        response = self._transmit(command)
        status_word = int.from_bytes(response[-2:], "big") if len(response) >= 2 else 0
        if status_word != STATUS_WORD_OK and status_word >> 8 != 0x61:
            raise StatusWordError(status_word)

    def send(self, command: bytes) -> bytes:
        """Send `command` and follow 61xx and 6Cxx; returns the data without status word. Raises StatusWordError."""
        data = b""
        current = command
        refusals = 0
        for _ in range(MAX_STEPS):
            response = self._transmit(current)
            if len(response) < 2:
                raise StatusWordError(0)
            data += response[:-2]
            if len(data) > MAX_DATA_BYTES:
                raise StatusWordError(0)
            status_word = int.from_bytes(response[-2:], "big")
            match response[-2]:
                case 0x61:
                    current = bytes((0x00, 0xC0, 0x00, self._response_p2, response[-1]))
                case 0x6C:
                    current = with_expected_length(current, response[-1])
                case _ if status_word == STATUS_WORD_OK:
                    return data
                case _ if refusals == 0 and is_get_response(current) and status_word in WRONG_P2_STATUS_WORDS:
                    refusals = 1
                    self._response_p2 ^= 1
                    current = bytes((*current[:3], self._response_p2, current[4]))
                case _ if refusals == 1 and is_get_response(current):
                    refusals = 2
                    data, current = b"", command  # some cards discard the data when they refuse P2
                case _:
                    raise StatusWordError(status_word)
        raise StatusWordError(status_word)


def is_get_response(command: bytes) -> bool:
    """Whether `command` is ISO's GET RESPONSE."""
    return len(command) == 5 and command[:3] == b"\x00\xc0\x00"


def with_expected_length(command: bytes, length: int) -> bytes:
    """The same command with the expected length (Le) that the card requires."""
    has_data_only = len(command) > 5 and len(command) == 5 + command[4]
    return command + bytes((length,)) if has_data_only else command[:-1] + bytes((length,))
