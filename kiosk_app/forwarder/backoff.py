"""When to try again: exponential back-off with full jitter, so that kiosks cut off together do not come back
together."""

from dataclasses import dataclass, field
from random import Random

_MAX_FAILURES_AFTER_PROGRESS = 5


@dataclass
class Backoff:
    """Counts failures; each waits a random time up to twice the last bound. Times are seconds of a monotonic clock."""

    first_s: float
    max_s: float
    rng: Random = field(repr=False)
    failures: int = 0
    not_before: float = 0.0

    def record_failure(self, now: float, retry_after_s: float | None = None) -> float:
        """Note a failure; how long to wait. `retry_after_s`: what the other side asked for is the least."""
        bound = min(self.first_s * 2 ** min(self.failures, 32), self.max_s)
        wait = self.rng.uniform(0, bound) + (retry_after_s or 0.0)
        self.failures += 1
        self.not_before = now + wait
        return wait

    def record_progress(self) -> None:
        """What failed got further than before: wait no longer than after a few failures."""
        self.failures = min(self.failures, _MAX_FAILURES_AFTER_PROGRESS)

    def reset(self) -> None:
        self.failures = 0
        self.not_before = 0.0
