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

FRAME: Final = b"\x03\x06"  # SYNC, ACK
HEAD: Final = struct.Struct("<BI BB 3s")  # kind, length of the data, slot, sequence number, three of the kind's own


class Command(IntEnum):
    """What the driver asks for; slot status is answered to everything else too."""

    PARAMETERS = 0x61
    POWER_ON = 0x62
    POWER_OFF = 0x63
    ESCAPE = 0x6B
    TRANSFER = 0x6F


SLOT_STATUS: Final = 0x81
ANSWERS: Final[dict[int, int]] = {
    Command.POWER_ON: 0x80,
    Command.TRANSFER: 0x80,
    Command.PARAMETERS: 0x82,
    Command.ESCAPE: 0x83,
}
FIRMWARE: Final = b"GemTwin-V2.00-GK19"  # what the driver asks for to know that its reader is there
ACTIVE, INACTIVE, ABSENT = 0, 1, 2  # the card, in the status byte of every answer
FAILED: Final = 0x40
MUTE: Final = 0xFE  # error: the card does not answer
LOOK_S: Final = 0.02


class CcidReader:
    """Stands on the line from entering to leaving; `device` is what pcscd's configuration names."""

    def __init__(self) -> None:
        self._ours, theirs = os.openpty()
        tty.setraw(theirs)
        self.device = os.ttyname(theirs)
        self._theirs = theirs  # kept open: else the line would be down between two openings by the driver
        self._card: IdCard | None = None
        self._powered = False
        self._settled_at = 0.0
        self._unplugged = False
        self._thread = Thread(target=self._serve, name="ccid reader", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.unplug()

    def insert(self, card: IdCard, *, slides_s: float = 0.0) -> None:
        """Put `card` in, in place of what is there; its contacts slide for `slides_s` before it answers."""
        card.reset()
        self._settled_at = time.monotonic() + slides_s
        self._card, self._powered = card, False

    def jolt(self) -> None:
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
            os.close(self._ours)
            os.close(self._theirs)

    def _serve(self) -> None:
        while not self._unplugged:
            if self._read(1) != FRAME[:1]:
                continue
            head = self._read(1 + HEAD.size)[1:]
            if len(head) < HEAD.size:
                continue
            kind, size, _, sequence, _ = HEAD.unpack(head)
            data, check = self._read(size), self._read(1)
            answer = self._answer(kind, data, sequence)
            os.write(self._ours, FRAME + head + data + check)
            os.write(self._ours, FRAME + answer + bytes((reduce(xor, FRAME + answer),)))

    def _answer(self, kind: int, data: bytes, sequence: int) -> bytes:
        error = 0
        answer = b""
        card = self._card
        match kind:
            case Command.POWER_ON if card is None or time.monotonic() < self._settled_at or is_mute(card):
                error = MUTE
            case Command.TRANSFER if not self._powered:
                error = MUTE
            case Command.POWER_ON if card is not None:
                card.reset()
                self._powered = True
                answer = card.profile.atr
            case Command.POWER_OFF:
                self._powered = False
            case Command.TRANSFER if card is not None:
                # FF begins the negotiation of speed (ISO 7816-3): the card agrees by saying the same.
                answer = data if data[:1] == b"\xff" else card.answer(data)
            case Command.PARAMETERS:
                answer = data
            case Command.ESCAPE if data == b"\x02":
                answer = FIRMWARE
        slot = ABSENT if card is None else ACTIVE if self._powered else INACTIVE
        status = bytes((slot | (FAILED if error else 0), error, 0))
        return HEAD.pack(ANSWERS.get(kind, SLOT_STATUS), len(answer), 0, sequence, status) + answer

    def _read(self, size: int) -> bytes:
        """`size` bytes, or fewer when the cable is pulled."""
        data = b""
        while len(data) < size and not self._unplugged:
            if select.select([self._ours], [], [], LOOK_S)[0]:
                data += os.read(self._ours, size - len(data))
        return data


def is_mute(card: IdCard) -> bool:
    """It was put in the wrong way round."""
    return card.profile.kind is CardKind.MUTE
