"""A data directory of the central service after `central migrate`, made once for all processes of this checkout.

The command takes eight seconds of processor time, and a run of all tests needs its result in some twenty processes.
"""

import fcntl
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
DATABASE_NAME = "central.sqlite3"
_KEPT_S = 24 * 3600  # tests that began before an edit of a model still copy from it
_CACHE = ROOT / ".pytest_cache" / "central-migrated"
# Migrations import nothing else of the product. Models are in it for content types and permissions.
_DECIDING = {"migrations", "models", "models.py", "apps.py", "triggers.py", "keyring.py", "settings.py"}


@cache
def migrated_directory() -> Path:
    """A directory with keys and an SQLite database without rows. Copy it; do not write to it."""
    _CACHE.mkdir(parents=True, exist_ok=True)
    directory = _CACHE / _fingerprint()
    with (_CACHE / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the first process makes it, and the others wait
        if not directory.exists():
            _make(directory)
    return directory


def restore_database(target: sqlite3.Connection) -> None:
    """Replace everything in this database by the migrated database. No other connection may be using it."""
    source = _open_database()
    try:
        source.backup(target)
    finally:
        source.close()


def _open_database() -> sqlite3.Connection:
    return sqlite3.connect(f"file:{migrated_directory() / DATABASE_NAME}?immutable=1", uri=True)


def _make(directory: Path) -> None:
    for former in _CACHE.glob("[0-9a-f]*"):
        if former.stat().st_mtime < time.time() - _KEPT_S:
            shutil.rmtree(former)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("CENTRAL_", "DATABASE_"))}
    with tempfile.TemporaryDirectory(prefix="central-migrated-") as place:
        data = Path(place, "data")
        command = [sys.executable, "-m", "central.cli", "migrate"]
        environment["CENTRAL_DATA"] = str(data)
        migrated = subprocess.run(
            command, check=False, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300
        )
        assert migrated.returncode == 0, migrated.stderr
        assert "create-centre" in migrated.stdout + migrated.stderr, "the next command is not named"
        unfinished = directory.with_name(f".{directory.name}")
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.copytree(data, unfinished)
        unfinished.rename(directory)


def _fingerprint() -> str:
    """A digest of everything that decides what `central migrate` makes."""
    digest = hashlib.sha256(f"{sys.version}\n".encode() + (ROOT / "requirements.lock").read_bytes())
    for file in sorted((ROOT / "central").rglob("*.py")):
        if _DECIDING.intersection(file.parts):
            digest.update(f"\n{file.relative_to(ROOT)}\n".encode() + file.read_bytes())
    return digest.hexdigest()[:16]
