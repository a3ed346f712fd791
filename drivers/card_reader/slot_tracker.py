"""What PC/SC's state words say, as events: pure, so that every order of things can be tried.

A state word is what SCardGetStatusChange gives for one reader: its bits say what is in the slot now, its upper half
counts the cards that came and went since the reader was found.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final

from smartcard import scard

from drivers.ports.card_reader import CardReaderStatus

# More comings and goings than this between two looks, and the count belongs to another life of the reader.
MOST_MISSED: Final = 64
EMPTY: Final[int] = scard.SCARD_STATE_EMPTY
SLOT_STATES: Final = (CardReaderStatus.EMPTY, CardReaderStatus.CARD_PRESENT, CardReaderStatus.CARD_MUTE)


def slot_status(states: Sequence[int]) -> CardReaderStatus:
    """State words of all readers → one state: a card anywhere counts before a mute one before an empty slot."""
    if any(map(answers, states)):
        return CardReaderStatus.CARD_PRESENT
    if any(map(is_in, states)):
        return CardReaderStatus.CARD_MUTE
    if any(state & scard.SCARD_STATE_EMPTY for state in states):
        return CardReaderStatus.EMPTY
    # Listed, but its driver gets no answer: the cable is out, or the reader hangs. Not yet looked at: no bits at all.
    gone = scard.SCARD_STATE_UNAVAILABLE | scard.SCARD_STATE_UNKNOWN
    if all(state & gone for state in states):
        return CardReaderStatus.NO_READER
    return CardReaderStatus.UNKNOWN


def moves(state: int) -> int:
    """How many cards came and went."""
    return (state >> 16) & 0xFFFF


class Slots:
    """All readers as one slot, over time. `see` is told each look and gives what happened since, in order.

    A card that lies in one of several readers when it is found, and is none of ours, is part of the furniture: the SAM
    of a dual reader, a virtual reader's card. Every other card counts: while one is in, another that comes or goes
    anywhere is told as another state and in, so that whoever listens looks again whose card it is.

    EMPTY is told only of a slot that was seen empty: at a look, or by the count of the reader that holds the card now.
    Where a card may be the one from before (a reader or pcscd went and came back, a second card was laid beside it),
    UNKNOWN is told before it instead.
    """

    def __init__(self) -> None:
        self.last: CardReaderStatus | None = None
        self._seen: dict[str, int] = {}
        self._furniture: dict[str, int] = {}  # reader → its count while that card lay there

    def lost(self, status: CardReaderStatus | None = None) -> list[CardReaderStatus]:
        """The service went away, what lies in the slots is not known any more; tell `status`, if that is news."""
        self._seen.clear()
        self._furniture.clear()
        if status in (None, self.last):
            return []
        self.last = status
        return [status]

    def see(
        self, states: Mapping[str, int], is_ours: Callable[[str], bool], mute: Collection[str] = ()
    ) -> list[CardReaderStatus]:
        """State words by reader's name → statuses to tell, oldest first; empty when nothing happened.

        `is_ours` says whether the card in that reader has our applet. It may take a second, and is asked once for each
        card found lying in one of several readers. `mute` are the readers whose card did not answer since the last
        look: where that card is out by now, it is not told as one that could have been read.
        """
        happened = max([self._moves_of(name, state) for name, state in states.items()], default=0)
        if any(is_in(state) and name not in states for name, state in self._seen.items()):
            happened = max(happened, 1)  # a reader went away, and its card with it
        lying = {name: moves(state) for name, state in states.items() if is_in(state)}
        fresh = [name for name in lying if name not in self._seen] if len(states) > 1 else []
        self._furniture = {name: count for name, count in self._furniture.items() if lying.get(name) == count} | {
            name: lying[name] for name in fresh if answers(states[name]) and not is_ours(name)
        }
        came_in = all(
            name in self._seen and moves(states[name]) != moves(self._seen[name])
            for name in lying.keys() - self._furniture.keys()
        )
        self._seen = dict(states)
        now = slot_status([EMPTY if name in self._furniture else state for name, state in states.items()])
        passed = CardReaderStatus.CARD_MUTE if mute else CardReaderStatus.CARD_PRESENT
        told = self._told(now, happened, CardReaderStatus.EMPTY if now is not CardReaderStatus.EMPTY else passed)
        if happened and self.last in SLOT_STATES and now.card_is_in and not came_in:
            told = [CardReaderStatus.UNKNOWN, now]
        self.last = now
        return told

    def _moves_of(self, name: str, state: int) -> int:
        """How many cards came to this reader or left it since the last look; furniture that left does not count."""
        if name not in self._seen:
            return int(is_in(state))
        moved = (moves(state) - moves(self._seen[name])) & 0xFFFF
        return moved - (moved > 0 and name in self._furniture)

    def _told(self, now: CardReaderStatus, happened: int, other: CardReaderStatus) -> list[CardReaderStatus]:
        """What was between is told too: `now` and `other` took turns."""
        if not happened or happened > MOST_MISSED or self.last not in SLOT_STATES or now not in SLOT_STATES:
            return [now] if now is not self.last else []
        told = [now if (happened - turn) % 2 else other for turn in range(happened)]
        return told if told[0] is not self.last else told[1:] or [other, now]


def is_in(state: int) -> bool:
    """There is something in the slot."""
    return bool(state & scard.SCARD_STATE_PRESENT)


def answers(state: int) -> bool:
    """There is something in the slot that answered when it was powered."""
    return is_in(state) and not is_mute(state)


def is_mute(state: int) -> bool:
    """There is something in the slot that did not answer."""
    return bool(state & scard.SCARD_STATE_MUTE)
