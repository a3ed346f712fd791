"""The command line as people and scripts use it: exit status, one sentence per mistake, never a traceback."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from kiosk_app import cli
from protocol import tracking_code

ROOT = Path(__file__).parents[2]
KIOSK = Path(sys.executable).with_name("kiosk")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A directory with state, runtime, and a kiosk.toml without devices."""
    (tmp_path / "kiosk.toml").write_text(
        f"""
        [kiosk]
        id = "KKN07"
        [card_reader]
        enabled = false
        [scanner]
        enabled = false
        [paths]
        state = "{tmp_path / "state"}"
        runtime = "{tmp_path / "runtime"}"
        """,
        encoding="utf-8",
    )
    return tmp_path


def kiosk(*arguments: str, place: Path | None = None, stdin: str = "") -> subprocess.CompletedProcess[str]:
    environment = dict(os.environ)
    environment.pop("DAMRONGDHAM_KIOSK_SETTINGS", None)
    if place is not None:
        environment["DAMRONGDHAM_KIOSK_SETTINGS"] = str(place / "kiosk.toml")
    done = subprocess.run(
        [KIOSK, *arguments], env=environment, input=stdin, capture_output=True, text=True, timeout=60, check=False
    )
    assert "Traceback" not in done.stderr
    return done


def test_help_lists_every_command() -> None:
    done = kiosk("--help")
    assert done.returncode == 0
    for command in ("run", "doctor", "card", "outbox", "code", "simulate"):
        assert f"\n  {command}" in done.stdout


def test_without_a_command_there_is_the_list_and_status_2() -> None:
    done = kiosk()
    assert done.returncode == 2
    assert "usage: kiosk COMMAND" in done.stderr


def test_a_wrong_command_is_one_sentence() -> None:
    done = kiosk("prnt")
    assert done.returncode == 2
    assert done.stderr.startswith("kiosk: there is no command 'prnt'.")
    assert done.stdout == ""


def test_a_new_code_checks() -> None:
    code = kiosk("code", "new").stdout.strip()
    assert len(code) == 15
    sloppy = code.lower().replace("-", " ")
    done = kiosk("code", "check", *sloppy.split())
    assert (done.returncode, done.stdout.strip()) == (0, code)


def test_a_wrong_code_is_told() -> None:
    good = kiosk("code", "new").stdout.strip()
    wrong = ("1" if good[0] != "1" else "2") + good[1:]
    for mistyped in (wrong, "abc"):
        done = kiosk("code", "check", mistyped)
        assert done.returncode == 2
        assert done.stdout == ""
        assert len(done.stderr.splitlines()) == 1


def test_a_code_does_not_wait_for_the_window() -> None:
    script = "import sys; from kiosk_app.cli import main; main(['code', 'new']); print(*sys.modules, file=sys.stderr)"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stderr.split()
    assert "protocol.tracking_code" in loaded
    assert not {"kivy", "PIL", "requests", "sqlite3", "kiosk_app.app"} & set(loaded)


def test_the_example_settings_are_valid_and_check(tmp_path: Path) -> None:
    example = kiosk("settings", "--example")
    assert example.returncode == 0
    assert tomllib.loads(example.stdout)["kiosk"]["id"] == "KKN07"
    (tmp_path / "kiosk.toml").write_text(example.stdout, encoding="utf-8")
    checked = kiosk("settings", place=tmp_path)
    assert checked.returncode == 0
    assert "no mistakes" in checked.stderr


def test_every_mistake_in_the_settings_is_a_line_with_its_key(tmp_path: Path) -> None:
    (tmp_path / "kiosk.toml").write_text('[kiosk]\nid = "x"\n[prnter]\na = 1\n', encoding="utf-8")
    for arguments in (("settings",), ("doctor",), ("outbox", "status")):
        done = kiosk(*arguments, place=tmp_path)
        assert done.returncode == 2
        first, second = done.stderr.splitlines()
        assert "kiosk.id: 'x' is not allowed" in first
        assert "prnter: there is no such section; did you mean printer?" in second


def test_the_doctor_answers_one_object_even_about_bad_settings(tmp_path: Path) -> None:
    (tmp_path / "kiosk.toml").write_text("[kiosk]\nid = 7\n", encoding="utf-8")
    done = kiosk("doctor", "--json", place=tmp_path)
    assert done.returncode == 2
    report = json.loads(done.stdout)
    assert report["ready"] is False
    assert "kiosk.id" in report["settings"][0]


def test_the_doctor_names_what_is_missing(place: Path) -> None:
    done = kiosk("doctor", "--json", place=place)
    assert done.returncode == 1
    report = json.loads(done.stdout)
    assert report["ready"] is False
    by_name = {check["name"]: check["findings"] for check in report["checks"]}
    assert [finding["code"] for finding in by_name["Enrolment"]] == ["K-01"]
    assert by_name["Enrolment"][0]["severity"] == "stops"
    assert [finding["code"] for finding in by_name["Centre"]] == ["N-03"]
    assert by_name["Card reader"] == []
    done = kiosk("doctor", "--language", "th", place=place)
    assert "การลงทะเบียน: K-01 ตู้นี้ยังไม่ได้ลงทะเบียนกับศูนย์" in done.stdout


def test_a_sample_receipt_is_drawn_and_encoded(tmp_path: Path) -> None:
    png, escpos = tmp_path / "paper.png", tmp_path / "paper.bin"
    done = kiosk("receipt", "--sample", "--png", str(png), "--escpos", str(escpos), "--width", "384")
    assert done.returncode == 0
    with Image.open(png) as paper:
        assert paper.width == 384
    assert escpos.read_bytes().startswith(b"\x1b@")


def test_a_receipt_needs_somewhere_to_go(tmp_path: Path) -> None:
    assert kiosk("receipt", "--sample").returncode == 2
    done = kiosk("receipt", "--sample", "--png", str(tmp_path / "none" / "paper.png"))
    assert done.returncode == 2
    assert "cannot be written: No such file or directory" in done.stderr


def test_recognition_tells_what_is_no_picture(tmp_path: Path) -> None:
    (tmp_path / "letter.png").write_bytes(b"not a picture")
    done = kiosk("ocr", "--json", str(tmp_path / "letter.png"), str(tmp_path / "none.png"))
    assert done.returncode == 2
    not_a_picture, not_there = json.loads(done.stdout)["images"]
    assert "not a PNM, PNG or JPEG picture" in not_a_picture["error"]
    assert "No such file" in not_there["error"]
    assert len(done.stderr.splitlines()) == 2


def test_each_command_says_more_and_the_whole_its_version() -> None:
    assert kiosk("help", "outbox").stdout == kiosk("outbox", "--help").stdout
    assert kiosk("help", "nosuch").returncode == 2
    done = kiosk("--version")
    assert (done.returncode, done.stdout.split()[0], done.stderr) == (0, "kiosk", "")


def test_the_settings_of_an_outbox_stand_on_either_side(tmp_path: Path) -> None:
    file = str(tmp_path / "none.toml")
    for arguments in (("--settings", file, "status"), ("status", "--settings", file)):
        done = kiosk("outbox", *arguments)
        assert (done.returncode, file in done.stderr) == (2, True)


def test_an_outbox_that_never_was_is_told(place: Path) -> None:
    done = kiosk("outbox", "status", place=place)
    assert done.returncode == 1
    assert "there is no outbox here" in done.stderr
    for kind in ("status", "list"):
        done = kiosk("outbox", kind, "--json", place=place)
        assert (done.returncode, "there is no outbox here" in json.loads(done.stdout)["error"]) == (1, True)


@pytest.mark.skipif(
    os.geteuid() != 0 or not all(place.stat().st_mode & 1 for place in (ROOT, *ROOT.parents)),
    reason="only root can change to a user without rights, who must be able to read this checkout",
)
@pytest.mark.parametrize(
    ("arguments", "environment", "status", "message"),
    [
        (["kiosk_app.cli", "outbox", "status"], "DAMRONGDHAM_KIOSK_SETTINGS", 1, "use sudo"),
        (["kiosk_app.cli", "doctor", "--language", "en"], "DAMRONGDHAM_KIOSK_SETTINGS", 1, "K-11"),
        (["central.cli", "keys", "list"], "CENTRAL_DATA", 2, "this user may not open"),
    ],
)
def test_somebody_without_rights_is_told(arguments: list[str], environment: str, status: int, message: str) -> None:
    with tempfile.TemporaryDirectory() as name:  # only its owner may enter tmp_path
        place = Path(name)
        place.chmod(0o755)
        (place / "state" / "outbox").mkdir(parents=True)
        (place / "state" / "keys").mkdir()
        (place / "state").chmod(0o700)
        devices = "[card_reader]\nenabled = false\n[scanner]\nenabled = false\n"
        (place / "kiosk.toml").write_text(f'{devices}[paths]\nstate = "{place / "state"}"\n', encoding="utf-8")
        (place / "kiosk.toml").chmod(0o644)
        where = place / ("state" if environment == "CENTRAL_DATA" else "kiosk.toml")
        program = f"import os, sys\nfrom {arguments[0]} import main\nos.setuid(65534)\nsys.exit(main(sys.argv[1:]))"
        done = subprocess.run(
            [sys.executable, "-c", program, *arguments[1:]],
            env={**os.environ, environment: str(where)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert (done.returncode, message in done.stdout + done.stderr) == (status, True), done.stderr
    assert "Traceback" not in done.stderr


def test_an_empty_outbox(place: Path) -> None:
    (place / "state" / "outbox").mkdir(parents=True)
    done = kiosk("outbox", "status", "--json", place=place)
    assert done.returncode == 0
    report = json.loads(done.stdout)
    assert (report["waiting"], report["oldest"], report["can_accept"]) == (0, None, False)
    assert json.loads(kiosk("outbox", "list", "--json", place=place).stdout) == {"waiting": []}
    exported = kiosk("outbox", "export", str(place / "carried"), place=place)
    assert exported.returncode == 0
    assert exported.stderr.startswith("0 written")
    brought = kiosk("outbox", "import", str(place / "carried"), place=place)
    assert (brought.returncode, "no receipts" in brought.stderr) == (2, True)


@pytest.mark.parametrize(
    "arguments",
    [
        ["ocr", "ODD"],
        ["settings", "--settings", "ODD"],
        ["receipt", "--sample", "--png", "ODD"],
        ["receipt", "--sample", "--escpos", "ODD"],
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("kind", ["pipe", "symbolic link", "device", "directory"])
def test_what_is_no_plain_file_is_told_in_one_sentence(tmp_path: Path, arguments: list[str], kind: str) -> None:
    """Immediately, even if nobody writes to the pipe; and no other file changes."""
    odd = tmp_path / "odd"
    (tmp_path / "target").write_bytes(b"target")
    make: dict[str, Callable[[Path], None]] = {
        "pipe": os.mkfifo,
        "symbolic link": lambda path: path.symlink_to(tmp_path / "target"),
        "directory": Path.mkdir,
    }
    if kind == "device":
        odd = Path("/dev/zero")
    else:
        make[kind](odd)
    done = kiosk(*(str(odd) if word == "ODD" else word for word in arguments))
    assert done.returncode == 2
    assert f"it is a {kind}" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert (tmp_path / "target").read_bytes() == b"target"


def test_scanning_into_nowhere_is_told_before_the_scanner_runs(place: Path) -> None:
    assert kiosk("scan", str(place / "page.pdf"), place=place).returncode == 2
    done = kiosk("scan", str(place / "none" / "page.png"), place=place)
    assert done.returncode == 2
    assert "there is no such directory" in done.stderr


def test_a_test_print_without_printer_is_told(place: Path) -> None:
    done = kiosk("print-test", place=place)
    assert done.returncode == 2
    assert "set printer.connection" in done.stderr


def test_a_pin_becomes_a_line_of_settings() -> None:
    done = kiosk("pin", stdin="246810\n")
    assert done.returncode == 0
    key, _, value = done.stdout.strip().partition(" = ")
    assert key == "technician_pin_hash"
    assert json.loads(value).startswith("scrypt2$")
    assert kiosk("pin", stdin="12345\n").returncode == 2


def test_a_reader_that_has_gone_is_no_error_message() -> None:
    with subprocess.Popen([KIOSK, "settings", "--example"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.wait(30) in (0, 128 + signal.SIGPIPE)
        assert process.stderr.read() == b""


def test_ctrl_c_ends_a_watch_without_a_traceback(place: Path) -> None:
    environment = {**os.environ, "DAMRONGDHAM_KIOSK_SETTINGS": str(place / "kiosk.toml")}
    with subprocess.Popen(
        [KIOSK, "card", "--watch"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().strip()  # the state of this machine's reader, if any
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 128 + signal.SIGINT
        assert "Traceback" not in process.stderr.read()


def test_forwarding_without_an_enrolment_is_told(place: Path) -> None:
    done = kiosk("forward", "--once", place=place)
    assert done.returncode == 1
    assert "not enrolled" in done.stderr


def test_enrolling_nowhere_is_told(place: Path) -> None:
    assert kiosk("enrol", place=place).returncode == 2
    done = kiosk("enrol", "notaurl", place=place)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    done = kiosk("enrol", "http://127.0.0.1:9", place=place)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1


def test_without_a_display_the_kiosk_does_not_run_unseen(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER"):
        monkeypatch.delenv(name, raising=False)
    done = kiosk("run", "--windowed")
    assert (done.returncode, done.stdout) == (1, "")
    assert "no display" in done.stderr


def test_a_display_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch, place: Path) -> None:
    monkeypatch.delenv("SDL_VIDEODRIVER", raising=False)
    monkeypatch.setenv("DISPLAY", ":64999")
    done = kiosk("run", "--windowed", place=place)
    assert done.returncode == 1
    messages = [line for line in done.stderr.splitlines() if not line.startswith("INFO")]
    assert messages == ["kiosk run: no window opens on the display :64999; does it run, and may this user use it?"]


def test_an_unforeseen_error_says_what_and_where_and_quotes_nobody(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> str:
        raise ValueError("นางบุญมา ใจดี")

    monkeypatch.setattr(tracking_code, "generate", fail)
    assert cli.main(["code", "new"]) == cli.EXIT_INTERNAL_ERROR == 70
    stderr = capsys.readouterr().err
    assert "ValueError at test_cli.py:" in stderr
    assert "บุญมา" not in stderr
    monkeypatch.setenv("KIOSK_TRACEBACK", "1")
    with pytest.raises(ValueError, match="บุญมา"):
        cli.main(["code", "new"])


def test_a_touch_map_nowhere_is_told(tmp_path: Path) -> None:
    done = kiosk("run", "--touch-map", str(tmp_path / "none" / "map.json"))
    assert (done.returncode, "no such directory" in done.stderr) == (2, True)


def test_a_window_of_no_size_is_told() -> None:
    done = kiosk("run", "--size", "big")
    assert done.returncode == 2
    assert "'big' is no size; give e.g. 540x960" in done.stderr
