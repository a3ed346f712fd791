"""The installed command from an empty directory to a closed case: a separate process, used over HTTP."""

import json
import multiprocessing
import os
import re
import select
import signal
import socket
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from copy import copy
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from central import web_server
from protocol import envelope, tracking_code
from protocol.messages import EnrolmentStatus
from simulators.desk_client import DeskClient
from simulators.http_transport import HttpKiosk, HttpResponse, HttpTransport
from simulators.reserved_port import ReservedPort
from tests.unit.central.page_text import page_text
from tests.unit.central.served_installation import CENTRAL, METRICS_TOKEN, PASSWORD, Installation, serve_installation
from tests.waiting import wait_until
from thai.dates import long_date


@pytest.fixture(autouse=True)
def installation() -> None:
    """No installation in this process: the service runs in its own."""


@pytest.fixture
def empty_installation(tmp_path: Path) -> Installation:
    return Installation(tmp_path / "data")


@pytest.fixture(scope="module")
def served_installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Installation, str]]:
    """One installation for all tests, with the URL where it is served."""
    empty_installation = Installation(tmp_path_factory.mktemp("served") / "data")
    with serve_installation(empty_installation) as url:
        yield empty_installation, url


def test_from_an_empty_directory_to_a_closed_case(
    served_installation: tuple[Installation, str], tmp_path: Path
) -> None:
    installation, url = served_installation
    kiosk = HttpKiosk("KKN07", HttpTransport(url))
    assert kiosk.request_enrolment().status_code == 201

    officer = DeskClient(url, "somsri", PASSWORD, "khonkaen")
    officer.approve_enrolment(kiosk.compare_code)
    kiosk.fetch_enrolment()
    assert (kiosk.enrolment_response.series, kiosk.enrolment_response.public_url) == ("A", url)

    letter = kiosk.letter_submission(1)
    (page,) = kiosk.sealed_pages(letter)
    assert kiosk.upload(page, end_offset=300).status_code == 204
    assert kiosk.upload(page, offset=300).status_code == 204
    delivery = kiosk.delivery(letter, [page])

    def deliver_on_own_connection(_: int) -> HttpResponse:
        same_kiosk = copy(kiosk)
        with HttpTransport(url) as same_kiosk.transport:
            return same_kiosk.deliver(delivery)

    with ThreadPoolExecutor(100) as pool:  # several forwarders started by mistake
        responses = list(pool.map(deliver_on_own_connection, range(100)))
    assert {response.status_code for response in responses} == {200}
    assert len({response.content for response in responses}) == 1, "one receipt"
    assert officer.case_numbers() == [letter.case_number], "one case"

    def tracked(language: str) -> str:
        response = requests.post(f"{url}/t", {"code": letter.tracking_code, "language": language}, timeout=30)
        assert response.status_code == 200
        return page_text(response)

    assert 'data-status="received"' in tracked("th")
    officer.save_step(letter.case_number, "take")
    due = date.today() + timedelta(days=20)
    officer.save_step(letter.case_number, "set_due", due=due.isoformat(), note="ตามที่ตกลงกับหน่วยงาน")
    assert long_date(due) in tracked("th")
    officer.save_step(letter.case_number, "close", outcome="explained", message="เปลี่ยนหลอดไฟแล้ว")
    assert "Your case is closed" in tracked("en")
    assert "เปลี่ยนหลอดไฟแล้ว" in tracked("en")

    carried = kiosk.letter_submission(1)
    (page,) = kiosk.sealed_pages(carried)
    outbox = tmp_path / "carried"
    outbox.mkdir()
    (outbox / f"{carried.case_number}.{envelope.page_part(0)}").write_bytes(page)
    (outbox / f"{carried.case_number}.json").write_text(kiosk.delivery(carried, [page]).model_dump_json())
    assert "imported" in installation.run_checked("import", str(outbox))
    assert "already imported" in installation.run_checked("import", str(outbox))
    assert carried.case_number in requests.post(f"{url}/t", {"code": carried.tracking_code}, timeout=30).text
    (outbox / "broken.json").write_text("{}")
    result = installation.run("import", str(outbox))
    assert (result.returncode, "1 of 2 rows" in result.stderr, "Traceback" in result.stderr) == (2, True, False)
    assert "Nothing is in quarantine" in installation.run_checked("quarantine", "list")


def test_a_kiosk_is_approved_from_a_terminal(served_installation: tuple[Installation, str]) -> None:
    installation, url = served_installation
    kiosk = HttpKiosk("KKN08", HttpTransport(url))
    kiosk.request_enrolment()
    assert installation.run("approve", "0000-0000", "--as", "somsri").returncode == 2
    assert "KKN08A" in installation.run_checked("approve", kiosk.compare_code.lower(), "--as", "somsri")
    kiosk.fetch_enrolment()
    assert kiosk.enrolment_response.status is EnrolmentStatus.APPROVED


def test_an_unknown_address_over_the_wire_shows_no_trace(served_installation: tuple[Installation, str]) -> None:
    _, url = served_installation
    page = requests.get(f"{url}/{tracking_code.generate()}", timeout=30)
    assert (page.status_code, "ไม่พบหน้านี้" in page.text) == (404, True)
    stranger = requests.get(f"{url}/t", headers={"Host": "evil.example"}, timeout=30)
    assert (stranger.status_code, "Traceback" in stranger.text) == (400, False)


def test_a_worker_that_dies_is_replaced(served_installation: tuple[Installation, str]) -> None:
    _, url = served_installation
    (parent,) = _children(os.getpid(), "--workers")
    wait_until(lambda: len(_children(parent, "--workers")) == 3, problem="two for requests, one for background tasks")
    before = sorted(_children(parent, "--workers"))
    os.kill(before[0], signal.SIGKILL)

    def is_replaced() -> bool:
        workers = _children(parent, "--workers")
        return len(workers) == 3 and before[0] not in workers

    wait_until(is_replaced)
    assert requests.get(f"{url}/t", timeout=10).status_code == 200


def test_a_single_server_has_a_worker_beside_it_that_ends_with_it(empty_installation: Installation) -> None:
    empty_installation.migrate()
    reserved = ReservedPort()
    command = [*CENTRAL, "serve", "--port", str(reserved.port)]
    with (
        reserved,
        subprocess.Popen(command, env=empty_installation.environment, stdout=subprocess.PIPE, text=True) as server,
    ):
        assert server.stdout is not None
        assert server.stdout.readline().strip() == reserved.url
        try:
            (worker,) = wait_until(lambda: _children(server.pid, "--end-with"))
            wait_until(lambda: "No worker runs" not in empty_installation.run_checked("jobs", "workers"))
            os.kill(worker, signal.SIGKILL)
            (second,) = wait_until(lambda: [pid for pid in _children(server.pid, "--end-with") if pid != worker])
        finally:
            server.kill()
            server.wait()
        reserved.listen().close()  # the worker has not kept the port
        wait_until(lambda: not Path(f"/proc/{second}").exists() or "Z" in Path(f"/proc/{second}/stat").read_text())


def test_every_worker_answers_a_scrape_for_all(served_installation: tuple[Installation, str]) -> None:
    _, url = served_installation
    assert requests.get(f"{url}/metrics", timeout=10).status_code == 404
    counted = []
    for _ in range(8):
        requests.get(f"{url}/t", timeout=10)
        response = requests.get(f"{url}/metrics", headers={"Authorization": f"Bearer {METRICS_TOKEN}"}, timeout=10)
        counted += re.findall(r'central_requests_total{route="track",status="2xx"} (\S+)', response.text)
    assert [float(count) - float(counted[0]) for count in counted] == [*range(8)]
    assert "central_workers 1.0" in response.text
    assert requests.get(f"{url}/readyz", timeout=10).json()["ready"] is True


def test_attempts_at_all_workers_are_counted_together(served_installation: tuple[Installation, str]) -> None:
    _, url = served_installation

    def try_sign_in(_: int) -> int:
        browser = requests.Session()
        token = re.findall(r'csrfmiddlewaretoken" value="([^"]+)"', browser.get(f"{url}/desk/login", timeout=30).text)[
            0
        ]
        fields = {"csrfmiddlewaretoken": token, "username": "not-somsri", "password": "wrong"}
        response = browser.post(f"{url}/desk/login", fields, headers={"Referer": url}, timeout=30)
        return response.status_code

    with ThreadPoolExecutor(6) as pool:  # also at the same moment
        responses = list(pool.map(try_sign_in, range(24)))
    assert sorted(responses) == [401] * 10 + [429] * 14


def _children(parent: int, argument: str) -> list[int]:
    """Living children of a process that have this argument."""
    lists = [task / "children" for task in Path(f"/proc/{parent}/task").iterdir()]  # one for each thread
    every = [int(pid) for children in lists for pid in children.read_text().split()]
    return [pid for pid in every if argument.encode() in Path(f"/proc/{pid}/cmdline").read_bytes()]


def test_a_refusal_by_the_http_server_is_a_problem(served_installation: tuple[Installation, str]) -> None:
    _, url = served_installation
    where = (urlsplit(url).hostname, urlsplit(url).port)
    head = b"POST /api/v1/submissions HTTP/1.1\r\nHost: localhost\r\n"
    for wrong, status in [(b"Content-Length: 99999999999\r\n\r\n", 413), (b"Content-Length: many\r\n\r\n", 400)]:
        with socket.create_connection(where, timeout=10) as line:
            line.sendall(head + wrong)
            response = line.makefile("rb").read()
        assert response.startswith(b"HTTP/1.1 %d" % status) or response.startswith(b"HTTP/1.0 %d" % status)
        assert b"Content-Type: application/problem+json" in response
        assert json.loads(response.partition(b"\r\n\r\n")[2])["status"] == status


def raw_response(url: str, sent: bytes) -> bytes:
    """All bytes received on one connection, until the service closes it or sends nothing for two seconds."""
    with socket.create_connection((urlsplit(url).hostname, urlsplit(url).port), timeout=10) as line:
        line.sendall(sent)
        got = b""
        with suppress(ConnectionResetError):  # closed before everything was read
            while select.select([line], [], [], 2)[0] and (piece := line.recv(65536)):
                got += piece
        return got


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        b"HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n",
        b"HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n",
        b"HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 44\r\n",
        b"HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: \x0bchunked\r\n",
    ],
)
def test_an_ambiguous_request_is_refused(served_installation: tuple[Installation, str], head: bytes) -> None:
    _, url = served_installation
    hidden = b"GET /t HTTP/1.1\r\nHost: localhost\r\n\r\n"
    got = raw_response(url, b"POST /t " + head + b"\r\n0\r\n\r\n" + hidden)
    assert got.count(b"HTTP/1.") == 1, "the bytes after it are no second request"
    assert got.split()[1] in (b"400", b"501")
    assert b"Connection: close" in got


_HEADS = ["/t", "/desk/login", "/api/v1/enrolments", "/nowhere", "/static/fonts/sarabun-400-2.woff2"]


@pytest.mark.parametrize("path", _HEADS)
def test_a_response_to_head_has_no_body(served_installation: tuple[Installation, str], path: str) -> None:
    _, url = served_installation
    one = f"HEAD {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    got = raw_response(url, one * 2)
    assert got.count(b"HTTP/1.1 ") == 2, "the connection stays open"
    assert got.endswith(b"\r\n\r\n")
    assert b"\r\n\r\nHTTP/1.1 " in got, "the second response directly follows the first one's header"


def test_request_headers_are_limited(served_installation: tuple[Installation, str]) -> None:
    _, url = served_installation
    response = raw_response(url, b"GET /t HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 40_000 + b"\r\n\r\n")
    assert b" 431 " in response.partition(b"\r\n")[0] or not response


def test_a_request_sent_too_slowly_gets_a_time_out_response(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_server, "REQUEST_GRACE_S", 0.3)
    (listening,) = web_server.open_sockets("127.0.0.1", 0)
    server = multiprocessing.get_context("fork").Process(target=web_server.serve, args=([listening], 1, None))
    server.start()
    try:
        with socket.create_connection(listening.getsockname(), timeout=10) as line:
            line.sendall(b"PATCH /api/v1/parts/00 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 400000\r\n\r\n")
            for _ in range(400):  # until the response arrives, which may be late on a busy machine
                line.sendall(b"x" * 5)
                if select.select([line], [], [], 0.05)[0]:
                    break
            response = line.makefile("rb").read()
        assert b" 408 " in response.splitlines()[0]
        assert json.loads(response.partition(b"\r\n\r\n")[2])["status"] == 408
    finally:
        server.terminate()
        server.join()
        listening.close()


def test_idle_connections_do_not_block_other_clients(served_installation: tuple[Installation, str]) -> None:
    _, url = served_installation
    with ExitStack() as idle:
        for _ in range(200):
            idle_socket = socket.create_connection((urlsplit(url).hostname, urlsplit(url).port), timeout=5)
            idle.enter_context(idle_socket).sendall(b"POST /t HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
        assert requests.get(f"{url}/t", timeout=10).status_code == 200


@pytest.mark.parametrize(
    ("arguments", "stdin", "expected_message"),
    [
        (["serve", "--port", "0"], "", "central migrate"),
        (["create-centre", "x", "--area", "99"], "", "99 is not a province or district"),
        (["create-officer", "a", "--centre", "nowhere", "--password-stdin"], "x", "central migrate"),
        (["import", "/nonexistent"], "", "no exported rows"),
    ],
)
def test_commands_before_the_first_migrate_explain_what_to_do(
    empty_installation: Installation, arguments: list[str], stdin: str, expected_message: str
) -> None:
    result = empty_installation.run(*arguments, stdin=stdin)
    assert (result.returncode, "Traceback" in result.stderr) == (2, False)
    assert expected_message in result.stderr
