"""The enrolment as a child: `kiosk enrol`, whose code the interface shows and whose end it waits for."""

import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from kiosk_app.setup.requests import Reply

_NEWS_S = 2.0  # how long one question waits for news
_POLL_S = 0.1
_MAX_LINE_CHARS = 200


class EnrolmentChild:
    """One enrolment at a time. `command` is replaced by tests."""

    def __init__(self, command: Sequence[str] = (str(Path(sys.executable).with_name("kiosk")), "enrol")) -> None:
        self._command = tuple(command)
        self._child: subprocess.Popen[str] | None = None
        self._lines: dict[str, str] = {}  # the last line of "output" and of "errors"

    @property
    def is_running(self) -> bool:
        return self._child is not None and self._child.poll() is None

    def start(self) -> Reply:
        """Begin, or continue with the one that runs."""
        if not self.is_running:
            self._lines = {}
            self._child = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
                umask=0o022,  # as in a shell: the interface reads what the enrolment leaves beside the outbox
            )
            for name, stream in (("output", self._child.stdout), ("errors", self._child.stderr)):
                threading.Thread(target=self._follow, args=(name, stream), daemon=True).start()
        return self.news()

    def news(self, wait_s: float = _NEWS_S) -> Reply:
        """The code, the approval or the failure; `passed` is None while the officer has not decided."""
        child = self._child
        if child is None:
            return Reply(passed=False, sentence="enrol.failed")
        code_before, until = self._lines.get("output", ""), time.monotonic() + wait_s
        while child.poll() is None and time.monotonic() < until:
            if (code := self._lines.get("output", "")) and code != code_before:
                break
            time.sleep(_POLL_S)
        code = self._lines.get("output", "")
        if child.poll() is None:
            return Reply(passed=None, sentence="enrol.waiting" if code else "enrol.starting", detail=code)
        time.sleep(_POLL_S)  # for the last line
        last = self._lines.get("errors", "").removeprefix("kiosk enrol: ")
        if child.returncode == 0:
            return Reply(passed=True, sentence="enrol.approved", detail=last)
        return Reply(passed=False, sentence="enrol.failed", detail=last)

    def stop(self) -> None:
        """End it."""
        if self._child is not None and self.is_running:
            self._child.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._child.wait(5)

    def _follow(self, name: str, stream: object) -> None:
        for line in stream:  # type: ignore[attr-defined]
            if text := line.strip()[:_MAX_LINE_CHARS]:
                self._lines[name] = text
