"""A simulated contact card reader: a GemPC Twin on a serial port, as libccid's driver for it expects.

The port is a pseudo terminal. A frame is SYNC, ACK, one CCID message (ten bytes of header, then data), and the XOR of
all of it; the reader first echoes the frame that it received. Messages: USB CCID 1.1, chapter 6. T=0 is at TPDU level,
so the driver does what it does with most readers on sale: it negotiates the speed and passes each TPDU unchanged.
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
# Message type, length of the data, slot, sequence number, three bytes that depend on the type.
MESSAGE_HEADER: Final = struct.Struct("<BI BB 3s")


class CcidCommand(IntEnum):
    """The driver's commands; the response to every other command is the slot status."""

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
FIRMWARE: Final = b"GemTwin-V2.00-GK19"  # by which the driver recognises the reader
ACTIVE, INACTIVE, ABSENT = 0, 1, 2  # the card, in the status byte of every response
COMMAND_FAILED: Final = 0x40
ERROR_CARD_MUTE: Final = 0xFE  # the card does not respond
POLL_S: Final = 0.02


class CcidReader:
    """Serves while the context lasts; `device` is the path for pcscd's configuration."""

    def __init__(self) -> None:
        self._pty_master, pty_slave = os.openpty()
        tty.setraw(pty_slave)
        self.device = os.ttyname(pty_slave)
        self._pty_slave = pty_slave  # stays open: otherwise the port is closed between two openings by the driver
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
        """Insert `card` in place of the present one; it responds after `contact_settle_s`, while its contacts still
        slide."""
        card.reset()
        self._contacts_settled_at = time.monotonic() + contact_settle_s
        self._card, self._powered = card, False

    def interrupt_contacts(self) -> None:
        """Interrupt the card's contacts too briefly for the reader to report the card as removed."""
        if self._card is not None:
            self.insert(self._card)

    def remove(self) -> None:
        """Remove the card."""
        self._card, self._powered = None, False

    def unplug(self) -> None:
        """Unplug the reader for good; a new one has another `device`."""
        if not self._unplugged:
            self._unplugged = True
            self._thread.join()
            os.close(self._pty_master)
            os.close(self._pty_slave)

    def _serve(self) -> None:
        while not self._unplugged:
            if self._read(1) != FRAME_START[:1]:
                continue
            header = self._read(1 + MESSAGE_HEADER.size)[1:]
            if len(header) < MESSAGE_HEADER.size:
                continue
            kind, size, _, sequence, _ = MESSAGE_HEADER.unpack(header)
            data, check = self._read(size), self._read(1)
            response = self._handle_command(kind, data, sequence)
            os.write(self._pty_master, FRAME_START + header + data + check)
            os.write(self._pty_master, FRAME_START + response + bytes((reduce(xor, FRAME_START + response),)))

    def _handle_command(self, kind: int, data: bytes, sequence: int) -> bytes:
        error = 0
        response = b""
        card = self._card
        match kind:
            case CcidCommand.POWER_ON if card is None or time.monotonic() < self._contacts_settled_at or is_mute(card):
                error = ERROR_CARD_MUTE
            case CcidCommand.TRANSFER if not self._powered:
                error = ERROR_CARD_MUTE
            case CcidCommand.POWER_ON if card is not None:
                card.reset()
                self._powered = True
                response = card.profile.atr
            case CcidCommand.POWER_OFF:
                self._powered = False
            case CcidCommand.TRANSFER if card is not None:
                # FF begins the negotiation of the speed (ISO 7816-3); the card agrees by the same bytes.
                response = data if data[:1] == b"\xff" else card.execute_apdu(data)
            case CcidCommand.PARAMETERS:
                response = data
            case CcidCommand.ESCAPE if data == b"\x02":
                response = FIRMWARE
        slot = ABSENT if card is None else ACTIVE if self._powered else INACTIVE
        status = bytes((slot | (COMMAND_FAILED if error else 0), error, 0))
        return (
            MESSAGE_HEADER.pack(RESPONSE_BY_COMMAND.get(kind, SLOT_STATUS_RESPONSE), len(response), 0, sequence, status)
            + response
        )

    def _read(self, size: int) -> bytes:
        """`size` bytes, or fewer when the reader is unplugged."""
        data = b""
        while len(data) < size and not self._unplugged:
            if select.select([self._pty_master], [], [], POLL_S)[0]:
                data += os.read(self._pty_master, size - len(data))
        return data


def is_mute(card: IdCard) -> bool:
    """Whether the card was inserted the wrong way round."""
    return card.profile.kind is CardKind.MUTE
