"""The readers that `./run bench ocr` compares: the kiosk's own, and plain Tesseract."""

import os
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ocr import child_process
from ocr.models import required_program
from ocr.prepare_page import prepare
from ocr.recognise import recognise

DEADLINE_S = 180
MEMORY_MB = 1600
_PLAIN_LANGUAGES = "tha+eng"


@dataclass(frozen=True)
class ReadPage:
    """What a reader makes of a picture. A confidence belongs to each line; plain Tesseract reports none."""

    lines: tuple[str, ...]
    confidences: tuple[float, ...] = ()
    is_readable: bool = True


Reader = Callable[[bytes], ReadPage]
PRODUCT, PLAIN_1, PLAIN_3 = "product", "plain1", "plain3"


def find_reader(name: str) -> Reader:
    """`product`, `plain1`, `plain3`, or the path of a `.traineddata`, which plain Tesseract then reads with.

    Raises ValueError for another name."""
    if name == PRODUCT:
        return read_with_kiosk
    if name in (PLAIN_1, PLAIN_3):
        return partial(read_with_tesseract, arguments=("-l", _PLAIN_LANGUAGES, "--psm", name.removeprefix("plain")))
    model = Path(name)
    if model.suffix == ".traineddata" and model.is_file():
        return partial(
            read_with_tesseract, arguments=("--tessdata-dir", str(model.parent), "-l", model.stem, "--psm", "3")
        )
    raise ValueError(f"{name} is no reader: product, plain1, plain3 or a .traineddata file")


def read_with_tesseract(picture: bytes, arguments: Sequence[str]) -> ReadPage:
    """The program's own output on one thread. Raises CalledProcessError, TimeoutExpired."""
    output = subprocess.run(
        ["tesseract", "stdin", "stdout", *arguments],
        input=picture,
        capture_output=True,
        check=True,
        timeout=DEADLINE_S,
        env=os.environ | {"OMP_THREAD_LIMIT": "1"},
    ).stdout.decode("utf-8", "replace")
    return ReadPage(tuple(line for line in output.splitlines() if line.strip()))


def read_with_kiosk(picture: bytes) -> ReadPage:
    """What a visit does with a scan: prepare, then recognise, each in a confined child. Raises OcrError."""
    page = child_process.run_in_child(prepare, picture, deadline_s=DEADLINE_S, memory_mb=MEMORY_MB)
    result = child_process.run_in_child(
        recognise, page.jpeg, deadline_s=DEADLINE_S, memory_mb=MEMORY_MB, program=required_program()
    )
    return ReadPage(
        tuple(line.text for line in result.lines),
        tuple(line.confidence for line in result.lines),
        result.is_readable,
    )
