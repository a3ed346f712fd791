"""The tracked files of the checkout, and the version and time that follow from them."""

import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]


def copy_tracked_files(target: Path, checkout: Path = CHECKOUT) -> None:
    """Copy every tracked file with its present content. What is built from the copy contains nothing that lies about in
    the checkout, as an earlier `build/`."""
    for name in _git(checkout, "ls-files", "-z").split("\0"):
        source = checkout / name
        if not name or not source.is_file():  # deleted, and not yet committed
            continue
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target / name)


def source_epoch(checkout: Path = CHECKOUT) -> int:
    """Seconds since 1970: the time of the last commit, or of the last change that is not committed."""
    times = [int(_git(checkout, "log", "-1", "--format=%ct"))]
    for name in _git(checkout, "diff", "--name-only", "-z", "HEAD").split("\0"):
        if name and (checkout / name).is_file():
            times.append(int((checkout / name).stat().st_mtime))
    return max(times)


def source_version(epoch: int, setup_py: str) -> str:
    """The version of a build, for example `0.1.0+20261130021500`: that of setup.py and the time of the sources in UTC,
    so that a later commit is an update. Raises ValueError when setup.py names no version."""
    named = re.search(r'^VERSION = "(\d+(?:\.\d+)*)"$', setup_py, re.MULTILINE)
    if not named:
        raise ValueError("setup.py has no line VERSION = …")
    return f"{named[1]}+{datetime.fromtimestamp(epoch, UTC):%Y%m%d%H%M%S}"


def _git(checkout: Path, *arguments: str) -> str:
    # The build runs as root, the checkout may belong to somebody else.
    command = ["git", "-c", f"safe.directory={checkout}", "-C", str(checkout), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
