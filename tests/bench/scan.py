"""From "scan" to the picture on the screen, against a bare `scanimage` of the same page on the same scanner.

    python -m tests.bench.scan

The scanner is simulated and takes SCANNER_S a page, as a quick flatbed does; the page is an A4 letter in colour at 200
dpi. Ours is everything the interface does until it can draw: the driver, the child process that checks and compresses
the page, the journey, and unpacking the preview. The anchor only writes the page to a file in memory. Budget: at most
half as long again as the anchor.
"""

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from statistics import median

from PIL import Image

from drivers.letter_scanner.sane_scanner import SaneScanner
from drivers.letter_scanner.scan_options import ScanOptions
from drivers.ports.letter_scanner import ScanError
from ocr import child_process, pixels
from ocr.prepare_page import prepare
from simulators.sample_letters import OFFICE_LETTER, add_stamps, render_letter_page
from simulators.scanner import SimulatedScanner

ROUNDS = 5
SCANNER_S = 3.0
BUDGET = 1.5
MEMORY_MB = 1200


def scan_with_scanimage(simulated_scanner: SimulatedScanner) -> None:
    """What a shell script would do."""
    command = ["scanimage", "-d", simulated_scanner.device, "--mode=Color", "--resolution=200", "--format=pnm"]
    with tempfile.TemporaryFile(dir="/dev/shm") as page:
        subprocess.run(command, stdout=page, env={**os.environ, **simulated_scanner.environment}, check=True)


def scan_with_driver(scanner: SaneScanner, steps: dict[str, list[float]]) -> None:
    """What the interface does; how long each step took goes into `steps`."""
    pages: list[bytes] = []
    marks = [time.perf_counter()]
    scanner.scan(pages.append, lambda fraction: None, threading.Event())
    marks.append(time.perf_counter())
    page = child_process.run_in_child(prepare, pages[0], deadline_s=30.0, memory_mb=MEMORY_MB, cancel=threading.Event())
    marks.append(time.perf_counter())
    pixels.unpack(page.preview)
    marks.append(time.perf_counter())
    for name, began, ended in zip(("scan", "prepare", "unpack preview"), marks[:-1], marks[1:], strict=True):
        steps.setdefault(name, []).append(ended - began)


def time_rounds(simulated_scanner: SimulatedScanner, page: Image.Image, run: Callable[[], object]) -> Iterator[float]:
    for _ in range(ROUNDS):
        simulated_scanner.load_pages([page])
        began = time.perf_counter()
        run()
        yield time.perf_counter() - began


def main() -> int:
    """Print the table. 0 when the overhead is within the budget."""
    page = add_stamps(render_letter_page(OFFICE_LETTER, dpi=200)).convert("RGB")
    steps: dict[str, list[float]] = {}
    with SimulatedScanner() as simulated_scanner:
        simulated_scanner.page_duration_s = SCANNER_S
        scanner = SaneScanner(simulated_scanner.device, ScanOptions(), 60.0, simulated_scanner.environment)
        scanner.status()  # as the interface does each minute: it knows the scanner's words then
        anchor = median(time_rounds(simulated_scanner, page, lambda: scan_with_scanimage(simulated_scanner)))
        whole = median(time_rounds(simulated_scanner, page, lambda: scan_with_driver(scanner, steps)))
        simulated_scanner.remove_pages()
        began = time.perf_counter()
        try:
            scanner.scan(lambda raw: None, lambda fraction: None, threading.Event())
        except ScanError:
            empty = time.perf_counter() - began
    more = whole - anchor
    print(f"{page.width} × {page.height} in colour, {SCANNER_S:.0f} s a page; median of {ROUNDS}")
    print(f"bare scanimage into a file      {anchor:6.2f} s")
    print(f"until the picture can be drawn  {whole:6.2f} s   ratio {whole / anchor:.2f}, {more * 1e3:.0f} ms more")
    for name, took in steps.items():
        print(f"   {name:28} {median(took):6.2f} s")
    print(f"told that nothing lies there    {empty:6.2f} s")
    print(f"budget: ratio {BUDGET}")
    return 0 if whole <= BUDGET * anchor else 1


if __name__ == "__main__":
    sys.exit(main())
