"""Processor time of the processes that this one has started."""

import os
import resource
from contextlib import suppress
from pathlib import Path

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_PARENT, _USER, _SYSTEM = 1, 11, 12  # of the fields after the program's name in /proc/PID/stat


def children_processor_s() -> float:
    """Seconds used so far by all descendants: those that have ended, and in steps of 10 ms those that run."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    stats = {int(path.name): _read_stat(path) for path in Path("/proc").glob("[0-9]*")}
    ticks, pending = 0, {os.getpid()}
    while pending:
        parent = pending.pop()
        for pid, fields in stats.items():
            if fields and int(fields[_PARENT]) == parent:
                pending.add(pid)
                ticks += int(fields[_USER]) + int(fields[_SYSTEM])
    return ended.ru_utime + ended.ru_stime + ticks / _TICKS_PER_S


def _read_stat(process: Path) -> list[str]:
    """The fields after the name; [] for a process that has ended meanwhile."""
    with suppress(OSError):
        return (process / "stat").read_text(errors="replace").rpartition(")")[2].split()
    return []
