"""A visit that only holds the interface's lock, for checks of what waits for the end of a visit."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from tests.appliance.appliance import RUNTIME_DIR, Appliance

HOLD_LOCK_SCRIPT = f"""
import fcntl, sys, time
lock_file = open("{RUNTIME_DIR}/visit", "w")
fcntl.flock(lock_file, fcntl.LOCK_EX)
print("visit", flush=True)
time.sleep(float(sys.argv[1]))
"""


@contextmanager
def running_visit(appliance: Appliance, seconds: float) -> Iterator[None]:
    """A visit of this length; it ends before the context does."""
    visit = subprocess.Popen(
        appliance.command_in_root("/usr/bin/python3", "-c", HOLD_LOCK_SCRIPT, str(seconds), user="dk-ui"),
        stdout=subprocess.PIPE,
    )
    if visit.stdout:
        visit.stdout.readline()
    try:
        yield
    finally:
        visit.wait()
