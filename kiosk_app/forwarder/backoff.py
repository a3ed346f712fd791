"""Exponential back-off with full jitter: kiosks that lost the connection at the same time do not retry at the same
time."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from enum import Enum
from random import Random

from kiosk_app.outbox import PendingRow

_MAX_FAILURES_AFTER_PROGRESS = 5


@dataclass
class Backoff:
    """Counts failures. The wait after each is random below a bound that doubles from `first_s` to `max_s`.

    Times are seconds of a monotonic clock."""

    first_s: float
    max_s: float
    rng: Random = field(repr=False)
    failures: int = 0
    not_before: float = 0.0

    def record_failure(self, now: float, retry_after_s: float | None = None) -> float:
        """Count a failure and return the wait in seconds. `retry_after_s`: the minimum that the other side requires."""
        bound = min(self.first_s * 2 ** min(self.failures, 32), self.max_s)
        wait = self.rng.uniform(0, bound) + (retry_after_s or 0.0)
        self.failures += 1
        self.not_before = now + wait
        return wait

    def record_progress(self) -> None:
        """Record that the failed attempt got further than the one before: the next wait is short again."""
        self.failures = min(self.failures, _MAX_FAILURES_AFTER_PROGRESS)

    def reset(self) -> None:
        """Record a success: the bound begins at `first_s` again."""
        self.failures = 0
        self.not_before = 0.0


class RowBackoffReason(Enum):
    """Why a row waits. The value is the first and the longest upper bound of the random wait, in seconds."""

    FAILED = (2.0, 900.0)  # the connection, the centre or the store failed
    REFUSED = (3600.0, 6 * 3600.0)  # the centre refuses the row

    @property
    def bounds_s(self) -> tuple[float, float]:
        """(first, longest) upper bound of the wait, in seconds."""
        first_s, max_s = self.value
        return first_s, max_s


class RowBackoffs:
    """The back-offs of single rows, by submission id. `monotonic` gives the seconds of a monotonic clock."""

    def __init__(self, rng: Random, monotonic: Callable[[], float]) -> None:
        self._rng = rng
        self._monotonic = monotonic
        self._backoffs: dict[str, tuple[RowBackoffReason, Backoff]] = {}

    def is_due(self, row: PendingRow) -> bool:
        """Whether the row may be tried now. A refused row is due at once after `Outbox.retry_refused`."""
        reason, backoff = self._backoffs.get(row.submission_id, (None, None))
        if reason is RowBackoffReason.REFUSED and not row.refused:
            self.remove(row.submission_id)
            return True
        return backoff is None or self._monotonic() >= backoff.not_before

    def failures(self, submission_id: str) -> int:
        """Failed attempts since the last success or change of reason."""
        return self._backoffs[submission_id][1].failures if submission_id in self._backoffs else 0

    def count(self, reason: RowBackoffReason) -> int:
        """How many rows wait for this reason."""
        return sum(1 for row_reason, _ in self._backoffs.values() if row_reason is reason)

    def record_failure(self, submission_id: str, reason: RowBackoffReason, retry_after_s: float | None = None) -> float:
        """Count a failure and return the wait in seconds. Another reason than before starts from its first bound."""
        previous_reason, backoff = self._backoffs.get(submission_id, (None, None))
        if backoff is None or previous_reason is not reason:
            backoff = Backoff(*reason.bounds_s, self._rng)
            self._backoffs[submission_id] = (reason, backoff)
        return backoff.record_failure(self._monotonic(), retry_after_s)

    def record_progress(self, submission_id: str) -> None:
        """See `Backoff.record_progress`."""
        if submission_id in self._backoffs:
            self._backoffs[submission_id][1].record_progress()

    def end_waits(self, reason: RowBackoffReason) -> None:
        """Make the rows that wait for this reason due now. The number of their failures is kept."""
        for row_reason, backoff in self._backoffs.values():
            if row_reason is reason:
                backoff.not_before = 0.0

    def remove(self, submission_id: str) -> None:
        """Forget the row, because it was delivered."""
        self._backoffs.pop(submission_id, None)

    def retain(self, submission_ids: Collection[str]) -> None:
        """Forget all other rows."""
        self._backoffs = {key: value for key, value in self._backoffs.items() if key in submission_ids}
