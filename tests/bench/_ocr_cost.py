"""Processor time and peak memory of a reading, including every process that it starts."""

import ctypes
import os
import pickle
import resource
import time
from contextlib import suppress
from dataclasses import dataclass

from tests.bench._ocr_readers import Reader, ReadPage

_PR_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True)
class Reading:
    """A read page and its cost. `failure`: the exception instead of a page."""

    page: ReadPage
    processor_s: float  # of all started processes
    wall_s: float
    peak_mb: float  # of the largest started process
    failure: str = ""


def measure_reading(read: Reader, picture: bytes) -> Reading:
    """Call `read` in a forked process and report the cost of the processes that it starts there.

    The fork becomes the reaper of orphans: the kiosk kills its confined children as soon as their result has arrived,
    and their time would otherwise be counted nowhere."""
    receiving, sending = os.pipe()
    child = os.fork()
    if not child:
        os.close(receiving)
        with os.fdopen(sending, "wb") as pipe:
            pickle.dump(_read_as_reaper(read, picture), pipe)
        os._exit(0)
    os.close(sending)
    with os.fdopen(receiving, "rb") as pipe:
        output = pipe.read()
    os.waitpid(child, 0)
    reading = pickle.loads(output)
    assert isinstance(reading, Reading)
    return reading


def _read_as_reaper(read: Reader, picture: bytes) -> Reading:
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    start, failure, page = time.perf_counter(), "", ReadPage((), is_readable=False)
    try:
        page = read(picture)
    except Exception as error:
        failure = f"{type(error).__name__}: {error}"
    wall_s = time.perf_counter() - start
    with suppress(ChildProcessError):
        while True:
            os.wait()
    cost = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Reading(page, cost.ru_utime + cost.ru_stime, wall_s, cost.ru_maxrss / 1024, failure)
