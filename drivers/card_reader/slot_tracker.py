"""PC/SC state words as a sequence of slot statuses. Pure, so that tests can try every order of events.

A state word is what SCardGetStatusChange returns for one reader: its lower half says what is in the slot now, its upper
half counts the cards inserted and removed since the reader was found.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final

from smartcard import scard

from drivers.ports.card_reader import CardReaderStatus

# More events than this between two polls: the reader was replaced and its count started again.
MAX_MISSED_EVENTS: Final = 64
EMPTY_SLOT_STATE: Final[int] = scard.SCARD_STATE_EMPTY
KNOWN_SLOT_STATUSES: Final = (CardReaderStatus.EMPTY, CardReaderStatus.CARD_PRESENT, CardReaderStatus.CARD_MUTE)


def merge_slot_states(states: Sequence[int]) -> CardReaderStatus:
    """State words of all readers → one status. A responsive card anywhere counts first, then a mute one, then an empty
    slot."""
    if any(map(is_card_responsive, states)):
        return CardReaderStatus.CARD_PRESENT
    if any(map(is_card_present, states)):
        return CardReaderStatus.CARD_MUTE
    if any(state & scard.SCARD_STATE_EMPTY for state in states):
        return CardReaderStatus.EMPTY
    # The reader is listed, but its driver gets no response: the cable is out or the reader hangs. No bits at all: the
    # reader was not polled yet.
    gone = scard.SCARD_STATE_UNAVAILABLE | scard.SCARD_STATE_UNKNOWN
    if all(state & gone for state in states):
        return CardReaderStatus.NO_READER
    return CardReaderStatus.UNKNOWN


def card_event_count(state: int) -> int:
    """How many cards were inserted or removed."""
    return (state >> 16) & 0xFFFF


class SlotTracker:
    """All readers as one slot, over time. `update` takes the result of each poll and returns the statuses since the
    last one, in order.

    What happened between two polls → what is returned:
    - nothing → nothing, or the new status where only the status changed;
    - one or more cards moved in a slot → each status in turn, so a card swapped between two polls is EMPTY and then
      CARD_PRESENT;
    - a card is in a slot and may be the earlier one (a reader or pcscd disappeared and returned, a second card was
      inserted beside the first, a reader disappeared with its card) → UNKNOWN and then the status. The slot was not
      seen empty, so the listener must identify the card again;
    - a card without the Thai applet is in one of several readers when that reader is found → a permanent card: the SAM
      of a dual reader, a virtual reader's card. It is ignored until it is removed. The only reader has no permanent
      card.
    """

    def __init__(self) -> None:
        self.last_status: CardReaderStatus | None = None
        self._previous_states: dict[str, int] = {}
        self._permanent_cards: dict[str, int] = {}  # reader → its event count when the card was found

    def reset_after_service_loss(self, status: CardReaderStatus | None = None) -> list[CardReaderStatus]:
        """Forget the state of all slots. Returns [status] when it is given and has
        changed, otherwise []."""
        self._previous_states.clear()
        self._permanent_cards.clear()
        if status in (None, self.last_status):
            return []
        self.last_status = status
        return [status]

    def update(
        self, states: Mapping[str, int], may_be_thai_id: Callable[[str], bool], mute_readers: Collection[str] = ()
    ) -> list[CardReaderStatus]:
        """Return the statuses since the last update, oldest first. `states`: state words by reader name.

        `may_be_thai_id` says whether the card in that reader may have the Thai applet. It may take a second and is
        called once for each card that is in one of several readers when that reader is found. `mute_readers` are the
        readers whose card did not respond since the last poll: if it is removed by now, it is returned as CARD_MUTE,
        not as CARD_PRESENT.
        """
        present = {name: card_event_count(state) for name, state in states.items() if is_card_present(state)}
        event_count = self._count_events(states)
        self._permanent_cards = self._find_permanent_cards(states, present, may_be_thai_id)
        every_card_is_new = all(self._was_inserted(name, states) for name in present.keys() - self._permanent_cards)
        now = merge_slot_states(
            [EMPTY_SLOT_STATE if name in self._permanent_cards else state for name, state in states.items()]
        )
        if event_count and self.last_status in KNOWN_SLOT_STATUSES and now.has_card and not every_card_is_new:
            sequence = [CardReaderStatus.UNKNOWN, now]
        elif now is CardReaderStatus.EMPTY:
            removed = CardReaderStatus.CARD_MUTE if mute_readers else CardReaderStatus.CARD_PRESENT
            sequence = self._status_sequence(now, event_count, removed)
        else:
            sequence = self._status_sequence(now, event_count, CardReaderStatus.EMPTY)
        self._previous_states = dict(states)
        self.last_status = now
        return sequence

    def _count_events(self, states: Mapping[str, int]) -> int:
        """How many cards were inserted or removed since the last update: the highest count of one reader."""
        event_count = max([self._count_reader_events(name, state) for name, state in states.items()], default=0)
        if any(is_card_present(state) and name not in states for name, state in self._previous_states.items()):
            return max(event_count, 1)  # a reader went away with its card
        return event_count

    def _count_reader_events(self, name: str, state: int) -> int:
        """As `_count_events`, of one reader. The removal of a permanent card does not count."""
        if name not in self._previous_states:
            return int(is_card_present(state))
        events = (card_event_count(state) - card_event_count(self._previous_states[name])) & 0xFFFF
        return events - (events > 0 and name in self._permanent_cards)

    def _find_permanent_cards(
        self, states: Mapping[str, int], present: Mapping[str, int], may_be_thai_id: Callable[[str], bool]
    ) -> dict[str, int]:
        """The permanent cards that are still in, and those in readers that were found just now."""
        still_in = {name: count for name, count in self._permanent_cards.items() if present.get(name) == count}
        if len(states) < 2:
            return still_in
        in_new_readers = [name for name in present if name not in self._previous_states]
        return still_in | {
            name: present[name]
            for name in in_new_readers
            if is_card_responsive(states[name]) and not may_be_thai_id(name)
        }

    def _was_inserted(self, name: str, states: Mapping[str, int]) -> bool:
        """Whether the event count proves that the card in this reader was inserted since the last update."""
        return name in self._previous_states and card_event_count(states[name]) != card_event_count(
            self._previous_states[name]
        )

    def _status_sequence(
        self, now: CardReaderStatus, event_count: int, intermediate: CardReaderStatus
    ) -> list[CardReaderStatus]:
        """The statuses of `event_count` events that alternate between `intermediate` and `now` and end with `now`."""
        if (
            not event_count
            or event_count > MAX_MISSED_EVENTS
            or self.last_status not in KNOWN_SLOT_STATUSES
            or now not in KNOWN_SLOT_STATUSES
        ):
            return [now] if now is not self.last_status else []
        sequence = [now if (event_count - index) % 2 else intermediate for index in range(event_count)]
        if sequence[0] is not self.last_status:
            return sequence
        return sequence[1:] or [intermediate, now]


def is_card_present(state: int) -> bool:
    """There is something in the slot."""
    return bool(state & scard.SCARD_STATE_PRESENT)


def is_card_responsive(state: int) -> bool:
    """There is something in the slot that responded when it was powered."""
    return is_card_present(state) and not is_card_mute(state)


def is_card_mute(state: int) -> bool:
    """There is something in the slot that did not respond."""
    return bool(state & scard.SCARD_STATE_MUTE)
