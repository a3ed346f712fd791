"""Counts and durations of requests by route, added up over all processes of one `central serve`.

The numbers are in memory that the processes share: any of them answers a scrape for all. The files of
prometheus-client's multi-process mode would need a directory, and an environment variable before its first import. Each
process has a slot that only it writes; the process that replaces another continues its slot, so no counter goes back.
"""

import mmap
import threading
from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate

from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily

from central.monitoring.routes import UNKNOWN_PAGE, route_names

BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_STATUS_CLASSES = ("1xx", "2xx", "3xx", "4xx", "5xx")
_BUCKET_COUNT = len(BUCKETS_S) + 1  # the last one has no upper end
_SUM_OFFSET = _BUCKET_COUNT
_STATUS_OFFSET = _SUM_OFFSET + 1
_VALUES_PER_ROUTE = _STATUS_OFFSET + len(_STATUS_CLASSES)


class LatencyTable:
    """Shared numbers of `slots` processes. Create it before they are forked; each then calls `use_slot`."""

    def __init__(self, slots: int = 1) -> None:
        names = route_names()
        self._rows = {name: row for row, name in enumerate(names)}
        self._slots = slots
        self._memory = memoryview(mmap.mmap(-1, slots * len(names) * _VALUES_PER_ROUTE * 8)).cast("d")
        self._lock = threading.Lock()  # between the threads of one process
        self._slot = 0

    def use_slot(self, slot: int) -> None:
        """Write to this slot from now on."""
        self._slot, self._lock = slot, threading.Lock()

    def observe(self, route: str, status: int, seconds: float) -> None:
        """Count a request."""
        start = self._start(self._slot, self._rows.get(route, self._rows[UNKNOWN_PAGE]))
        status_class = min(max(status // 100, 1), len(_STATUS_CLASSES)) - 1
        with self._lock:
            self._memory[start + bisect_left(BUCKETS_S, seconds)] += 1
            self._memory[start + _SUM_OFFSET] += seconds
            self._memory[start + _STATUS_OFFSET + status_class] += 1

    def collect(self) -> Iterator[CounterMetricFamily | HistogramMetricFamily]:
        """The metrics of all slots together; routes without a request are left out."""
        counts = CounterMetricFamily("central_requests", "Requests.", labels=("route", "status"))
        durations = HistogramMetricFamily("central_request_duration_seconds", "Time to a response.", labels=("route",))
        for route, row in self._rows.items():
            values = [
                sum(self._memory[self._start(slot, row) + index] for slot in range(self._slots))
                for index in range(_VALUES_PER_ROUTE)
            ]
            cumulative = list(accumulate(values[:_BUCKET_COUNT]))
            if not cumulative[-1]:
                continue
            uppers = [*map(str, BUCKETS_S), "+Inf"]
            durations.add_metric((route,), list(zip(uppers, cumulative, strict=True)), values[_SUM_OFFSET])
            for status_class, count in zip(_STATUS_CLASSES, values[_STATUS_OFFSET:], strict=True):
                if count:
                    counts.add_metric((route, status_class), count)
        yield counts
        yield durations

    def _start(self, slot: int, row: int) -> int:
        return (slot * len(self._rows) + row) * _VALUES_PER_ROUTE


_table: LatencyTable | None = None
_creation = threading.Lock()


def share_between(processes: int) -> LatencyTable:
    """Create the table for this many processes, before they are forked."""
    global _table  # noqa: PLW0603 (one per process tree, like the sockets)
    _table = LatencyTable(processes)
    return _table


def latency_table() -> LatencyTable:
    """The table of this process; one of its own under another server than `central serve`."""
    if _table is not None:
        return _table
    with _creation:
        return _table or share_between(1)
