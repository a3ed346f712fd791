"""The set-up service: root, behind a Unix socket, one request and one reply for each connection.

systemd holds the socket and starts the service for a connection. Only the interface's user and root may connect: the
socket's group says so, and the kernel's credentials of the peer are checked again.
"""

import contextlib
import logging
import os
import pwd
import socket
import struct
import time

import msgspec

from kiosk_app.setup.actions import SetupActions
from kiosk_app.setup.requests import MAX_REQUEST_BYTES, AnyRequest, Reply

log = logging.getLogger(__name__)

INTERFACE_USER = "dk-ui"
IDLE_EXIT_S = 600.0  # without a request: systemd starts the service again
_PEER_TIMEOUT_S = 5.0
_WAKE_S = 5.0  # how often it checks whether it is still needed
_CREDENTIALS = struct.Struct("3i")  # pid, uid, gid
_REFUSED = Reply(passed=False, sentence="service.refused")


def allowed_users() -> frozenset[int]:
    """Root, and the interface's user."""
    users = {0}
    with contextlib.suppress(KeyError):
        users.add(pwd.getpwnam(INTERFACE_USER).pw_uid)
    return frozenset(users)


def serve(listener: socket.socket, actions: SetupActions, users: frozenset[int], idle_s: float = IDLE_EXIT_S) -> None:
    """Answer until nobody asked for `idle_s` seconds and no enrolment runs. One connection at a time: requests change
    the machine, so two at once would disturb each other."""
    last_request = time.monotonic()
    listener.settimeout(min(idle_s, _WAKE_S))
    while time.monotonic() - last_request < idle_s or actions.enrolment.is_running:
        try:
            connection, _address = listener.accept()
        except TimeoutError:
            continue
        except OSError:  # the socket was closed
            return
        with connection:
            answer(connection, actions, users)
        last_request = time.monotonic()


def answer(connection: socket.socket, actions: SetupActions, users: frozenset[int]) -> None:
    """Read one request and send its reply. A peer that sends nothing, or something else, is refused."""
    connection.settimeout(_PEER_TIMEOUT_S)
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    _pid, uid, _gid = _CREDENTIALS.unpack(credentials)
    if uid not in users:
        log.warning("User %d may not use the set-up service", uid)
        return
    try:
        request = msgspec.json.decode(_read_line(connection), type=AnyRequest)
    except (OSError, ValueError, msgspec.DecodeError):
        reply = _REFUSED
    else:
        log.info("Set-up: %s", type(request).__name__)
        reply = actions.perform(request)
    with contextlib.suppress(OSError):
        connection.sendall(msgspec.json.encode(reply) + b"\n")


def _read_line(connection: socket.socket) -> bytes:
    received = b""
    while not received.endswith(b"\n"):
        chunk = connection.recv(MAX_REQUEST_BYTES)
        received += chunk
        if not chunk or len(received) > MAX_REQUEST_BYTES:
            raise ValueError("The request is incomplete or too long")
    return received


def inherited_listener() -> socket.socket | None:
    """The socket that systemd passes, None without one."""
    if os.environ.get("LISTEN_PID") != str(os.getpid()) or os.environ.get("LISTEN_FDS") != "1":
        return None
    return socket.socket(fileno=3)
