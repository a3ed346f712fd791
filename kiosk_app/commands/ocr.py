"""`kiosk ocr`: recognise the text of pictures and documents."""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from kiosk_app.commands.arguments import CommandError, make_parser
from kiosk_app.commands.output import print_json, print_message
from machine.safe_files import read_file
from ocr.errors import OcrError
from ocr.models import find_model_version
from ocr.prepared_page import PreparedPage
from ocr.read_document import prepare_page, recognise_page
from ocr.recognise import Recognition

MAX_IMAGE_BYTES = 200_000_000  # bytes; 60 megapixels in colour, uncompressed, have 180 million


def main(argv: Sequence[str]) -> int:
    """Recognise each page; the status is 0 only when every page was readable."""
    arg_parser = make_parser("ocr", "Read pictures of letters as the kiosk does: text on stdout, one after the other.")
    arg_parser.add_argument(
        "images", nargs="+", type=Path, metavar="IMAGE", help="a PNG, JPEG, WebP, PNM or TIFF picture, or a PDF"
    )
    arg_parser.add_argument("--json", action="store_true", help="one JSON object with lines, places and confidences")
    arguments = arg_parser.parse_args(argv)
    results: list[dict[str, Any]] = []
    for path in arguments.images:
        for result in _recognise_file(path):
            results.append(result)
            _print_problem(result)
            if not arguments.json and result.get("text"):
                print(result["text"], flush=True)
    if arguments.json:
        print_json({"images": results})
    bad_input = any(result.get("bad_input") for result in results)
    return 2 if bad_input else int(any(not result.get("readable") for result in results))


def _print_problem(result: dict[str, Any]) -> None:
    name = result["file"] if result.get("pages", 1) == 1 else f"{result['file']}, page {result['page']}"
    if "error" in result:
        print_message(f"kiosk ocr: {name}: {result['error']}")
    elif not result["readable"]:
        print_message(f"kiosk ocr: {name}: not readable by machine; staff would read the picture")
    elif not result["complete"]:
        print_message(f"kiosk ocr: {name}: not read to its end; staff would read the rest from the picture")


def _recognise_file(path: Path) -> Iterator[dict[str, Any]]:
    """One result for each page."""
    try:
        raw = read_file(path, MAX_IMAGE_BYTES)
    except OSError as error:
        yield {"file": str(path), "error": f"it cannot be read: {error.strerror}", "bad_input": True}
        return
    index, count = 0, 1
    while index < count:
        start = time.monotonic()
        try:
            page, count = prepare_page(raw, index)
        except OcrError as error:
            yield {"file": str(path), "error": str(error), "bad_input": True}
            return
        try:
            recognised = recognise_page(page)
        except OcrError as error:
            raise CommandError(f"{path}: {error}") from None
        index += 1
        yield {"file": str(path), "page": index, "pages": count} | _describe(page, recognised, time.monotonic() - start)


def _describe(page: PreparedPage, recognised: Recognition, seconds: float) -> dict[str, Any]:
    return {
        "width": page.width,
        "height": page.height,
        "readable": recognised.is_readable,
        "complete": recognised.is_complete,
        "confidence": round(recognised.confidence, 1),
        "quarter_turns": recognised.quarter_turns,
        "degrees": round(recognised.degrees, 2),
        "steps": list(recognised.steps),
        "model": find_model_version() or recognised.model,
        "seconds": round(seconds, 2),
        "text": "\n".join(line.text for line in recognised.lines if not line.is_handwritten),
        "offers": [
            {"kind": offer.kind, "text": offer.text, "value": offer.value, "unsure": offer.is_uncertain}
            for offer in recognised.offers
        ],
        "lines": [
            {
                "text": line.text,
                "confidence": round(line.confidence, 1),
                "certainty": line.certainty,
                "unsure": line.is_uncertain,
                "handwritten": line.is_handwritten,
                "doubts": list(line.doubts),
                "box": list(line.box),
            }
            for line in recognised.lines
        ],
    }
