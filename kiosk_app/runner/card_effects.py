"""The ID card: watched for on a thread of its own, read on a lane."""

import logging
import threading
from collections.abc import Callable

from drivers.ports.card_reader import CardFault, CardReader, CardReadError, CardReaderStatus
from journey import effects, events
from kiosk_app.runner.workers import Job, Lane, without_data

log = logging.getLogger(__name__)

CARD_S = 15.0  # deadline: up to 3 s until a reader is ready, 1 s of text on an old card, retries
WATCH_PAUSE_S = 2.0  # before a watch that ended is begun anew


class Card:
    """What is done with the card reader. `post` takes what comes of it, from any thread."""

    def __init__(self, reader: CardReader | None, post: Callable[[events.Event], None]) -> None:
        self.lane = Lane("card reader", post)
        self._reader = reader
        self._post = post
        self._stopping = threading.Event()
        self._watch_end = threading.Event()
        self._watcher: threading.Thread | None = None

    def start_watching(self) -> None:
        """Tell of every card that comes or goes, until `stop_watching`."""
        self._watcher = threading.Thread(target=self._watch, name="card watch", daemon=True)
        self._watcher.start()

    def watch_anew(self) -> None:
        """End this watch; the next one begins by telling what it finds."""
        self._watch_end.set()

    def stop_watching(self) -> None:
        """For good, and wait a little for the thread to end."""
        self._stopping.set()
        self._watch_end.set()
        if self._watcher is not None:
            self._watcher.join(2.0)

    def read(self, effect: effects.ReadCard) -> None:
        """Who it is."""
        ticket = effect.ticket

        def answer(reader: CardReader) -> events.Event:
            card = reader.read_citizen()
            return events.CardRead(ticket, card, card.address.area)

        self._submit("read", ticket, answer)

    def read_id(self, effect: effects.ReadCardId) -> None:
        """Only whether it is the same person's."""
        ticket = effect.ticket
        self._submit("read id", ticket, lambda reader: events.CardIdRead(ticket, reader.read_citizen_id()))

    def _submit(self, name: str, ticket: events.Ticket, answer: Callable[[CardReader], events.Event]) -> None:
        reader = self._reader

        def call() -> events.Event:
            if reader is None:
                return events.CardReadFailed(ticket, CardFault.NO_READER)
            try:
                return answer(reader)
            except CardReadError as error:
                return events.CardReadFailed(ticket, error.fault)

        self.lane.submit(
            Job(
                name,
                call,
                CARD_S,
                failed=events.CardReadFailed(ticket, CardFault.UNREADABLE),
                late=(
                    events.CardReadFailed(ticket, CardFault.UNRESPONSIVE),
                    events.CardReaderChanged(CardReaderStatus.UNRESPONSIVE),
                ),
                visit_id=ticket.visit_id,
            )
        )

    def _watch(self) -> None:
        reader = self._reader
        while reader is not None:
            self._watch_end = end = threading.Event()
            if self._stopping.is_set():
                return
            try:
                reader.watch(lambda status: self._post(events.CardReaderChanged(status)), end)
            except Exception as error:
                log.error("the card watch failed: %s", without_data(error))
                self._post(events.CardReaderChanged(CardReaderStatus.UNKNOWN))
            if self._stopping.wait(WATCH_PAUSE_S):
                return
