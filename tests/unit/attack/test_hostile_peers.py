"""Centres and devices that send without end: each exchange with them ends soon and with little memory."""

import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any
from urllib.error import URLError

import pytest
from PIL import Image
from requests import PreparedRequest

from drivers.card_reader.apdu import MAX_STEPS, CardChannel, StatusWordError
from drivers.letter_scanner.sane_scanner import SaneScanner
from drivers.letter_scanner.scan_options import ScanOptions
from drivers.ports.letter_scanner import ScanError, ScannerStatus, Source
from drivers.ports.receipt_printer import PrinterStatus, PrintVerdict
from drivers.receipt_printer.escpos_printer import EscposPrinter
from kiosk_app.forwarder.case_lookup import CaseLookupError, look_up_case
from kiosk_app.forwarder.centre_connection import MIN_BYTES_PER_S, CentreConnection
from kiosk_app.forwarder.centre_errors import UnreachableError
from kiosk_app.health import centre_checks
from kiosk_app.outbox.state_directory import signing_key_file
from machine.deadline import call_with_deadline
from machine.http_deadline import MAX_HEAD_BYTES
from protocol import keys
from tests.fake_centre import FakeCentre
from tests.outbox_samples import KIOSK_SIGNING_KEY, enrolment
from tests.process_resources import open_file_count
from tests.unit.attack.hostile_peer import PIECE_INTERVAL_S, Behaviour, endless_response, hostile_server, read_request
from tests.waiting import wait_until

TIMEOUT_S = 30.0  # limit of each test: without limits in the product they would never end
EXCHANGE_S = 1.0
OK = b"HTTP/1.1 200 OK\r\n"


endless_continue = endless_response(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100)
slow_continue = endless_response(b"", b"HTTP/1.1 100 Continue\r\n\r\n", PIECE_INTERVAL_S)
endless_headers = endless_response(OK, b"X-More: " + b"x" * 1000 + b"\r\n")
slow_head = endless_response(OK + b"X: ", b"x", PIECE_INTERVAL_S)
slow_body = endless_response(OK + b"Content-Length: 900000\r\n\r\n", b"x", PIECE_INTERVAL_S)
slow_body_without_length = endless_response(OK + b"\r\n", b"x", PIECE_INTERVAL_S)
slow_chunks = endless_response(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n", PIECE_INTERVAL_S)
endless_body = endless_response(OK + b"\r\n", bytes(65_536))


def _read_all(line: socket.socket) -> None:
    with suppress(OSError):
        while line.recv(65_536):
            pass


def never_answers(line: socket.socket) -> None:
    read_request(line)
    time.sleep(TIMEOUT_S)


def reads_byte_by_byte(line: socket.socket) -> None:
    while line.recv(1):
        time.sleep(PIECE_INTERVAL_S)


def slow_handshake(line: socket.socket) -> None:
    """Send a TLS record of 16 kB byte by byte."""
    line.recv(1)
    line.sendall(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc")
    while True:
        line.sendall(b"\0")
        time.sleep(PIECE_INTERVAL_S)


CENTRES: dict[str, Behaviour] = {
    "endless_continue": endless_continue,
    "continues slowly": slow_continue,
    "endless headers": endless_headers,
    "trickled head": slow_head,
    "trickled body": slow_body,
    "trickled chunks": slow_chunks,
    "trickled body without length": slow_body_without_length,
    "endless body": endless_body,
    "never_answers": never_answers,
}


def post(url: str, body: bytes = b"{}") -> PreparedRequest:
    request = PreparedRequest()
    request.prepare("POST", url, data=body)
    return request


@pytest.mark.parametrize("behaviour", CENTRES.values(), ids=CENTRES)
def test_an_exchange_with_a_centre_ends(behaviour: Behaviour) -> None:
    with hostile_server(behaviour) as port, CentreConnection(exchange_s=EXCHANGE_S) as line:
        started = time.monotonic()
        with pytest.raises(UnreachableError):
            call_with_deadline(TIMEOUT_S, lambda: line.send(post(f"http://127.0.0.1:{port}/")))
        assert time.monotonic() - started < EXCHANGE_S + 3


def test_a_centre_that_reads_byte_by_byte_gets_the_time_of_a_slow_network() -> None:
    body = bytes(8_000_000)
    # Sent bytes extend the deadline at MIN_BYTES_PER_S: the exchange has one second more than that.
    exchange_s = EXCHANGE_S - len(body) / MIN_BYTES_PER_S
    with hostile_server(reads_byte_by_byte) as port, CentreConnection(exchange_s=exchange_s) as line:
        started = time.monotonic()
        with pytest.raises(UnreachableError):
            call_with_deadline(TIMEOUT_S, lambda: line.send(post(f"http://127.0.0.1:{port}/", body)))
        assert time.monotonic() - started < EXCHANGE_S + 3


def test_a_slow_handshake_ends_at_the_deadline() -> None:
    with (
        hostile_server(slow_handshake) as port,
        CentreConnection(exchange_s=EXCHANGE_S) as line,
        pytest.raises(UnreachableError),
    ):
        call_with_deadline(TIMEOUT_S, lambda: line.send(post(f"https://127.0.0.1:{port}/")))


def test_a_reused_connection_has_a_deadline_too() -> None:
    def honest_once(line: socket.socket) -> None:
        read_request(line)
        line.sendall(OK + b"Content-Length: 2\r\n\r\n{}")
        slow_body(line)

    with hostile_server(honest_once) as port, CentreConnection(exchange_s=EXCHANGE_S) as line:
        assert line.send(post(f"http://127.0.0.1:{port}/")).body == b"{}"
        with pytest.raises(UnreachableError, match="too long"):
            call_with_deadline(TIMEOUT_S, lambda: line.send(post(f"http://127.0.0.1:{port}/")))


def test_an_exchange_through_a_proxy_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with hostile_server(endless_continue) as port, CentreConnection(exchange_s=EXCHANGE_S) as line:
        for kind in ("http_proxy", "https_proxy"):
            monkeypatch.setenv(kind, f"http://127.0.0.1:{port}")
        for scheme in ("http", "https"):
            with pytest.raises(UnreachableError):
                call_with_deadline(TIMEOUT_S, partial(line.send, post(f"{scheme}://centre.invalid/")))


def test_a_valid_response_is_unchanged_and_no_descriptor_stays_open() -> None:
    def honest(line: socket.socket) -> None:
        while True:
            read_request(line)
            line.sendall(
                b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"X: " + b"x" * 8000 + b"\r\nContent-Length: 1\r\n\r\n7"
            )

    before = open_file_count()
    with hostile_server(honest) as port:
        for _ in range(3):
            with CentreConnection(exchange_s=EXCHANGE_S) as line:
                for _ in range(3):
                    assert line.send(post(f"http://127.0.0.1:{port}/")).body == b"7"
    wait_until(lambda: open_file_count() <= before)
    assert MAX_HEAD_BYTES > 8000


@pytest.mark.parametrize("name", ["continues slowly", "trickled body", "endless headers"])
def test_a_citizen_at_the_tracking_screen_waits_no_longer_than_promised(name: str) -> None:
    with hostile_server(CENTRES[name]) as port:
        started = time.monotonic()
        with pytest.raises(CaseLookupError):
            call_with_deadline(TIMEOUT_S, lambda: look_up_case(f"http://127.0.0.1:{port}", "7KQ2M9XD4TBVS", "th"))
        assert time.monotonic() - started < 9


def test_an_exchange_ends_when_the_name_server_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's own look-up gives up after 10 to 28 s, and again as long for each search domain. A connection that
    it opens later is closed."""
    answered, getaddrinfo = threading.Event(), socket.getaddrinfo

    def slow(*question: Any, **more: Any) -> Any:
        answered.wait(TIMEOUT_S)
        return getaddrinfo(*question, **more)

    before = open_file_count()
    monkeypatch.setattr(socket, "getaddrinfo", slow)
    with hostile_server(read_request) as port:
        try:
            with CentreConnection(exchange_s=EXCHANGE_S) as line:
                started = time.monotonic()
                with pytest.raises(UnreachableError, match="too long"):
                    line.send(post(f"http://localhost:{port}/"))
                assert time.monotonic() - started < EXCHANGE_S + 3
        finally:
            answered.set()
        wait_until(lambda: not _connecting())
    wait_until(lambda: open_file_count() <= before)


def _connecting() -> bool:
    return any(thread.name == "connect" for thread in threading.enumerate())


def test_an_unknown_host_name_is_reported_at_once() -> None:
    with (
        CentreConnection(exchange_s=60) as line,
        pytest.raises(UnreachableError, match=r"NameResolutionError|gaierror"),
    ):
        call_with_deadline(TIMEOUT_S, lambda: line.send(post("http://centre.invalid/")))


def test_doctor_does_not_wait_for_a_slow_centre(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(centre_checks, "CENTRE_TIMEOUT_S", EXCHANGE_S)
    with hostile_server(slow_continue) as port, pytest.raises((TimeoutError, URLError)):
        call_with_deadline(TIMEOUT_S, lambda: centre_checks._request_head(f"http://127.0.0.1:{port}", "", ""))


@pytest.mark.parametrize("output", [b"\x12", b"\x16", b"\x11", b"\x00", b"\x1a", b"\x37\x25", b"\xff"])
def test_a_printer_that_sends_without_end_has_unknown_status(output: bytes) -> None:
    """This includes a printer that repeats the ready status without end."""

    def flood(line: socket.socket) -> None:
        threading.Thread(target=_read_all, args=(line,), daemon=True).start()
        while True:
            line.sendall(output * 4096)

    with hostile_server(flood) as port:
        printer = EscposPrinter(f"network:127.0.0.1:{port}", 576)
        assert call_with_deadline(TIMEOUT_S, printer.status) is PrinterStatus.UNKNOWN
        job = call_with_deadline(TIMEOUT_S, lambda: printer.print_bitmap("job", Image.new("1", (576, 40), 1)))
        assert job.verdict is not PrintVerdict.PRINTED


@pytest.mark.parametrize("answer", [b"\x61\xff", bytes(255) + b"\x61\xff", bytes(60_000) + b"\x61\x00", b"\x6c\x01"])
def test_reading_a_card_that_sends_without_end_stops(answer: bytes) -> None:
    commands: list[bytes] = []

    def transmit(command: bytes) -> bytes:
        commands.append(command)
        return answer

    with pytest.raises(StatusWordError):
        call_with_deadline(TIMEOUT_S, lambda: CardChannel(transmit).send(b"\x80\xb0\x00\x00\x02\x00\xff"))
    assert len(commands) <= MAX_STEPS
    assert len(commands) * len(answer) < 200_000


OPTIONS = 'case "$*" in *all-options*) echo; exit 0;; esac\n'


@pytest.mark.parametrize(
    ("script", "source"),
    [
        ("exec cat /dev/zero", Source.FLATBED),
        ("exec cat /dev/zero", Source.FEEDER),
        ("while :; do echo /etc/hostname; done", Source.FEEDER),
        ("yes 'Progress: 1%' >&2", Source.FLATBED),
        ("while :; do printf P; sleep 0.1; done", Source.FLATBED),
    ],
)
def test_a_scan_that_sends_without_end_stops(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, source: Source
) -> None:
    program = tmp_path / "scanimage"
    program.write_text(f"#!/bin/sh\n{OPTIONS}{script}\n", encoding="utf-8")
    program.chmod(0o755)
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    monkeypatch.setenv("PATH", environment["PATH"])
    scanner = SaneScanner("net:x", ScanOptions(source), 2.0, environment)
    taken: list[bytes] = []
    with pytest.raises(ScanError) as trouble:
        call_with_deadline(TIMEOUT_S, lambda: scanner.scan(taken.append, lambda _: None, Event(), 3))
    assert trouble.value.status is not ScannerStatus.CANCELLED
    assert not taken
    assert Path("/etc/hostname").exists()  # a file that the scanner names is neither read nor removed


def test_the_forwarder_resets_its_watchdog(tmp_path: Path) -> None:
    """`kiosk forward`, started like its unit, resets systemd's watchdog from its loop."""

    (tmp_path / "kiosk.toml").write_text(
        f'[kiosk]\nid = "KKN07"\n[paths]\nstate = "{tmp_path}"\nruntime = "{tmp_path}"\n', encoding="utf-8"
    )
    with FakeCentre() as centre, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        enrolment(centre.url).save(tmp_path)
        keys.save_private_key(KIOSK_SIGNING_KEY, signing_key_file(tmp_path))
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(TIMEOUT_S)
        environment = os.environ | {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "300000"}
        kiosk = Path(sys.executable).with_name("kiosk")
        with subprocess.Popen(
            [kiosk, "forward", "--settings", str(tmp_path / "kiosk.toml")], env=environment, stderr=subprocess.PIPE
        ) as forwarder:
            try:
                assert [manager.recv(100) for _ in range(3)] == [b"WATCHDOG=1"] * 3
            finally:
                forwarder.terminate()
                forwarder.communicate(timeout=TIMEOUT_S)
