"""The fault page: what the display shows when the interface does not start, drawn directly on the framebuffer.

systemd starts this when damrongdham-kiosk-ui has failed, and starts the interface again when this ends. It needs only
Debian's Python: no compositor, no release, no kiosk.toml. When a release does not start, it first rolls back to the
confirmed one, unless the interface has failed while it was stopped for another release. Otherwise it shows why there is
no interface (`kiosk fault-pages` drew the pages) until the next try.
"""

import argparse
import fcntl
import json
import os
import re
import signal
import struct
import subprocess
import sys
import time
import zlib
from array import array
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from provision.release_trial import FailureReason, ReleaseTrial
from provision.releases import PREFIX, SETTINGS_ERROR, Releases

FAULT_REPORT = Path("/run/damrongdham-kiosk-fault/fault.json")  # for `kiosk doctor`
FRAMEBUFFER, CONSOLE = Path("/dev/fb0"), Path("/dev/tty1")
RESTART_INTERVAL_S = 300.0
CHECK_TIMEOUT_S = 30.0
FIRST_GLYPH, LAST_GLYPH = 32, 126
STAFF_CODES = {"settings": "K-15", "program": "K-16"}  # of each page, as in protocol.staff_codes

KDSETMODE, KD_TEXT, KD_GRAPHICS = 0x4B3A, 0x00, 0x01
KDSKBMODE, K_UNICODE, K_OFF = 0x4B45, 0x03, 0x04
FBIOGET_VSCREENINFO, FBIOGET_FSCREENINFO = 0x4600, 0x4602


@dataclass(frozen=True)
class Cause:
    """`page` is 'settings' or 'program'; `detail` is a short text for staff, in ASCII."""

    page: str
    detail: str

    @property
    def code(self) -> str:
        """The staff code."""
        return STAFF_CODES[self.page]


def find_cause(prefix: Path) -> Cause:
    """The cause: kiosk.toml is invalid by `kiosk settings`, or else the program does not start."""
    try:
        check = subprocess.run(
            [prefix / "venv/bin/kiosk", "settings"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=CHECK_TIMEOUT_S,
            check=False,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
        )
    except (OSError, subprocess.SubprocessError) as error:
        return Cause("program", type(error).__name__)
    message = check.stderr.decode(errors="replace")
    if check.returncode == SETTINGS_ERROR:
        keys = re.findall(r"\.toml: ([A-Za-z0-9_.]+):", message)
        reason = re.search(r"at (line \d+)|(cannot be read|not UTF-8)", message)
        detail = ", ".join(dict.fromkeys(keys)) or (reason and (reason[1] or reason[2])) or "kiosk.toml"
        return Cause("settings", detail)
    return Cause("program", Releases(prefix).linked_release("venv"))


# --- the picture ------------------------------------------------------------------------------------------------------


@dataclass
class FaultPicture:
    """Pixels 0x00RRGGBB, row by row, and the layout stored with the page."""

    width: int
    height: int
    pixels: "array[int]"
    layout: dict[str, Any]

    def scale(self, width: int, height: int) -> "FaultPicture":
        """The picture in another size, by the nearest pixel."""
        if (width, height) == (self.width, self.height):
            return self
        columns = [x * self.width // width for x in range(width)]
        pixels = array("I")
        for y in range(height):
            begin = y * self.height // height * self.width
            row = self.pixels[begin : begin + self.width]
            pixels.extend(row[x] for x in columns)
        return FaultPicture(width, height, pixels, self.layout)

    def rotate(self, degrees: int) -> "FaultPicture":
        """The picture rotated counter-clockwise by 0, 90, 180 or 270 degrees."""
        if degrees == 180:
            return FaultPicture(self.width, self.height, self.pixels[::-1], self.layout)
        pixels = array("I")
        if degrees == 90:
            for x in reversed(range(self.width)):
                pixels.extend(self.pixels[x :: self.width])
        elif degrees == 270:
            for x in range(self.width):
                pixels.extend(self.pixels[x :: self.width][::-1])
        else:
            return self
        return FaultPicture(self.height, self.width, pixels, self.layout)

    def draw_text(self, text: str, glyphs: "FaultPicture") -> None:
        """Draw `text` centred in the place that the page reserves for it."""
        detail_area, edges = self.layout["detail"], glyphs.layout["edges"]
        cells: list[tuple[int, int]] = []
        width = 0
        for character in text:
            glyph = (
                ord(character) - FIRST_GLYPH if FIRST_GLYPH <= ord(character) <= LAST_GLYPH else ord("?") - FIRST_GLYPH
            )
            if width + edges[glyph + 1] - edges[glyph] > detail_area["width"]:
                break
            cells.append((edges[glyph], edges[glyph + 1]))
            width += edges[glyph + 1] - edges[glyph]
        left = detail_area["x"] + (detail_area["width"] - width) // 2
        for y in range(glyphs.height):
            source, target = y * glyphs.width, (detail_area["y"] + y) * self.width + left
            for begin, end in cells:
                self.pixels[target : target + end - begin] = glyphs.pixels[source + begin : source + end]
                target += end - begin


def load_page(file: Path) -> FaultPicture:
    """A page that `kiosk fault-pages` wrote. Raises OSError, ValueError, KeyError, zlib.error."""
    header, _, body = file.read_bytes().partition(b"\n")
    layout = json.loads(header)
    pixels = array("I")
    pixels.frombytes(zlib.decompress(body))
    if len(pixels) != layout["width"] * layout["height"]:
        raise ValueError("the page is cut off")
    return FaultPicture(layout["width"], layout["height"], pixels, layout)


def compose_page(directory: Path, cause: Cause, width: int, height: int) -> FaultPicture:
    """The page of the cause, scaled to a display of that size in pixels. Raises OSError, ValueError, KeyError,
    zlib.error."""
    sizes = {
        (int(match[1]), int(match[2])): file
        for file in directory.glob(f"{cause.page}-*.page")
        if (match := re.search(r"-(\d+)x(\d+)\.page$", file.name))
    }
    if not sizes:
        raise OSError("no page was drawn")
    aspect = width / height
    size = min(sizes, key=lambda size: (size != (width, height), abs(size[0] / size[1] - aspect)))
    page = load_page(sizes[size])
    page.draw_text(cause.detail, load_page(directory / f"glyphs-{size[0]}x{size[1]}.page"))
    turn = int(page.layout.get("turn", 0))
    return page.scale(*((height, width) if turn in (90, 270) else (width, height))).rotate(turn)


# --- the display ------------------------------------------------------------------------------------------------------


class FramebufferDisplay:
    """The framebuffer: the kernel's picture memory, which also exists when no compositor runs."""

    def __init__(self, device: Path) -> None:
        self._file = device.open("r+b", buffering=0)
        screen_info = struct.unpack_from("8I", fcntl.ioctl(self._file, FBIOGET_VSCREENINFO, bytes(160)))
        self.width, self.height, self._bits = screen_info[0], screen_info[1], screen_info[6]
        fixed = "16sL4I3HI"  # struct fb_fix_screeninfo up to line_length
        self._stride = struct.unpack_from(fixed, fcntl.ioctl(self._file, FBIOGET_FSCREENINFO, bytes(80)))[-1]

    def show_page(self, picture: FaultPicture) -> None:
        """Raises OSError; ValueError for an unsupported depth.

        All rows in one write: after a write of exactly one row Linux 6.1 counts no pixel as changed, and shows
        nothing."""
        frame = to_framebuffer(picture, self._bits, self._stride)
        written = 0
        while written < len(frame):
            written += os.pwrite(self._file.fileno(), frame[written:], written)


def to_framebuffer(picture: FaultPicture, bits: int, stride: int) -> bytes:
    """The picture in the format of a framebuffer of that depth, `stride` bytes per row. Raises ValueError."""
    rows = (picture.pixels[y * picture.width : (y + 1) * picture.width] for y in range(picture.height))
    return b"".join(_pack_row(row, bits).ljust(stride, b"\0") for row in rows)


def _pack_row(row: "array[int]", bits: int) -> bytes:
    if bits == 32:
        return row.tobytes()
    if bits == 16:
        return array("H", ((p >> 8 & 0xF800) | (p >> 5 & 0x7E0) | (p >> 3 & 0x1F) for p in row)).tobytes()
    raise ValueError(f"a framebuffer of {bits} bits")


class FileDisplay:
    """A file instead of a framebuffer, for tests: the rows, 32 bits per pixel."""

    def __init__(self, file: Path, size: str) -> None:
        self._file = file
        self.width, self.height = map(int, size.split("x"))

    def show_page(self, picture: FaultPicture) -> None:
        self._file.write_bytes(picture.pixels.tobytes())


@contextmanager
def silence_console(console: Path) -> Iterator[None]:
    """Keep the kernel from writing over the picture and from reading the keyboard; no effect without a console."""
    try:
        with console.open("r+b", buffering=0) as file:
            fcntl.ioctl(file, KDSETMODE, KD_GRAPHICS)
            fcntl.ioctl(file, KDSKBMODE, K_OFF)
            try:
                yield
            finally:
                fcntl.ioctl(file, KDSKBMODE, K_UNICODE)
                fcntl.ioctl(file, KDSETMODE, KD_TEXT)
    except OSError as error:
        log(f"no console: {error.strerror}")
        yield


def log(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def write_to_console(console: Path, cause: Cause) -> None:
    """Print the fault on the console when no picture can be shown."""
    with suppress(OSError), console.open("w") as file:
        file.write(
            f"\033[2J\033[HThis kiosk is out of service for now. Call 1567.\r\n\r\n{cause.code} {cause.detail}\r\n"
        )


def show_page(open_display: Any, directory: Path, cause: Cause, console: Path, keep_open: ExitStack) -> None:
    """Show the page on the display; when that fails, log it and print on the console."""
    try:
        display = open_display()
        picture = compose_page(directory, cause, display.width, display.height)
        keep_open.enter_context(silence_console(console))
        display.show_page(picture)
    except (OSError, ValueError, KeyError, zlib.error, struct.error) as error:
        log(f"no page: {error}")
        write_to_console(console, cause)


def main(arguments: list[str]) -> int:
    """Roll back, or show the fault page until the next try; the exit status."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--retry", type=float, default=RESTART_INTERVAL_S, help="seconds")
    parser.add_argument("--display-file", type=Path, help="a file instead of the framebuffer")
    parser.add_argument("--size", default="1080x1920", help="... and its size")
    parser.add_argument("--prefix", type=Path, default=PREFIX)
    parser.add_argument("--page-only", action="store_true", help="roll nothing back: a disk is missing or damaged")
    parser.add_argument("--report", type=Path, default=FAULT_REPORT)
    options = parser.parse_args(arguments)
    retry_at = time.monotonic() + options.retry
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    if options.page_only:
        cause = Cause("program", "disk")
    else:
        releases = Releases(options.prefix)
        if releases.wait_for_activation():
            log("the interface failed while it was stopped for another release, which starts now")
            return 0
        cause = find_cause(options.prefix)
        if cause.page == "program" and (failure := ReleaseTrial(releases).fail(FailureReason.CRASH_LOOP)):
            log(f"release {failure.release} does not start: rolled back to {releases.linked_release('venv')}")
            return 0
    log(f"{cause.code} {cause.detail}: the interface does not start")
    with suppress(OSError):
        options.report.write_text(json.dumps({"code": cause.code, "detail": cause.detail}), encoding="utf-8")
    with ExitStack() as keep_open:
        open_display = (
            (lambda: FileDisplay(options.display_file, options.size))
            if options.display_file
            else (lambda: FramebufferDisplay(FRAMEBUFFER))
        )
        show_page(open_display, options.prefix / "fault", cause, CONSOLE, keep_open)
        while (left := retry_at - time.monotonic()) > 0:
            time.sleep(left)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
