"""The command line: exit status, one sentence per mistake, never a traceback."""

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
    result = subprocess.run(
        [KIOSK, *arguments], env=environment, input=stdin, capture_output=True, text=True, timeout=60, check=False
    )
    assert "Traceback" not in result.stderr
    return result


def test_help_lists_every_command() -> None:
    result = kiosk("--help")
    assert result.returncode == 0
    for command in ("run", "doctor", "card", "outbox", "code", "simulate"):
        assert f"\n  {command}" in result.stdout


def test_without_a_command_the_list_is_printed_with_status_2() -> None:
    result = kiosk()
    assert result.returncode == 2
    assert "usage: kiosk COMMAND" in result.stderr


def test_an_unknown_command_is_one_sentence() -> None:
    result = kiosk("prnt")
    assert result.returncode == 2
    assert result.stderr.startswith("kiosk: there is no command 'prnt'.")
    assert result.stdout == ""


def test_a_new_code_passes_its_check() -> None:
    code = kiosk("code", "new").stdout.strip()
    assert len(code) == 15
    sloppy = code.lower().replace("-", " ")
    result = kiosk("code", "check", *sloppy.split())
    assert (result.returncode, result.stdout.strip()) == (0, code)


def test_a_wrong_code_is_reported() -> None:
    good = kiosk("code", "new").stdout.strip()
    wrong = ("1" if good[0] != "1" else "2") + good[1:]
    for mistyped in (wrong, "abc"):
        result = kiosk("code", "check", mistyped)
        assert result.returncode == 2
        assert result.stdout == ""
        assert len(result.stderr.splitlines()) == 1


def test_a_code_does_not_wait_for_the_window() -> None:
    script = "import sys; from kiosk_app.cli import main; main(['code', 'new']); print(*sys.modules, file=sys.stderr)"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stderr.split()
    assert "protocol.tracking_code" in loaded
    assert not {"kivy", "PIL", "requests", "sqlite3", "kiosk_app.app"} & set(loaded)


def test_the_example_settings_are_valid(tmp_path: Path) -> None:
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
        result = kiosk(*arguments, place=tmp_path)
        assert result.returncode == 2
        first, second = result.stderr.splitlines()
        assert "kiosk.id: 'x' is not allowed" in first
        assert "prnter: there is no such section; did you mean printer?" in second


def test_an_unknown_option_is_named_and_the_kiosk_works(place: Path) -> None:
    file = place / "kiosk.toml"
    file.write_text(file.read_text("utf-8").replace("[kiosk]", "[kiosk]\nlangage = 'th'"), encoding="utf-8")
    checked = kiosk("settings", place=place)
    assert checked.returncode == 1, "2 is a file with which the interface does not start (fault_page.py)"
    first, second = checked.stderr.splitlines()
    assert first == f"kiosk settings: {file}: kiosk.langage: there is no such option; did you mean language?"
    assert "has no effect" in second
    report = json.loads(kiosk("doctor", "--json", place=place).stdout)
    (unknown,) = (check["findings"][0] for check in report["checks"] if check["name"] == "Settings")
    assert (unknown["code"], "kiosk.langage" in unknown["what"]["en"]) == ("T-16", True)


def test_the_doctor_prints_one_json_object_even_with_invalid_settings(tmp_path: Path) -> None:
    (tmp_path / "kiosk.toml").write_text("[kiosk]\nid = 7\n", encoding="utf-8")
    result = kiosk("doctor", "--json", place=tmp_path)
    assert result.returncode == 2
    report = json.loads(result.stdout)
    assert report["ready"] is False
    assert "kiosk.id" in report["settings"][0]


def test_the_doctor_names_what_is_missing(place: Path) -> None:
    result = kiosk("doctor", "--json", place=place)
    assert result.returncode == 1
    report = json.loads(result.stdout)
    assert report["ready"] is False
    by_name = {check["name"]: check["findings"] for check in report["checks"]}
    assert [finding["code"] for finding in by_name["Enrolment"]] == ["K-01"]
    assert by_name["Enrolment"][0]["severity"] == "stops"
    assert [finding["code"] for finding in by_name["Centre"]] == ["N-03"]
    assert by_name["Card reader"] == []
    result = kiosk("doctor", "--language", "th", place=place)
    assert "การลงทะเบียน: K-01 ตู้นี้ยังไม่ได้ลงทะเบียนกับศูนย์" in result.stdout


def test_a_sample_receipt_is_drawn_and_encoded(tmp_path: Path) -> None:
    png, escpos = tmp_path / "paper.png", tmp_path / "paper.bin"
    result = kiosk("receipt", "--sample", "--png", str(png), "--escpos", str(escpos), "--width", "384")
    assert result.returncode == 0
    with Image.open(png) as paper:
        assert paper.width == 384
    assert escpos.read_bytes().startswith(b"\x1b@")


def test_a_receipt_needs_an_output(tmp_path: Path) -> None:
    assert kiosk("receipt", "--sample").returncode == 2
    result = kiosk("receipt", "--sample", "--png", str(tmp_path / "none" / "paper.png"))
    assert result.returncode == 2
    assert "cannot be written: No such file or directory" in result.stderr


def test_recognition_reports_an_unreadable_picture(tmp_path: Path) -> None:
    (tmp_path / "letter.png").write_bytes(b"not a picture")
    result = kiosk("ocr", "--json", str(tmp_path / "letter.png"), str(tmp_path / "none.png"))
    assert result.returncode == 2
    not_a_picture, not_there = json.loads(result.stdout)["images"]
    assert "not a PNM, PNG, JPEG or WebP picture" in not_a_picture["error"]
    assert "No such file" in not_there["error"]
    assert len(result.stderr.splitlines()) == 2


def test_each_command_has_help_and_the_program_a_version() -> None:
    assert kiosk("help", "outbox").stdout == kiosk("outbox", "--help").stdout
    assert kiosk("help", "nosuch").returncode == 2
    result = kiosk("--version")
    assert (result.returncode, result.stdout.split()[0], result.stderr) == (0, "kiosk", "")


def test_the_settings_option_is_accepted_before_and_after_the_subcommand(tmp_path: Path) -> None:
    file = str(tmp_path / "none.toml")
    for arguments in (("--settings", file, "status"), ("status", "--settings", file)):
        result = kiosk("outbox", *arguments)
        assert (result.returncode, file in result.stderr) == (2, True)


def test_a_missing_outbox_is_reported(place: Path) -> None:
    result = kiosk("outbox", "status", place=place)
    assert result.returncode == 1
    assert "there is no outbox here" in result.stderr
    for kind in ("status", "list"):
        result = kiosk("outbox", kind, "--json", place=place)
        assert (result.returncode, "there is no outbox here" in json.loads(result.stdout)["error"]) == (1, True)


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
def test_missing_permissions_are_reported(arguments: list[str], environment: str, status: int, message: str) -> None:
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
        result = subprocess.run(
            [sys.executable, "-c", program, *arguments[1:]],
            env={**os.environ, environment: str(where)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert (result.returncode, message in result.stdout + result.stderr) == (status, True), result.stderr
    assert "Traceback" not in result.stderr


def test_an_empty_outbox(place: Path) -> None:
    (place / "state" / "outbox").mkdir(parents=True)
    result = kiosk("outbox", "status", "--json", place=place)
    assert result.returncode == 0
    report = json.loads(result.stdout)
    assert (report["waiting"], report["oldest"], report["can_accept"]) == (0, None, False)
    assert json.loads(kiosk("outbox", "list", "--json", place=place).stdout) == {"waiting": []}
    exported = kiosk("outbox", "export", str(place / "carried"), place=place)
    assert exported.returncode == 0
    assert exported.stderr.startswith("0 written")
    import_result = kiosk("outbox", "import", str(place / "carried"), place=place)
    assert (import_result.returncode, "no receipts" in import_result.stderr) == (2, True)


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
def test_a_path_other_than_a_plain_file_is_reported_in_one_sentence(
    tmp_path: Path, arguments: list[str], kind: str
) -> None:
    """The refusal is immediate, even if nothing is written to the pipe, and no other file changes."""
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
    result = kiosk(*(str(odd) if word == "ODD" else word for word in arguments))
    assert result.returncode == 2
    assert f"it is a {kind}" in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert (tmp_path / "target").read_bytes() == b"target"


def test_an_invalid_scan_output_is_reported_before_the_scanner_runs(place: Path) -> None:
    assert kiosk("scan", str(place / "page.pdf"), place=place).returncode == 2
    result = kiosk("scan", str(place / "none" / "page.png"), place=place)
    assert result.returncode == 2
    assert "there is no such directory" in result.stderr


def test_a_test_print_without_printer_is_reported(place: Path) -> None:
    result = kiosk("print-test", place=place)
    assert result.returncode == 2
    assert "set printer.connection" in result.stderr


def test_a_pin_becomes_a_line_of_settings() -> None:
    result = kiosk("pin", stdin="246810\n")
    assert result.returncode == 0
    key, _, value = result.stdout.strip().partition(" = ")
    assert key == "technician_pin_hash"
    assert json.loads(value).startswith("scrypt2$")
    assert kiosk("pin", stdin="12345\n").returncode == 2


def test_a_closed_output_pipe_causes_no_error_message() -> None:
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


def test_forwarding_without_an_enrolment_is_reported(place: Path) -> None:
    result = kiosk("forward", "--once", place=place)
    assert result.returncode == 1
    assert "not enrolled" in result.stderr


def test_enrolment_without_a_centre_is_reported(place: Path) -> None:
    assert kiosk("enrol", place=place).returncode == 2
    before = (place / "kiosk.toml").read_bytes()
    result = kiosk("enrol", "notaurl", place=place)
    assert (result.returncode, len(result.stderr.splitlines())) == (2, 1)
    result = kiosk("enrol", "http://127.0.0.1:9", place=place)
    assert result.returncode == 1
    assert len(result.stderr.splitlines()) == 1
    assert (place / "kiosk.toml").read_bytes() == before, "the address of a failed enrolment is not kept"


def test_the_kiosk_does_not_run_without_a_display(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER"):
        monkeypatch.delenv(name, raising=False)
    result = kiosk("run", "--windowed")
    assert (result.returncode, result.stdout) == (1, "")
    assert "no display" in result.stderr


def test_a_display_that_does_not_answer_is_reported(monkeypatch: pytest.MonkeyPatch, place: Path) -> None:
    monkeypatch.delenv("SDL_VIDEODRIVER", raising=False)
    monkeypatch.setenv("DISPLAY", ":64999")
    result = kiosk("run", "--windowed", place=place)
    assert result.returncode == 1
    messages = [line for line in result.stderr.splitlines() if not line.startswith("INFO")]
    assert messages == ["kiosk run: no window opens on the display :64999; does it run, and may this user use it?"]


def test_an_unexpected_error_is_reported_with_type_and_place_only(
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


def test_an_invalid_touch_map_path_is_reported(tmp_path: Path) -> None:
    result = kiosk("run", "--touch-map", str(tmp_path / "none" / "map.json"))
    assert (result.returncode, "no such directory" in result.stderr) == (2, True)


def test_an_invalid_window_size_is_reported() -> None:
    result = kiosk("run", "--size", "big")
    assert result.returncode == 2
    assert "'big' is no size; give e.g. 540x960" in result.stderr
