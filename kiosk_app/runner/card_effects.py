"""The ID card: the slot is watched on a separate thread, cards are read on a worker."""

import logging
import threading
from collections.abc import Callable

from drivers.ports.card_reader import CardFault, CardReader, CardReadError, CardReaderStatus
from journey import effects, events
from kiosk_app.runner.workers import Job, Worker, describe_error_without_data

log = logging.getLogger(__name__)

CARD_DEADLINE_S = 15.0  # up to 3 s until a reader is ready, 1 s to read the text of an old card, and retries
WATCH_RETRY_PAUSE_S = 2.0  # before a watch that ended is started again


class CardEffects:
    """The effects of the card reader. `post` takes results, from any thread."""

    def __init__(self, reader: CardReader | None, post: Callable[[events.Event], None]) -> None:
        self.worker = Worker("card reader", post)
        self._reader = reader
        self._post = post
        self._stopping = threading.Event()
        self._watch_end = threading.Event()
        self._watcher: threading.Thread | None = None

    def start_watching(self) -> None:
        """Post every change in the slot, until `stop_watching`."""
        self._watcher = threading.Thread(target=self._watch, name="card watch", daemon=True)
        self._watcher.start()

    def restart_watch(self) -> None:
        """End this watch. The next one starts by reporting the present state."""
        self._watch_end.set()

    def stop_watching(self) -> None:
        """End watching; wait up to 2 s for the thread."""
        self._stopping.set()
        self._watch_end.set()
        if self._watcher is not None:
            self._watcher.join(2.0)

    def read(self, effect: effects.ReadCard) -> None:
        """Read the citizen's data."""
        request_id = effect.request_id

        def read(reader: CardReader) -> events.Event:
            card = reader.read_citizen()
            return events.CardRead(request_id, card, card.address.area)

        self._submit("read", request_id, read)

    def read_citizen_id(self, effect: effects.ReadCitizenId) -> None:
        """Read the citizen id only, to compare the card with that of the visit."""
        request_id = effect.request_id
        self._submit("read id", request_id, lambda reader: events.CitizenIdRead(request_id, reader.read_citizen_id()))

    def _submit(self, name: str, request_id: events.RequestId, read: Callable[[CardReader], events.Event]) -> None:
        reader = self._reader

        def call() -> events.Event:
            if reader is None:
                return events.CardReadFailed(request_id, CardFault.NO_READER)
            try:
                return read(reader)
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
