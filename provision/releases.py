"""Which release runs, and which one is known to be good. Runs on Debian's own Python, even when a release is broken.

    confirm [SECONDS]  wait so long (default: a minute); what runs then is good, and its fault pages are drawn again
    rollback           back to the good release; status 1 when there is no other
    activate NAME      put this release into use, and drop all but it and the good one
    wait-idle SECONDS  wait until no visit runs; status 1 when one still does

`venv` and `good` are links in /opt/damrongdham-kiosk to directories in releases/. A directory is whole when it holds
the file `complete`; a release that failed loses it, so that the next installation builds it again.
"""

import fcntl
import os
import shutil
import stat
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

PREFIX = Path("/opt/damrongdham-kiosk")
VISIT_LOCK = Path("/run/damrongdham-kiosk/visit")  # locked by the interface while a visit runs
PROBATION_S = 60.0  # a picture may be painted by a program that fails right after it
FAULT_PAGES_TIMEOUT_S = 120.0
POLL_S = 1.0


class Releases:
    """The releases under one directory."""

    def __init__(self, prefix: Path = PREFIX) -> None:
        self.prefix = prefix

    def linked_release(self, link: str) -> str:
        """The release that 'venv' or 'good' stands for; '' for none, or one that is not whole."""
        try:
            target = (self.prefix / link).resolve(strict=True)
        except OSError:
            return ""
        return target.name if (target / "complete").exists() else ""

    def set_link(self, link: str, name: str) -> None:
        """By one rename, so that there is never none."""
        fresh = self.prefix / f"{link}.new"
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(self.prefix / "releases" / name)
        fresh.replace(self.prefix / link)

    def activate(self, name: str) -> None:
        """Put it into use. The first one that is followed counts as good: it ran until now."""
        before = self.linked_release("venv")
        if not self.linked_release("good") and before:
            self.set_link("good", before)
        self.set_link("venv", name)
        for old in (self.prefix / "releases").iterdir():
            if old.name not in (name, self.linked_release("good")):
                shutil.rmtree(old, ignore_errors=True)

    def roll_back(self) -> str:
        """To the good release, when another one is in use. Its name, or ''."""
        good = self.linked_release("good")
        bad = os.path.basename(os.path.realpath(self.prefix / "venv"))  # noqa: PTH119 - it may lead nowhere
        if not good or good == bad:
            return ""
        self.set_link("venv", good)
        with suppress(OSError):
            (self.prefix / "releases" / bad / "complete").unlink()
        return good

    def confirm_after_probation(self, seconds: float = PROBATION_S) -> str:
        """Called when the first picture was painted, and ended with the interface: what still runs then is good."""
        running = self.linked_release("venv")
        time.sleep(seconds)
        if running and running == self.linked_release("venv"):
            self.set_link("good", running)
        return running


def wait_for_no_visit(seconds: float, lock_file: Path = VISIT_LOCK) -> bool:
    """Wait until no visit runs, at most this many seconds. An interface that ended has released its lock."""
    until = time.monotonic() + seconds
    while _is_visit_running(lock_file):
        if time.monotonic() >= until:
            return False
        time.sleep(min(POLL_S, max(0.0, until - time.monotonic())))
    return True


def _is_visit_running(lock_file: Path) -> bool:
    """The directory is the interface's: what lies there is opened without following, and without waiting for it."""
    try:
        descriptor = os.open(lock_file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return False
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False


def render_fault_pages(prefix: Path = PREFIX) -> None:
    """Draw the fault pages with the present settings. A failure here is ignored: the release is good all the same."""
    with suppress(OSError, subprocess.SubprocessError):
        subprocess.run(
            [prefix / "venv/bin/kiosk", "fault-pages", prefix / "fault"], check=False, timeout=FAULT_PAGES_TIMEOUT_S
        )


def main(arguments: list[str]) -> int:
    """Obey one command."""
    releases = Releases()
    match arguments:
        case ["confirm", *seconds] if len(seconds) < 2:
            releases.confirm_after_probation(float(seconds[0]) if seconds else PROBATION_S)
            render_fault_pages()
        case ["rollback"]:
            if not (name := releases.roll_back()):
                return 1
            print(name)
        case ["activate", name]:
            releases.activate(name)
        case ["wait-idle", seconds]:
            return 0 if wait_for_no_visit(float(seconds)) else 1
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
