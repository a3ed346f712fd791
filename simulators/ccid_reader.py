"""A contact card reader of another make: a GemPC Twin on a serial line, as libccid's own driver for it expects.

The line is a pseudo terminal. Each way goes: SYNC, ACK, one CCID message (ten bytes of head, then data), and the XOR of
all of it; the reader sends back first what it was sent. Messages: USB CCID 1.1, chapter 6. T=0 is at TPDU level, so the
driver does what it does with most readers in the shops: negotiates the speed, and hands each TPDU over as it is.
"""

import os
import select
import struct
import time
import tty
from enum import IntEnum
from functools import reduce
from operator import xor
from threading import Thread
from typing import Final, Self

from simulators.card_profiles import CardKind
from simulators.id_card import IdCard

FRAME_START: Final = b"\x03\x06"  # SYNC, ACK
# Kind, length of the data, slot, sequence number, three of the kind's own.
MESSAGE_HEADER: Final = struct.Struct("<BI BB 3s")


class CcidCommand(IntEnum):
    """What the driver asks for; slot status is answered to everything else too."""

    PARAMETERS = 0x61
    POWER_ON = 0x62
    POWER_OFF = 0x63
    ESCAPE = 0x6B
    TRANSFER = 0x6F


SLOT_STATUS_RESPONSE: Final = 0x81
RESPONSE_BY_COMMAND: Final[dict[int, int]] = {
    CcidCommand.POWER_ON: 0x80,
    CcidCommand.TRANSFER: 0x80,
    CcidCommand.PARAMETERS: 0x82,
    CcidCommand.ESCAPE: 0x83,
}
FIRMWARE: Final = b"GemTwin-V2.00-GK19"  # what the driver asks for to know that its reader is there
ACTIVE, INACTIVE, ABSENT = 0, 1, 2  # the card, in the status byte of every answer
COMMAND_FAILED: Final = 0x40
ERROR_CARD_MUTE: Final = 0xFE  # error: the card does not answer
POLL_S: Final = 0.02


class CcidReader:
    """Stands on the line from entering to leaving; `device` is what pcscd's configuration names."""

    def __init__(self) -> None:
        self._pty_master, pty_slave = os.openpty()
        tty.setraw(pty_slave)
        self.device = os.ttyname(pty_slave)
        self._pty_slave = pty_slave  # kept open: else the line would be down between two openings by the driver
        self._card: IdCard | None = None
        self._powered = False
        self._contacts_settled_at = 0.0
        self._unplugged = False
        self._thread = Thread(target=self._serve, name="ccid reader", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.unplug()

    def insert(self, card: IdCard, *, contact_settle_s: float = 0.0) -> None:
        """Put `card` in, in place of what is there; its contacts slide for `contact_settle_s` before it answers."""
        card.reset()
        self._contacts_settled_at = time.monotonic() + contact_settle_s
        self._card, self._powered = card, False

    def interrupt_contacts(self) -> None:
        """The card loses its contacts for a moment, too short for the reader to say that it was out."""
        if self._card is not None:
            self.insert(self._card)

    def remove(self) -> None:
        """Take the card out."""
        self._card, self._powered = None, False

    def unplug(self) -> None:
        """Pull the reader's own cable; for good, a new one has another `device`."""
        if not self._unplugged:
            self._unplugged = True
            self._thread.join()
            os.close(self._pty_master)
            os.close(self._pty_slave)

    def _serve(self) -> None:
        while not self._unplugged:
            if self._read(1) != FRAME_START[:1]:
                continue
            head = self._read(1 + MESSAGE_HEADER.size)[1:]
            if len(head) < MESSAGE_HEADER.size:
                continue
            kind, size, _, sequence, _ = MESSAGE_HEADER.unpack(head)
            data, check = self._read(size), self._read(1)
            answer = self._handle_command(kind, data, sequence)
            os.write(self._pty_master, FRAME_START + head + data + check)
            os.write(self._pty_master, FRAME_START + answer + bytes((reduce(xor, FRAME_START + answer),)))

    def _handle_command(self, kind: int, data: bytes, sequence: int) -> bytes:
        error = 0
        answer = b""
        card = self._card
        match kind:
            case CcidCommand.POWER_ON if card is None or time.monotonic() < self._contacts_settled_at or is_mute(card):
                error = ERROR_CARD_MUTE
            case CcidCommand.TRANSFER if not self._powered:
                error = ERROR_CARD_MUTE
            case CcidCommand.POWER_ON if card is not None:
                card.reset()
                self._powered = True
                answer = card.profile.atr
            case CcidCommand.POWER_OFF:
                self._powered = False
            case CcidCommand.TRANSFER if card is not None:
                # FF begins the negotiation of speed (ISO 7816-3): the card agrees by saying the same.
                answer = data if data[:1] == b"\xff" else card.execute_apdu(data)
            case CcidCommand.PARAMETERS:
                answer = data
            case CcidCommand.ESCAPE if data == b"\x02":
                answer = FIRMWARE
        slot = ABSENT if card is None else ACTIVE if self._powered else INACTIVE
        status = bytes((slot | (COMMAND_FAILED if error else 0), error, 0))
        return (
            MESSAGE_HEADER.pack(RESPONSE_BY_COMMAND.get(kind, SLOT_STATUS_RESPONSE), len(answer), 0, sequence, status)
            + answer
        )

    def _read(self, size: int) -> bytes:
        """`size` bytes, or fewer when the cable is pulled."""
        data = b""
        while len(data) < size and not self._unplugged:
            if select.select([self._pty_master], [], [], POLL_S)[0]:
                data += os.read(self._pty_master, size - len(data))
        return data


def is_mute(card: IdCard) -> bool:
    """It was put in the wrong way round."""
    return card.profile.kind is CardKind.MUTE
