"""`kiosk scan`: scan pages into files."""

import argparse
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from drivers.letter_scanner.sane_scanner import SaneScanner
from drivers.ports.letter_scanner import ScanError, ScannerStatus, Source
from kiosk_app.commands.arguments import STDOUT, CommandError, make_parser, settings_from_args
from kiosk_app.commands.output import describe_status, print_message, refuse_terminal, write_output
from kiosk_app.device_factory import create_scanner
from kiosk_app.health.device_checks import SCANNER_STATUSES
from kiosk_app.outbox.device_successes import record_success
from ocr.confined import child_process
from ocr.decode_picture import convert
from ocr.errors import OcrError
from protocol.choices import MAX_PAGES

FORMAT_BY_SUFFIX = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".ppm": "PPM"}
CONVERT_TIMEOUT_S = 60.0  # 60 megapixels become a PNG in some 10 s
CONVERT_MEMORY_MB = 1024
_NORMAL_STATE_MESSAGES = {
    ScannerStatus.NO_PAPER: "There is no page in the scanner (no_paper). Insert one.",
    ScannerStatus.BUSY: "The scanner is in use (busy). Wait until it is free.",
}


def main(argv: Sequence[str]) -> int:
    """Scan, and write each picture as the scanner delivers it."""
    arg_parser = make_parser("scan", "Scan a page, or all pages in the feeder, exactly as the scanner delivers them.")
    arg_parser.add_argument("--list", action="store_true", help="list the scanners by name and model")
    arg_parser.add_argument(
        "out",
        type=Path,
        nargs="?",
        metavar="OUT.png",
        help="the file to write: .png, .jpg or .ppm, further pages as OUT-2.png …; - writes a PNG to standard output",
    )
    arguments = arg_parser.parse_args(argv)
    out = None if arguments.list else _check_output(arguments)
    settings = settings_from_args(arguments)
    scanner = create_scanner(settings)
    try:
        if out is None:
            return _list(scanner)
        pages: list[bytes] = []
        most = MAX_PAGES if scanner.source is not Source.FLATBED and out != STDOUT else 1
        scanner.scan(pages.append, _progress, threading.Event(), most)
    except ScanError as error:
        raise CommandError(
            _NORMAL_STATE_MESSAGES.get(error.status) or describe_status(SCANNER_STATUSES, error.status)
        ) from None
    finally:
        if sys.stderr.isatty():
            print_message("")
    record_success(settings.paths.state, ["scanner"])
    for number, raw in enumerate(pages, 1):
        _write(raw, out if number == 1 else out.with_stem(f"{out.stem}-{number}"))
    return 0


def _check_output(arguments: argparse.Namespace) -> Path:
    out: Path | None = arguments.out
    if out is None:
        raise CommandError("give the output: a file such as OUT.png, or - for standard output", 2)
    if out == STDOUT:
        refuse_terminal("a file, as in: kiosk scan - > OUT.png")
        return out
    if out.suffix.lower() not in FORMAT_BY_SUFFIX:
        raise CommandError(f"{out}: the name must end in .png, .jpg or .ppm", 2)
    if not out.absolute().parent.is_dir():
        raise CommandError(f"{out}: there is no such directory", 2)
    return out


def _list(scanner: SaneScanner) -> int:
    devices, chosen = scanner.list_devices()
    for device in devices:
        print(f"{'*' if device == chosen else ' '} {device.name}\t{device.model}")
    if chosen is None:
        raise CommandError("no scanner is found" if not devices else "none of these is scanner.device of kiosk.toml")
    print_message("* is the one that kiosk.toml selects")
    return 0


def _write(raw: bytes, out: Path) -> None:
    try:
        page, width, height = child_process.run_in_child(
            convert,
            raw,
            "PNG" if out == STDOUT else FORMAT_BY_SUFFIX[out.suffix.lower()],
            deadline_s=CONVERT_TIMEOUT_S,
            memory_mb=CONVERT_MEMORY_MB,
            max_result_bytes=CONVERT_MEMORY_MB << 20,
        )
    except OcrError as error:
        raise CommandError(f"the scanner's picture cannot be used: {error}") from None
    if out == STDOUT:
        sys.stdout.buffer.write(page)
        return
    write_output(out, page)
    print_message(f"{out}: {width} × {height} pixels")


def _progress(fraction: float) -> None:
    if sys.stderr.isatty():
        print(f"\r{fraction:4.0%}", end="", file=sys.stderr, flush=True)
