"""An ID card in the USB reader of a QEMU machine (`ccid-card-passthru`).

QEMU and the card exchange messages: type, reader and length (each four bytes, big-endian), then the content. The
protocol is that of libcacard's vscclient.
"""

import socket
import struct
from contextlib import suppress
from enum import IntEnum
from pathlib import Path
from threading import Thread

from simulators.id_card import IdCard

_HEADER = struct.Struct(">III")
_MAGIC, _VERSION, _READER = b"VSCD", 0x0002, 0


class _MessageType(IntEnum):
    INIT = 1
    ERROR = 2
    READER_ADD = 3
    ATR = 5
    CARD_REMOVE = 6
    APDU = 7


class CardLink:
    """Inserts the card at once and serves it until `remove`."""

    def __init__(self, card: IdCard, reader: Path) -> None:
        self._card = card
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(reader))
        self._send(_MessageType.INIT, _MAGIC + struct.pack(">II", _VERSION, 0))
        self._send(_MessageType.READER_ADD, b"trial")
        card.reset()
        self._send(_MessageType.ATR, card.profile.atr)
        self._thread = Thread(target=self._serve, name="card in a QEMU reader", daemon=True)
        self._thread.start()

    def remove(self) -> None:
        """Remove the card, also when the machine has lost its power meanwhile."""
        with suppress(OSError):
            self._send(_MessageType.CARD_REMOVE, b"")
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(5)
        self._socket.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while header := self._receive(_HEADER.size):
                kind, _reader, length = _HEADER.unpack(header)
                content = self._receive(length)
                if kind == _MessageType.APDU:
                    self._send(_MessageType.APDU, self._card.execute_apdu(content))

    def _send(self, kind: _MessageType, content: bytes) -> None:
        self._socket.sendall(_HEADER.pack(kind, _READER, len(content)) + content)

    def _receive(self, size: int) -> bytes:
        content = b""
        while len(content) < size:
            received = self._socket.recv(size - len(content))
            if not received:
                return b""
            content += received
        return content
