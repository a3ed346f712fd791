"""A card reader behind pcscd.

The loop over the slots drops its context on any error but a time-out and opens a new one, so a restarted daemon is "the
next turn". It turns on a thread of its own, because a daemon that hangs holds every call to it for as long.
"""

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import Any, Final, TypeVar

from drivers.card_reader import parse_fields
from drivers.card_reader.apdu import CardChannel, StatusWordError
from drivers.card_reader.card_map import CITIZEN_FIELDS, SELECT_APPLET, CardField, read_fields
from drivers.card_reader.photo import BadPhotoError, read_photo
from drivers.card_reader.slot_tracker import SlotTracker, card_event_count, is_card_mute, merge_slot_states
from drivers.card_reader.winscard import (
    CARD_REMOVED_CODES,
    FAULT_BY_ERROR_CODE,
    PCSC_ACCESS_DENIED,
    PLUG_AND_PLAY,
    CardConnection,
    PcscError,
    list_readers,
    pcsc_context,
    wait_for_state_change,
)
from drivers.ports.card_reader import CardFault, CardReadError, CardReaderStatus, CitizenCard
from drivers.status_log import ChangeLog
from thai.id_number import CitizenId

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

# How long SCardGetStatusChange may block: how late the loop sees that it is to end.
POLL_TIMEOUT_MS: Final = 400
QUEUE_TIMEOUT_S: Final = 0.2  # how late `watch` sees it
# No turn within this: pcscd hangs. A turn in which a mute card is powered twice takes 4 s on the slowest readers.
HANG_TIMEOUT_S: Final = 6.0
# Some readers power a card while its contacts still slide: mute, and fine half a second later.
CONTACT_SETTLE_S: Final = 0.3
MAX_POWER_ATTEMPTS: Final = 2
# And again: contacts get better, and a swap quicker than pcscd's look is not seen otherwise.
MUTE_RETRY_INTERVAL_S: Final = 2.0
BACK_OFF_S: Final = (0.2, 0.5, 1.0, 2.0)
RETRY_S: Final = 0.25
# For how long a fault at connecting is taken for a card still settling, where it differs from the reader's patience.
# An empty slot stays empty; a mute card has been powered twice by then.
RETRY_WINDOW_S: Final = {
    CardFault.NO_CARD: 0.6,
    CardFault.MUTE: 1.0,
    CardFault.NO_READER: 0.0,
    CardFault.NOT_THAI_ID: 0.0,
    CardFault.PULLED_OUT: 0.6,
    CardFault.BAD_CONTENT: 0.0,
}
# With several readers, the fault of the one that holds a card tells more than "the other one is empty".
FAULTS_BY_PRIORITY: Final = (
    CardFault.PULLED_OUT,
    CardFault.BAD_CONTENT,
    CardFault.UNREADABLE,
    CardFault.MUTE,
    CardFault.NOT_THAI_ID,
    CardFault.NO_CARD,
    CardFault.NO_READER,
)
# Of these cards it is known that they want P2=1 in GET RESPONSE. A hint that saves one exchange; status words lead.
ATR_PREFIX_P2_1: Final = b"\x3b\x67"


class PcscCardReader:
    """The CardReader port on any PC/SC reader.

    `reader` is a part of the wanted reader's name, '' for any. Of several readers the one whose card answers the Thai
    applet counts. `settle_timeout_s` is how long a card may take to settle after it was put in.
    """

    def __init__(self, reader: str = "", settle_timeout_s: float = 3.0) -> None:
        self._reader = reader
        self._settle_timeout_s = settle_timeout_s
        self._log = ChangeLog(logger, "card reader")

    def watch(self, on_change: Callable[[CardReaderStatus], None], stop: Event) -> None:
        """Report each change of the slot until `stop` is set; the first call tells the state found. Never raises.

        A daemon that hangs is NO_SERVICE until it turns again; then the state is told once more.
        """
        news: SimpleQueue[CardReaderStatus] = SimpleQueue()
        heartbeat = _Heartbeat()
        Thread(target=self._run_slot_loop, args=(news.put, heartbeat, stop), name="card slots", daemon=True).start()
        seen: CardReaderStatus | None = None
        hangs = False
        while not stop.is_set():
            status: CardReaderStatus | None = None
            with suppress(Empty):
                status = seen = news.get(timeout=QUEUE_TIMEOUT_S)
            hung, hangs = hangs, heartbeat.age_s > HANG_TIMEOUT_S
            if status is None and hangs is not hung:
                status = CardReaderStatus.NO_SERVICE if hangs else seen
            if status is not None:
                self._log.log_if_changed(status)
                on_change(status)

    def status(self) -> CardReaderStatus:
        """The slot's state now. Never raises; blocks for as long as pcscd does."""
        try:
            with pcsc_context() as context:
                states = wait_for_state_change(context, [(name, 0) for name in self._matching_readers(context)], 0)
        except PcscError as error:
            return status_from_service_error(error)
        return merge_slot_states([state for _, state in states])

    def reader_names(self) -> list[str]:
        """Names of the readers that count, as their drivers give them; none when pcscd does not answer."""
        try:
            with pcsc_context() as context:
                return self._matching_readers(context)
        except PcscError:
            return []

    def read_citizen(self) -> CitizenCard:
        """Read the whitelist. Raises CardReadError."""
        return to_citizen(self._read_with_retry(lambda channel: read_fields(channel.send, CITIZEN_FIELDS)))

    def read_citizen_id(self) -> CitizenId:
        """Read the 13 digits only, to tell whether it is the same person's card. Raises CardReadError."""
        return to_citizen_id(self._read_with_retry(lambda channel: read_fields(channel.send, (CardField.CITIZEN_ID,))))

    def read_photo(self, expected_citizen_id: CitizenId, on_progress: Callable[[float], None], cancel: Event) -> bytes:
        """The photo of the person whose card was read before: JPEG, b"" where the card has none or at `cancel`.

        The number is read with it: another person's card is PULLED_OUT. Raises CardReadError.
        """

        def read(channel: CardChannel) -> bytes:
            if to_citizen_id(read_fields(channel.send, (CardField.CITIZEN_ID,))) != expected_citizen_id:
                raise CardReadError(CardFault.PULLED_OUT)
            return read_photo(channel.send, on_progress, cancel)

        return self._read_with_retry(read)

    def _matching_readers(self, context: Any) -> list[str]:
        return [name for name in list_readers(context) if self._reader in name]

    def _run_slot_loop(
        self, on_status: Callable[[CardReaderStatus], None], heartbeat: "_Heartbeat", stop: Event
    ) -> None:
        slots = SlotTracker()
        failures = 0
        while not stop.is_set():
            started = time.monotonic()
            try:
                with pcsc_context() as context:
                    self._poll_slots(context, slots, on_status, heartbeat, stop)
            except PcscError as error:
                # A hub that re-enumerates or a daemon that restarts is back within a second: only then is it news.
                failures = 0 if time.monotonic() - started > max(BACK_OFF_S) else failures + 1
                told = status_from_service_error(error) if failures > 1 or slots.last_status is None else None
                for status in slots.reset_after_service_loss(told):
                    on_status(status)
                stop.wait(BACK_OFF_S[min(failures, len(BACK_OFF_S) - 1)])
                heartbeat.beat()

    def _poll_slots(
        self,
        context: Any,
        slots: SlotTracker,
        on_status: Callable[[CardReaderStatus], None],
        heartbeat: "_Heartbeat",
        stop: Event,
    ) -> None:
        known: list[tuple[str, int]] = []
        powered_anew: dict[str, int] = {}  # reader → its count of moves, for mute cards
        again = 0.0  # when to power them once more
        while not stop.is_set():
            names = self._matching_readers(context)
            others = [name for name, _ in known] != [*names, PLUG_AND_PLAY]
            if others:
                before = dict(known)
                known = [(name, before.get(name, 0)) for name in (*names, PLUG_AND_PLAY)]
            known = wait_for_state_change(context, known, 0 if others else POLL_TIMEOUT_MS)
            mute = {name: card_event_count(state) for name, state in known if is_card_mute(state)}
            fresh = mute.items() - powered_anew.items()
            if fresh or (mute and time.monotonic() >= again):
                repower_mute_cards(context, mute, MAX_POWER_ATTEMPTS if fresh else 1, stop)
                powered_anew, again = mute, time.monotonic() + MUTE_RETRY_INTERVAL_S
                known = wait_for_state_change(context, known, 0)
            for status in slots.update(dict(known[:-1]), lambda name: may_be_thai_id(context, name), mute):
                on_status(status)
            heartbeat.beat()

    def _read_with_retry(self, operation: Callable[[CardChannel], Result]) -> Result:
        """Do `operation` with the Thai card in any reader, trying again while a card settles. Raises CardReadError."""
        began = time.monotonic()
        came_out = False
        while True:
            try:
                return self._read_once(operation)
            except CardReadError as error:
                came_out |= error.fault is CardFault.PULLED_OUT
                if time.monotonic() - began >= min(
                    self._settle_timeout_s, RETRY_WINDOW_S.get(error.fault, self._settle_timeout_s)
                ):
                    # The slot found empty after a card came out is the same story, not another.
                    if came_out and error.fault is CardFault.NO_CARD:
                        raise CardReadError(CardFault.PULLED_OUT) from error
                    raise
            time.sleep(RETRY_S)

    def _read_once(self, operation: Callable[[CardChannel], Result]) -> Result:
        """One turn over all readers; of their faults the most telling one is raised. Of two Thai cards none is read:
        one of them somebody left behind."""
        faults: list[CardFault] = []
        try:
            with pcsc_context() as context:
                names = self._matching_readers(context)
                for name in names:
                    try:
                        found = run_with_card(context, name, operation)
                    except CardReadError as error:
                        faults.append(error.fault)
                        continue
                    if any(has_thai_id_applet(context, other) for other in names if other != name):
                        raise CardReadError(CardFault.UNREADABLE)
                    return found
        except PcscError as error:
            faults.append(FAULT_BY_ERROR_CODE.get(error.code, CardFault.UNREADABLE))
        raise CardReadError(min(faults, key=FAULTS_BY_PRIORITY.index, default=CardFault.NO_READER))


class _Heartbeat:
    """When the loop last turned."""

    def __init__(self) -> None:
        self.beat()

    def beat(self) -> None:
        self._last_beat_s = time.monotonic()

    @property
    def age_s(self) -> float:
        return time.monotonic() - self._last_beat_s


def status_from_service_error(error: PcscError) -> CardReaderStatus:
    """What an error of the service as a whole means."""
    if error.code == PCSC_ACCESS_DENIED:
        return CardReaderStatus.NOT_ALLOWED
    gone = FAULT_BY_ERROR_CODE.get(error.code) is CardFault.NO_READER
    return CardReaderStatus.NO_SERVICE if gone else CardReaderStatus.UNKNOWN


def repower_mute_cards(context: Any, readers: Iterable[str], max_attempts: int, stop: Event) -> None:
    """Connect to mute cards, which powers them once more: a card that was still sliding in answers then."""
    for reader in readers:
        for _ in range(max_attempts):
            if stop.wait(CONTACT_SETTLE_S):
                return
            with suppress(PcscError):
                CardConnection(context, reader).close()
                break


def may_be_thai_id(context: Any, reader: str) -> bool:
    """Whether the card in `reader` has our applet; it counts as ours unless it clearly says no."""
    return has_thai_id_applet(context, reader) is not False


def has_thai_id_applet(context: Any, reader: str) -> bool | None:
    """Whether the card in `reader` has our applet; None where it cannot be asked. Reads nothing."""
    try:
        card = CardConnection(context, reader)
    except PcscError:
        return None
    try:
        card.begin_transaction()
        CardChannel(card.transmit).send_without_fetch(SELECT_APPLET)
    except StatusWordError as refused:
        return False if refused.status_word else None
    except PcscError:
        return None
    finally:
        card.close()
    return True


def run_with_card(context: Any, reader: str, operation: Callable[[CardChannel], Result]) -> Result:
    """Connect to the card in `reader`, select the applet and do `operation`. Raises CardReadError."""
    try:
        card = CardConnection(context, reader)
    except PcscError as error:
        raise CardReadError(FAULT_BY_ERROR_CODE.get(error.code, CardFault.UNREADABLE)) from error
    try:
        card.begin_transaction()
        channel = CardChannel(card.transmit, response_p2=int(card.atr().startswith(ATR_PREFIX_P2_1)))
        try:
            channel.send_without_fetch(SELECT_APPLET)
        except StatusWordError as refused:
            # No status word at all is a bad contact, not a refusal.
            fault = CardFault.NOT_THAI_ID if refused.status_word else CardFault.UNREADABLE
            raise CardReadError(fault) from refused
        return operation(channel)
    except PcscError as error:
        raise CardReadError(
            CardFault.PULLED_OUT if error.code in CARD_REMOVED_CODES else CardFault.UNREADABLE
        ) from error
    except StatusWordError as refused:
        raise CardReadError(CardFault.UNREADABLE) from refused
    except BadPhotoError as bad:
        raise CardReadError(CardFault.BAD_CONTENT) from bad
    finally:
        card.close()


def to_citizen_id(fields: Mapping[CardField, bytes]) -> CitizenId:
    """The 13 digits, checked. Raises CardReadError(BAD_CONTENT)."""
    try:
        return CitizenId(parse_fields.text(fields[CardField.CITIZEN_ID]))
    except ValueError:
        raise CardReadError(CardFault.BAD_CONTENT) from None


def to_citizen(fields: Mapping[CardField, bytes]) -> CitizenCard:
    """Fields as read → the whitelist in words. Raises CardReadError(BAD_CONTENT)."""
    return CitizenCard(
        citizen_id=to_citizen_id(fields),
        name=parse_fields.name(fields[CardField.NAME_TH]),
        birth_date=parse_fields.birth_date(fields[CardField.BIRTH_DATE]),
        sex=parse_fields.sex(fields[CardField.SEX]),
        address=parse_fields.address(fields[CardField.ADDRESS]),
        card_version=parse_fields.text(fields[CardField.VERSION]),
    )
