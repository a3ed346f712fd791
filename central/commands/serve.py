"""`central serve`: serves kiosks, citizens and officers. The first line on stdout is the URL of the service."""

import argparse
import errno
import os
import socket
import sys
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial

from django.conf import settings

from central import web_server, worker_processes
from central.commands import CommandError, print_message
from central.commands.preconditions import check_migrated
from central.commands.worker import run_tasks
from central.monitoring import latency


def run(arguments: argparse.Namespace) -> None:
    if arguments.workers < 1 or arguments.threads < 1:
        raise CommandError("there must be at least one worker and one thread")
    check_migrated()
    try:
        sockets = web_server.inherited_sockets() or web_server.open_sockets(arguments.host, arguments.port)
    except OSError as error:
        raise CommandError(
            f"cannot listen at {arguments.host}:{arguments.port}: {_listen_error_text(error)}"
        ) from error
    if not settings.PUBLIC_URL and arguments.host not in ("127.0.0.1", "localhost", "::1"):
        print_message("CENTRAL_URL is not set: only requests for localhost are answered.")
    worker_processes.stop_on_sigterm()
    sys.stdout.write(f"http://{arguments.host}:{sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()

    table = latency.share_between(arguments.workers)

    def serve_requests(slot: int) -> None:
        table.use_slot(slot)
        web_server.serve(sockets, arguments.threads, arguments.trusted_proxy)

    if arguments.workers == 1:
        command = [sys.executable, "-m", "central.cli", "worker", "--end-with", str(os.getpid())]
        with nullcontext() if arguments.no_worker else worker_processes.companion(command):
            serve_requests(0)
        return

    def run_background_worker() -> None:
        for listening in sockets:
            listening.close()  # the port is free as soon as the processes that answer are gone
        run_tasks(["*"])

    processes: list[Callable[[], None]] = [partial(serve_requests, slot) for slot in range(arguments.workers)]
    worker_processes.supervise(processes if arguments.no_worker else [*processes, run_background_worker])


def _listen_error_text(error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return "another program listens there; choose another --port"
    if isinstance(error, socket.gaierror):
        return "there is no such address"
    return os.strerror(error.errno) if error.errno else str(error)  # the text of the exception repeats it
