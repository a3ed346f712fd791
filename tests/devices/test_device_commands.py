"""A technician's commands over SSH: `kiosk scan`, `kiosk print-test`, `kiosk receipt`."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from simulators.sample_letters import render_three_page_letter
from simulators.simulated_devices import SimulatedDevices

PROGRAM = [str(Path(sys.executable).with_name("kiosk"))]


@pytest.fixture
def toml(simulated_devices: SimulatedDevices, tmp_path: Path) -> Path:
    file = tmp_path / "kiosk.toml"
    file.write_text(
        simulated_devices.settings + f'[paths]\nstate = "{tmp_path}"\nruntime = "{tmp_path}"\n', encoding="utf-8"
    )
    return file


def kiosk(toml: Path, *words: str) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "DAMRONGDHAM_KIOSK_SETTINGS": str(toml)}
    return subprocess.run([*PROGRAM, *words], capture_output=True, check=False, env=environment)


def test_the_scanners_are_listed_with_the_configured_one_marked(
    simulated_devices: SimulatedDevices, toml: Path
) -> None:
    result = kiosk(toml, "scan", "--list")
    assert result.returncode == 0
    assert f"* {simulated_devices.scanner_device}\tDamrongdham simulated scanner" in result.stdout.decode()


def test_a_page_is_written_to_standard_output(simulated_devices: SimulatedDevices, toml: Path) -> None:
    simulated_devices.load_scanner(render_three_page_letter()[:1])
    result = kiosk(toml, "scan", "-")
    assert Image.open(io.BytesIO(result.stdout)).size == render_three_page_letter()[0].size


def test_a_feeder_scan_writes_one_file_per_page(
    simulated_devices: SimulatedDevices, toml: Path, tmp_path: Path
) -> None:
    toml.write_text(toml.read_text().replace("[scanner]\n", '[scanner]\nsource = "feeder"\n'))
    simulated_devices.load_scanner(render_three_page_letter())
    assert kiosk(toml, "scan", str(tmp_path / "letter.png")).returncode == 0
    assert sorted(path.name for path in tmp_path.glob("*.png")) == ["letter-2.png", "letter-3.png", "letter.png"]


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("jam", "Paper is jammed in the scanner (jam)"),
        ("unplugged", "No scanner was found (absent)"),
        ("empty", "There is no page in the scanner (no_paper)"),
        ("busy", "The scanner is in use (busy)"),
    ],
)
def test_a_scanner_fault_is_one_sentence(
    simulated_devices: SimulatedDevices, toml: Path, tmp_path: Path, word: str, message: str
) -> None:
    simulated_devices.execute_command(["scanner", word])
    result = kiosk(toml, "scan", str(tmp_path / "page.png"))
    assert (result.returncode, result.stdout) == (1, b"")
    assert message in result.stderr.decode()
    assert "Traceback" not in result.stderr.decode()
    assert list(tmp_path.glob("*page*")) == []


@pytest.mark.parametrize(
    "words", [["scan"], ["scan", "page.gif"], ["scan", "/nowhere/page.png"], ["receipt"], ["print-test", "--loud"]]
)
def test_invalid_arguments_are_refused_before_a_device_is_used(toml: Path, words: list[str]) -> None:
    assert kiosk(toml, *words).returncode == 2


def test_printers_are_listed_as_kiosk_toml_names_them(toml: Path) -> None:
    result = kiosk(toml, "print-test", "--list")
    if result.returncode:
        assert b"no USB printer and no USB serial line is found" in result.stderr
    for line in result.stdout.decode().splitlines():
        assert line.startswith(("usb:", "serial:"))


def test_the_printer_of_kiosk_toml_prints_and_counts_its_roll(simulated_devices: SimulatedDevices, toml: Path) -> None:
    toml.write_text(toml.read_text().replace("[printer]\n", "[printer]\nroll_m = 2.01\ncut = false\n"))
    before = simulated_devices.printer.uncut_mm
    result = kiosk(toml, "print-test", "--new-roll")
    assert result.stderr.decode().strip() == "printed; the printer is paper_near_end"
    assert simulated_devices.printer.uncut_mm > before + 40


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("paper-out", "is out of paper (paper_out)"),
        ("mute", "look at the paper"),
        ("off", "No printer was found (absent)"),
    ],
)
def test_a_printer_fault_is_one_sentence(
    simulated_devices: SimulatedDevices, toml: Path, word: str, message: str
) -> None:
    simulated_devices.execute_command(["printer", word])
    result = kiosk(toml, "print-test")
    assert result.returncode == 1
    assert message in result.stderr.decode()


def test_a_receipt_is_written_to_standard_output() -> None:
    command = [*PROGRAM, "receipt", "--sample"]
    drawn = subprocess.run([*command, "--png", "-"], capture_output=True, check=True)
    assert Image.open(io.BytesIO(drawn.stdout)).width == 576
    both = subprocess.run([*command, "--png", "-", "--escpos", "-"], capture_output=True, check=False)
    assert (both.returncode, both.stdout) == (2, b"")
