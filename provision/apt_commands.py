"""Runs apt and dpkg for an update at which nobody is there to answer a question."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

COMMAND_TIMEOUT_S = 3600.0
OUTPUT_LINES = 3
# List-Cleanup: lists of sources that a run leaves out stay, for an `apt reinstall` by hand.
APT = ("apt-get", "-qq", "-o", "APT::Get::List-Cleanup=0", "-o", "Dpkg::Options::=--force-confold")
SYNCHRONISED = Path("/run/systemd/timesync/synchronized")  # as kiosk_app/outbox/clock.py
MAX_LATE_S = 10**9  # 30 years
SOURCES_DIRECTORY = Path("/etc/apt/sources.list.d")


def read_lists(*options: str) -> tuple[int, str]:
    """Read the lists of packages; exit status and output. By default apt succeeds without a network, with old lists:
    here a list that cannot be read is an error."""
    return run(*APT, *options, *clock_options(), "-o", "APT::Update::Error-Mode=any", "update")


def clock_options() -> tuple[str, ...]:
    """Options for a clock that no time server has set since boot: with an empty battery it is late, and every list is
    signed in its future.

    Signatures are checked as ever, and so is the end of a list's validity, which `Check-Date=false` would switch off. A
    late clock accepts a recorded list that has expired; but apt keeps a newer list that it has, so nobody takes back an
    update, and which release is installed is in the centre's signed request. Debian 13's apt checks signatures by
    `sqv`, which refuses those of the future; gpgv does not compare them with the clock when apt runs it."""
    if SYNCHRONISED.exists():
        return ()
    return "-o", f"Acquire::Max-FutureTime={MAX_LATE_S}", "-o", "APT::Key::GPGVCommand=/usr/bin/gpgv"


def complete_interrupted_update() -> None:
    """Configure what a power cut left unpacked: apt refuses to work before that, and nobody is there to do it. Without
    such packages this takes 20 ms. A package that is only half unpacked stays so until it is installed again."""
    run("dpkg", "--force-confold", "--configure", "-a")


@contextmanager
def debian_sources(directory: Path = SOURCES_DIRECTORY) -> Iterator[tuple[str, ...]]:
    """Options for all sources but those of this product: whether Debian's lists were read does not depend on them."""
    with tempfile.TemporaryDirectory() as others:
        for file in directory.glob("*"):
            if not file.name.startswith("damrongdham"):
                (Path(others) / file.name).symlink_to(file)
        yield "-o", f"Dir::Etc::sourceparts={others}"


def run(*command: str) -> tuple[int, str]:
    """The exit status and the output of a command. One that cannot be run has status 127."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    try:
        result = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=environment,
            timeout=COMMAND_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return 127, f"{command[0]}: {type(error).__name__}"
    return result.returncode, result.stdout


def last_line(output: str) -> str:
    """The end of an output, for engineers."""
    return " ".join(" ".join(output.strip().splitlines()[-OUTPUT_LINES:]).split())[:200]
