"""USB sticks for the machine, as raw disks."""

import subprocess
from pathlib import Path

from protocol import setup_stick
from tests.appliance.tools import run_command

_STICK_BYTES = 64 << 20
_SYSTEM_LABEL = "damrongdham-root"


def make_setup_stick(stick: Path) -> None:
    """A FAT stick with a file in the place of signed settings. Who has signed it is decided later, by the set-up."""
    _make_empty(stick)
    run_command("mformat", "-F", "-i", stick, "::")
    subprocess.run(["mcopy", "-i", stick, "-", f"::{setup_stick.FILE_NAME}"], input=b"{}", check=True)


def make_stick_of_a_stranger(stick: Path) -> None:
    """A stick whose file system has the label of the kiosk's system, and says that the system is complete."""
    _make_empty(stick)
    content = stick.with_suffix(".content")
    content.mkdir()
    (content / "complete").touch()
    run_command("mkfs.ext4", "-q", "-F", "-L", _SYSTEM_LABEL, "-d", content, stick)


def _make_empty(stick: Path) -> None:
    with stick.open("wb") as file:
        file.truncate(_STICK_BYTES)
