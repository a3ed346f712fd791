"""A small IMAP server (RFC 3501) with one mailbox, as far as the service uses it: LOGIN, EXAMINE, UID SEARCH and UID
FETCH. It notes every command."""

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

USER, PASSWORD = "complaints", 'pass "word'
_FETCH = re.compile(r"UID FETCH (\d+) \((.+)\)$")
_SEARCH = re.compile(r"UID SEARCH UID (\d+):\*$")


@dataclass
class FakeMailbox:
    """Mails by UID. `is_silent`: connections are accepted and closed at once."""

    mails: dict[int, bytes] = field(default_factory=dict)
    uid_validity: int = 7
    commands: list[str] = field(default_factory=list)
    is_silent: bool = False
    port: int = 0

    def add(self, raw: bytes) -> None:
        """Deliver a mail."""
        self.mails[max(self.mails, default=0) + 1] = raw


@contextmanager
def imap_server() -> Iterator[FakeMailbox]:
    """The running server."""
    mailbox = FakeMailbox()

    class Connection(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            if mailbox.is_silent:
                return
            self.wfile.write(b"* OK ready\r\n")
            for line in self.rfile:
                tag, _, command = line.decode().rstrip("\r\n").partition(" ")
                mailbox.commands.append(command)
                self.wfile.write(_response(mailbox, tag, command))
                if command == "LOGOUT":
                    return

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Connection) as server:
        server.daemon_threads = True
        mailbox.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield mailbox
        finally:
            server.shutdown()
            thread.join()


def _response(mailbox: FakeMailbox, tag: str, command: str) -> bytes:
    done = f"{tag} OK done\r\n".encode()
    if command == "CAPABILITY":
        return b"* CAPABILITY IMAP4rev1\r\n" + done
    if command.startswith("LOGIN"):
        expected = f'LOGIN {USER} "{PASSWORD}"'.replace('"word', '\\"word')
        return done if command == expected else f"{tag} NO wrong\r\n".encode()
    if command.startswith("EXAMINE"):
        if command != 'EXAMINE "INBOX"':
            return f"{tag} NO no such folder\r\n".encode()
        return f"* {len(mailbox.mails)} EXISTS\r\n* OK [UIDVALIDITY {mailbox.uid_validity}]\r\n".encode() + done
    if match := _SEARCH.match(command):
        first, last = int(match[1]), max(mailbox.mails, default=0)
        uids = [uid for uid in sorted(mailbox.mails) if uid >= first or uid == last]
        return f"* SEARCH {' '.join(map(str, uids))}\r\n".encode() + done
    if match := _FETCH.match(command):
        raw = mailbox.mails[int(match[1])]
        if match[2] == "RFC822.SIZE":
            return f"* 1 FETCH (UID {match[1]} RFC822.SIZE {len(raw)})\r\n".encode() + done
        literal = f"* 1 FETCH (UID {match[1]} BODY[] {{{len(raw)}}}\r\n".encode()
        return literal + raw + b")\r\n" + done
    return done if command == "LOGOUT" else f"{tag} BAD unknown\r\n".encode()
