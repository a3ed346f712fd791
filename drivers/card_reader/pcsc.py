"""A card reader behind pcscd, spoken to through pyscard's thin layer.

pyscard's own CardMonitor is not used: it dies silently when pcscd restarts and tells cards apart by ATR only. The loop
here drops its context on any error but a time-out and opens a new one, so a restarted daemon is "the next turn".
"""

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Event
from typing import Any, Final

from smartcard import scard

from drivers.card_reader import parse
from drivers.card_reader.apdu import CardChannel, StatusWordError
from drivers.card_reader.card_map import SELECT_APPLET, WHITELIST, Field, read_fields
from drivers.card_reader.port import CardReadError, CitizenCard
from drivers.card_reader.status import CardFault, CardReaderStatus
from drivers.change_log import ChangeLog
from thai import id_number

logger = logging.getLogger(__name__)

PLUG_AND_PLAY: Final = "\\\\?PnP?\\Notification"  # pseudo reader whose state changes when readers come and go
# How long SCardGetStatusChange may block: the longest that stopping the watch takes.
TURN_MS: Final = 400
BACK_OFF_S: Final = (0.2, 0.5, 1.0, 2.0)
RETRY_S: Final = 0.25
# For how long a fault at connecting is taken for a card still settling, where it differs from the reader's patience.
# An empty slot stays empty; a mute card has been powered twice by then.
SETTLING_S: Final = {
    CardFault.NO_CARD: 0.6,
    CardFault.MUTE: 1.0,
    CardFault.NO_READER: 0.0,
    CardFault.NOT_THAI_ID: 0.0,
    CardFault.PULLED_OUT: 0.6,
}


def unsigned(code: int) -> int:
    """pyscard gives PC/SC's codes as signed numbers."""
    return code & 0xFFFFFFFF


OK: Final = unsigned(scard.SCARD_S_SUCCESS)
TIMED_OUT: Final = unsigned(scard.SCARD_E_TIMEOUT)
# Gone while being read: what pcscd says depends on whether it saw the card go before or during the exchange.
PULLED_OUT: Final = (unsigned(scard.SCARD_E_NOT_TRANSACTED), unsigned(scard.SCARD_W_REMOVED_CARD))
CONNECT_FAULTS: Final = {
    unsigned(scard.SCARD_E_NO_SMARTCARD): CardFault.NO_CARD,
    unsigned(scard.SCARD_W_REMOVED_CARD): CardFault.NO_CARD,
    unsigned(scard.SCARD_W_UNRESPONSIVE_CARD): CardFault.MUTE,
    unsigned(scard.SCARD_W_UNPOWERED_CARD): CardFault.MUTE,
    unsigned(scard.SCARD_E_NO_SERVICE): CardFault.NO_READER,
    unsigned(scard.SCARD_E_SERVICE_STOPPED): CardFault.NO_READER,
    unsigned(scard.SCARD_E_UNKNOWN_READER): CardFault.NO_READER,
    unsigned(scard.SCARD_E_READER_UNAVAILABLE): CardFault.NO_READER,
    unsigned(scard.SCARD_E_NO_READERS_AVAILABLE): CardFault.NO_READER,
}


class PcscError(Exception):
    """A PC/SC call failed with `code`."""

    def __init__(self, code: int) -> None:
        super().__init__(f"PC/SC answered {code:08X}")
        self.code = code


def checked(code: int) -> None:
    """Raise PcscError unless `code` is success."""
    if unsigned(code) != OK:
        raise PcscError(unsigned(code))


@contextmanager
def pcsc_context() -> Iterator[Any]:
    """A context of one's own; each thread needs one, because calls in one context wait for each other."""
    code, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    checked(code)
    try:
        yield context
    finally:
        scard.SCardReleaseContext(context)


def list_readers(context: Any) -> list[str]:
    """Names of the readers there are. Raises PcscError when the service has gone."""
    try:
        code, readers = scard.SCardListReaders(context, [])
    except SystemError as broken:  # pyscard 2.3 fails so, instead of giving a code, when the daemon went away
        raise PcscError(unsigned(scard.SCARD_E_NO_SERVICE)) from broken
    if unsigned(code) == unsigned(scard.SCARD_E_NO_READERS_AVAILABLE):
        return []
    checked(code)
    return list(readers)


class PcscCardReader:
    """The CardReader port on any PC/SC reader.

    `reader` is a part of the wanted reader's name, '' for any. Of several readers the one whose card answers the Thai
    applet counts. `patience_s` is how long a card may take to settle after it was put in.
    """

    def __init__(self, reader: str = "", patience_s: float = 3.0) -> None:
        self._reader = reader
        self._patience_s = patience_s
        self._log = ChangeLog(logger, "card reader")

    def watch(self, on_change: Callable[[CardReaderStatus], None], stop: Event) -> None:
        """Report each change of the slot until `stop` is set; the first call tells the state found. Never raises."""
        last: CardReaderStatus | None = None
        failures = 0

        def tell(status: CardReaderStatus) -> None:
            nonlocal last
            if status is not last:
                last = status
                self._log.tell(status)
                on_change(status)

        while not stop.is_set():
            started = time.monotonic()
            try:
                with pcsc_context() as context:
                    self._watch_readers(context, tell, stop)
            except PcscError as error:
                # A hub that re-enumerates or a daemon that restarts is back within a second: only then is it news.
                failures = 0 if time.monotonic() - started > max(BACK_OFF_S) else failures + 1
                if failures > 1 or last is None:
                    gone = CONNECT_FAULTS.get(error.code) is CardFault.NO_READER
                    tell(CardReaderStatus.NO_SERVICE if gone else CardReaderStatus.UNKNOWN)
                stop.wait(BACK_OFF_S[min(failures, len(BACK_OFF_S) - 1)])

    def status(self) -> CardReaderStatus:
        """The slot's state now. Never raises."""
        try:
            with pcsc_context() as context:
                states = self._states(context, [(name, scard.SCARD_STATE_UNAWARE) for name in self._names(context)], 0)
        except PcscError:
            return CardReaderStatus.NO_SERVICE
        return slot_status([state for _, state in states])

    def read_citizen(self) -> CitizenCard:
        """Read the whitelist. Raises CardReadError."""
        return to_citizen(self._read(WHITELIST))

    def read_citizen_id(self) -> str:
        """Read the 13 digits only, to tell whether it is the same person's card. Raises CardReadError."""
        return citizen_id(self._read((Field.CITIZEN_ID,)))

    def _names(self, context: Any) -> list[str]:
        return [name for name in list_readers(context) if self._reader in name]

    def _watch_readers(self, context: Any, tell: Callable[[CardReaderStatus], None], stop: Event) -> None:
        known: list[tuple[str, int]] = []
        while not stop.is_set():
            names = self._names(context)
            if [name for name, _ in known[:-1]] != names or not known:
                known = [(name, scard.SCARD_STATE_UNAWARE) for name in (*names, PLUG_AND_PLAY)]
                if not names:
                    tell(CardReaderStatus.NO_READER)
            known = self._states(context, known, TURN_MS)
            if names:
                tell(slot_status([state for _, state in known[:-1]]))

    @staticmethod
    def _states(context: Any, known: Sequence[tuple[str, int]], wait_ms: int) -> list[tuple[str, int]]:
        """Wait until a reader's state differs from `known`; the states then, or `known` at the time-out."""
        if not known:
            return []
        code, states = scard.SCardGetStatusChange(context, wait_ms, list(known))
        if unsigned(code) == TIMED_OUT:
            return list(known)
        checked(code)
        return [(name, state & ~scard.SCARD_STATE_CHANGED) for name, state, _ in states]

    def _read(self, fields: Sequence[Field]) -> Mapping[Field, bytes]:
        """Read `fields` from the Thai card in any reader, trying again while a card settles. Raises CardReadError."""
        began = time.monotonic()
        came_out = False
        while True:
            try:
                return self._read_once(fields)
            except CardReadError as error:
                came_out |= error.fault is CardFault.PULLED_OUT
                if time.monotonic() - began >= min(self._patience_s, SETTLING_S.get(error.fault, self._patience_s)):
                    # The slot found empty after a card came out is the same story, not another.
                    if came_out and error.fault is CardFault.NO_CARD:
                        raise CardReadError(CardFault.PULLED_OUT) from error
                    raise
            time.sleep(RETRY_S)

    def _read_once(self, fields: Sequence[Field]) -> Mapping[Field, bytes]:
        """One turn over all readers; of their faults the most telling one is raised."""
        faults: list[CardFault] = []
        try:
            with pcsc_context() as context:
                for name in self._names(context):
                    try:
                        return read_from(context, name, fields)
                    except CardReadError as error:
                        faults.append(error.fault)
        except PcscError as error:
            faults.append(CONNECT_FAULTS.get(error.code, CardFault.UNREADABLE))
        raise CardReadError(min(faults, key=TELLING.index, default=CardFault.NO_READER))


# With several readers, the fault of the one that holds a card tells more than "the other one is empty".
TELLING: Final = (
    CardFault.PULLED_OUT,
    CardFault.UNREADABLE,
    CardFault.MUTE,
    CardFault.NOT_THAI_ID,
    CardFault.NO_CARD,
    CardFault.NO_READER,
)


def slot_status(states: Sequence[int]) -> CardReaderStatus:
    """PC/SC state words of all readers → one state: a card anywhere counts before a mute one before an empty slot."""
    if not states:
        return CardReaderStatus.NO_READER
    answering = [s for s in states if s & scard.SCARD_STATE_PRESENT and not s & scard.SCARD_STATE_MUTE]
    if answering:
        return CardReaderStatus.CARD_PRESENT
    if any(state & scard.SCARD_STATE_PRESENT for state in states):
        return CardReaderStatus.CARD_MUTE
    if any(state & scard.SCARD_STATE_EMPTY for state in states):
        return CardReaderStatus.EMPTY
    return CardReaderStatus.UNKNOWN


def read_from(context: Any, reader: str, fields: Sequence[Field]) -> Mapping[Field, bytes]:
    """Connect to the card in `reader`, select the applet and read. Raises CardReadError."""
    code, card, protocol = scard.SCardConnect(
        context, reader, scard.SCARD_SHARE_SHARED, scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
    )
    if unsigned(code) != OK:
        raise CardReadError(CONNECT_FAULTS.get(unsigned(code), CardFault.UNREADABLE))
    header = scard.SCARD_PCI_T1 if protocol == scard.SCARD_PROTOCOL_T1 else scard.SCARD_PCI_T0

    def transmit(command: bytes) -> bytes:
        code, answer = scard.SCardTransmit(card, header, list(command))
        checked(code)
        return bytes(byte & 0xFF for byte in answer)

    channel = CardChannel(transmit)
    try:
        checked(scard.SCardBeginTransaction(card))  # nobody else selects another applet in between
        try:
            channel.send(SELECT_APPLET)
        except StatusWordError as refused:
            raise CardReadError(CardFault.NOT_THAI_ID) from refused
        return read_fields(channel.send, fields)
    except PcscError as error:
        raise CardReadError(CardFault.PULLED_OUT if error.code in PULLED_OUT else CardFault.UNREADABLE) from error
    except StatusWordError as refused:
        raise CardReadError(CardFault.UNREADABLE) from refused
    finally:
        # Disconnecting ends the transaction too.
        scard.SCardDisconnect(card, scard.SCARD_LEAVE_CARD)


def citizen_id(fields: Mapping[Field, bytes]) -> str:
    """The 13 digits, checked. Raises CardReadError(BAD_CONTENT)."""
    digits = parse.digits(fields[Field.CITIZEN_ID])
    if not id_number.is_valid(digits):
        raise CardReadError(CardFault.BAD_CONTENT)
    return digits


def to_citizen(fields: Mapping[Field, bytes]) -> CitizenCard:
    """Fields as read → the whitelist in words. Raises CardReadError(BAD_CONTENT)."""
    return CitizenCard(
        citizen_id=citizen_id(fields),
        name=parse.name(fields[Field.NAME_TH]),
        birth_date=parse.birth_date(fields[Field.BIRTH_DATE]),
        sex=parse.sex(fields[Field.SEX]),
        address=parse.address(fields[Field.ADDRESS]),
        card_version=parse.text(fields[Field.VERSION]),
    )
