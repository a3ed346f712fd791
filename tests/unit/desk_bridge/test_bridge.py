"""The bridge gives a card's data to the paired browser of the desk, and nothing to anybody else."""

import http.client
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from drivers.ports.card_reader import CardFault
from drivers.ports.receipt_printer import PrintVerdict
from kiosk_app import cli
from kiosk_app.desk_bridge.devices import DeskDevices
from kiosk_app.desk_bridge.pairing import CODE_LIFE_S, Pairing
from kiosk_app.desk_bridge.server import BridgeServer
from protocol.desk_bridge import MAX_BODY_BYTES
from tests.unit.desk_bridge.fake_devices import CARD, MemoryPrinter, MemoryReader

ORIGIN = "https://track.example.go.th"
SLIP = {
    "centre_th": "ศูนย์ดำรงธรรมจังหวัดขอนแก่น",
    "centre_en": "Damrongdham Centre, Khon Kaen",
    "case_number": "KKN00A-000001-00",
    "code": "7KQ2M9XD4TBVS",
    "url": "https://track.example.go.th/t#7KQ2-M9XD-4TBVS",
    "filed_at": "2026-11-30T06:00:00Z",
}


class Bridge:
    """A running bridge and what a browser sends to it."""

    def __init__(self, directory: Path) -> None:
        self.reader, self.printer, self.now = MemoryReader(), MemoryPrinter(), 0.0
        self.pairing = Pairing(directory / "state" / "pairings.json", lambda: self.now)
        self.server = BridgeServer(DeskDevices(self.reader, self.printer), self.pairing, ORIGIN, 0)
        self.token = ""

    def send(
        self, path: str, message: object = None, *, method: str = "POST", body: bytes | None = None, **headers: str
    ) -> tuple[int, dict[str, str], Any]:
        """Status, headers and content of the response. Headers that are given replace those of the desk's page."""
        address = self.server.url.removeprefix("http://")
        connection = http.client.HTTPConnection(address, timeout=10)
        content = json.dumps(message or {}).encode() if body is None else body
        sent = {"Origin": ORIGIN, "Authorization": f"Bearer {self.token}", **headers}
        connection.request(method, path, content, {name.replace("_", "-"): value for name, value in sent.items()})
        response = connection.getresponse()
        answer = response.read()
        connection.close()
        return response.status, dict(response.getheaders()), json.loads(answer) if answer else None

    def pair(self) -> None:
        self.token = self.send("/pair", {"code": self.pairing.new_code()})[2]["token"]


@pytest.fixture
def bridge(tmp_path: Path) -> Iterator[Bridge]:
    bridge = Bridge(tmp_path)
    with bridge.server:
        yield bridge


def test_a_paired_browser_reads_the_card_and_prints_a_slip(bridge: Bridge) -> None:
    bridge.pair()
    status, headers, card = bridge.send("/card")
    assert (status, headers["Access-Control-Allow-Origin"], headers["Cache-Control"]) == (200, ORIGIN, "no-store")
    assert card == {
        "citizen_id": CARD.citizen_id,
        "title": "นาย",
        "first_name": "สมชาย",
        "middle_name": "",
        "last_name": "ใจดี",
        "birth_date": "25200115",
        "sex": "1",
        "address": "9 หมู่ 1 ตำบลบ้านเป็ด",
        "address_area": "400115",
    }
    assert bridge.send("/print", SLIP)[0] == 200
    (paper,) = bridge.printer.printed
    assert (paper.width, paper.mode) == (576, "1")


def test_without_the_token_nothing_is_read(bridge: Bridge) -> None:
    for token in ("", "x", "ก"):
        bridge.token = token.encode().decode("latin-1")
        status, _, answer = bridge.send("/card")
        assert (status, answer["problem"]) == (401, "not_paired")
        assert bridge.send("/print", SLIP)[0] == 401
    assert (bridge.reader.reads, bridge.printer.printed) == (0, [])


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "https://track.example.go.th.evil.example"},
        {"Origin": "http://track.example.go.th"},
        {"Origin": ""},
        {"Host": "evil.example:47611"},
        {"Host": "localhost"},
    ],
)
@pytest.mark.parametrize("method", ["POST", "OPTIONS"])
def test_other_origins_and_rebound_names_get_nothing(bridge: Bridge, headers: dict[str, Any], method: str) -> None:
    bridge.pair()
    status, answered, content = bridge.send("/card", method=method, **headers)
    assert (status, content) == (403, None)
    assert not any(name.startswith("Access-Control") for name in answered)
    assert bridge.reader.reads == 0


def test_the_browsers_preflight_is_answered_for_the_desk(bridge: Bridge) -> None:
    status, headers, _ = bridge.send("/card", method="OPTIONS", Access_Control_Request_Private_Network="true")
    assert (status, headers["Access-Control-Allow-Private-Network"]) == (204, "true")
    assert bridge.send("/card", method="GET")[0] == 501


def test_a_pairing_code_works_once_for_ten_minutes_and_five_attempts(bridge: Bridge, tmp_path: Path) -> None:
    code = bridge.pairing.new_code()
    assert bridge.send("/pair", {"code": code.lower().replace("-", " ")})[0] == 200
    assert bridge.send("/pair", {"code": code})[2]["problem"] == "wrong_code"
    late = bridge.pairing.new_code()
    bridge.now += CODE_LIFE_S + 1
    assert bridge.send("/pair", {"code": late})[0] == 403
    guessed = bridge.pairing.new_code()
    for _ in range(5):
        assert bridge.send("/pair", {"code": "0000-0000"})[0] == 403
    assert bridge.send("/pair", {"code": guessed})[0] == 403
    bridge.pair()
    stored = tmp_path / "state" / "pairings.json"
    assert bridge.token not in stored.read_text()
    assert stored.stat().st_mode & 0o077 == 0
    assert Pairing(stored).is_paired(bridge.token), "after a restart too"
    Pairing(stored).forget_all()
    assert bridge.send("/card")[0] == 401


@pytest.mark.parametrize("fault", CardFault)
def test_a_fault_of_the_reader_is_one_sentence(bridge: Bridge, fault: CardFault) -> None:
    bridge.pair()
    bridge.reader.card, bridge.reader.fault = None, fault
    status, _, answer = bridge.send("/card")
    assert (status, answer["problem"], bool(answer["th"] and answer["en"])) == (409, fault.value, True)


@pytest.mark.parametrize(
    ("verdict", "problem"),
    [(PrintVerdict.NOT_PRINTED, "paper_out"), (PrintVerdict.PROBABLY_PRINTED, "unconfirmed")],
)
def test_a_slip_that_is_not_certainly_printed_says_so(bridge: Bridge, verdict: PrintVerdict, problem: str) -> None:
    bridge.pair()
    bridge.printer.verdict = verdict
    status, _, answer = bridge.send("/print", SLIP)
    assert (status, answer["problem"]) == (409, problem)


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{", b"\xff", json.dumps({**SLIP, "url": "javascript:1"}).encode(), b'{"code": "%s"}' % (b"7" * 13)],
)
def test_bad_requests_are_refused(bridge: Bridge, body: bytes) -> None:
    bridge.pair()
    assert bridge.send("/print", body=body)[0] == 400
    assert bridge.send("/other", {})[0] == 404
    assert bridge.send("/print", body=b"x" * (MAX_BODY_BYTES + 1))[0] == 413
    assert bridge.printer.printed == []


def test_nothing_is_written_to_the_terminal(bridge: Bridge, capfd: pytest.CaptureFixture[str]) -> None:
    bridge.pair()
    bridge.send("/card")
    bridge.send("/card", Origin="https://evil.example")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("desk", ["track.example.go.th", "http://track.example.go.th", "https://", "https://a b"])
def test_the_desk_must_be_an_https_address(desk: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["desk-bridge", "--desk", desk]) == 2
    assert "no address of a desk" in capsys.readouterr().err
