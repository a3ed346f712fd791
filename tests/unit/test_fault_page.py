"""The fault page of an interface that does not start: it depends on nothing that may be broken."""

import json
import subprocess
from array import array
from contextlib import ExitStack
from pathlib import Path
from threading import Timer

import pytest
from PIL import Image, ImageChops

from kiosk_app.cli import main as kiosk
from kiosk_app.fault_page_drawing import Display, FaultCause, draw_glyphs, draw_page
from provision.fault_page import FaultPicture, compose_page, find_cause, load_page, to_framebuffer
from provision.fault_page import main as show
from provision.release_trial import ReleaseTrial
from provision.releases import Releases

PAGE = Path(__file__).parents[2] / "provision" / "fault_page.py"
MISTAKE = "kiosk settings: /etc/damrongdham-kiosk/kiosk.toml: kiosk.idle_seconds: give a number from 10 to 600"


def draw_displays(directory: Path, *displays: Display) -> None:
    directory.mkdir(exist_ok=True)
    for display in displays:
        size = f"{display.width}x{display.height}"
        for cause in FaultCause:
            (directory / f"{cause.value}-{size}.page").write_bytes(draw_page(cause, display))
        (directory / f"glyphs-{size}.page").write_bytes(draw_glyphs(display))


def release(prefix: Path, name: str, settings: str) -> None:
    """A release whose `kiosk settings` is this shell script."""
    program = prefix / "releases" / name / "bin" / "kiosk"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\n{settings}\n", encoding="utf-8")
    program.chmod(0o755)
    (prefix / "releases" / name / "complete").touch()


@pytest.mark.parametrize(
    ("settings", "page_of", "code", "detail"),
    [
        (f"echo '{MISTAKE}' >&2; exit 2", "settings", "K-15", "kiosk.idle_seconds"),
        (
            "echo 'kiosk.toml is not valid TOML: Expected (at line 3, column 5)' >&2; exit 2",
            "settings",
            "K-15",
            "line 3",
        ),
        ("exit 0", "program", "K-16", "a"),
        ("exit 1", "program", "K-16", "a"),
    ],
)
def test_an_error_in_kiosk_toml_has_another_page_than_a_program_that_does_not_start(
    tmp_path: Path, settings: str, page_of: str, code: str, detail: str
) -> None:
    release(tmp_path, "a", settings)
    Releases(tmp_path).set_link("venv", "a")
    cause = find_cause(tmp_path)
    assert (cause.page, cause.code, cause.detail) == (page_of, code, detail)


def test_without_any_release_there_is_a_page(tmp_path: Path) -> None:
    assert find_cause(tmp_path).code == "K-16"


def show_page(prefix: Path, size: str) -> Image.Image:
    """The page in a framebuffer file, drawn with Debian's Python and no other package."""
    display_file = prefix / "display"
    arguments: list[str | Path] = [
        "--retry",
        "0",
        "--display-file",
        display_file,
        "--size",
        size,
        "--prefix",
        prefix,
        "--report",
        prefix / "report.json",
    ]
    subprocess.run(
        ["/usr/bin/python3", "-I", PAGE, *arguments], check=True, capture_output=True, env={"PATH": "/usr/bin"}
    )
    width, height = map(int, size.split("x"))
    return Image.frombytes("RGB", (width, height), display_file.read_bytes(), "raw", "BGRX")


def test_debians_python_alone_shows_the_page_with_the_key(tmp_path: Path) -> None:
    draw_displays(tmp_path / "fault", Display(1080, 1920))
    release(tmp_path, "a", f"echo '{MISTAKE}' >&2; exit 2")
    Releases(tmp_path).set_link("venv", "a")
    picture = show_page(tmp_path, "1080x1920")
    assert json.loads((tmp_path / "report.json").read_text()) == {"code": "K-15", "detail": "kiosk.idle_seconds"}
    plain = load_page(tmp_path / "fault" / "settings-1080x1920.page")
    place = plain.layout["detail"]
    before = Image.frombytes("RGB", (1080, 1920), plain.pixels.tobytes(), "raw", "BGRX")
    box = ImageChops.difference(picture, before).getbbox()
    assert box is not None
    assert box[1] >= place["y"]
    assert box[2] - box[0] > 200, "the key is at its place"


@pytest.mark.parametrize("size", ["1080x1920", "1920x1080", "1024x768", "768x1024"])
def test_any_display_is_filled(tmp_path: Path, size: str) -> None:
    draw_displays(tmp_path / "fault", Display(1080, 1920), Display(1920, 1080))
    assert len(show_page(tmp_path, size).getcolors(1 << 24) or []) > 20


def test_a_rotated_display_shows_the_rotated_page(tmp_path: Path) -> None:
    draw_displays(tmp_path / "upright", Display(1080, 1920))
    draw_displays(tmp_path / "turned", Display(1920, 1080, rotation=90))
    cause = find_cause(tmp_path)
    upright = compose_page(tmp_path / "upright", cause, 1080, 1920)
    turned = compose_page(tmp_path / "turned", cause, 1920, 1080)
    there = Image.frombytes("RGB", (1080, 1920), upright.pixels.tobytes(), "raw", "BGRX")
    here = Image.frombytes("RGB", (1920, 1080), turned.pixels.tobytes(), "raw", "BGRX")
    assert here.tobytes() == there.rotate(90, expand=True).tobytes()
    assert turned.rotate(270).pixels == upright.pixels
    assert upright.rotate(180).rotate(180).pixels == upright.pixels


def test_a_damaged_page_does_not_end_the_program(tmp_path: Path) -> None:
    (tmp_path / "fault").mkdir()
    (tmp_path / "fault" / "program-1080x1920.page").write_bytes(b"{}")
    words = [
        "--retry",
        "0",
        "--display-file",
        str(tmp_path / "display"),
        "--prefix",
        str(tmp_path),
        "--report",
        str(tmp_path / "r"),
    ]
    assert show(words) == 0


def test_a_release_that_does_not_start_is_rolled_back_first(tmp_path: Path) -> None:
    releases = Releases(tmp_path)
    for name in ("a", "b"):
        release(tmp_path, name, "exit 0")
        releases.activate(name)
        if name == "a":
            ReleaseTrial(releases).confirm(0, 0)
    report = tmp_path / "report.json"
    assert show(["--retry", "60", "--prefix", str(tmp_path), "--report", str(report)]) == 0
    assert (releases.linked_release("venv"), report.exists()) == ("a", False)
    failure = ReleaseTrial(releases).last_failure()
    assert failure is not None and (failure.release, failure.reason) == ("b", "crash_loop")


def test_an_interface_that_fails_while_it_is_stopped_for_a_release_says_nothing_of_that_release(tmp_path: Path) -> None:
    releases = Releases(tmp_path)
    for name in ("a", "b"):
        release(tmp_path, name, "exit 0")
        releases.activate(name)
    with ExitStack() as activation:
        activation.enter_context(releases.activation())
        end = Timer(1.0, activation.close)
        end.start()
        assert show(["--retry", "60", "--prefix", str(tmp_path), "--report", str(tmp_path / "r")]) == 0
        end.join()
    assert releases.linked_release("venv") == "b"
    assert ReleaseTrial(releases).last_failure() is None


def test_a_missing_disk_rolls_nothing_back(tmp_path: Path) -> None:
    releases = Releases(tmp_path)
    for name in ("a", "b"):
        release(tmp_path, name, "exit 0")
        releases.activate(name)
    display = ["--display-file", str(tmp_path / "display")]
    report = tmp_path / "report.json"
    assert show(["--page-only", "--retry", "0", *display, "--prefix", str(tmp_path), "--report", str(report)]) == 0
    assert json.loads(report.read_text("utf-8")) == {"code": "K-16", "detail": "disk"}
    assert releases.linked_release("venv") == "b"


def test_an_error_in_kiosk_toml_causes_no_rollback(tmp_path: Path) -> None:
    releases = Releases(tmp_path)
    for name in ("a", "b"):
        release(tmp_path, name, f"echo '{MISTAKE}' >&2; exit 2")
        releases.activate(name)
    show(
        [
            "--retry",
            "0",
            "--display-file",
            str(tmp_path / "display"),
            "--prefix",
            str(tmp_path),
            "--report",
            str(tmp_path / "r"),
        ]
    )
    assert releases.linked_release("venv") == "b"


def test_pages_are_drawn_with_any_kiosk_toml(tmp_path: Path) -> None:
    settings = tmp_path / "kiosk.toml"
    settings.write_text("[kiosk]\nidle_seconds = 'soon'\n", encoding="utf-8")
    assert kiosk(["fault-pages", "--settings", str(settings), "--size", "800x600", str(tmp_path / "fault")]) == 0
    assert {path.name for path in (tmp_path / "fault").glob("*800x600.page")} == {
        "settings-800x600.page",
        "program-800x600.page",
        "glyphs-800x600.page",
    }


def test_a_picture_fits_framebuffers_of_either_depth_with_padded_rows() -> None:
    picture = FaultPicture(2, 2, array("I", [0xFF0000, 0x00FF00, 0x0000FF, 0xFFFFFF]), {})
    wide = to_framebuffer(picture, 32, 12)
    assert wide == bytes.fromhex("0000ff00 00ff0000 00000000 ff000000 ffffff00 00000000")
    assert to_framebuffer(picture, 16, 4) == bytes.fromhex("00f8 e007 1f00 ffff")
    with pytest.raises(ValueError, match="24 bits"):
        to_framebuffer(picture, 24, 8)
