"""The letter scanner's driver: the real scanimage, with the simulated scanner behind SANE's `net` back end, and SANE's
own `pnm` back end as a second opinion."""

import io
import os
import time
from pathlib import Path
from threading import Event, Timer

import pytest
from PIL import Image

from drivers.letter_scanner.port import ScanError
from drivers.letter_scanner.sane import SaneScanner
from drivers.letter_scanner.status import ScannerStatus
from simulators.bench import Bench
from tests.devices.conftest import same

PAGES = {
    "line art": Image.effect_noise((333, 120), 90).convert("1"),
    "grey": Image.effect_noise((640, 900), 60),
    "colour": Image.merge("RGB", [Image.effect_noise((301, 200), sigma) for sigma in (30, 60, 90)]),
}


def silent(_: float) -> None:
    """Progress nobody looks at."""


def scan(scanner: SaneScanner) -> Image.Image:
    return Image.open(io.BytesIO(scanner.scan_page(silent, Event())))


def trouble_of(scanner: SaneScanner, cancel: Event | None = None) -> ScannerStatus:
    with pytest.raises(ScanError) as raised:
        scanner.scan_page(silent, cancel or Event())
    return raised.value.status


def own_children() -> list[str]:
    """Names of the processes this one has started and not buried, zombies included."""
    found = []
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            lines = dict(line.split(":\t", 1) for line in status.read_text().splitlines() if ":\t" in line)
        except OSError:
            continue
        if lines.get("PPid") == str(os.getpid()):
            found.append(lines["Name"])
    return found


@pytest.fixture
def scanner(bench: Bench) -> SaneScanner:
    return SaneScanner(bench.scanner_device, bench.scanner_options, 20, bench.environment)


def test_each_scan_gives_the_next_page_dot_for_dot(bench: Bench, scanner: SaneScanner) -> None:
    assert scanner.status() is ScannerStatus.READY
    bench.scanner_load(PAGES.values())
    for page in PAGES.values():
        assert same(scan(scanner), page)
    assert trouble_of(scanner) is ScannerStatus.NO_PAPER


def test_progress_rises_to_the_end(bench: Bench, scanner: SaneScanner) -> None:
    bench.scanner.page_seconds = 0.5
    bench.scanner_load([PAGES["grey"]])
    told: list[float] = []
    scanner.scan_page(told.append, Event())
    assert told == sorted(told)
    assert len(told) > 5
    assert 0 <= told[0] < 0.5 < told[-1] <= 1


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("jam", ScannerStatus.JAM),
        ("cover", ScannerStatus.COVER_OPEN),
        ("busy", ScannerStatus.BUSY),
        ("broken", ScannerStatus.IO_ERROR),
        ("cut-short", ScannerStatus.BAD_PICTURE),
    ],
)
def test_a_trouble_has_its_name_and_goes_away(
    bench: Bench, scanner: SaneScanner, word: str, status: ScannerStatus
) -> None:
    bench.scanner_load([PAGES["grey"]])
    bench.steer(["scanner", word])
    assert trouble_of(scanner) is status
    bench.steer(["scanner", "ok"])
    assert same(scan(scanner), PAGES["grey"])


def test_a_page_larger_than_any_paper_is_refused(bench: Bench, scanner: SaneScanner) -> None:
    bench.scanner_load([Image.new("L", (20_001, 2))])
    assert trouble_of(scanner) is ScannerStatus.BAD_PICTURE


def test_a_scanner_that_stands_still_is_given_up_and_its_process_buried(bench: Bench) -> None:
    scanner = SaneScanner(bench.scanner_device, (), 1.0, bench.environment)
    bench.scanner_load([PAGES["grey"]])
    bench.steer(["scanner", "stuck"])
    began = time.monotonic()
    assert trouble_of(scanner) is ScannerStatus.UNRESPONSIVE
    assert time.monotonic() - began < 2
    assert "scanimage" not in own_children()


def test_a_scan_can_be_cancelled(bench: Bench, scanner: SaneScanner) -> None:
    bench.scanner_load([PAGES["grey"]])
    bench.steer(["scanner", "slow"])
    cancel = Event()
    Timer(0.3, cancel.set).start()
    began = time.monotonic()
    assert trouble_of(scanner, cancel) is ScannerStatus.CANCELLED
    assert time.monotonic() - began < 1
    assert "scanimage" not in own_children()


def test_the_first_scanner_found_is_taken_if_none_is_named(bench: Bench) -> None:
    bench.scanner_load([PAGES["grey"]])
    assert same(scan(SaneScanner(environment=bench.environment)), PAGES["grey"])


def test_no_scanner(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "dll.conf").write_text("")
    nowhere = {"SANE_CONFIG_DIR": str(tmp_path)}
    assert SaneScanner(environment=nowhere).status() is ScannerStatus.ABSENT
    assert SaneScanner("epson2:nobody", environment=nowhere).status() is ScannerStatus.ABSENT
    assert trouble_of(SaneScanner("epson2:nobody", environment=nowhere)) is ScannerStatus.ABSENT


def test_sane_is_not_installed() -> None:
    assert SaneScanner(environment={"PATH": "/nowhere"}).status() is ScannerStatus.ABSENT


@pytest.fixture
def by_pnm(tmp_path: Path) -> dict[str, str]:
    """SANE's `pnm` back end alone, with a page of ours in its file."""
    (tmp_path / "dll.conf").write_text("pnm\n")
    PAGES["colour"].save(tmp_path / "page.ppm")
    return {"SANE_CONFIG_DIR": str(tmp_path)}


def test_the_pnm_back_end_agrees(by_pnm: dict[str, str]) -> None:
    page = f"--filename={by_pnm['SANE_CONFIG_DIR']}/page.ppm"
    assert same(scan(SaneScanner("pnm:0", (page,), 20, by_pnm)), PAGES["colour"])


@pytest.mark.parametrize(
    ("option", "status"),
    [
        ("jammed", ScannerStatus.JAM),
        ("nodocs", ScannerStatus.NO_PAPER),
        ("coveropen", ScannerStatus.COVER_OPEN),
        ("ioerror", ScannerStatus.IO_ERROR),
        ("nomem", ScannerStatus.IO_ERROR),
        ("eof", ScannerStatus.BAD_PICTURE),
    ],
)
def test_the_pnm_back_end_agrees_on_troubles(by_pnm: dict[str, str], option: str, status: ScannerStatus) -> None:
    page = f"--filename={by_pnm['SANE_CONFIG_DIR']}/page.ppm"
    assert trouble_of(SaneScanner("pnm:0", (page, f"--status-{option}=yes"), 20, by_pnm)) is status
