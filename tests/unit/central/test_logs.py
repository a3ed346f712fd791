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
from django.test import Client
from django.utils.module_loading import import_string

from central.commands import CommandError, offline_import
from central.fleet.models import Enrolment
from central.logs import escape_unprintable
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
