"""How far the set-up of this kiosk is: `setup.json` in the state directory, written by the set-up service only.

The interface reads it at its start, so a set-up that a power cut ended continues at its page.
"""

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import msgspec

from journey.setup.navigation import resumed_page
from journey.setup.setup_state import FIRST_PAGE, Setup
from machine.safe_files import read_file, replace_file_atomically

PROGRESS_FILE = "setup.json"
# systemd makes it on an appliance; the variable is for tests.
SETUP_SOCKET = Path(os.environ.get("DAMRONGDHAM_KIOSK_SETUP_SOCKET", "/run/damrongdham-kiosk-setup/socket"))
_MAX_BYTES = 64 * 1024


class SetupProgress(msgspec.Struct, frozen=True):
    """The page, the answers without secrets, the steps that were left out, and whether the set-up is finished."""

    page: str = FIRST_PAGE
    answers: Mapping[str, str] = {}
    skipped: tuple[str, ...] = ()
    is_finished: bool = False

    def write(self, state_dir: Path) -> None:
        """Write durably, readable by the interface's group. Raises OSError."""
        replace_file_atomically(state_dir / PROGRESS_FILE, msgspec.json.encode(self), 0o640)


def read_progress(state_dir: Path) -> SetupProgress:
    """The progress. Without the file, or with a damaged one, a kiosk that is enrolled counts as set up: it was set up
    by hand, or by a release without this set-up."""
    try:
        content = read_file(state_dir / PROGRESS_FILE, _MAX_BYTES, owners={0, os.geteuid()})
        return msgspec.json.decode(content, type=SetupProgress)
    except (OSError, msgspec.DecodeError):
        return SetupProgress(is_finished=os.access(state_dir / "enrolment.json", os.F_OK))


def pending_setup(state_dir: Path, socket: Path = SETUP_SOCKET) -> Setup | None:
    """The set-up that is to be continued at the start; None for a kiosk that is set up, and for a machine without the
    set-up service, such as a developer's."""
    if not os.access(socket, os.F_OK):
        return None
    progress = read_progress(state_dir)
    if progress.is_finished:
        return None
    setup = Setup(progress.page, tuple(progress.answers.items()), skipped=progress.skipped)
    return replace(setup, page=resumed_page(setup).name)
