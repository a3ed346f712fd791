"""The driver on an independent ESC/POS printer: emupos, in a separate Python, because it needs 3.13 or later.

    python3.13 -m venv .venv-emupos && .venv-emupos/bin/pip install emupos==0.4.0

or $EMUPOS names its program. Without it these tests are skipped.
"""

import io
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

import numpy as np
import pytest
import zxingcpp
from PIL import Image

from drivers.ports.receipt_printer import PrinterStatus, PrintResult, PrintVerdict
from drivers.receipt_printer.escpos_printer import EscposPrinter
from kiosk_app.receipt import ReceiptContent, draw_receipt
from simulators.reserved_port import ReservedPort
from tests.devices.conftest import receipt_image
from tests.waiting import wait_until

PROGRAM = os.environ.get("EMUPOS") or shutil.which(
    "emupos", path=str(Path(__file__).parents[2] / ".venv-emupos" / "bin")
)
pytestmark = pytest.mark.skipif(
    PROGRAM is None, reason="no emupos: python3.13 -m venv .venv-emupos && .venv-emupos/bin/pip install emupos==0.4.0"
)


class Emupos:
    """A running emupos with one 80 mm printer, controlled by its API."""

    def __init__(self, directory: Path) -> None:
        self._reserved = ReservedPort(), ReservedPort()
        self.port, self._api = (reserved.port for reserved in self._reserved)
        configuration = directory / "emupos.yaml"
        configuration.write_text(
            f"schema: 1\napi: {{ port: {self._api} }}\ndevices:\n  - id: kiosk\n    type: printer\n"
            f"    profile: epson-tm-t20iii\n    connections:\n      - tcp: {{ port: {self.port} }}\n"
        )
        assert PROGRAM
        with (directory / "log").open("wb") as log:
            self.process = subprocess.Popen([PROGRAM, "run", "--config", str(configuration)], stdout=log, stderr=log)
        wait_until(self._is_responding)

    def close_ports(self) -> None:
        for reserved in self._reserved:
            reserved.close()

    def call_api(self, path: str, method: str = "GET") -> bytes:
        with urlopen(Request(f"http://127.0.0.1:{self._api}/api/v1{path}", method=method), timeout=5) as response:
            return bytes(response.read())

    def printed_images(self) -> list[Image.Image]:
        """Oldest first, without the blank rows at the end of each."""
        listed: list[dict[str, Any]] = json.loads(self.call_api("/devices/kiosk/receipts"))
        images = [self.call_api(f"/devices/kiosk/receipts/{paper['id']}/image") for paper in reversed(listed)]
        return [Image.open(io.BytesIO(image)) for image in images]

    def _is_responding(self) -> bool:
        assert self.process.poll() is None, "emupos ended at once"
        try:
            return bool(self.call_api("/health"))
        except (URLError, OSError):
            time.sleep(0.1)
            return False


@pytest.fixture(scope="module")
def emupos(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emupos]:
    running = Emupos(tmp_path_factory.mktemp("emupos"))
    yield running
    running.process.terminate()
    running.process.wait(30)
    running.close_ports()


@pytest.fixture
def driver(emupos: Emupos) -> EscposPrinter:
    return EscposPrinter(f"network:127.0.0.1:{emupos.port}", 576)


def same_pixels(paper: Image.Image, drawn: Image.Image) -> bool:
    """Equal dot by dot, except for blank rows at the end."""
    ink, wanted = np.asarray(paper.convert("L")) < 128, np.asarray(drawn.convert("L")) < 128
    rows = min(len(ink), len(wanted))
    return bool((ink[:rows] == wanted[:rows]).all()) and not ink[rows:].any() and not wanted[rows:].any()


@pytest.mark.parametrize("language", ["th", "en"])
def test_emupos_prints_a_receipt_dot_for_dot(emupos: Emupos, driver: EscposPrinter, language: str) -> None:
    url = "https://track.example.go.th/t#7KQ2-M9XD-4TBVS"
    content = ReceiptContent(
        "ศูนย์ดำรงธรรมจังหวัดขอนแก่น",
        "Khon Kaen Damrongdham Centre",
        "7KQ2M9XD4TBVS",
        "KKN07A-000123-41",
        url,
        page_count=2,
        saved_at=datetime(2026, 11, 21, 2, 12, tzinfo=UTC),
        language=language,
    )
    drawn, before = draw_receipt(content, 576), len(emupos.printed_images())
    assert driver.print_bitmap(language, drawn) == PrintResult(PrintVerdict.PRINTED, PrinterStatus.READY)
    wait_until(lambda: len(emupos.printed_images()) > before)
    paper = emupos.printed_images()[-1]
    assert same_pixels(paper, drawn)
    assert [code.text for code in zxingcpp.read_barcodes(np.asarray(paper.convert("L")))] == [url]


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ("paper-out", PrinterStatus.PAPER_OUT),
        ("cover-open", PrinterStatus.COVER_OPEN),
        ("offline", PrinterStatus.OFFLINE),
    ],
)
def test_emupos_reports_the_same_faults(
    emupos: Emupos, driver: EscposPrinter, fault: str, status: PrinterStatus
) -> None:
    printed_images = len(emupos.printed_images())
    emupos.call_api(f"/devices/kiosk/faults/{fault}", "PUT")
    try:
        assert driver.status() is status
        assert driver.print_bitmap("a", receipt_image()) == PrintResult(PrintVerdict.NOT_PRINTED, status)
    finally:
        emupos.call_api(f"/devices/kiosk/faults/{fault}", "DELETE")
    assert driver.status() is PrinterStatus.READY
    assert len(emupos.printed_images()) == printed_images


def test_emupos_reports_the_near_end_of_the_roll(emupos: Emupos, driver: EscposPrinter) -> None:
    emupos.call_api("/devices/kiosk/faults/paper-near-end", "PUT")
    try:
        assert driver.print_bitmap("near", receipt_image()) == PrintResult(
            PrintVerdict.PRINTED, PrinterStatus.PAPER_NEAR_END
        )
    finally:
        emupos.call_api("/devices/kiosk/faults/paper-near-end", "DELETE")
