"""Scripts that run as the interface's user, as after a takeover, beside commands that root runs."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

INTERFACE, DELIVERY, GROUP = 61_001, 61_002, 61_003  # user ids that no account has

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can run a process as another user")


@contextmanager
def appliance_state() -> Iterator[Path]:
    """A state directory with the layout of systemd/damrongdham-kiosk.tmpfiles.conf, reachable for every user: not below
    a TMPDIR that only its owner may enter."""
    temporary = Path(tempfile.gettempdir()).resolve()
    is_reachable = all(directory.stat().st_mode & 0o001 for directory in (temporary, *temporary.parents))
    with tempfile.TemporaryDirectory(prefix="dk-state-", dir=None if is_reachable else "/tmp") as place:
        Path(place).chmod(0o755)
        state = Path(place) / "state"
        state.mkdir()
        for name, mode, user, group in (
            ("", 0o750, 0, GROUP),
            ("interface", 0o2750, INTERFACE, GROUP),
            ("delivery", 0o2750, DELIVERY, GROUP),
            ("outbox", 0o2770, DELIVERY, GROUP),
        ):
            directory = state / name
            directory.mkdir(exist_ok=True)
            os.chown(directory, user, group)
            directory.chmod(mode)
        yield state


@contextmanager
def run_attacker(script: str, *arguments: str | Path) -> Iterator["subprocess.Popen[str]"]:
    """Run a Python script as the interface's user during the block, which begins after the script's first output
    line."""
    with subprocess.Popen(
        ["/usr/bin/python3", "-c", script, *map(str, arguments)],
        stdout=subprocess.PIPE,
        text=True,
        user=INTERFACE,
        group=GROUP,
        extra_groups=[],
    ) as attacker:
        try:
            assert attacker.stdout is not None and attacker.stdout.readline()
            yield attacker
        finally:
            attacker.kill()


def run_as_interface(script: str, *arguments: str | Path) -> str:
    """Run a Python script as the interface's user to its end and return its output."""
    result = subprocess.run(
        ["/usr/bin/python3", "-c", script, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
        user=INTERFACE,
        group=GROUP,
        extra_groups=[],
    )
    return result.stdout.strip()
