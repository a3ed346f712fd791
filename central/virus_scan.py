"""Has incoming files scanned by ClamAV's clamd, if the installation has one (`CENTRAL_VIRUS_SCANNER`).

The protocol is clamd's INSTREAM: chunks with their length in four bytes, a chunk of length 0, and one answer that ends
with NUL (clamd(8)). A file that cannot be scanned is not accepted: whoever sends it is told to try again."""

import logging
import socket
import struct
from collections.abc import Iterable
from enum import StrEnum

from django.conf import settings

_CONNECT_S, _ANSWER_S = 5.0, 30.0  # a file of 24 MB takes under 5 s; the proxy in front of the service waits for 60 s
_CHUNK_BYTES = 1 << 16
_MAX_ANSWER_BYTES = 4096
log = logging.getLogger(__name__)


class Verdict(StrEnum):
    """What the scanner says."""

    CLEAN = "clean"
    INFECTED = "infected"
    AWAY = "away"  # it does not answer, or cannot scan this file


def is_scanning() -> bool:
    """Whether this installation has a virus scanner."""
    return settings.VIRUS_SCANNER is not None


def first_infected(contents: Iterable[bytes]) -> tuple[Verdict, int]:
    """The verdict on these files and the index of the first that is not clean; CLEAN and -1 when all are, or without a
    scanner."""
    if not is_scanning():
        return Verdict.CLEAN, -1
    for index, content in enumerate(contents):
        verdict = _scan(content)
        if verdict is not Verdict.CLEAN:
            return verdict, index
    return Verdict.CLEAN, -1


def answers() -> bool:
    """Whether the scanner answers now."""
    try:
        return _request(b"zPING\0", ()) == "PONG"
    except OSError:
        return False


def _scan(content: bytes) -> Verdict:
    chunks = (content[start : start + _CHUNK_BYTES] for start in range(0, len(content), _CHUNK_BYTES))
    try:
        answer = _request(b"zINSTREAM\0", (struct.pack(">I", len(chunk)) + chunk for chunk in chunks))
    except OSError as error:
        log.error("The virus scanner does not answer: %s", type(error).__name__)
        return Verdict.AWAY
    if answer == "stream: OK":
        return Verdict.CLEAN
    if answer.endswith(" FOUND"):
        log.warning("A file with a virus is refused: %s", answer.removeprefix("stream: ").removesuffix(" FOUND"))
        return Verdict.INFECTED
    log.error("The virus scanner cannot scan a file of %d bytes: %s", len(content), answer[:100])
    return Verdict.AWAY


def _request(command: bytes, chunks: Iterable[bytes]) -> str:
    """The answer without its NUL. Raises OSError."""
    with _connected() as connection:
        connection.settimeout(_ANSWER_S)
        connection.sendall(command)
        try:
            for chunk in chunks:
                connection.sendall(chunk)
            if command.startswith(b"zINSTREAM"):
                connection.sendall(struct.pack(">I", 0))
        except (BrokenPipeError, ConnectionResetError):
            pass  # it refuses a file that is too large before its end, and says why
        answer = b""
        while not answer.endswith(b"\0") and len(answer) < _MAX_ANSWER_BYTES:
            received = connection.recv(_MAX_ANSWER_BYTES)
            if not received:
                break
            answer += received
    if not answer.endswith(b"\0"):
        raise ConnectionError("The answer is cut off")
    return answer[:-1].decode(errors="replace").strip()


def _connected() -> socket.socket:
    scanner = settings.VIRUS_SCANNER
    if scanner is None:
        raise ConnectionError("No scanner is set")
    if isinstance(scanner, str):
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(_CONNECT_S)
        try:
            connection.connect(scanner)
        except OSError:
            connection.close()
            raise
        return connection
    return socket.create_connection(scanner, timeout=_CONNECT_S)
