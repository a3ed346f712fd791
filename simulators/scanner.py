"""A simulated scanner that returns the loaded pages, one per scan, or fails with a chosen fault.

SANE's own `pnm` and `test` back ends simulate faults only when the *client* sets an option, which changes the driver's
configuration. So this is a device behind the `net` back end, on its own loopback address.
"""

import shutil
import tempfile
from collections import deque
from collections.abc import Iterable
from contextlib import ExitStack
from enum import Enum
from pathlib import Path
from threading import Lock
from typing import Final, Self

from PIL import Image

from simulators.sane_server import SaneServer, SaneStatus, ScannedImage

DEVICE: Final = "letters"
MAX_LOOPBACK_ADDRESSES: Final = 250  # 127.77.0.1 …: one for each set of devices that runs at the same time


BLANK_PAGE: Final = ScannedImage(827, 1169, 8, False, bytes([255]) * 827 * 1169)  # A4 at 100 dpi


class ScannerFault(Enum):
    """The fault of the scanner."""

    NONE = "ok"
    JAM = "jam"
    COVER = "cover"
    BUSY = "busy"
    BROKEN = "broken"  # I/O error within the page
    CUT_SHORT = "cut-short"  # the page ends in the middle, as if it were whole
    STUCK = "stuck"  # the carriage does not move
    NOT_RESPONDING = "deaf"  # no response to any call
    UNPLUGGED = "unplugged"  # the cable is pulled out, within a page if one is scanned


class SimulatedScanner:
    """Serves while the context lasts. The driver needs `device` and `environment`."""

    def __init__(self) -> None:
        self.page_duration_s = 0.0
        self._fault = ScannerFault.NONE
        self._pages: deque[ScannedImage] = deque()
        self._lock = Lock()
        self._cleanup = ExitStack()
        self._server: SaneServer | None = None
        self._host = ""
        self._directory = Path()

    def __enter__(self) -> Self:
        self._directory = Path(tempfile.mkdtemp(prefix="dk-sane-"))
        self._cleanup.callback(shutil.rmtree, self._directory, ignore_errors=True)
        self._host = self._start_server()
        (self._directory / "dll.conf").write_text("net\n", encoding="ascii")
        (self._directory / "net.conf").write_text(f"connect_timeout = 3\n{self._host}\n", encoding="ascii")
        return self

    def __exit__(self, *_: object) -> None:
        self._cleanup.close()

    @property
    def device(self) -> str:
        """The device as `scanimage -L` names it."""
        return f"net:{self._host}:{DEVICE}"

    @property
    def host(self) -> str:
        """The loopback address of the server."""
        return self._host

    @property
    def environment(self) -> dict[str, str]:
        """Environment variables for scanimage."""
        return {"SANE_CONFIG_DIR": str(self._directory)}

    # --- control ---

    @property
    def fault(self) -> ScannerFault:
        """The fault of the scanner."""
        return self._fault

    @fault.setter
    def fault(self, fault: ScannerFault) -> None:
        self._fault = fault
        if self._server:
            if fault is ScannerFault.UNPLUGGED:
                self._server.unplug()
            else:
                self._server.start_listening()

    def load_pages(self, pages: Iterable[Path | Image.Image]) -> int:
        """Add pages, given as files or pictures; returns how many are loaded now. Raises OSError for a file that is not
        a picture."""
        added = [to_scanned_image(page) for page in pages]
        with self._lock:
            self._pages.extend(added)
            return len(self._pages)

    def remove_pages(self) -> None:
        """Remove all pages."""
        with self._lock:
            self._pages.clear()

    # --- PageSource and ScannerBehaviour of the SANE server ---

    def on_open(self) -> SaneStatus:
        """See ScannerBehaviour."""
        return SaneStatus.DEVICE_BUSY if self.fault is ScannerFault.BUSY else SaneStatus.GOOD

    def is_responding(self) -> bool:
        """See ScannerBehaviour."""
        return self.fault is not ScannerFault.NOT_RESPONDING

    def next_page(self) -> ScannedImage | SaneStatus:
        """See PageSource. A fault within a page leaves the page loaded; without pages it occurs in a white one."""
        if self.fault is ScannerFault.COVER:
            return SaneStatus.COVER_OPEN
        with self._lock:
            if self.fault is not ScannerFault.NONE:
                return self._pages[0] if self._pages else BLANK_PAGE
            return self._pages.popleft() if self._pages else SaneStatus.NO_DOCS

    def fault_position(self) -> tuple[float, SaneStatus]:
        """See ScannerBehaviour."""
        match self.fault:
            case ScannerFault.JAM:
                return 0.4, SaneStatus.JAMMED
            case ScannerFault.COVER:  # opened while a page is scanned
                return 0.5, SaneStatus.COVER_OPEN
            case ScannerFault.BROKEN:
                return 0.6, SaneStatus.IO_ERROR
            case ScannerFault.CUT_SHORT:
                return 0.5, SaneStatus.EOF
            case _:
                return 1.0, SaneStatus.EOF

    def sensor_state(self, sensor: str) -> bool:
        """See ScannerBehaviour."""
        return self.fault is {"cover-open": ScannerFault.COVER, "paper-jam": ScannerFault.JAM}[sensor]

    def current_page_duration_s(self) -> float:
        """See ScannerBehaviour."""
        return 3600.0 if self.fault is ScannerFault.STUCK else self.page_duration_s

    def _start_server(self) -> str:
        """Serve at the first free loopback address and return the address. Raises OSError when none is free."""
        for number in range(1, MAX_LOOPBACK_ADDRESSES + 1):
            host = f"127.77.0.{number}"
            try:
                self._server = self._cleanup.enter_context(SaneServer(host, DEVICE, self, self))
            except OSError:
                continue
            return host
        raise OSError("No loopback address is free for another simulated scanner.")


def to_scanned_image(source: Path | Image.Image) -> ScannedImage:
    """A picture as the scanner returns it: line art, grey or colour."""
    image = source if isinstance(source, Image.Image) else Image.open(source)
    if image.mode not in ("1", "L", "RGB"):
        image = image.convert("RGB")
    dots = image.tobytes()
    if image.mode == "1":  # SANE's line art has 1 for black, Pillow 1 for white
        dots = bytes(byte ^ 0xFF for byte in dots)
    return ScannedImage(image.width, image.height, 1 if image.mode == "1" else 8, image.mode == "RGB", dots)
