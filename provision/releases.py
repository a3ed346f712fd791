"""Manages which release is in use and which one is confirmed. Runs on Debian's Python, also when a release is broken.

    add                make a release of the installed package, also when it has failed before, and again when the
                       package was unpacked again: `apt reinstall` replaces damaged files

release_trial.py confirms a release, or returns to the one before it.

`venv` (in use) and `good` (confirmed) are links in /opt/damrongdham-kiosk to directories in releases/. dpkg replaces
the files in package/ at an update; a release has hard links to the same files, so the running one and the confirmed one
stay as they are and cost no second copy on the disk. A release that failed loses its file `complete` and is not used
again. The confirmed release is never deleted.
"""

import ctypes
import fcntl
import os
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PACKAGE = "damrongdham-kiosk"
PREFIX = Path("/opt/damrongdham-kiosk")
INTERFACE_UNIT = "damrongdham-kiosk-ui.service"
SETTINGS_ERROR = 2  # exit status of `kiosk settings` and of the interface for an invalid kiosk.toml
VISIT_LOCK = Path("/run/damrongdham-kiosk/visit")  # the interface holds a lock on it while a visit runs
MAX_VISIT_WAIT_S = 30 * 60.0
FAULT_PAGES_TIMEOUT_S = 120.0
POLL_S = 1.0
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2  # linux/fcntl.h, linux/fs.h


class Releases:
    """The releases under one directory."""

    def __init__(self, prefix: Path = PREFIX) -> None:
        self.prefix = prefix

    @contextmanager
    def activation(self) -> Iterator[None]:
        """Hold the lock of an activation: from the stop of the interface to its start with another release."""
        descriptor = os.open(self.prefix, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def wait_for_activation(self) -> bool:
        """Wait for the end of an activation; whether one was running."""
        try:
            descriptor = os.open(self.prefix, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            fcntl.flock(descriptor, fcntl.LOCK_SH)
            return True
        finally:
            os.close(descriptor)
        return False

    def packaged_release(self) -> str:
        """The release in the installed package; '' when there is none."""
        try:
            return (self.prefix / "package/name").read_text(encoding="utf-8").strip()
        except OSError:
            return ""

    def add_packaged_release(self) -> str:
        """Make the release of the installed package, unless it is whole and has the package's own files. Returns its
        name. A release in use may be replaced: it has the same name, so its new files have the same content."""
        name = self.packaged_release()
        release = self.prefix / "releases" / name
        if (release / "complete").exists() and self._has_files_of_package(release):
            return name
        unfinished, replaced = release.with_name(f"{name}.new"), release.with_name(f"{name}.old")
        for path in (unfinished, replaced):
            shutil.rmtree(path, ignore_errors=True)
        shutil.copytree(self.prefix / "package", unfinished, symlinks=True, copy_function=_link_or_copy)
        (unfinished / "complete").touch()
        if release.exists():
            _exchange(unfinished, release)
            unfinished.rename(replaced)
            shutil.rmtree(replaced, ignore_errors=True)
        else:
            unfinished.rename(release)
        return name

    def _has_files_of_package(self, release: Path) -> bool:
        """Whether the files are links to those of the package: dpkg makes new files whenever it unpacks one."""
        with suppress(OSError):
            return (release / "name").samefile(self.prefix / "package/name")
        return False

    def is_rejected(self, name: str) -> bool:
        """Whether this release has failed on this kiosk."""
        release = self.prefix / "releases" / name
        return release.is_dir() and not (release / "complete").exists()

    def reject(self, name: str) -> None:
        """Remember that this release does not work."""
        with suppress(OSError):
            (self.prefix / "releases" / name / "complete").unlink()

    def linked_release(self, link: str) -> str:
        """The release that the link 'venv' or 'good' points to; '' for none, or one that is not whole."""
        try:
            target = (self.prefix / link).resolve(strict=True)
        except OSError:
            return ""
        return target.name if (target / "complete").exists() else ""

    def set_link(self, link: str, name: str) -> None:
        """Set the link by one rename, so that it always exists."""
        new_link = self.prefix / f"{link}.new"
        new_link.unlink(missing_ok=True)
        new_link.symlink_to(self.prefix / "releases" / name)
        new_link.replace(self.prefix / link)
        sync_directory(self.prefix)

    def activate(self, name: str) -> None:
        """Use the release. The one it replaces counts as confirmed when none is: it ran until now."""
        before = self.linked_release("venv")
        if not self.linked_release("good") and before:
            self.set_link("good", before)
        self.set_link("venv", name)
        self.remove_unused()

    def remove_unused(self) -> None:
        """Remove every release but the one in use, the confirmed one and that of the package. Without this, each
        release that fails leaves 500 MB until one works."""
        names = {os.path.basename(os.path.realpath(self.prefix / link)) for link in ("venv", "good")}  # noqa: PTH119
        for release in (self.prefix / "releases").iterdir():
            if release.name not in (*names, self.packaged_release()):
                shutil.rmtree(release, ignore_errors=True)

    def roll_back(self, *, reject: bool = True) -> str:
        """Return to the confirmed release when another one is in use. Returns its name, or '' when nothing was
        changed. `reject`: the release in use is not tried again."""
        good = self.linked_release("good")
        bad = os.path.basename(os.path.realpath(self.prefix / "venv"))  # noqa: PTH119 - its target may be missing
        if not good or good == bad:
            return ""
        self.set_link("venv", good)
        if reject:
            self.reject(bad)
        return good


def _link_or_copy(source: str, target: str) -> str:
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:  # another file system
        shutil.copy2(source, target, follow_symlinks=False)
    return target


def _exchange(new: Path, old: Path) -> None:
    """Exchange two directories in one step, so that a power cut leaves one of them at each place. Raises OSError."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.renameat2(_AT_FDCWD, os.fsencode(new), _AT_FDCWD, os.fsencode(old), _RENAME_EXCHANGE):
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), str(old))


def sync_directory(directory: Path) -> None:
    """Wait until the names in the directory are on the disk."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def wait_for_no_visit(seconds: float, lock_file: Path = VISIT_LOCK) -> bool:
    """Wait until no visit runs, at most `seconds`. An interface that has ended has released its lock."""
    until = time.monotonic() + seconds
    while _is_visit_running(lock_file):
        if time.monotonic() >= until:
            return False
        time.sleep(min(POLL_S, max(0.0, until - time.monotonic())))
    return True


def _is_visit_running(lock_file: Path) -> bool:
    """Whether the interface holds the lock. The interface's user owns the directory, so the file is opened without
    following links or blocking."""
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
    """Draw the fault pages with the present settings. A failure is ignored, because the release works without new fault
    pages."""
    with suppress(OSError, subprocess.SubprocessError):
        subprocess.run(
            [prefix / "venv/bin/kiosk", "fault-pages", prefix / "fault"], check=False, timeout=FAULT_PAGES_TIMEOUT_S
        )


def main(arguments: list[str]) -> int:
    """Run one command; the exit status."""
    releases = Releases()
    match arguments:
        case ["add"]:
            print(releases.add_packaged_release())
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
