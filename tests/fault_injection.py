"""Proofs that can fail: a promise of the product is broken on purpose, and the test that guards it must notice.

    python -m tests.fault_injection NAME MODULE [ARGS…]

runs `python -m MODULE ARGS` in a process in which the sabotage NAME is at work.
"""

import logging
import os
import runpy
import stat
import sys
from collections.abc import Callable
from typing import Any

import requests
from django.contrib.sessions.backends.base import SessionBase
from django.core.files.storage import FileSystemStorage

from kiosk_app.outbox import Outbox
from protocol import tracking_code
from tests.torture.faulty_disk import Disk
from tests.torture.headless_kiosk import PHONE, Hall, Paper

_fsync = os.fsync


def _no_fdatasync() -> None:
    """The series file is written and not waited for."""
    os.fdatasync = lambda _file: None


def _no_file_fsync() -> None:
    """A file is put in place of another before its content is on the disk."""
    os.fsync = lambda file: None if stat.S_ISREG(os.fstat(_descriptor(file)).st_mode) else _fsync(file)


def _no_directory_fsync() -> None:
    """A file is put in place of another, and its new name is not waited for."""
    os.fsync = lambda file: None if stat.S_ISDIR(os.fstat(_descriptor(file)).st_mode) else _fsync(file)


def _descriptor(file: Any) -> int:
    return file if isinstance(file, int) else file.fileno()


def _no_recording() -> None:
    """The power trial has no call to look at."""
    Disk.log = lambda _disk, _descriptor: None  # type: ignore[method-assign]


def _redirects_followed() -> None:
    """Whoever answers the kiosk may send it on to anybody."""
    send = requests.Session.send

    def following(session: requests.Session, request: Any, **options: Any) -> requests.Response:
        return send(session, request, **{**options, "allow_redirects": True})

    requests.Session.send = following  # type: ignore[method-assign]


def _session_kept() -> None:
    """The session id from before the sign-in stays valid after it."""
    SessionBase.cycle_key = SessionBase.flush = lambda _session: None


def _pictures_left() -> None:
    """The files of a delivery that could not be stored stay behind."""
    FileSystemStorage.delete = lambda _storage, _name: None


def _in_a_log(secret_of: Callable[[Paper], str]) -> Callable[[], None]:
    def apply() -> None:
        visit = Hall.visit

        def talkative(hall: Hall, tag: str, pages: int = 0) -> Paper:
            paper = visit(hall, tag, pages)
            logging.getLogger(Outbox.__module__).info("saved for %s", secret_of(paper))
            return paper

        Hall.visit = talkative  # type: ignore[method-assign]

    return apply


SABOTAGES: dict[str, Callable[[], None]] = {
    "series-not-synced": _no_fdatasync,
    "file-not-synced": _no_file_fsync,
    "directory-not-synced": _no_directory_fsync,
    "nothing-recorded": _no_recording,
    "redirects-followed": _redirects_followed,
    "session-kept-at-login": _session_kept,
    "pictures-left-after-rollback": _pictures_left,
    "code-in-a-log": _in_a_log(lambda paper: tracking_code.display(paper.code)),
    "phone-in-a-log": _in_a_log(lambda _paper: f"{PHONE[:3]}-{PHONE[3:6]}-{PHONE[6:]}"),
}


if __name__ == "__main__":
    SABOTAGES[sys.argv[1]]()
    sys.argv = sys.argv[2:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
