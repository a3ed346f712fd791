"""`kiosk receipt --sample`: draw a receipt without a printer, as a picture or as the bytes for a printer."""

import argparse
import io
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from drivers.ports.receipt_printer import PAPER_WIDTHS_DOTS
from drivers.receipt_printer.print_job import build_job
from kiosk_app.commands.arguments import STDOUT, CommandError
from kiosk_app.commands.output import print_message, refuse_terminal, write_output
from kiosk_app.receipt import ReceiptContent, draw_receipt
from protocol.tracking_code import tracking_url

SAMPLE_CODE = "7KQ2M9XD4TBVS"  # a well-formed code that no case has
SAMPLE_NUMBER = "KKN07A-000123-41"


def main(argv: Sequence[str]) -> int:
    """Draw the sample into the given files."""
    arg_parser = argparse.ArgumentParser(prog="kiosk receipt", description="Draw a sample receipt.")
    arg_parser.add_argument("--sample", action="store_true", required=True, help="an invented case")
    arg_parser.add_argument(
        "--png", type=Path, metavar="OUT", help="write the receipt as a picture; - is standard output"
    )
    arg_parser.add_argument(
        "--escpos", type=Path, metavar="OUT", help="write the bytes for a printer; - is standard output"
    )
    arg_parser.add_argument("--width", type=int, choices=PAPER_WIDTHS_DOTS, default=576, help="dots across the paper")
    arg_parser.add_argument("--language", choices=("th", "en"), default="th", help="the language at the top")
    arguments = arg_parser.parse_args(argv)
    if not (arguments.png or arguments.escpos):
        raise CommandError("give the output: --png OUT, --escpos OUT, or both", 2)
    if arguments.png == arguments.escpos == STDOUT:
        raise CommandError("only one of the two can go to standard output", 2)
    content = ReceiptContent(
        centre_name_th="ศูนย์ดำรงธรรมจังหวัดขอนแก่น",
        centre_name_en="Damrongdham Centre, Khon Kaen",
        code=SAMPLE_CODE,
        number=SAMPLE_NUMBER,
        url=tracking_url("https://track.example.go.th", SAMPLE_CODE),
        page_count=3,
        saved_at=datetime.now(UTC),
        language=arguments.language,
    )
    paper = draw_receipt(content, arguments.width)
    if arguments.png:
        picture = io.BytesIO()
        paper.save(picture, format="PNG")
        _write(arguments.png, picture.getvalue(), f"{paper.width} × {paper.height} dots")
    if arguments.escpos:
        job = build_job(paper)
        _write(arguments.escpos, job, f"{len(job)} bytes")
    return 0


def _write(out: Path, content: bytes, size_text: str) -> None:
    if out == STDOUT:
        refuse_terminal("a file or a printer's device")
        sys.stdout.buffer.write(content)
        return
    write_output(out, content)
    print_message(f"{out}: {size_text}")
