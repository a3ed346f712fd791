"""A TCP port of this computer that stays reserved while no server listens at it."""

import socket
from typing import Self


class ReservedPort:
    """Reserves a port of `host` (0 chooses a free one) from its creation until `close`. Raises OSError if it is in use.

    Without it, an outgoing connection of any program can get the port between two servers, and the second server fails
    with "address in use". The bound socket that reserves it does not listen: connections are refused, and Linux lets
    servers with SO_REUSEADDR listen at the port (socket.create_server sets it).
    """

    def __init__(self, host: str = "127.0.0.1", port: int = 0) -> None:
        self._placeholder = socket.socket()
        try:
            self._placeholder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._placeholder.bind((host, port))
        except OSError:
            self._placeholder.close()
            raise
        self.host, self.port = self._placeholder.getsockname()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def url(self) -> str:
        """The address of an HTTP server at the port."""
        return f"http://{self.host}:{self.port}"

    def close(self) -> None:
        """End the reservation."""
        self._placeholder.close()

    def listen(self) -> socket.socket:
        """A listening socket at the port. Raises OSError if a server listens already."""
        return socket.create_server((self.host, self.port))
