"""Every screen as one page of pictures, each checked for layout, contrast and the size of touch targets.

    ./run gallery [--out DIR] [--size 1080x1920] [--language th] [--text 180] [--mode dark] [NAME…]

Draws every sample state, or those whose name begins with NAME, in every combination of the options that are not set.
Writes DIR/index.html (by default gallery-output/index.html) and prints every problem on a line. The exit status is 1
when there is any.
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
from tools.sample_journeys import gallery_journeys

SIZES = ("1080x1920", "1920x1080")
SMALL_SIZES = ("1024x768", "1280x1024")  # in the normal colours only: colours do not change the layout
LANGUAGES = ("th", "en")
TEXT_SIZES = (100, 180)


def _page_entry(picture: GalleryPicture) -> dict[str, Any]:
    """The data of a picture for the page's script."""
    return {
        "name": picture.name,
        "language": picture.language,
        "text": picture.text_percent,
        "size": picture.size,
        "mode": picture.contrast,
        "overflows": picture.overflows,
        "file": picture.file,
    }


def _parse_size(text: str) -> str:
    if not re.fullmatch(r"[1-9]\d{2,3}x[1-9]\d{2,3}", text):
        raise argparse.ArgumentTypeError(f"'{text}' is not a size such as 1080x1920")
    return text


def main(arguments: Sequence[str]) -> int:
    """Draw the gallery. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="./run gallery", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("names", nargs="*", help="prefixes of the names of states (default: all states)")
    parser.add_argument("--out", type=Path, default=Path("gallery-output"), help="directory for page and pictures")
    parser.add_argument(
        "--size", action="append", type=_parse_size, help="WIDTHxHEIGHT; can be repeated", metavar="SIZE"
    )
    parser.add_argument("--language", action="append", choices=LANGUAGES)
    parser.add_argument("--text", action="append", type=int, choices=[size.value for size in TextSize])
    parser.add_argument("--mode", action="append", choices=MODES)
    options = parser.parse_args(arguments)
    known_names = list(gallery_journeys("en"))
    if unknown := [name for name in options.names if not any(known.startswith(name) for known in known_names)]:
        parser.error(f"no state's name begins with {', '.join(unknown)}; there are {', '.join(known_names)}")
    selection = Selection(
        tuple(options.names),
        tuple(options.language or LANGUAGES),
        tuple(options.text or TEXT_SIZES),
        tuple(options.mode or MODES),
    )
    started = time.monotonic()
    for old in options.out.glob("*x*/*.webp"):
        old.unlink()
    windows = [(size, selection) for size in options.size or SIZES]
    if not options.size and "normal" in selection.modes:
        windows += [(size, replace(selection, modes=("normal",))) for size in SMALL_SIZES]
    draw = partial(draw_pictures, out=options.out)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn"), max_tasks_per_child=1) as processes:
        pictures = [picture for drawn in processes.map(draw, *zip(*windows, strict=True)) for picture in drawn]
    options.out.mkdir(parents=True, exist_ok=True)
    page.write_page(options.out / "index.html", [_page_entry(picture) for picture in pictures], THUMBNAIL_PX)
    for picture in pictures:
        shown_as = f"{picture.language}, {picture.text_percent} %, {picture.size}, {picture.contrast}"
        for problem in picture.overflows:
            print(f"{picture.name} ({shown_as}): {problem}")
    problem_count = sum(len(picture.overflows) for picture in pictures)
    duration_s = time.monotonic() - started
    print(
        f"{len(pictures)} pictures, {problem_count} overflows, {duration_s:.0f} s: {options.out / 'index.html'}",
        file=sys.stderr,
    )
    return 1 if problem_count or not pictures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
