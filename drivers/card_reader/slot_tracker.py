"""What PC/SC's state words say, as events: pure, so that every order of things can be tried.

A state word is what SCardGetStatusChange gives for one reader: its bits say what is in the slot now, its upper half
counts the cards that came and went since the reader was found.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final

from smartcard import scard

from drivers.ports.card_reader import CardReaderStatus

# More comings and goings than this between two looks, and the count belongs to another life of the reader.
MAX_MISSED_EVENTS: Final = 64
EMPTY_SLOT_STATE: Final[int] = scard.SCARD_STATE_EMPTY
KNOWN_SLOT_STATUSES: Final = (CardReaderStatus.EMPTY, CardReaderStatus.CARD_PRESENT, CardReaderStatus.CARD_MUTE)


def merge_slot_states(states: Sequence[int]) -> CardReaderStatus:
    """State words of all readers → one state: a card anywhere counts before a mute one before an empty slot."""
    if any(map(is_card_responsive, states)):
        return CardReaderStatus.CARD_PRESENT
    if any(map(is_card_present, states)):
        return CardReaderStatus.CARD_MUTE
    if any(state & scard.SCARD_STATE_EMPTY for state in states):
        return CardReaderStatus.EMPTY
    # Listed, but its driver gets no answer: the cable is out, or the reader hangs. Not yet looked at: no bits at all.
    gone = scard.SCARD_STATE_UNAVAILABLE | scard.SCARD_STATE_UNKNOWN
    if all(state & gone for state in states):
        return CardReaderStatus.NO_READER
    return CardReaderStatus.UNKNOWN


def card_event_count(state: int) -> int:
    """How many cards came and went."""
    return (state >> 16) & 0xFFFF


class SlotTracker:
    """All readers as one slot, over time. `update` is told each look and gives what happened since, in order.

    A card that lies in one of several readers when it is found, and is none of ours, is part of the furniture: the SAM
    of a dual reader, a virtual reader's card. Every other card counts: while one is in, another that comes or goes
    anywhere is told as another state and in, so that whoever listens looks again whose card it is.

    EMPTY is told only of a slot that was seen empty: at a look, or by the count of the reader that holds the card now.
    Where a card may be the one from before (a reader or pcscd went and came back, a second card was laid beside it),
    UNKNOWN is told before it instead.
    """

    def __init__(self) -> None:
        self.last_status: CardReaderStatus | None = None
        self._previous_states: dict[str, int] = {}
        self._permanent_cards: dict[str, int] = {}  # reader → its count while that card lay there

    def reset_after_service_loss(self, status: CardReaderStatus | None = None) -> list[CardReaderStatus]:
        """The service went away, what lies in the slots is not known any more; tell `status`, if that is news."""
        self._previous_states.clear()
        self._permanent_cards.clear()
        if status in (None, self.last_status):
            return []
        self.last_status = status
        return [status]

    def update(
        self, states: Mapping[str, int], is_ours: Callable[[str], bool], mute_readers: Collection[str] = ()
    ) -> list[CardReaderStatus]:
        """State words by reader's name → statuses to tell, oldest first; empty when nothing happened.

        `is_ours` says whether the card in that reader has our applet. It may take a second, and is asked once for each
        card found lying in one of several readers. `mute_readers` are the readers whose card did not answer since the
        last look: where that card is out by now, it is not told as one that could have been read.
        """
        event_count = max([self._events_since_update(name, state) for name, state in states.items()], default=0)
        if any(is_card_present(state) and name not in states for name, state in self._previous_states.items()):
            event_count = max(event_count, 1)  # a reader went away, and its card with it
        lying = {name: card_event_count(state) for name, state in states.items() if is_card_present(state)}
        fresh = [name for name in lying if name not in self._previous_states] if len(states) > 1 else []
        self._permanent_cards = {
            name: count for name, count in self._permanent_cards.items() if lying.get(name) == count
        } | {name: lying[name] for name in fresh if is_card_responsive(states[name]) and not is_ours(name)}
        came_in = all(
            name in self._previous_states
            and card_event_count(states[name]) != card_event_count(self._previous_states[name])
            for name in lying.keys() - self._permanent_cards.keys()
        )
        self._previous_states = dict(states)
        now = merge_slot_states(
            [EMPTY_SLOT_STATE if name in self._permanent_cards else state for name, state in states.items()]
        )
        passed = CardReaderStatus.CARD_MUTE if mute_readers else CardReaderStatus.CARD_PRESENT
        told = self._status_sequence(
            now, event_count, CardReaderStatus.EMPTY if now is not CardReaderStatus.EMPTY else passed
        )
        if event_count and self.last_status in KNOWN_SLOT_STATUSES and now.has_card and not came_in:
            told = [CardReaderStatus.UNKNOWN, now]
        self.last_status = now
        return told

    def _events_since_update(self, name: str, state: int) -> int:
        """How many cards came to this reader or left it since the last look; furniture that left does not count."""
        if name not in self._previous_states:
            return int(is_card_present(state))
        moved = (card_event_count(state) - card_event_count(self._previous_states[name])) & 0xFFFF
        return moved - (moved > 0 and name in self._permanent_cards)

    def _status_sequence(
        self, now: CardReaderStatus, event_count: int, intermediate: CardReaderStatus
    ) -> list[CardReaderStatus]:
        """What was between is told too: `now` and `intermediate` took turns."""
        if (
            not event_count
            or event_count > MAX_MISSED_EVENTS
            or self.last_status not in KNOWN_SLOT_STATUSES
            or now not in KNOWN_SLOT_STATUSES
        ):
            return [now] if now is not self.last_status else []
        told = [now if (event_count - turn) % 2 else intermediate for turn in range(event_count)]
        return told if told[0] is not self.last_status else told[1:] or [intermediate, now]


def is_card_present(state: int) -> bool:
    """There is something in the slot."""
    return bool(state & scard.SCARD_STATE_PRESENT)


def is_card_responsive(state: int) -> bool:
    """There is something in the slot that answered when it was powered."""
    return is_card_present(state) and not is_card_mute(state)


def is_card_mute(state: int) -> bool:
    """There is something in the slot that did not answer."""
    return bool(state & scard.SCARD_STATE_MUTE)
