"""Somebody else on this machine: the interface's user, taken over, beside commands that root runs."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

INTERFACE, DELIVERY, GROUP = 61_001, 61_002, 61_003  # user ids that no account has

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can make somebody else of a process")


@contextmanager
def appliance_state() -> Iterator[Path]:
    """A state directory as systemd/damrongdham-kiosk.tmpfiles.conf lays it out, where every user may get to."""
    with tempfile.TemporaryDirectory(prefix="dk-state-") as place:
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
def run_attacker(script: str, *words: str | Path) -> Iterator["subprocess.Popen[str]"]:
    """A Python script as the interface's user, for as long as the block lasts. It has said something by then."""
    with subprocess.Popen(
        ["/usr/bin/python3", "-c", script, *map(str, words)],
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


def run_as_interface(script: str, *words: str | Path) -> str:
    """What a Python script that the interface's user runs to its end prints."""
    done = subprocess.run(
        ["/usr/bin/python3", "-c", script, *map(str, words)],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
        user=INTERFACE,
        group=GROUP,
        extra_groups=[],
    )
    return done.stdout.strip()
