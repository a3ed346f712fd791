"""The ID card: watched for on a thread of its own, read on a worker."""

import logging
import threading
from collections.abc import Callable

from drivers.ports.card_reader import CardFault, CardReader, CardReadError, CardReaderStatus
from journey import effects, events
from kiosk_app.runner.workers import Job, Worker, describe_error_without_data

log = logging.getLogger(__name__)

CARD_DEADLINE_S = 15.0  # deadline: up to 3 s until a reader is ready, 1 s of text on an old card, retries
WATCH_RETRY_PAUSE_S = 2.0  # before a watch that ended is begun anew


class CardEffects:
    """What is done with the card reader. `post` takes what comes of it, from any thread."""

    def __init__(self, reader: CardReader | None, post: Callable[[events.Event], None]) -> None:
        self.worker = Worker("card reader", post)
        self._reader = reader
        self._post = post
        self._stopping = threading.Event()
        self._watch_end = threading.Event()
        self._watcher: threading.Thread | None = None

    def start_watching(self) -> None:
        """Tell of every card that comes or goes, until `stop_watching`."""
        self._watcher = threading.Thread(target=self._watch, name="card watch", daemon=True)
        self._watcher.start()

    def restart_watch(self) -> None:
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
        request_id = effect.request_id

        def answer(reader: CardReader) -> events.Event:
            card = reader.read_citizen()
            return events.CardRead(request_id, card, card.address.area)

        self._submit("read", request_id, answer)

    def read_citizen_id(self, effect: effects.ReadCitizenId) -> None:
        """Only whether it is the same person's."""
        request_id = effect.request_id
        self._submit("read id", request_id, lambda reader: events.CitizenIdRead(request_id, reader.read_citizen_id()))

    def _submit(self, name: str, request_id: events.RequestId, answer: Callable[[CardReader], events.Event]) -> None:
        reader = self._reader

        def call() -> events.Event:
            if reader is None:
                return events.CardReadFailed(request_id, CardFault.NO_READER)
            try:
                return answer(reader)
            except CardReadError as error:
                return events.CardReadFailed(request_id, error.fault)

        self.worker.submit(
            Job(
                name,
                call,
                CARD_DEADLINE_S,
                failure_result=events.CardReadFailed(request_id, CardFault.UNREADABLE),
                timeout_results=(
                    events.CardReadFailed(request_id, CardFault.UNRESPONSIVE),
                    events.CardReaderChanged(CardReaderStatus.UNRESPONSIVE),
                ),
                visit_id=request_id.visit_id,
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
                log.error("the card watch failed: %s", describe_error_without_data(error))
                self._post(events.CardReaderChanged(CardReaderStatus.UNKNOWN))
            if self._stopping.wait(WATCH_RETRY_PAUSE_S):
                return
