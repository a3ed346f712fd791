"""Texts of devices and servers reach the journal and the terminal without control characters."""

import io
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk_app.commands.output import OneLineFormatter, escape_control_characters, print_message
from kiosk_app.commands.process import log_to_stderr
from tests.unit.attack.hostile_peer import hostile_server

FORGED_LOG_LINE = "ready\x1b[2J\x1b]0;owned\x07\nERROR kiosk_app: everything is fine\r\u202egnp.exe\x9b31m\u2028"
KIOSK = Path(sys.executable).with_name("kiosk")


def assert_no_control_characters(output: str) -> bool:
    return not any(character in FORGED_LOG_LINE and not character.isprintable() for character in output)


def test_every_control_character_is_escaped() -> None:
    assert assert_no_control_characters(escape_control_characters(FORGED_LOG_LINE))
    assert escape_control_characters("ESC \x1b, end \n, tab \t") == "ESC \\x1b, end \\n, tab \\t"
    thai = "ศูนย์ดำรงธรรมจังหวัดขอนแก่น น้ำ ก่ำ 7KQ2-M9XD\u00a0\u200b"
    assert escape_control_characters(thai) == thai


@pytest.mark.parametrize(
    "record",
    [
        lambda log: log.warning("printer %s", FORGED_LOG_LINE),
        lambda log: log.warning(FORGED_LOG_LINE),
        lambda log: log.getChild(FORGED_LOG_LINE.split("\n", maxsplit=1)[0]).warning("x"),
    ],
)
def test_every_log_record_is_one_line(record: object, capsys: pytest.CaptureFixture[str]) -> None:
    log_to_stderr()
    record(logging.getLogger("kiosk_app.test"))  # type: ignore[operator]
    output = capsys.readouterr().err
    assert output.count("\n") == 1 and assert_no_control_characters(output.rstrip("\n"))
    assert "\\x1b" in output


def test_a_traceback_contains_no_line_that_looks_like_a_record() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(OneLineFormatter("%(levelname)s %(name)s: %(message)s"))
    log = logging.getLogger("test of tracebacks")
    log.addHandler(handler)
    log.propagate = False
    try:
        raise ValueError(FORGED_LOG_LINE)
    except ValueError:
        log.exception("it failed")
    first, *more = stream.getvalue().rstrip("\n").split("\n")
    assert first == "ERROR test of tracebacks: it failed"
    assert more and all(line.startswith("  ") and assert_no_control_characters(line) for line in more)


def test_a_sentence_at_the_terminal_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    print_message(f"the scanner is called {FORGED_LOG_LINE}")
    output = capsys.readouterr().err
    assert output.count("\n") == 1 and assert_no_control_characters(output.rstrip("\n"))


def test_a_server_and_a_scanner_cannot_control_the_terminal(tmp_path: Path) -> None:
    program = tmp_path / "scanimage"
    program.write_text("#!/bin/sh\nprintf 'net:x\\033]0;owned\\007\\tModel\\033[2J\\n'\n", encoding="utf-8")
    program.chmod(0o755)
    environment = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    listed = subprocess.run(
        [KIOSK, "scan", "--list"], env=environment, capture_output=True, text=True, check=False, timeout=60
    )

    def refuses(line: object) -> None:
        line.recv(65_536)  # type: ignore[attr-defined]
        title = '{"title": "no \\u001b[2J\\nERROR forged", "status": 422}'
        head = (
            f"HTTP/1.1 422 \x1b[31mNo\r\nContent-Type: application/problem+json\r\nContent-Length: {len(title)}\r\n\r\n"
        )
        line.sendall((head + title).encode())  # type: ignore[attr-defined]

    (tmp_path / "kiosk.toml").write_text(
        f'[kiosk]\nid = "KKN07"\n[paths]\nstate = "{tmp_path / "state"}"\nruntime = "{tmp_path}"\n', encoding="utf-8"
    )
    with hostile_server(refuses) as port:
        refused = subprocess.run(
            [KIOSK, "enrol", f"http://127.0.0.1:{port}", "--settings", str(tmp_path / "kiosk.toml")],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    assert "\x1b" not in listed.stdout + listed.stderr + refused.stdout + refused.stderr
    assert "\x07" not in listed.stdout
    assert "\\x1b" in refused.stderr and len(refused.stderr.splitlines()) == 1
