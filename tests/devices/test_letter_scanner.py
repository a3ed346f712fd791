"""The letter scanner's driver: the real scanimage, with the simulated scanner behind SANE's `net` back end, and SANE's
own `pnm` back end as a second opinion."""

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Timer

import pytest
from PIL import Image

from drivers.letter_scanner import scanimage_process
from drivers.letter_scanner.sane_scanner import MEMORY_DIR, SaneScanner
from drivers.letter_scanner.scan_options import ScanOptions
from drivers.ports.letter_scanner import ScanError, ScannerStatus, Source
from simulators.simulated_devices import SimulatedDevices
from tests.devices.conftest import finishes_within, images_equal
from tests.waiting import TIMEOUT_S

PAGES = {
    "line art": Image.effect_noise((333, 120), 90).convert("1"),
    "grey": Image.effect_noise((640, 900), 60),
    "colour": Image.merge("RGB", [Image.effect_noise((301, 200), sigma) for sigma in (30, 60, 90)]),
}


def ignore_progress(_: float) -> None:
    """Ignores progress."""


def scan_all(scanner: SaneScanner, max_pages: int = 20) -> list[Image.Image]:
    pages: list[bytes] = []
    scanner.scan(pages.append, ignore_progress, Event(), max_pages)
    return [Image.open(io.BytesIO(page)) for page in pages]


def scan(scanner: SaneScanner) -> Image.Image:
    (page,) = scan_all(scanner)
    return page


def scan_status(scanner: SaneScanner, cancel: Event | None = None) -> ScannerStatus:
    with pytest.raises(ScanError) as raised:
        scanner.scan(lambda _: None, ignore_progress, cancel or Event(), 20)
    return raised.value.status


def child_process_names() -> list[str]:
    """Names of the child processes that were not waited for, zombies included."""
    pages = []
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            lines = dict(line.split(":\t", 1) for line in status.read_text().splitlines() if ":\t" in line)
        except OSError:
            continue
        if lines.get("PPid") == str(os.getpid()):
            pages.append(lines["Name"])
    return pages


@pytest.fixture
def scanner(simulated_devices: SimulatedDevices) -> SaneScanner:
    return SaneScanner(simulated_devices.scanner_device, ScanOptions(), 20, simulated_devices.environment)


def test_each_scan_gives_the_next_page_dot_for_dot(simulated_devices: SimulatedDevices, scanner: SaneScanner) -> None:
    assert scanner.status() is ScannerStatus.READY
    simulated_devices.load_scanner(PAGES.values())
    for page in PAGES.values():
        assert images_equal(scan(scanner), page)
    assert scan_status(scanner) is ScannerStatus.NO_PAPER


def test_progress_rises_to_the_end(simulated_devices: SimulatedDevices, scanner: SaneScanner) -> None:
    simulated_devices.scanner.page_duration_s = 0.5
    simulated_devices.load_scanner([PAGES["grey"]])
    progress: list[float] = []
    scanner.scan(lambda _: None, progress.append, Event())
    assert progress == sorted(progress)
    assert len(progress) > 5
    assert 0 <= progress[0] < 0.5 < progress[-1] <= 1


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
@pytest.mark.parametrize("loaded", [True, False])
def test_a_fault_has_its_status_and_clears(
    simulated_devices: SimulatedDevices, scanner: SaneScanner, word: str, status: ScannerStatus, loaded: bool
) -> None:
    simulated_devices.load_scanner([PAGES["grey"]] * loaded)
    simulated_devices.execute_command(["scanner", word])
    assert scan_status(scanner) is status
    simulated_devices.execute_command(["scanner", "ok"])
    if loaded:
        assert images_equal(scan(scanner), PAGES["grey"])
    else:
        assert scan_status(scanner) is ScannerStatus.NO_PAPER


@pytest.mark.parametrize("source", Source)
def test_a_scanner_unplugged_during_a_page_works_after_reconnection(
    simulated_devices: SimulatedDevices, source: Source
) -> None:
    scanner = SaneScanner(simulated_devices.scanner_device, ScanOptions(source), 20, simulated_devices.environment)
    simulated_devices.scanner.page_duration_s = 2.0
    simulated_devices.load_scanner([PAGES["grey"]] * 2)
    Timer(0.7, simulated_devices.execute_command, [["scanner", "unplugged"]]).start()
    assert scan_status(scanner) in (ScannerStatus.IO_ERROR, ScannerStatus.BAD_PICTURE)
    assert scanner.status() is ScannerStatus.ABSENT
    simulated_devices.execute_command(["scanner", "ok"])
    assert scanner.status() is ScannerStatus.READY
    simulated_devices.scanner.page_duration_s = 0.0
    assert images_equal(scan_all(scanner)[0], PAGES["grey"])


def test_a_back_end_that_hangs_before_the_page_is_killed(simulated_devices: SimulatedDevices) -> None:
    scanner = SaneScanner(simulated_devices.scanner_device, ScanOptions(), 1.0, simulated_devices.environment)
    simulated_devices.load_scanner([PAGES["grey"]])
    assert scanner.status() is ScannerStatus.READY
    simulated_devices.execute_command(["scanner", "deaf"])
    with finishes_within():  # includes TERMINATE_GRACE_S
        assert scan_status(scanner) is ScannerStatus.UNRESPONSIVE
    assert "scanimage" not in child_process_names()
    simulated_devices.execute_command(["scanner", "ok"])
    assert images_equal(scan(scanner), PAGES["grey"])


class TestFeeder:
    @pytest.fixture
    def memory(self) -> Iterator[Path]:
        """A separate directory in memory: other programs may scan at the same time."""
        with TemporaryDirectory(dir=MEMORY_DIR) as place:
            yield Path(place)

    @pytest.fixture
    def feeder(self, simulated_devices: SimulatedDevices, memory: Path) -> SaneScanner:
        return SaneScanner(
            simulated_devices.scanner_device, ScanOptions(Source.FEEDER), 20, simulated_devices.environment, memory
        )

    def test_a_feeder_is_scanned_until_it_is_empty(
        self, simulated_devices: SimulatedDevices, feeder: SaneScanner, memory: Path
    ) -> None:
        simulated_devices.load_scanner(PAGES.values())
        pages = scan_all(feeder)
        assert [images_equal(page, laid) for page, laid in zip(pages, PAGES.values(), strict=True)] == [True] * 3
        assert scan_status(feeder) is ScannerStatus.NO_PAPER
        assert list(memory.iterdir()) == []

    def test_a_feeder_stops_at_the_maximum_page_count(
        self, simulated_devices: SimulatedDevices, feeder: SaneScanner
    ) -> None:
        simulated_devices.load_scanner([PAGES["grey"]] * 3)
        assert len(scan_all(feeder, 2)) == 2
        assert len(scan_all(feeder, 2)) == 1

    def test_the_time_out_applies_to_each_page(self, simulated_devices: SimulatedDevices) -> None:
        feeder = SaneScanner(
            simulated_devices.scanner_device, ScanOptions(Source.FEEDER), 1.0, simulated_devices.environment
        )
        simulated_devices.scanner.page_duration_s = 0.6
        simulated_devices.load_scanner([PAGES["line art"]] * 3)
        assert len(scan_all(feeder)) == 3

    @pytest.mark.parametrize(
        ("word", "status"),
        [
            ("jam", ScannerStatus.JAM),
            ("broken", ScannerStatus.IO_ERROR),
            ("cut-short", ScannerStatus.BAD_PICTURE),
            ("cover", ScannerStatus.COVER_OPEN),
        ],
    )
    def test_a_fault_at_the_second_page_keeps_the_first(
        self, simulated_devices: SimulatedDevices, feeder: SaneScanner, memory: Path, word: str, status: ScannerStatus
    ) -> None:
        simulated_devices.scanner.page_duration_s = 1.0  # so the fault occurs before the second page is scanned
        simulated_devices.load_scanner([PAGES["line art"]] * 2)
        pages: list[bytes] = []

        def then_trouble(page: bytes) -> None:
            pages.append(page)
            assert [path.name[:9] for path in memory.iterdir()] == ["dk-pages-"]
            simulated_devices.execute_command(["scanner", word])

        with pytest.raises(ScanError) as raised:
            feeder.scan(then_trouble, ignore_progress, Event(), 20)
        assert raised.value.status is status
        assert images_equal(Image.open(io.BytesIO(pages[0])), PAGES["line art"])
        assert len(pages) == 1
        assert list(memory.iterdir()) == []

    def test_cancelling_at_the_second_page_ends_the_scan(
        self, simulated_devices: SimulatedDevices, feeder: SaneScanner, memory: Path
    ) -> None:
        simulated_devices.scanner.page_duration_s = 0.3
        simulated_devices.load_scanner([PAGES["line art"]] * 3)
        cancel = Event()
        with pytest.raises(ScanError) as raised:
            feeder.scan(lambda _: cancel.set(), ignore_progress, cancel, 20)
        assert raised.value.status is ScannerStatus.CANCELLED
        assert "scanimage" not in child_process_names()
        assert list(memory.iterdir()) == []

    def test_a_full_memory_directory_is_a_scan_error(self, simulated_devices: SimulatedDevices, tmp_path: Path) -> None:
        """In a file system of 64 kB, mounted in a private namespace."""
        simulated_devices.load_scanner([PAGES["grey"]])
        script = (
            "import sys; from pathlib import Path; from threading import Event\n"
            "from drivers.letter_scanner.scan_options import ScanOptions\n"
            "from drivers.ports.letter_scanner import ScanError, Source\n"
            "from drivers.letter_scanner.sane_scanner import SaneScanner\n"
            "feeder = SaneScanner(sys.argv[1], ScanOptions(Source.FEEDER), 20, memory_dir=Path(sys.argv[2]))\n"
            "try: feeder.scan(lambda page: print(len(page)), lambda _: None, Event(), 5)\n"
            "except ScanError as error: print(error.status.value)\n"
        )
        mount = f'mount -t tmpfs -o size=64k small {tmp_path} && exec "$0" -c "$1" "$2" "$3"'
        command = ["unshare", "--mount", "--map-root-user", "sh", "-c", mount, sys.executable, script]
        result = subprocess.run(
            [*command, simulated_devices.scanner_device, str(tmp_path)], capture_output=True, text=True, check=False
        )
        if "unshare" in result.stderr:
            pytest.skip(f"no namespaces here: {result.stderr.strip()}")
        assert result.stdout == "disk_full\n", result.stderr


def test_a_page_larger_than_any_paper_is_refused(simulated_devices: SimulatedDevices, scanner: SaneScanner) -> None:
    simulated_devices.load_scanner([Image.new("L", (20_001, 2))])
    assert scan_status(scanner) is ScannerStatus.BAD_PICTURE


def test_a_scan_without_progress_times_out_and_its_process_ends(
    simulated_devices: SimulatedDevices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanimage_process, "TERMINATE_GRACE_S", 2 * TIMEOUT_S)
    scanner = SaneScanner(simulated_devices.scanner_device, ScanOptions(), 1.0, simulated_devices.environment)
    simulated_devices.load_scanner([PAGES["grey"]])
    simulated_devices.execute_command(["scanner", "stuck"])
    with finishes_within():  # the process ended when it was interrupted
        assert scan_status(scanner) is ScannerStatus.UNRESPONSIVE
    assert "scanimage" not in child_process_names()


def test_a_scan_can_be_cancelled(
    simulated_devices: SimulatedDevices, scanner: SaneScanner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanimage_process, "TERMINATE_GRACE_S", 2 * TIMEOUT_S)
    simulated_devices.load_scanner([PAGES["grey"]])
    simulated_devices.execute_command(["scanner", "slow"])
    cancel = Event()
    Timer(0.3, cancel.set).start()
    with finishes_within():  # the process ended when it was interrupted
        assert scan_status(scanner, cancel) is ScannerStatus.CANCELLED
    assert "scanimage" not in child_process_names()


@pytest.mark.parametrize("name", ["", "simulated scanner", "net:127.77.99.99:former"])
def test_a_scanner_is_found_without_its_exact_name(simulated_devices: SimulatedDevices, name: str) -> None:
    simulated_devices.load_scanner([PAGES["grey"]])
    assert images_equal(scan(SaneScanner(name, environment=simulated_devices.environment)), PAGES["grey"])
    assert SaneScanner("another model", environment=simulated_devices.environment).status() is ScannerStatus.ABSENT


def test_the_test_back_end_has_a_feeder_of_ten_pages(tmp_path: Path) -> None:
    (tmp_path / "dll.conf").write_text("test\n")
    options = ScanOptions(Source.FEEDER, "A5", colour=False, extra_options=("--test-picture=Grid",))
    scanner = SaneScanner("test:0", options, 20, {"SANE_CONFIG_DIR": str(tmp_path)})
    pages = scan_all(scanner)
    assert len(pages) == 10
    assert {(page.mode, page.width) for page in pages} == {("L", round(148 / 25.4 * 200))}


def test_a_missing_scanner_is_absent(simulated_devices: SimulatedDevices, tmp_path: Path) -> None:
    (tmp_path / "dll.conf").write_text("")
    nowhere = {"SANE_CONFIG_DIR": str(tmp_path)}
    assert SaneScanner(environment=nowhere).status() is ScannerStatus.ABSENT
    assert SaneScanner("epson2:nobody", environment=nowhere).status() is ScannerStatus.ABSENT
    assert scan_status(SaneScanner("epson2:nobody", environment=nowhere)) is ScannerStatus.ABSENT


def test_without_sane_the_scanner_is_absent() -> None:
    assert SaneScanner(environment={"PATH": "/nowhere"}).status() is ScannerStatus.ABSENT


@pytest.fixture
def pnm_only(tmp_path: Path) -> dict[str, str]:
    """Only SANE's `pnm` back end, with one of the sample pages in its file."""
    (tmp_path / "dll.conf").write_text("pnm\n")
    PAGES["colour"].save(tmp_path / "page.ppm")
    return {"SANE_CONFIG_DIR": str(tmp_path)}


def test_the_pnm_back_end_gives_the_same_page(pnm_only: dict[str, str]) -> None:
    page = f"--filename={pnm_only['SANE_CONFIG_DIR']}/page.ppm"
    assert images_equal(scan(SaneScanner("pnm:0", ScanOptions(extra_options=(page,)), 20, pnm_only)), PAGES["colour"])


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
def test_the_pnm_back_end_gives_the_same_faults(pnm_only: dict[str, str], option: str, status: ScannerStatus) -> None:
    page = f"--filename={pnm_only['SANE_CONFIG_DIR']}/page.ppm"
    assert (
        scan_status(SaneScanner("pnm:0", ScanOptions(extra_options=(page, f"--status-{option}=yes")), 20, pnm_only))
        is status
    )
