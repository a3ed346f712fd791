"""`central serve`: the web server, waitress. Its first line on stdout is the address it answers at."""

import argparse
import resource
import signal
import sys
from types import FrameType

import waitress
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from central.commands import CommandError, say
from central.keyring import KeyringError, keyring
from central.wsgi import application

_MOST_FILES = 8192
_FILES_OF_OUR_OWN = 128  # database, static files, pictures being read


def run(arguments: argparse.Namespace) -> None:
    _check_migrated()
    proxy = (
        {"trusted_proxy": arguments.trusted_proxy, "trusted_proxy_headers": "x-forwarded-for x-forwarded-proto"}
        if arguments.trusted_proxy
        else {}
    )
    try:
        server = waitress.create_server(
            application,
            host=arguments.host,
            port=arguments.port,
            threads=arguments.threads,
            # Above our own limits, so that what is a little too large gets our own answer; far above, waitress refuses.
            max_request_body_size=2 * settings.DATA_UPLOAD_MAX_MEMORY_SIZE,
            channel_timeout=30,  # a sender silent for so long is let go: parts resume
            connection_limit=_allow_connections(),
            asyncore_use_poll=True,  # select() ends at 1,024
            clear_untrusted_proxy_headers=True,
            ident=None,
            **proxy,
        )
    except (OSError, ValueError) as error:
        raise CommandError(f"cannot listen at {arguments.host}:{arguments.port}: {error}") from error
    if not settings.PUBLIC_URL and arguments.host not in ("127.0.0.1", "localhost", "::1"):
        say("CENTRAL_URL is not set: only requests for localhost will be answered.")
    signal.signal(signal.SIGTERM, _stop)
    sys.stdout.write(f"http://{arguments.host}:{_port(server)}\n")
    sys.stdout.flush()
    server.run()


def _allow_connections() -> int:
    """How many may be open at once. waitress's own 100 are taken up by one stranger who opens them and sends nothing;
    each costs a descriptor and little memory, so most of what the system allows (decision 0028)."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = _MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, _MOST_FILES)
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    return max(100, allowed - _FILES_OF_OUR_OWN)


def _port(server: object) -> int:
    """A name such as localhost has several sockets (`effective_listen`), an address one."""
    several = getattr(server, "effective_listen", None)
    return int(several[0][1] if several else server.effective_port)  # type: ignore[attr-defined]


def _stop(number: int, frame: FrameType | None) -> None:
    raise SystemExit(0)  # waitress finishes what it is answering


def _check_migrated() -> None:
    executor = MigrationExecutor(connection)
    try:
        keyring().current("sealing")
    except KeyringError as error:
        raise CommandError(str(error)) from error
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise CommandError("the database is older than this version; run `central migrate`")
