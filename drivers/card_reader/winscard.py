"""The PC/SC calls that the driver needs: pyscard's thin layer, with exceptions for error codes and bytes for lists.

pyscard's own CardMonitor is not used: it stops silently when pcscd restarts, and it distinguishes cards by ATR only.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from smartcard import scard

from drivers.ports.card_reader import CardFault, CardReaderStatus


def to_unsigned(code: int) -> int:
    """PC/SC's code as an unsigned number; pyscard returns it signed."""
    return code & 0xFFFFFFFF


PLUG_AND_PLAY: Final = "\\\\?PnP?\\Notification"  # pseudo reader whose state changes when readers come and go
PCSC_SUCCESS: Final = to_unsigned(scard.SCARD_S_SUCCESS)
PCSC_TIMEOUT: Final = to_unsigned(scard.SCARD_E_TIMEOUT)
# polkit refuses this user, or this session.
PCSC_ACCESS_DENIED: Final = to_unsigned(scard.SCARD_W_SECURITY_VIOLATION)
# Removed while it was read. The code depends on whether pcscd saw the removal before or during the exchange.
CARD_REMOVED_CODES: Final = (to_unsigned(scard.SCARD_E_NOT_TRANSACTED), to_unsigned(scard.SCARD_W_REMOVED_CARD))
FAULT_BY_ERROR_CODE: Final = {
    to_unsigned(scard.SCARD_E_NO_SMARTCARD): CardFault.NO_CARD,
    to_unsigned(scard.SCARD_W_REMOVED_CARD): CardFault.NO_CARD,
    to_unsigned(scard.SCARD_W_UNRESPONSIVE_CARD): CardFault.MUTE,
    to_unsigned(scard.SCARD_W_UNPOWERED_CARD): CardFault.MUTE,
    to_unsigned(scard.SCARD_E_NO_SERVICE): CardFault.NO_READER,
    to_unsigned(scard.SCARD_E_SERVICE_STOPPED): CardFault.NO_READER,
    to_unsigned(scard.SCARD_E_UNKNOWN_READER): CardFault.NO_READER,
    to_unsigned(scard.SCARD_E_READER_UNAVAILABLE): CardFault.NO_READER,
    to_unsigned(scard.SCARD_E_NO_READERS_AVAILABLE): CardFault.NO_READER,
    PCSC_ACCESS_DENIED: CardFault.NO_READER,
}


class PcscError(Exception):
    """A PC/SC call failed with `code`."""

    def __init__(self, code: int) -> None:
        super().__init__(f"PC/SC error {code:08X}")
        self.code = code


def status_from_service_error(error: PcscError) -> CardReaderStatus:
    """The status of the reader when the PC/SC service as a whole fails."""
    if error.code == PCSC_ACCESS_DENIED:
        return CardReaderStatus.NOT_ALLOWED
    is_gone = FAULT_BY_ERROR_CODE.get(error.code) is CardFault.NO_READER
    return CardReaderStatus.NO_SERVICE if is_gone else CardReaderStatus.UNKNOWN


def raise_on_error(code: int) -> None:
    """Raise PcscError unless `code` is success."""
    if to_unsigned(code) != PCSC_SUCCESS:
        raise PcscError(to_unsigned(code))


@contextmanager
def pcsc_context() -> Iterator[Any]:
    """A new context. Each thread needs its own, because calls in one context wait for each other."""
    code, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    raise_on_error(code)
    try:
        yield context
    finally:
        scard.SCardReleaseContext(context)


def list_readers(context: Any, name_part: str) -> list[str]:
    """Names of the readers that contain `name_part`. Raises PcscError when the service has gone."""
    try:
        code, readers = scard.SCardListReaders(context, [])
    except SystemError as error:  # pyscard 2.3 raises this instead of returning a code when the daemon went away
        raise PcscError(to_unsigned(scard.SCARD_E_NO_SERVICE)) from error
    if to_unsigned(code) == to_unsigned(scard.SCARD_E_NO_READERS_AVAILABLE):
        return []
    raise_on_error(code)
    return [name for name in readers if name_part in name]


def wait_for_state_change(context: Any, known: Sequence[tuple[str, int]], wait_ms: int) -> list[tuple[str, int]]:
    """Wait until the state word of a reader differs from `known`, a (name, state word) of each reader. Returns the
    present ones, `known` itself at the time-out of `wait_ms`. Raises PcscError."""
    if not known:
        return []
    code, states = scard.SCardGetStatusChange(context, wait_ms, list(known))
    if to_unsigned(code) == PCSC_TIMEOUT:
        return list(known)
    raise_on_error(code)
    return [(name, state & ~scard.SCARD_STATE_CHANGED) for name, state, _ in states]


class CardConnection:
    """A powered card. After `begin_transaction` no other program can use it until `close`."""

    def __init__(self, context: Any, reader: str) -> None:
        """Power the card in `reader` and connect to it, shared. Raises PcscError."""
        code, self._card, protocol = scard.SCardConnect(
            context, reader, scard.SCARD_SHARE_SHARED, scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
        )
        raise_on_error(code)
        self._header = scard.SCARD_PCI_T1 if protocol == scard.SCARD_PROTOCOL_T1 else scard.SCARD_PCI_T0

    def begin_transaction(self) -> None:
        """Lock the card for this connection until `close`. Raises PcscError."""
        raise_on_error(scard.SCardBeginTransaction(self._card))

    def atr(self) -> bytes:
        """The card's answer to reset; needs no exchange with the card. Raises PcscError."""
        code, _, _, _, atr = scard.SCardStatus(self._card)
        raise_on_error(code)
        return bytes(atr)

    def transmit(self, command: bytes) -> bytes:
        """Send one command; the response with its status word. Raises PcscError."""
        code, response = scard.SCardTransmit(self._card, self._header, list(command))
        raise_on_error(code)
        return bytes(byte & 0xFF for byte in response)

    def close(self) -> None:
        """Disconnect; ends the transaction too.

        The card stays powered. When pcscd 1.9 must power off a card that has just been removed, it takes the slot for
        empty and does not see the next card if that is inserted before its next poll.
        """
        scard.SCardDisconnect(self._card, scard.SCARD_LEAVE_CARD)
