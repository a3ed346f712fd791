"""PC/SC as far as it is needed: pyscard's thin layer with errors as exceptions and bytes as bytes.

pyscard's own CardMonitor is not used: it dies silently when pcscd restarts and tells cards apart by ATR only.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from smartcard import scard

from drivers.ports.card_reader import CardFault


def to_unsigned(code: int) -> int:
    """pyscard gives PC/SC's codes as signed numbers."""
    return code & 0xFFFFFFFF


PLUG_AND_PLAY: Final = "\\\\?PnP?\\Notification"  # pseudo reader whose state changes when readers come and go
PCSC_SUCCESS: Final = to_unsigned(scard.SCARD_S_SUCCESS)
PCSC_TIMEOUT: Final = to_unsigned(scard.SCARD_E_TIMEOUT)
# polkit: not this user, not from this session
PCSC_ACCESS_DENIED: Final = to_unsigned(scard.SCARD_W_SECURITY_VIOLATION)
# Gone while being read: what pcscd says depends on whether it saw the card go before or during the exchange.
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
        super().__init__(f"PC/SC answered {code:08X}")
        self.code = code


def raise_on_error(code: int) -> None:
    """Raise PcscError unless `code` is success."""
    if to_unsigned(code) != PCSC_SUCCESS:
        raise PcscError(to_unsigned(code))


@contextmanager
def pcsc_context() -> Iterator[Any]:
    """A context of one's own; each thread needs one, because calls in one context wait for each other."""
    code, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    raise_on_error(code)
    try:
        yield context
    finally:
        scard.SCardReleaseContext(context)


def list_readers(context: Any) -> list[str]:
    """Names of the readers there are. Raises PcscError when the service has gone."""
    try:
        code, readers = scard.SCardListReaders(context, [])
    except SystemError as broken:  # pyscard 2.3 fails so, instead of giving a code, when the daemon went away
        raise PcscError(to_unsigned(scard.SCARD_E_NO_SERVICE)) from broken
    if to_unsigned(code) == to_unsigned(scard.SCARD_E_NO_READERS_AVAILABLE):
        return []
    raise_on_error(code)
    return list(readers)


def wait_for_state_change(context: Any, known: Sequence[tuple[str, int]], wait_ms: int) -> list[tuple[str, int]]:
    """Wait until a reader's state word differs from `known`; all of them then, or `known` at the time-out."""
    if not known:
        return []
    code, states = scard.SCardGetStatusChange(context, wait_ms, list(known))
    if to_unsigned(code) == PCSC_TIMEOUT:
        return list(known)
    raise_on_error(code)
    return [(name, state & ~scard.SCARD_STATE_CHANGED) for name, state, _ in states]


class CardConnection:
    """A powered card, shared with nobody else until `close`: no other program selects another applet in between."""

    def __init__(self, context: Any, reader: str) -> None:
        """Raises PcscError."""
        code, self._card, protocol = scard.SCardConnect(
            context, reader, scard.SCARD_SHARE_SHARED, scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
        )
        raise_on_error(code)
        self._header = scard.SCARD_PCI_T1 if protocol == scard.SCARD_PROTOCOL_T1 else scard.SCARD_PCI_T0

    def begin_transaction(self) -> None:
        """Keep others out until `close`. Raises PcscError."""
        raise_on_error(scard.SCardBeginTransaction(self._card))

    def atr(self) -> bytes:
        """What the card said when it was powered; costs no exchange with it. Raises PcscError."""
        code, _, _, _, atr = scard.SCardStatus(self._card)
        raise_on_error(code)
        return bytes(atr)

    def transmit(self, command: bytes) -> bytes:
        """One command, one answer with its status word. Raises PcscError."""
        code, answer = scard.SCardTransmit(self._card, self._header, list(command))
        raise_on_error(code)
        return bytes(byte & 0xFF for byte in answer)

    def close(self) -> None:
        """Let go. Ends the transaction too.

        The card stays powered: asked to power off a card that has just gone, pcscd 1.9 takes the slot for empty, and
        does not see the next card if that is in before it looks again.
        """
        scard.SCardDisconnect(self._card, scard.SCARD_LEAVE_CARD)
