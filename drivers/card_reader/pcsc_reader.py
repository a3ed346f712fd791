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
from drivers.card_reader.card_map import SELECT_APPLET, WHITELIST, Field, read_fields
from drivers.card_reader.photo import BadPhotoError, read_photo
from drivers.card_reader.slot_tracker import Slots, is_mute, moves, slot_status
from drivers.card_reader.winscard import (
    CONNECT_FAULTS,
    NOT_ALLOWED,
    PLUG_AND_PLAY,
    PULLED_OUT,
    Connection,
    PcscError,
    list_readers,
    pcsc_context,
    states_of,
)
from drivers.ports.card_reader import CardFault, CardReadError, CardReaderStatus, CitizenCard
from drivers.status_log import ChangeLog
from thai.id_number import CitizenId

logger = logging.getLogger(__name__)

Found = TypeVar("Found")

# How long SCardGetStatusChange may block: how late the loop sees that it is to end.
TURN_MS: Final = 400
LOOK_S: Final = 0.2  # how late `watch` sees it
# No turn within this: pcscd hangs. A turn in which a mute card is powered twice takes 4 s on the slowest readers.
HANGS_S: Final = 6.0
# Some readers power a card while its contacts still slide: mute, and fine half a second later.
SLIDING_IN_S: Final = 0.3
POWER_TRIES: Final = 2
MUTE_AGAIN_S: Final = 2.0  # and again: contacts get better, and a swap quicker than pcscd's look is not seen otherwise
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
    CardFault.BAD_CONTENT: 0.0,
}
# With several readers, the fault of the one that holds a card tells more than "the other one is empty".
TELLING: Final = (
    CardFault.PULLED_OUT,
    CardFault.BAD_CONTENT,
    CardFault.UNREADABLE,
    CardFault.MUTE,
    CardFault.NOT_THAI_ID,
    CardFault.NO_CARD,
    CardFault.NO_READER,
)
# Of these cards it is known that they want P2=1 in GET RESPONSE. A hint that saves one exchange; status words lead.
WANTS_P2_1: Final = b"\x3b\x67"


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
        """Report each change of the slot until `stop` is set; the first call tells the state found. Never raises.

        A daemon that hangs is NO_SERVICE until it turns again; then the state is told once more.
        """
        news: SimpleQueue[CardReaderStatus] = SimpleQueue()
        pulse = _Pulse()
        Thread(target=self._turn, args=(news.put, pulse, stop), name="card slots", daemon=True).start()
        seen: CardReaderStatus | None = None
        hangs = False
        while not stop.is_set():
            status: CardReaderStatus | None = None
            with suppress(Empty):
                status = seen = news.get(timeout=LOOK_S)
            hung, hangs = hangs, pulse.age_s > HANGS_S
            if status is None and hangs is not hung:
                status = CardReaderStatus.NO_SERVICE if hangs else seen
            if status is not None:
                self._log.tell(status)
                on_change(status)

    def status(self) -> CardReaderStatus:
        """The slot's state now. Never raises; blocks for as long as pcscd does."""
        try:
            with pcsc_context() as context:
                states = states_of(context, [(name, 0) for name in self._names(context)], 0)
        except PcscError as error:
            return service_status(error)
        return slot_status([state for _, state in states])

    def models(self) -> list[str]:
        """Names of the readers that count, as their drivers give them; none when pcscd does not answer."""
        try:
            with pcsc_context() as context:
                return self._names(context)
        except PcscError:
            return []

    def read_citizen(self) -> CitizenCard:
        """Read the whitelist. Raises CardReadError."""
        return to_citizen(self._read(lambda channel: read_fields(channel.send, WHITELIST)))

    def read_citizen_id(self) -> CitizenId:
        """Read the 13 digits only, to tell whether it is the same person's card. Raises CardReadError."""
        return to_citizen_id(self._read(lambda channel: read_fields(channel.send, (Field.CITIZEN_ID,))))

    def read_photo(self, of: CitizenId, on_progress: Callable[[float], None], cancel: Event) -> bytes:
        """The photo of the person whose card was read before: JPEG, b"" where the card has none or at `cancel`.

        The number is read with it: another person's card is PULLED_OUT. Raises CardReadError.
        """

        def read(channel: CardChannel) -> bytes:
            if to_citizen_id(read_fields(channel.send, (Field.CITIZEN_ID,))) != of:
                raise CardReadError(CardFault.PULLED_OUT)
            return read_photo(channel.send, on_progress, cancel)

        return self._read(read)

    def _names(self, context: Any) -> list[str]:
        return [name for name in list_readers(context) if self._reader in name]

    def _turn(self, tell: Callable[[CardReaderStatus], None], pulse: "_Pulse", stop: Event) -> None:
        slots = Slots()
        failures = 0
        while not stop.is_set():
            started = time.monotonic()
            try:
                with pcsc_context() as context:
                    self._look(context, slots, tell, pulse, stop)
            except PcscError as error:
                # A hub that re-enumerates or a daemon that restarts is back within a second: only then is it news.
                failures = 0 if time.monotonic() - started > max(BACK_OFF_S) else failures + 1
                told = service_status(error) if failures > 1 or slots.last is None else None
                for status in slots.lost(told):
                    tell(status)
                stop.wait(BACK_OFF_S[min(failures, len(BACK_OFF_S) - 1)])
                pulse.beat()

    def _look(
        self, context: Any, slots: Slots, tell: Callable[[CardReaderStatus], None], pulse: "_Pulse", stop: Event
    ) -> None:
        known: list[tuple[str, int]] = []
        powered_anew: dict[str, int] = {}  # reader → its count of moves, for mute cards
        again = 0.0  # when to power them once more
        while not stop.is_set():
            names = self._names(context)
            others = [name for name, _ in known] != [*names, PLUG_AND_PLAY]
            if others:
                before = dict(known)
                known = [(name, before.get(name, 0)) for name in (*names, PLUG_AND_PLAY)]
            known = states_of(context, known, 0 if others else TURN_MS)
            mute = {name: moves(state) for name, state in known if is_mute(state)}
            fresh = mute.items() - powered_anew.items()
            if fresh or (mute and time.monotonic() >= again):
                power_anew(context, mute, POWER_TRIES if fresh else 1, stop)
                powered_anew, again = mute, time.monotonic() + MUTE_AGAIN_S
                known = states_of(context, known, 0)
            for status in slots.see(dict(known[:-1]), lambda name: is_ours(context, name), mute):
                tell(status)
            pulse.beat()

    def _read(self, work: Callable[[CardChannel], Found]) -> Found:
        """Do `work` with the Thai card in any reader, trying again while a card settles. Raises CardReadError."""
        began = time.monotonic()
        came_out = False
        while True:
            try:
                return self._read_once(work)
            except CardReadError as error:
                came_out |= error.fault is CardFault.PULLED_OUT
                if time.monotonic() - began >= min(self._patience_s, SETTLING_S.get(error.fault, self._patience_s)):
                    # The slot found empty after a card came out is the same story, not another.
                    if came_out and error.fault is CardFault.NO_CARD:
                        raise CardReadError(CardFault.PULLED_OUT) from error
                    raise
            time.sleep(RETRY_S)

    def _read_once(self, work: Callable[[CardChannel], Found]) -> Found:
        """One turn over all readers; of their faults the most telling one is raised. Of two Thai cards none is read:
        one of them somebody left behind."""
        faults: list[CardFault] = []
        try:
            with pcsc_context() as context:
                names = self._names(context)
                for name in names:
                    try:
                        found = with_card(context, name, work)
                    except CardReadError as error:
                        faults.append(error.fault)
                        continue
                    if any(has_applet(context, other) for other in names if other != name):
                        raise CardReadError(CardFault.UNREADABLE)
                    return found
        except PcscError as error:
            faults.append(CONNECT_FAULTS.get(error.code, CardFault.UNREADABLE))
        raise CardReadError(min(faults, key=TELLING.index, default=CardFault.NO_READER))


class _Pulse:
    """When the loop last turned."""

    def __init__(self) -> None:
        self.beat()

    def beat(self) -> None:
        self._at = time.monotonic()

    @property
    def age_s(self) -> float:
        return time.monotonic() - self._at


def service_status(error: PcscError) -> CardReaderStatus:
    """What an error of the service as a whole means."""
    if error.code == NOT_ALLOWED:
        return CardReaderStatus.NOT_ALLOWED
    gone = CONNECT_FAULTS.get(error.code) is CardFault.NO_READER
    return CardReaderStatus.NO_SERVICE if gone else CardReaderStatus.UNKNOWN


def power_anew(context: Any, readers: Iterable[str], tries: int, stop: Event) -> None:
    """Connect to mute cards, which powers them once more: a card that was still sliding in answers then."""
    for reader in readers:
        for _ in range(tries):
            if stop.wait(SLIDING_IN_S):
                return
            with suppress(PcscError):
                Connection(context, reader).close()
                break


def is_ours(context: Any, reader: str) -> bool:
    """Whether the card in `reader` has our applet; it counts as ours unless it clearly says no."""
    return has_applet(context, reader) is not False


def has_applet(context: Any, reader: str) -> bool | None:
    """Whether the card in `reader` has our applet; None where it cannot be asked. Reads nothing."""
    try:
        card = Connection(context, reader)
    except PcscError:
        return None
    try:
        card.begin()
        CardChannel(card.transmit).tell(SELECT_APPLET)
    except StatusWordError as refused:
        return False if refused.status_word else None
    except PcscError:
        return None
    finally:
        card.close()
    return True


def with_card(context: Any, reader: str, work: Callable[[CardChannel], Found]) -> Found:
    """Connect to the card in `reader`, select the applet and do `work`. Raises CardReadError."""
    try:
        card = Connection(context, reader)
    except PcscError as error:
        raise CardReadError(CONNECT_FAULTS.get(error.code, CardFault.UNREADABLE)) from error
    try:
        card.begin()
        channel = CardChannel(card.transmit, response_p2=int(card.atr().startswith(WANTS_P2_1)))
        try:
            channel.tell(SELECT_APPLET)
        except StatusWordError as refused:
            # No status word at all is a bad contact, not a refusal.
            fault = CardFault.NOT_THAI_ID if refused.status_word else CardFault.UNREADABLE
            raise CardReadError(fault) from refused
        return work(channel)
    except PcscError as error:
        raise CardReadError(CardFault.PULLED_OUT if error.code in PULLED_OUT else CardFault.UNREADABLE) from error
    except StatusWordError as refused:
        raise CardReadError(CardFault.UNREADABLE) from refused
    except BadPhotoError as bad:
        raise CardReadError(CardFault.BAD_CONTENT) from bad
    finally:
        card.close()


def to_citizen_id(fields: Mapping[Field, bytes]) -> CitizenId:
    """The 13 digits, checked. Raises CardReadError(BAD_CONTENT)."""
    try:
        return CitizenId(parse_fields.text(fields[Field.CITIZEN_ID]))
    except ValueError:
        raise CardReadError(CardFault.BAD_CONTENT) from None


def to_citizen(fields: Mapping[Field, bytes]) -> CitizenCard:
    """Fields as read → the whitelist in words. Raises CardReadError(BAD_CONTENT)."""
    return CitizenCard(
        citizen_id=to_citizen_id(fields),
        name=parse_fields.name(fields[Field.NAME_TH]),
        birth_date=parse_fields.birth_date(fields[Field.BIRTH_DATE]),
        sex=parse_fields.sex(fields[Field.SEX]),
        address=parse_fields.address(fields[Field.ADDRESS]),
        card_version=parse_fields.text(fields[Field.VERSION]),
    )
