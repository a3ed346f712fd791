"""Fault injection: a promise of the product is broken on purpose, and the test that guards it must fail.

    python -m tests.fault_injection NAME MODULE [ARGS…]

runs `python -m MODULE ARGS` in a process with the injected fault NAME.
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
from tests.torture.headless_kiosk import PHONE, HeadlessKiosk, PrintedReceipt

_fsync = os.fsync


def _replace(owner: object, name: str, replacement: Callable[..., object]) -> None:
    setattr(owner, name, replacement)


def _skip_fdatasync() -> None:
    """The series file is written and not synced."""
    _replace(os, "fdatasync", lambda _file: None)


def _skip_file_fsync() -> None:
    """A file replaces another before its content is on the disk."""
    _replace(os, "fsync", lambda file: None if stat.S_ISREG(_mode(file)) else _fsync(file))


def _skip_directory_fsync() -> None:
    """A file replaces another, and the directory is not synced."""
    _replace(os, "fsync", lambda file: None if stat.S_ISDIR(_mode(file)) else _fsync(file))


def _mode(file: Any) -> int:
    return os.fstat(file if isinstance(file, int) else file.fileno()).st_mode


def _skip_recording() -> None:
    """The power-cut test records no calls."""
    _replace(Disk, "record_calls", lambda _disk, _descriptor: None)


def _follow_redirects() -> None:
    """Any server may redirect the kiosk to another one."""
    send = requests.Session.send

    def send_and_follow(session: requests.Session, request: Any, **options: Any) -> requests.Response:
        return send(session, request, **{**options, "allow_redirects": True})

    _replace(requests.Session, "send", send_and_follow)


def _keep_session_at_login() -> None:
    """The session id from before the sign-in stays valid after it."""
    for method in ("cycle_key", "flush"):
        _replace(SessionBase, method, lambda _session: None)


def _keep_pictures_after_rollback() -> None:
    """The picture files of a delivery that could not be stored remain."""
    _replace(FileSystemStorage, "delete", lambda _storage, _name: None)


def _log_secret(secret_of: Callable[[PrintedReceipt], str]) -> Callable[[], None]:
    def apply() -> None:
        visit = HeadlessKiosk.visit

        def visit_and_log(kiosk: HeadlessKiosk, tag: str, pages: int = 0) -> PrintedReceipt:
            printed_receipt = visit(kiosk, tag, pages)
            logging.getLogger(Outbox.__module__).info("saved for %s", secret_of(printed_receipt))
            return printed_receipt

        _replace(HeadlessKiosk, "visit", visit_and_log)

    return apply


INJECTIONS: dict[str, Callable[[], None]] = {
    "series-not-synced": _skip_fdatasync,
    "file-not-synced": _skip_file_fsync,
    "directory-not-synced": _skip_directory_fsync,
    "nothing-recorded": _skip_recording,
    "redirects-followed": _follow_redirects,
    "session-kept-at-login": _keep_session_at_login,
    "pictures-left-after-rollback": _keep_pictures_after_rollback,
    "code-in-a-log": _log_secret(lambda printed_receipt: tracking_code.display(printed_receipt.code)),
    "phone-in-a-log": _log_secret(lambda printed_receipt: f"{PHONE[:3]}-{PHONE[3:6]}-{PHONE[6:]}"),
}


if __name__ == "__main__":
    INJECTIONS[sys.argv[1]]()
    sys.argv = sys.argv[2:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
