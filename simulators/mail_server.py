"""A mail server that keeps every message it gets, for tests and demonstrations. It delivers nothing."""

import socketserver
import threading
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Self, cast

_POLL_INTERVAL_S = 0.05


class _Session(socketserver.StreamRequestHandler):
    """One SMTP session (RFC 5321) without extensions."""

    def handle(self) -> None:
        self._reply("220 ready")
        while line := self.rfile.readline(1024):
            verb = line.strip().upper()
            if verb.startswith(b"DATA"):
                self._reply("354 go on")
                cast(_Server, self.server).mailbox.append(self._read_message())
                self._reply("250 kept")
            elif verb.startswith(b"QUIT"):
                self._reply("221 bye")
                return
            else:
                self._reply("250 fine")

    def _read_message(self) -> EmailMessage:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        return message_from_bytes(b"".join(lines), policy=default)

    def _reply(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        self.mailbox: list[EmailMessage] = []
        super().__init__(("127.0.0.1", 0), _Session)


class MailServer:
    """Context manager; `url` is the value of CENTRAL_SMTP, `messages` what has arrived."""

    def __enter__(self) -> Self:
        self._server = _Server()
        self._thread = threading.Thread(target=self._server.serve_forever, args=(_POLL_INTERVAL_S,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        """smtp://127.0.0.1:PORT."""
        return f"smtp://127.0.0.1:{self._server.server_address[1]}"

    @property
    def messages(self) -> list[EmailMessage]:
        """The messages so far, oldest first."""
        return list(self._server.mailbox)

    def texts_to(self, address: str) -> list[str]:
        """The text parts of the messages to this address."""
        matching = [message for message in self.messages if address in str(message["To"])]
        bodies = [message.get_body(("plain",)) for message in matching]
        return [str(body.get_content()) for body in bodies if body is not None]
