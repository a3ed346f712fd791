"""What devices and servers say reaches the journal and the terminal without its control characters."""

import io
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk_app.commands.common import log_to_stderr, tell
from kiosk_app.commands.terminal import OneLine, visible
from tests.unit.attack.hostile_peer import hostile

FORGED = "ready\x1b[2J\x1b]0;owned\x07\nERROR kiosk_app: everything is fine\r\u202egnp.exe\x9b31m\u2028"
KIOSK = Path(sys.executable).with_name("kiosk")


def clean(said: str) -> bool:
    return not set(said) & set(FORGED) - set(filter(str.isprintable, FORGED))


def test_every_control_character_is_written_out() -> None:
    assert clean(visible(FORGED))
    assert visible("ESC \x1b, end \n, tab \t") == "ESC \\x1b, end \\n, tab \\t"
    thai = "ศูนย์ดำรงธรรมจังหวัดขอนแก่น น้ำ ก่ำ 7KQ2-M9XD\u00a0\u200b"
    assert visible(thai) == thai


@pytest.mark.parametrize(
    "record",
    [
        lambda log: log.warning("printer %s", FORGED),
        lambda log: log.warning(FORGED),
        lambda log: log.getChild(FORGED.split("\n", maxsplit=1)[0]).warning("x"),
    ],
)
def test_a_record_of_the_log_is_one_line(record: object, capsys: pytest.CaptureFixture[str]) -> None:
    log_to_stderr()
    record(logging.getLogger("kiosk_app.test"))  # type: ignore[operator]
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and clean(said.rstrip("\n"))
    assert "\\x1b" in said


def test_a_traceback_quotes_no_line_that_looks_like_a_record() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(OneLine("%(levelname)s %(name)s: %(message)s"))
    log = logging.getLogger("test of tracebacks")
    log.addHandler(handler)
    log.propagate = False
    try:
        raise ValueError(FORGED)
    except ValueError:
        log.exception("it failed")
    first, *more = stream.getvalue().rstrip("\n").split("\n")
    assert first == "ERROR test of tracebacks: it failed"
    assert more and all(line.startswith("  ") and clean(line) for line in more)


def test_a_sentence_at_the_terminal_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    tell(f"the scanner is called {FORGED}")
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and clean(said.rstrip("\n"))


def test_a_server_and_a_scanner_cannot_steer_the_terminal(tmp_path: Path) -> None:
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
    with hostile(refuses) as port:
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
