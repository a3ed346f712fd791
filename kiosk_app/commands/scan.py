"""`kiosk scan`: one page from the scanner into a file."""

import io
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from drivers.letter_scanner.port import ScanError
from drivers.letter_scanner.sane import SaneScanner
from kiosk_app.commands.common import CommandError, parser, settings_of, tell
from kiosk_app.journey.around import SCANNER_FAULTS
from kiosk_app.journey.faults import FAULTS


def main(words: Sequence[str]) -> int:
    """Scan, and write the picture as it came from the scanner."""
    options = parser("scan", "Scan one page into a picture, exactly as the scanner gives it.")
    options.add_argument("out", type=Path, metavar="OUT.png", help="the file to write: .png, .jpg or .ppm")
    wish = options.parse_args(words)
    if wish.out.suffix.lower() not in (".png", ".jpg", ".jpeg", ".ppm"):
        raise CommandError(f"{wish.out}: the name must end in .png, .jpg or .ppm", 2)
    if not wish.out.absolute().parent.is_dir():
        raise CommandError(f"{wish.out}: there is no such directory", 2)
    ours = settings_of(wish).scanner
    scanner = SaneScanner(ours.device, ours.options, ours.timeout_s)
    try:
        raw = scanner.scan_page(_progress, threading.Event())
    except ScanError as error:
        fault = SCANNER_FAULTS.get(error.status)
        reason = f"{FAULTS[fault].title} ({error.status.value})" if fault else error.status.value
        raise CommandError(f"{reason}.") from None
    finally:
        if sys.stderr.isatty():
            tell("")
    with Image.open(io.BytesIO(raw)) as page:
        aside = wish.out.with_name(f".{wish.out.name}.part{wish.out.suffix}")
        try:
            page.save(aside)
            aside.replace(wish.out)
        except OSError as error:
            aside.unlink(missing_ok=True)
            raise CommandError(f"{wish.out} cannot be written: {error.strerror}") from None
        tell(f"{wish.out}: {page.width} × {page.height} pixels")
    return 0


def _progress(fraction: float) -> None:
    if sys.stderr.isatty():
        print(f"\r{fraction:4.0%}", end="", file=sys.stderr, flush=True)
