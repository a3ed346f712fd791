"""`central serve`: serves kiosks, citizens and officers. The first line on stdout is the URL of the service."""

import argparse
import errno
import os
import socket
import sys

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from central import web_server, worker_processes
from central.commands import CommandError, print_message
from central.jobs import start_job_thread
from central.keyring import KeyringError, keyring


def run(arguments: argparse.Namespace) -> None:
    if arguments.workers < 1 or arguments.threads < 1:
        raise CommandError("there must be at least one worker and one thread")
    _check_migrated()
    try:
        sockets = web_server.open_sockets(arguments.host, arguments.port)
    except OSError as error:
        raise CommandError(
            f"cannot listen at {arguments.host}:{arguments.port}: {_listen_error_text(error)}"
        ) from error
    if not settings.PUBLIC_URL and arguments.host not in ("127.0.0.1", "localhost", "::1"):
        print_message("CENTRAL_URL is not set: only requests for localhost are answered.")
    worker_processes.stop_on_sigterm()
    sys.stdout.write(f"http://{arguments.host}:{sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()

    def run_worker() -> None:
        start_job_thread()
        web_server.serve(sockets, arguments.threads, arguments.trusted_proxy)

    if arguments.workers == 1:
        run_worker()
    else:
        worker_processes.supervise(arguments.workers, run_worker)


def _listen_error_text(error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return "another program listens there; choose another --port"
    if isinstance(error, socket.gaierror):
        return "there is no such address"
    return os.strerror(error.errno) if error.errno else str(error)  # the text of the exception repeats it


def _check_migrated() -> None:
    executor = MigrationExecutor(connection)
    try:
        ring = keyring()
        ring.load_sealing_key(ring.current_fingerprint("sealing"))
        ring.load_receipt_key(ring.current_fingerprint("receipt"))
    except KeyringError as error:
        raise CommandError(str(error)) from error
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise CommandError("the database is older than this version; run `central migrate`")
