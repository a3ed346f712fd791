"""Input cannot forge log lines or control a terminal."""

import io
import json
import logging
import re
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import IntegrityError
from django.test import Client
from django.utils.module_loading import import_string

from central.commands import CommandError, offline_import
from central.fleet.models import Enrolment
from central.logs import RouteFilter, escape_unprintable
from protocol.messages import Heartbeat
from simulators.kiosk import kiosk_moment
from tests.unit.central.kiosk_client import KioskClient
from tests.unit.central.page_text import page_text

_FORGED = "x\n2026-11-29 12:00:00,000 INFO central: all is well\r\x1b[2J\x85\u2028\u202e"
_UNPRINTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """The output of the formatter of this installation."""
    options: dict[str, str] = settings.LOGGING["formatters"]["line"]  # type: ignore[index]
    formatter = import_string(options["()"])(options["format"], style=options["style"])
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    logging.getLogger("central").addHandler(handler)
    yield stream
    logging.getLogger("central").removeHandler(handler)


def test_a_log_record_is_one_line(log: io.StringIO) -> None:
    logging.getLogger("central.x").warning("The kiosk says %s", _FORGED)
    assert log.getvalue().count("\n") == 1
    assert not _UNPRINTED.search(log.getvalue())
    assert "\\x1b[2J" in log.getvalue()


def test_a_traceback_starts_no_new_log_line(log: io.StringIO) -> None:
    try:
        raise ValueError(_FORGED)
    except ValueError:
        logging.getLogger("central.x").exception("It failed", stack_info=True)
    first, *others = log.getvalue().rstrip("\n").split("\n")
    assert "It failed" in first
    assert all(line.startswith("    ") for line in others)
    assert not _UNPRINTED.search(log.getvalue())


@pytest.fixture(params=["line", "json"])
def request_log(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """Everything that this installation logs, in one of its two forms."""
    options: dict[str, str] = dict(settings.LOGGING["formatters"][request.param])  # type: ignore[index]
    formatter_class = import_string(options.pop("()"))
    is_line = request.param == "line"
    formatter = formatter_class(options["format"], style=options["style"]) if is_line else formatter_class()
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    handler.addFilter(RouteFilter())
    root = logging.getLogger()
    root.addHandler(handler)
    yield stream
    root.removeHandler(handler)


SECRET = "ABCD-EFGH-JKMN-PQRS"  # in the place of a tracking code or of the token of a personal link


def test_a_request_is_logged_by_its_route_without_what_was_typed(
    request_log: io.StringIO, kiosk: KioskClient, desk_client: Client
) -> None:
    kiosk.deliver(kiosk.delivery(kiosk.submission()))
    request_log.truncate(0)
    requests = [
        desk_client.get(f"/desk/?search={SECRET}"),
        desk_client.get(f"/{SECRET}"),
        desk_client.get(f"/t?code={SECRET}"),
        desk_client.post("/t", {"code": SECRET}),
        desk_client.post("/desk/login", {"username": "บุญมา", "password": SECRET}),
        desk_client.generic("BREW\n2026 forged", f"/t/{SECRET}"),
        desk_client.get("/healthz"),
    ]
    output = request_log.getvalue()
    for private in (SECRET, "บุญมา", "KKN07", "127.0.0.1", "somsri", "ไฟถนน", "forged", "/desk"):
        assert private not in output and json.dumps(private)[1:-1] not in output, private
    lines = output.strip("\0\n").splitlines()
    assert len(lines) == len(requests) - 1, "one line for each request; probes are left out"
    assert len({response["X-Request-ID"] for response in requests}) == len(requests)
    for response, line in zip(requests, lines, strict=False):
        assert response["X-Request-ID"] in line
        assert str(response.status_code) in line


def test_a_json_line_has_the_fields_of_a_request(request_log: io.StringIO) -> None:
    response = Client().get("/t")
    line = request_log.getvalue().splitlines()[-1]
    if line.startswith("{"):
        entry = json.loads(line)
        assert (entry["route"], entry["status"], entry["method"]) == ("track", 200, "GET")
        assert entry["request_id"] == response["X-Request-ID"]
        assert isinstance(entry["duration_ms"], int) and entry["time"].endswith("+00:00")
    else:
        assert re.search(r" INFO central\.requests: GET track 200 \d+ ms \[[0-9a-f]{16}\]$", line)


def test_a_failure_is_logged_without_path_and_without_messages_of_others(
    request_log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = "".join(["08", "12345678"])

    def fail(*arguments: object, **named: object) -> None:
        try:
            raise IntegrityError(f"duplicate key\nDETAIL: Key (phone)=({phone}) exists")
        except IntegrityError as error:
            raise CommandError("the case was not saved") from error

    monkeypatch.setattr("central.tracking.page.render_to_string", fail)
    response = Client(raise_request_exception=False).get(f"/t?code={SECRET}")
    assert response.status_code == 500
    output = request_log.getvalue()
    assert SECRET not in output and phone not in output
    assert "IntegrityError" in output
    assert "central.commands.CommandError: the case was not saved" in output
    assert "Internal Server Error: track" in output
    assert output.count(response["X-Request-ID"]) == 2, "the failure and the request are connected"


def test_thai_text_is_unchanged() -> None:
    assert escape_unprintable("ศูนย์ดำรงธรรม ก้ำ “ก” – ๑") == "ศูนย์ดำรงธรรม ก้ำ “ก” – ๑"


def test_file_names_on_a_stick_are_printed_escaped(
    kiosk: KioskClient, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a\x1b]0;owned\x07\n.json").write_text("{}")
    with pytest.raises(CommandError):
        offline_import.run(Namespace(directory=tmp_path))
    output = capsys.readouterr().err
    assert output.count("\n") == 1
    assert not _UNPRINTED.search(output)


def test_names_sent_by_a_kiosk_are_shown_escaped(kiosk: KioskClient, desk_client: Client) -> None:
    stranger = KioskClient("PYO01")
    request = {"kiosk_id": "PYO01", "signing_key": "A" * 43, "hall": "ศาลา\u202eกลาง\x1b[2J<b>"}
    enrolled = stranger.transport.client.post("/api/v1/enrolments", json.dumps(request), "application/json")
    assert enrolled.status_code == 201
    assert Enrolment.objects.get(kiosk_id="PYO01").stated_centre_name == "ศาลากลาง[2J<b>"
    output = Heartbeat(
        kiosk_id="KKN07\x1b",
        version="1\u202e",
        moment=kiosk_moment(),
        outbox_count=0,
        devices={"printer": "\u202eready"},
    )
    assert kiosk.send_signed_request("POST", "/api/v1/heartbeats", output.model_dump_json().encode()).status_code == 204
    for path in ("/desk/enrolments", "/desk/fleet"):
        page = page_text(desk_client.get(path))
        assert not _UNPRINTED.search(page)
        assert "<b>" not in page.partition("<main")[2].replace("<b>PYO01</b>", "").replace("<b>KKN07A</b>", "")
