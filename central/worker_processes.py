"""Several worker processes: one Python process uses one processor, however many threads it has."""

import ctypes
import logging
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

from django.db import connections

log = logging.getLogger(__name__)
_PR_SET_PDEATHSIG = 1  # prctl(2)
_RESTART_DELAY_S = 1.0  # before a replacement starts: a worker that fails at its start must not loop without a pause
_MAX_RESTART_DELAY_S = 30.0


def stop_on_sigterm() -> None:
    """Let SIGTERM raise SystemExit in the main thread: the server finishes the requests it is handling."""
    signal.signal(signal.SIGTERM, _raise_system_exit)


def end_with_parent(parent: int) -> None:
    """Let this process get SIGTERM when its parent dies, even by SIGKILL. Raises SystemExit when it is dead already."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        raise SystemExit(0)


@contextmanager
def companion(command: Sequence[str]) -> Iterator[None]:
    """Run a program beside this process while the block lasts. It is replaced when it ends, and gets SIGTERM at the
    end.

    It is started anew and not forked: this process has threads, and the sockets that it listens on would stay open in a
    copy of it after it was killed."""
    stopped = threading.Event()
    running: list[subprocess.Popen[bytes]] = []

    def keep_running() -> None:  # in a thread that lives as long as this process: PR_SET_PDEATHSIG is about the thread
        delay_s = _RESTART_DELAY_S
        while not stopped.is_set():
            started_at_s = time.monotonic()
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
            running[:] = [process]
            if stopped.is_set():
                process.terminate()
            status = process.wait()
            if not stopped.is_set():
                log.error("The companion process ended with status %d and is replaced", status)
                is_stable = time.monotonic() - started_at_s > _MAX_RESTART_DELAY_S
                delay_s = _RESTART_DELAY_S if is_stable else min(2 * delay_s, _MAX_RESTART_DELAY_S)
                stopped.wait(delay_s)

    thread = threading.Thread(target=keep_running, name="companion", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        for process in running:
            process.terminate()
        thread.join()


def supervise(functions: Sequence[Callable[[], None]]) -> None:
    """Run each function in a process of its own until SystemExit. A process that ends for another reason is
    replaced."""
    connections.close_all()  # processes cannot share a connection
    children: dict[int, Callable[[], None]] = {}
    try:
        for function in functions:
            children[_fork_worker(function)] = function
        while True:
            ended, status = os.wait()
            function = children.pop(ended)
            log.error("Worker %d ended with status %d and is replaced", ended, os.waitstatus_to_exitcode(status))
            time.sleep(_RESTART_DELAY_S)
            children[_fork_worker(function)] = function
    except KeyboardInterrupt:
        pass
    finally:
        for child in children:
            os.kill(child, signal.SIGTERM)
        for child in children:
            os.waitpid(child, 0)


def _fork_worker(run_worker: Callable[[], None]) -> int:
    parent = os.getpid()
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        end_with_parent(parent)
        run_worker()
        status = 0
    except SystemExit:
        status = 0
    except BaseException:
        log.exception("A worker failed")
    finally:
        os._exit(status)


def _raise_system_exit(number: int, frame: FrameType | None) -> None:
    raise SystemExit(0)
