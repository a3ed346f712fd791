"""Errors of a proxy are distinguished from errors of the centre."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import requests

from kiosk_app.forwarder.centre_connection import _describe_error


@contextmanager
def raw_responder(response: bytes) -> Iterator[int]:
    """Answer one connection with `response`; yields the port."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(response)

        thread = threading.Thread(target=answer)
        thread.start()
        yield server.getsockname()[1]
        thread.join()


def test_a_proxy_that_requires_a_password_is_reported() -> None:
    with raw_responder(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n") as port:
        proxies = {"https": f"http://127.0.0.1:{port}"}
        with pytest.raises(requests.RequestException) as refused:
            requests.get("https://centre.invalid/", proxies=proxies, timeout=5)
    assert "asks for a name and a password" in _describe_error(refused.value)


def test_407_in_an_address_is_not_taken_for_a_proxy_error() -> None:
    with pytest.raises(requests.RequestException) as refused:
        requests.get("http://127.0.0.1:40/407", timeout=5)
    assert "407" in str(refused.value)
    assert "does not answer" in _describe_error(refused.value)
