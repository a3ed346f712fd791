"""`kiosk ocr`: recognise the text of pictures of letters."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kiosk_app.commands.arguments import CommandError, make_parser
from kiosk_app.commands.output import print_json, print_message
from machine.safe_files import read_file
from ocr import child_process
from ocr.errors import OcrError
from ocr.models import required_program
from ocr.prepare_page import prepare
from ocr.recognise import recognise

DEADLINE_S = 90.0
MEMORY_MB = 1600
MAX_IMAGE_BYTES = 200_000_000  # bytes; 60 megapixels in colour, uncompressed, have 180 million


def main(argv: Sequence[str]) -> int:
    """Recognise each picture; the status is 0 only when every picture was readable."""
    arg_parser = make_parser("ocr", "Read pictures of letters as the kiosk does: text on stdout, one after the other.")
    arg_parser.add_argument(
        "images", nargs="+", type=Path, metavar="IMAGE", help="a PNG, JPEG or PNM picture of a page"
    )
    arg_parser.add_argument("--json", action="store_true", help="one JSON object with lines and confidences")
    arguments = arg_parser.parse_args(argv)
    results = [_recognise_file(path) for path in arguments.images]
    if arguments.json:
        print_json({"images": results})
    for result in results:
        if "error" in result:
            print_message(f"kiosk ocr: {result['file']}: {result['error']}")
        elif not result["readable"]:
            print_message(f"kiosk ocr: {result['file']}: not readable by machine; staff would read the picture")
        if not arguments.json and result.get("text"):
            print(result["text"])
    bad_input = any(result.get("bad_input") for result in results)
    return 2 if bad_input else int(any(not result.get("readable") for result in results))


def _recognise_file(path: Path) -> dict[str, Any]:
    try:
        raw = read_file(path, MAX_IMAGE_BYTES)
    except OSError as error:
        return {"file": str(path), "error": f"it cannot be read: {error.strerror}", "bad_input": True}
    try:
        page = child_process.run_in_child(prepare, raw, deadline_s=DEADLINE_S, memory_mb=MEMORY_MB)
    except OcrError as error:
        return {"file": str(path), "error": str(error), "bad_input": True}
    try:
        recognised = child_process.run_in_child(
            recognise, page.jpeg, deadline_s=DEADLINE_S, memory_mb=MEMORY_MB, program=required_program()
        )
    except OcrError as error:
        raise CommandError(f"{path}: {error}") from None
    return {
        "file": str(path),
        "width": page.width,
        "height": page.height,
        "readable": recognised.is_readable,
        "confidence": round(recognised.confidence, 1),
        "text": "\n".join(line.text for line in recognised.lines),
        "lines": [
            {"text": line.text, "confidence": round(line.confidence, 1), "unsure": line.is_uncertain}
            for line in recognised.lines
        ],
    }
