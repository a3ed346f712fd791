"""From the scan request to the picture on the screen, against plain `scanimage` of the same page on the same scanner.

    python -m tests.bench.scan

The scanner is simulated and takes SCANNER_S per page, as a fast flatbed does. The page is an A4 letter in colour at 200
dpi. The kiosk's time contains everything until the interface can draw: the driver, the child process that checks and
compresses the page, and unpacking the preview. The baseline only writes the page to a file in memory. Budget: at most
1.5 times the baseline. The time until the first recognised line is printed beside it: on a machine without other work
it is to be at most 1 s. `./run bench ocr` judges its processor time.
"""

import io
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import pairwise
from statistics import median

from PIL import Image

from drivers.letter_scanner.sane_scanner import SaneScanner
from drivers.letter_scanner.scan_options import ScanOptions
from drivers.ports.letter_scanner import ScanError
from ocr import pixels
from ocr.confined import child_process
from ocr.models import required_program
from ocr.prepare_page import prepare
from ocr.recognise import recognise_by_line
from simulators.sample_letters import OFFICE_LETTER, add_stamps, render_letter_page
from simulators.scanner import SimulatedScanner

ROUNDS = 5
SCANNER_S = 3.0
BUDGET = 1.5
MEMORY_MB, RECOGNISE_MEMORY_MB = 1200, 1600


def scan_with_scanimage(simulated_scanner: SimulatedScanner) -> None:
    """Scan as a shell script would."""
    command = ["scanimage", "-d", simulated_scanner.device, "--mode=Color", "--resolution=200", "--format=pnm"]
    with tempfile.TemporaryFile(dir="/dev/shm") as page:
        subprocess.run(command, stdout=page, env={**os.environ, **simulated_scanner.environment}, check=True)


def scan_with_driver(scanner: SaneScanner, steps: dict[str, list[float]]) -> None:
    """Scan as the interface does. Appends the seconds of each step to `steps`."""
    pages: list[bytes] = []
    times = [time.perf_counter()]
    scanner.scan(pages.append, lambda fraction: None, threading.Event())
    times.append(time.perf_counter())
    page = child_process.run_in_child(prepare, pages[0], deadline_s=30.0, memory_mb=MEMORY_MB, cancel=threading.Event())
    times.append(time.perf_counter())
    pixels.unpack(page.preview)
    times.append(time.perf_counter())
    for name, (start, end) in zip(("scan", "prepare", "unpack preview"), pairwise(times), strict=True):
        steps.setdefault(name, []).append(end - start)


def time_first_line(page: Image.Image) -> float:
    """Seconds from the picture to its first recognised line: as the interface does, the page is first prepared and then
    read, each in a child. The reading child is killed then, as when the page is removed."""
    raw = io.BytesIO()
    page.save(raw, "PPM")
    cancel, read_at = threading.Event(), []

    def stop(_line: object) -> None:
        read_at.append(time.perf_counter())
        cancel.set()

    start = time.perf_counter()
    prepared = child_process.run_in_child(prepare, raw.getvalue(), deadline_s=30.0, memory_mb=MEMORY_MB)
    with suppress(child_process.ChildCancelledError):
        child_process.stream_from_child(
            recognise_by_line,
            prepared.jpeg,
            on_part=stop,
            deadline_s=30.0,
            memory_mb=RECOGNISE_MEMORY_MB,
            cancel=cancel,
            program=required_program(),
        )
    return read_at[0] - start


def time_rounds(simulated_scanner: SimulatedScanner, page: Image.Image, run: Callable[[], object]) -> Iterator[float]:
    for _ in range(ROUNDS):
        simulated_scanner.load_pages([page])
        start = time.perf_counter()
        run()
        yield time.perf_counter() - start


def main() -> int:
    """Print the table. 0 when the overhead is within the budget."""
    page = add_stamps(render_letter_page(OFFICE_LETTER, dpi=200)).convert("RGB")
    steps: dict[str, list[float]] = {}
    with SimulatedScanner() as simulated_scanner:
        simulated_scanner.page_duration_s = SCANNER_S
        scanner = SaneScanner(simulated_scanner.device, ScanOptions(), 60.0, simulated_scanner.environment)
        scanner.status()  # the interface queries it each minute, so the driver already has the scanner's options
        baseline_s = median(time_rounds(simulated_scanner, page, lambda: scan_with_scanimage(simulated_scanner)))
        kiosk_s = median(time_rounds(simulated_scanner, page, lambda: scan_with_driver(scanner, steps)))
        simulated_scanner.remove_pages()
        start = time.perf_counter()
        try:
            scanner.scan(lambda raw: None, lambda fraction: None, threading.Event())
        except ScanError:
            no_paper_s = time.perf_counter() - start
    first_line_s = median(time_first_line(page) for _ in range(ROUNDS))
    print(f"{page.width} × {page.height} in colour, {SCANNER_S:.0f} s a page; median of {ROUNDS}")
    print(f"plain scanimage into a file     {baseline_s:6.2f} s")
    ratio, more_s = kiosk_s / baseline_s, kiosk_s - baseline_s
    print(f"until the picture can be drawn  {kiosk_s:6.2f} s   ratio {ratio:.2f}, {more_s * 1e3:.0f} ms more")
    for name, seconds in steps.items():
        print(f"   {name:28} {median(seconds):6.2f} s")
    print(f'until "no paper" is reported   {no_paper_s:6.2f} s')
    print(f"from the page to the first line   {first_line_s:6.2f} s")
    print(f"budget: ratio {BUDGET}")
    return 0 if ratio <= BUDGET else 1


if __name__ == "__main__":
    sys.exit(main())
