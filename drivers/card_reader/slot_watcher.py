"""Watches the slots of all matching readers and reports each change.

The polling loop runs on its own thread, because a pcscd that hangs holds every call to it for as long. After any error
but a time-out the loop opens a new PC/SC context, and so continues after a restart of pcscd.
"""

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import Any, Final

from drivers.card_reader.card_session import may_be_thai_id
from drivers.card_reader.slot_tracker import SlotTracker, card_event_count, is_card_mute
from drivers.card_reader.winscard import (
    PLUG_AND_PLAY,
    CardConnection,
    PcscError,
    list_readers,
    pcsc_context,
    status_from_service_error,
    wait_for_state_change,
)
from drivers.ports.card_reader import CardReaderStatus
from drivers.ports.change_log import ChangeLog

logger = logging.getLogger(__name__)

# How long SCardGetStatusChange may block; the loop checks `stop` at least this often.
POLL_TIMEOUT_MS: Final = 400
QUEUE_TIMEOUT_S: Final = 0.2  # `watch` checks `stop` this often
# pcscd hangs when no iteration ends within this. An iteration in which a mute card is powered twice takes 4 s on the
# slowest readers.
HANG_TIMEOUT_S: Final = 6.0
# Some readers power a card while its contacts still slide: it is mute then, and responds half a second later.
CONTACT_SETTLE_S: Final = 0.3
MAX_POWER_ATTEMPTS: Final = 2
# A mute card is powered again and again: its contacts may improve, and a card swapped faster than pcscd polls is not
# seen otherwise.
MUTE_RETRY_INTERVAL_S: Final = 2.0
BACK_OFF_S: Final = (0.2, 0.5, 1.0, 2.0)


class SlotWatcher:
    """Watches the readers whose name contains `reader`."""

    def __init__(self, reader: str) -> None:
        self._reader = reader
        self._log = ChangeLog(logger, "card reader")

    def watch(self, on_change: Callable[[CardReaderStatus], None], stop: Event) -> None:
        """Report each change until `stop` is set; the first call reports the present status. Never raises.

        While pcscd hangs the status is NO_SERVICE; afterwards the last status is reported again.
        """
        changes: SimpleQueue[CardReaderStatus] = SimpleQueue()
        heartbeat = _Heartbeat()
        Thread(target=self._run_loop, args=(changes.put, heartbeat, stop), name="card slots", daemon=True).start()
        last_change: CardReaderStatus | None = None
        hangs = False
        while not stop.is_set():
            status: CardReaderStatus | None = None
            with suppress(Empty):
                status = last_change = changes.get(timeout=QUEUE_TIMEOUT_S)
            hung_before, hangs = hangs, heartbeat.age_s > HANG_TIMEOUT_S
            if status is None and hangs is not hung_before:
                status = CardReaderStatus.NO_SERVICE if hangs else last_change
            if status is not None:
                self._log.log_if_changed(status)
                on_change(status)

    def _run_loop(self, on_status: Callable[[CardReaderStatus], None], heartbeat: "_Heartbeat", stop: Event) -> None:
        slots = SlotTracker()
        failures = 0
        while not stop.is_set():
            started_at = time.monotonic()
            try:
                with pcsc_context() as context:
                    self._poll_slots(context, slots, on_status, heartbeat, stop)
            except PcscError as error:
                # A hub that re-enumerates or a daemon that restarts is back within a second: report only the second
                # failure in a row.
                failures = 0 if time.monotonic() - started_at > max(BACK_OFF_S) else failures + 1
                is_reported = failures > 1 or slots.last_status is None
                status = status_from_service_error(error) if is_reported else None
                for change in slots.reset_after_service_loss(status):
                    on_status(change)
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
        """Poll until `stop` is set. Raises PcscError."""
        states: dict[str, int] = {}
        repowerer = _MuteCardRepowerer(context, stop)
        while not stop.is_set():
            states = self._wait_for_states(context, states)
            mute_readers = {name: card_event_count(state) for name, state in states.items() if is_card_mute(state)}
            if repowerer.repower(mute_readers):
                states = dict(wait_for_state_change(context, list(states.items()), 0))
            slot_states = {name: state for name, state in states.items() if name != PLUG_AND_PLAY}
            for status in slots.update(slot_states, lambda name: may_be_thai_id(context, name), mute_readers):
                on_status(status)
            heartbeat.beat()

    def _wait_for_states(self, context: Any, known: Mapping[str, int]) -> dict[str, int]:
        """State words by reader name after the next change or time-out; returns at once when the list of readers has
        changed."""
        names = [*list_readers(context, self._reader), PLUG_AND_PLAY]
        wait_ms = POLL_TIMEOUT_MS if list(known) == names else 0
        return dict(wait_for_state_change(context, [(name, known.get(name, 0)) for name in names], wait_ms))


class _MuteCardRepowerer:
    """Powers mute cards again: a card that was still sliding in responds then. A new mute card gets MAX_POWER_ATTEMPTS,
    one that stays mute one attempt every MUTE_RETRY_INTERVAL_S."""

    def __init__(self, context: Any, stop: Event) -> None:
        self._context = context
        self._stop = stop
        self._known: Mapping[str, int] = {}  # reader → its event count when its mute card was powered
        self._next_attempt_at = 0.0

    def repower(self, mute_readers: Mapping[str, int]) -> bool:
        """Power the cards in `mute_readers` (name → event count) if an attempt is due; returns whether it was."""
        has_new_card = bool(mute_readers.items() - self._known.items())
        if not has_new_card and not (mute_readers and time.monotonic() >= self._next_attempt_at):
            return False
        self._connect_to_each(mute_readers, MAX_POWER_ATTEMPTS if has_new_card else 1)
        self._known = mute_readers
        self._next_attempt_at = time.monotonic() + MUTE_RETRY_INTERVAL_S
        return True

    def _connect_to_each(self, readers: Iterable[str], max_attempts: int) -> None:
        """Power the card in each reader by connecting to it."""
        for reader in readers:
            for _ in range(max_attempts):
                if self._stop.wait(CONTACT_SETTLE_S):
                    return
                with suppress(PcscError):
                    CardConnection(self._context, reader).close()
                    break


class _Heartbeat:
    """When the polling loop last ended an iteration."""

    def __init__(self) -> None:
        self.beat()

    def beat(self) -> None:
        self._last_beat_s = time.monotonic()

    @property
    def age_s(self) -> float:
        return time.monotonic() - self._last_beat_s
