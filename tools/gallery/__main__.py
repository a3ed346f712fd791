"""The whole interface as one page of pictures, and a check that on each of them everything fits and can be read.

    ./run gallery [--out DIR] [--size 1080x1920] [--language th] [--text 180] [--mode dark] [NAME…]

Every sample state in every combination of the options that are not given. Writes DIR/index.html (DIR is gallery-output
unless told), prints what does not fit, one a line; the exit status is 1 when anything does not.
"""

import argparse
import re
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import partial
from itertools import product
from multiprocessing import get_context
from pathlib import Path

from PIL import Image

from journey.state import Comfort, Contrast, TextSize
from screens.kivy_setup import configure
from tools.gallery import page
from tools.gui_checks.layout_overflow import misfits
from tools.gui_checks.legibility import faint, small
from tools.gui_checks.window_harness import Stage, display
from tools.sample_journeys import samples

SIZES = ("1080x1920", "1920x1080")
SMALL_SIZES = ("1024x768", "1280x1024")  # in the usual colours only, which do not move anything
LANGUAGES = ("th", "en")
TEXTS = (100, 180)
MODES = {"normal": Contrast.NORMAL, "dark": Contrast.DARK, "light": Contrast.LIGHT}
THUMBNAIL = 360  # pixels, the longer side


@dataclass(frozen=True)
class Shot:
    """One picture of the gallery and what does not fit in it."""

    name: str
    language: str
    text: int  # per cent
    size: str
    mode: str
    misfits: tuple[str, ...] = ()

    @property
    def file(self) -> str:
        """The picture's place below the gallery."""
        return f"{self.size}/{self.name}.{self.language}.{self.text}.{self.mode}.webp"


@dataclass(frozen=True)
class Choice:
    """Which states are wanted, and how."""

    names: tuple[str, ...]  # beginnings of names; none is all
    languages: tuple[str, ...]
    texts: tuple[int, ...]
    modes: tuple[str, ...]


def shoot(size: str, choice: Choice, out: Path) -> list[Shot]:
    """Draw the chosen states in a window of this size and save the pictures. A process can do that once."""
    width, _, height = size.partition("x")
    window = int(width), int(height)
    shots = []
    with display(window):
        configure(False, window)
        stage = Stage()
        stage.resize(window)
        for shot, comfort in _wanted(size, choice):
            stage.show(replace(samples(shot.language)[shot.name], comfort=comfort))
            _save(stage.picture(), out / shot.file)
            shots.append(replace(shot, misfits=(*misfits(stage), *faint(stage), *small(stage))))
    return shots


def _wanted(size: str, choice: Choice) -> Iterator[tuple[Shot, Comfort]]:
    for language, text, mode in product(choice.languages, choice.texts, choice.modes):
        comfort = Comfort(language=language, text_size=TextSize(text), contrast=MODES[mode])
        for name in samples(language):
            if not choice.names or name.startswith(choice.names):
                yield Shot(name, language, text, size, mode), comfort


def _save(picture: Image.Image, path: Path) -> None:
    """The picture, and a small one beside it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path, quality=80, method=0)
    picture.thumbnail((THUMBNAIL, THUMBNAIL), Image.Resampling.BOX)
    picture.save(path.with_suffix(".small.webp"), quality=80, method=0)


def _size(text: str) -> str:
    if not re.fullmatch(r"[1-9]\d{2,3}x[1-9]\d{2,3}", text):
        raise argparse.ArgumentTypeError(f"'{text}' is no size; give e.g. 1080x1920")
    return text


def main(arguments: Sequence[str]) -> int:
    """Render the gallery. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="./run gallery", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("names", nargs="*", help="states whose name begins so (default: all)")
    parser.add_argument("--out", type=Path, default=Path("gallery-output"))
    parser.add_argument("--size", action="append", type=_size, help="WIDTHxHEIGHT; several allowed", metavar="SIZE")
    parser.add_argument("--language", action="append", choices=LANGUAGES)
    parser.add_argument("--text", action="append", type=int, choices=[size.value for size in TextSize])
    parser.add_argument("--mode", action="append", choices=MODES)
    options = parser.parse_args(arguments)
    if strange := [name for name in options.names if not any(known.startswith(name) for known in samples("en"))]:
        parser.error(f"no screen's name begins with {', '.join(strange)}; there are {', '.join(samples('en'))}")
    choice = Choice(
        tuple(options.names),
        tuple(options.language or LANGUAGES),
        tuple(options.text or TEXTS),
        tuple(options.mode or MODES),
    )
    started = time.monotonic()
    for old in options.out.glob("*x*/*.webp"):
        old.unlink()
    wanted = [(size, choice) for size in options.size or SIZES]
    if not options.size and "normal" in choice.modes:
        wanted += [(size, replace(choice, modes=("normal",))) for size in SMALL_SIZES]
    draw = partial(shoot, out=options.out)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn"), max_tasks_per_child=1) as windows:
        shots = [shot for found in windows.map(draw, *zip(*wanted, strict=True)) for shot in found]
    options.out.mkdir(parents=True, exist_ok=True)
    page.write(options.out / "index.html", [asdict(shot) | {"file": shot.file} for shot in shots], THUMBNAIL)
    for shot in shots:
        for sentence in shot.misfits:
            print(f"{shot.name} ({shot.language}, {shot.text} %, {shot.size}, {shot.mode}): {sentence}")
    wrong = sum(len(shot.misfits) for shot in shots)
    took = time.monotonic() - started
    print(f"{len(shots)} pictures, {wrong} misfits, {took:.0f} s: {options.out / 'index.html'}", file=sys.stderr)
    return 1 if wrong or not shots else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
