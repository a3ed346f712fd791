"""A card reader behind pcscd: the CardReader port."""

import time
from collections.abc import Callable
from threading import Event
from typing import Final, TypeVar

from drivers.card_reader.apdu import CardChannel
from drivers.card_reader.card_map import CITIZEN_FIELDS, CardField, read_fields
from drivers.card_reader.card_session import has_thai_id_applet, run_with_card
from drivers.card_reader.parse_fields import to_citizen, to_citizen_id
from drivers.card_reader.photo import read_photo
from drivers.card_reader.slot_tracker import merge_slot_states
from drivers.card_reader.slot_watcher import SlotWatcher
from drivers.card_reader.winscard import (
    FAULT_BY_ERROR_CODE,
    PcscError,
    list_readers,
    pcsc_context,
    status_from_service_error,
    wait_for_state_change,
)
from drivers.ports.card_reader import CardFault, CardReadError, CardReaderStatus, CitizenCard
from thai.id_number import CitizenId

Result = TypeVar("Result")

RETRY_S: Final = 0.25
# Seconds from the first attempt during which a failed read is repeated, by fault, because the card may still be
# settling. For faults not listed: `settle_timeout_s`. An empty slot stays empty; a mute card has been powered
# twice by then.
RETRY_WINDOW_S: Final = {
    CardFault.NO_CARD: 0.6,
    CardFault.MUTE: 1.0,
    CardFault.NO_READER: 0.0,
    CardFault.NOT_THAI_ID: 0.0,
    CardFault.PULLED_OUT: 0.6,
    CardFault.BAD_CONTENT: 0.0,
}
# With several readers, the fault of a reader that holds a card is reported before the empty slot of another.
FAULTS_BY_PRIORITY: Final = (
    CardFault.PULLED_OUT,
    CardFault.BAD_CONTENT,
    CardFault.UNREADABLE,
    CardFault.MUTE,
    CardFault.NOT_THAI_ID,
    CardFault.NO_CARD,
    CardFault.NO_READER,
)


class PcscCardReader:
    """The CardReader port on any PC/SC reader.

    `reader` is part of the reader's name, '' for any. With several readers, the one whose card has the Thai applet is
    used. `settle_timeout_s` is how long a card may take to settle after it was inserted.
    """

    def __init__(self, reader: str = "", settle_timeout_s: float = 3.0) -> None:
        self._reader = reader
        self._settle_timeout_s = settle_timeout_s
        self._watcher = SlotWatcher(reader)

    def watch(self, on_change: Callable[[CardReaderStatus], None], stop: Event) -> None:
        """Report each change of the slot until `stop` is set; the first call reports the present status. Never raises.

        While pcscd hangs the status is NO_SERVICE; afterwards the last status is reported again.
        """
        self._watcher.watch(on_change, stop)

    def status(self) -> CardReaderStatus:
        """The slot's status now. Never raises; blocks for as long as pcscd does."""
        try:
            with pcsc_context() as context:
                unknown = [(name, 0) for name in list_readers(context, self._reader)]
                states = wait_for_state_change(context, unknown, 0)
        except PcscError as error:
            return status_from_service_error(error)
        return merge_slot_states([state for _, state in states])

    def reader_names(self) -> list[str]:
        """Names of the matching readers, as their drivers give them; none when pcscd does not respond."""
        try:
            with pcsc_context() as context:
                return list_readers(context, self._reader)
        except PcscError:
            return []

    def read_citizen(self) -> CitizenCard:
        """Read the citizen fields. Raises CardReadError."""
        return to_citizen(self._read_with_retry(lambda channel: read_fields(channel.send, CITIZEN_FIELDS)))

    def read_citizen_id(self) -> CitizenId:
        """Read the 13 digits only, to check whether it is the same person's card. Raises CardReadError."""
        return to_citizen_id(self._read_with_retry(lambda channel: read_fields(channel.send, (CardField.CITIZEN_ID,))))

    def read_photo(self, expected_citizen_id: CitizenId, on_progress: Callable[[float], None], cancel: Event) -> bytes:
        """The photo (JPEG) on the card of `expected_citizen_id`; b"" when the card has none or `cancel` is set.

        The citizen id is read in the same session. Raises CardReadError; PULLED_OUT when another person's card is in
        the slot. `on_progress` receives 0 to 1.
        """

        def read(channel: CardChannel) -> bytes:
            if to_citizen_id(read_fields(channel.send, (CardField.CITIZEN_ID,))) != expected_citizen_id:
                raise CardReadError(CardFault.PULLED_OUT)
            return read_photo(channel.send, on_progress, cancel)

        return self._read_with_retry(read)

    def _read_with_retry(self, operation: Callable[[CardChannel], Result]) -> Result:
        """Run `operation` with the Thai card in any reader, again while a card settles. Raises CardReadError."""
        started_at = time.monotonic()
        was_pulled_out = False
        while True:
            try:
                return self._read_once(operation)
            except CardReadError as error:
                was_pulled_out |= error.fault is CardFault.PULLED_OUT
                window_s = min(self._settle_timeout_s, RETRY_WINDOW_S.get(error.fault, self._settle_timeout_s))
                if time.monotonic() - started_at >= window_s:
                    # The slot is empty because the card was pulled out while it was read.
                    if was_pulled_out and error.fault is CardFault.NO_CARD:
                        raise CardReadError(CardFault.PULLED_OUT) from error
                    raise
            time.sleep(RETRY_S)

    def _read_once(self, operation: Callable[[CardChannel], Result]) -> Result:
        """Try all readers once. When all fail, raises the fault of highest priority. With two Thai cards neither is
        read (UNREADABLE): somebody left one of them behind."""
        faults: list[CardFault] = []
        try:
            with pcsc_context() as context:
                names = list_readers(context, self._reader)
                for name in names:
                    try:
                        result = run_with_card(context, name, operation)
                    except CardReadError as error:
                        faults.append(error.fault)
                        continue
                    if any(has_thai_id_applet(context, other) for other in names if other != name):
                        raise CardReadError(CardFault.UNREADABLE)
                    return result
        except PcscError as error:
            faults.append(FAULT_BY_ERROR_CODE.get(error.code, CardFault.UNREADABLE))
        raise CardReadError(min(faults, key=FAULTS_BY_PRIORITY.index, default=CardFault.NO_READER))
