"""A card in the slot of the virtual reader `vpcd`: connecting inserts it, closing the connection removes it.

Each message is two bytes of length, then the content. A content of one byte is a control (0 off, 1 on, 2 reset, 4 ATR
request, by which the reader also polls whether the card is still in). Anything longer is an APDU.
"""

import contextlib
import socket
import time
from collections.abc import Callable
from threading import Event, Thread
from typing import Final

from simulators.card_profiles import CardKind
from simulators.id_card import IdCard
from simulators.pcsc_daemon import PcscDaemonError

POWER_OFF: Final = b"\x00"
POWER_ON: Final = b"\x01"
RESET: Final = b"\x02"
REQUEST_ATR: Final = b"\x04"
BITS_PER_BYTE: Final = 12  # T=0: start, eight data bits, parity, two of guard time


class CardInSlot:
    """Inserts `card` at once and serves it until `remove`.

    `connect` connects to the reader. `bits_per_s` limits the speed to that of a real card; 0 means no limit. After
    `remove_after_apdus` APDUs the card is removed instead of responding. `apdu_count` counts the APDUs,
    `exchange_bytes` all their bytes.
    """

    def __init__(
        self,
        card: IdCard,
        connect: Callable[[], socket.socket],
        *,
        bits_per_s: int = 0,
        remove_after_apdus: int | None = None,
    ) -> None:
        self.apdu_count = self.exchange_bytes = 0
        self.card = card
        self._connect = connect
        self._bits_per_s = bits_per_s
        self._remove_after_apdus = remove_after_apdus
        self._removed = Event()
        self._connection = connect()
        self._thread = Thread(target=self._serve, name="card in slot", daemon=True)
        self._thread.start()

    @property
    def is_removed(self) -> bool:
        """Whether the card was removed, by `remove` or after `remove_after_apdus`."""
        return not self._thread.is_alive()

    def remove(self) -> None:
        """Remove the card."""
        self._removed.set()
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._connection.close()

    def _serve(self) -> None:
        # The reader closes the connection of a card that is mute at power-on; the card is still in the slot.
        while not self._removed.is_set():
            with contextlib.suppress(OSError):
                self._handle_messages()
            self._connection.close()
            if self.card.profile.kind is not CardKind.MUTE or self._removed.is_set():
                return
            try:
                self._connection = self._connect()
            except (OSError, PcscDaemonError):  # pcscd has ended, and the reader with it
                return

    def _handle_messages(self) -> None:
        powering = False
        while message := self._receive():
            if message in (POWER_OFF, POWER_ON, RESET):
                self.card.reset()
                powering = message != POWER_OFF
            elif message == REQUEST_ATR:
                if powering and self.card.profile.kind is CardKind.MUTE:
                    return
                powering = False
                self._send(self.card.profile.atr)
            elif len(message) > 1:
                if self._remove_after_apdus is not None and self.apdu_count >= self._remove_after_apdus:
                    return
                self.apdu_count += 1
                response = self.card.execute_apdu(message)
                byte_count = exchange_bytes(message, response)
                self.exchange_bytes += byte_count
                if self._bits_per_s:
                    time.sleep(byte_count * BITS_PER_BYTE / self._bits_per_s)
                self._send(response)

    def _receive(self) -> bytes:
        length = self._receive_exactly(2)
        return self._receive_exactly(int.from_bytes(length, "big")) if length else b""

    def _receive_exactly(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            # vpcd writes length and content separately; without this each APDU waits 40 ms for a delayed ACK.
            self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
            received = self._connection.recv(size - len(data))
            if not received:
                return b""
            data += received
        return data

    def _send(self, content: bytes) -> None:
        self._connection.sendall(len(content).to_bytes(2, "big") + content)


def exchange_bytes(command: bytes, response: bytes) -> int:
    """How many bytes one T=0 exchange transmits: both messages, and the card's procedure byte before data."""
    return len(command) + len(response) + (len(command) > 5 or len(response) > 2)
