"""The readers that `./run bench ocr` compares: the kiosk's own, plain Tesseract, and the kiosk's with another model."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ocr.confined import child_process
from ocr.models import required_program
from ocr.prepare_page import prepare
from ocr.recognise import Line, Progress, recognise_by_line
from tests.bench._process_tree import children_processor_s

DEADLINE_S = 1800  # not the kiosk's: a loaded machine must not decide the result
MEMORY_MB = 1600
_PLAIN_LANGUAGES = "tha+eng"
_MODEL_SUFFIX = ".traineddata"


@dataclass(frozen=True)
class ReadLine:
    """A line, and what its reader says about it."""

    text: str
    certainty: float  # per cent of such lines that have no wrong character, says the kiosk
    is_uncertain: bool
    is_handwritten: bool
    centre: tuple[float, float]  # across and down, as fractions of the upright page


@dataclass(frozen=True)
class ReadPage:
    """What a reader makes of a picture. `judged`: the same lines with certainties, from the kiosk only. `first_line_s`:
    processor time until the first line arrived, also from the kiosk only."""

    lines: tuple[str, ...]
    judged: tuple[ReadLine, ...] = ()
    is_readable: bool = True
    first_line_s: float | None = None


Reader = Callable[[bytes], ReadPage]
PRODUCT, PLAIN_1, PLAIN_3 = "product", "plain1", "plain3"


def find_reader(name: str) -> Reader:
    """`product`, `plain1`, `plain3`, or the path of a `.traineddata` that the kiosk's code reads with.

    Raises ValueError for another name."""
    if name == PRODUCT:
        return read_with_kiosk
    if name in (PLAIN_1, PLAIN_3):
        return partial(read_with_tesseract, page_segmentation_mode=name.removeprefix("plain"))
    if name.endswith(_MODEL_SUFFIX) and Path(name).is_file():
        return partial(read_with_model, model=name)
    raise ValueError(f"{name} is no reader: product, plain1, plain3 or a {_MODEL_SUFFIX} file")


def read_with_tesseract(picture: bytes, page_segmentation_mode: str) -> ReadPage:
    """The program's own output on one thread. Raises CalledProcessError, TimeoutExpired."""
    command = ["tesseract", "stdin", "stdout", "-l", _PLAIN_LANGUAGES, "--psm", page_segmentation_mode]
    output = _run(command, picture, os.environ | {"OMP_THREAD_LIMIT": "1"}).decode("utf-8", "replace")
    return ReadPage(tuple(line for line in output.splitlines() if line.strip()))


def read_with_model(picture: bytes, model: str) -> ReadPage:
    """The kiosk's reading with the model file of that path. Raises CalledProcessError, TimeoutExpired."""
    command = [sys.executable, "-m", "tests.bench._ocr_model_reading", model]
    result = json.loads(_run(command, picture, os.environ | {"OMP_THREAD_LIMIT": "1", "OPENBLAS_NUM_THREADS": "1"}))
    judged = tuple(judge(Line(**line)) for line in result["lines"])
    return ReadPage(tuple(line.text for line in judged), judged, result["is_readable"])


def read_with_kiosk(picture: bytes) -> ReadPage:
    """What a visit does with a scan: prepare, then recognise, each in a confined child. Raises OcrError."""
    arrivals: list[float] = []

    def note_time(_progress: Progress) -> None:
        if not arrivals:
            arrivals.append(children_processor_s())

    page = child_process.run_in_child(prepare, picture, deadline_s=DEADLINE_S, memory_mb=MEMORY_MB)
    result = child_process.stream_from_child(
        recognise_by_line,
        page.jpeg,
        on_part=note_time,
        deadline_s=DEADLINE_S,
        memory_mb=MEMORY_MB,
        program=required_program(),
    )
    judged = tuple(judge(line) for line in result.lines)
    return ReadPage(tuple(line.text for line in judged), judged, result.is_readable, arrivals[0] if arrivals else None)


def judge(line: Line) -> ReadLine:
    """What the benchmark needs of a recognised line."""
    left, _, right, _ = line.box or (0.0, 0.0, 1.0, 1.0)
    return ReadLine(
        line.text, line.certainty, line.is_uncertain, line.is_handwritten, ((left + right) / 2, line.centre_y)
    )


def _run(command: Sequence[str], picture: bytes, environment: dict[str, str]) -> bytes:
    return subprocess.run(
        command, input=picture, capture_output=True, check=True, timeout=DEADLINE_S, env=environment
    ).stdout
