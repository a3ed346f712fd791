"""Resources of this process: memory and open files. Tests and benchmarks compare it before and after."""

import ctypes
import gc
import resource
from pathlib import Path


def resident_bytes() -> int:
    """Bytes of this process in memory, after garbage collection and after free memory went back to the kernel."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def open_file_count() -> int:
    """Open files, sockets and pipes of this process."""
    return len(list(Path("/proc/self/fd").iterdir()))
