"""The whole interface as one page of pictures, and a check that on each of them everything fits and can be read.

    ./run gallery [--out DIR] [--size 1080x1920] [--language th] [--text 180] [--mode dark] [NAME…]

Every sample state in every combination of the options that are not given. Writes DIR/index.html (DIR is gallery-output
unless told), prints what does not fit, one a line; the exit status is 1 when anything does not.
"""

import argparse
import re
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from journey.state import TextSize
from tools.gallery import page
from tools.gallery.pictures import MODES, THUMBNAIL_PX, GalleryPicture, Selection, draw_pictures
from tools.sample_journeys import sample_journeys

SIZES = ("1080x1920", "1920x1080")
SMALL_SIZES = ("1024x768", "1280x1024")  # in the usual colours only, which do not move anything
LANGUAGES = ("th", "en")
TEXT_SIZES = (100, 180)


def _page_entry(shot: GalleryPicture) -> dict[str, Any]:
    """What the page needs of a picture."""
    return {
        "name": shot.name,
        "language": shot.language,
        "text": shot.text_percent,
        "size": shot.size,
        "mode": shot.contrast,
        "overflows": shot.overflows,
        "file": shot.file,
    }


def _parse_size(text: str) -> str:
    if not re.fullmatch(r"[1-9]\d{2,3}x[1-9]\d{2,3}", text):
        raise argparse.ArgumentTypeError(f"'{text}' is no size; give e.g. 1080x1920")
    return text


def main(arguments: Sequence[str]) -> int:
    """Render the gallery. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="./run gallery", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("names", nargs="*", help="states whose name begins so (default: all)")
    parser.add_argument("--out", type=Path, default=Path("gallery-output"))
    parser.add_argument(
        "--size", action="append", type=_parse_size, help="WIDTHxHEIGHT; several allowed", metavar="SIZE"
    )
    parser.add_argument("--language", action="append", choices=LANGUAGES)
    parser.add_argument("--text", action="append", type=int, choices=[size.value for size in TextSize])
    parser.add_argument("--mode", action="append", choices=MODES)
    options = parser.parse_args(arguments)
    if strange := [
        name for name in options.names if not any(known.startswith(name) for known in sample_journeys("en"))
    ]:
        parser.error(f"no screen's name begins with {', '.join(strange)}; there are {', '.join(sample_journeys('en'))}")
    selection = Selection(
        tuple(options.names),
        tuple(options.language or LANGUAGES),
        tuple(options.text or TEXT_SIZES),
        tuple(options.mode or MODES),
    )
    started = time.monotonic()
    for old in options.out.glob("*x*/*.webp"):
        old.unlink()
    wanted = [(size, selection) for size in options.size or SIZES]
    if not options.size and "normal" in selection.modes:
        wanted += [(size, replace(selection, modes=("normal",))) for size in SMALL_SIZES]
    draw = partial(draw_pictures, out=options.out)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn"), max_tasks_per_child=1) as windows:
        shots = [shot for window_shots in windows.map(draw, *zip(*wanted, strict=True)) for shot in window_shots]
    options.out.mkdir(parents=True, exist_ok=True)
    page.write_page(options.out / "index.html", [_page_entry(shot) for shot in shots], THUMBNAIL_PX)
    for shot in shots:
        for sentence in shot.overflows:
            print(f"{shot.name} ({shot.language}, {shot.text_percent} %, {shot.size}, {shot.contrast}): {sentence}")
    wrong = sum(len(shot.overflows) for shot in shots)
    took = time.monotonic() - started
    print(f"{len(shots)} pictures, {wrong} overflows, {took:.0f} s: {options.out / 'index.html'}", file=sys.stderr)
    return 1 if wrong or not shots else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
