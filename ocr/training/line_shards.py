"""Rendered lines on disk, ahead of the training: shards of 1,024 lines, each made from the seed and its number alone.

A process of its own renders (4 ms a line on one core; training a line takes ten times as long). A shard is deleted
after use and made again when training resumes before it.
"""

import multiprocessing
import os
import random
import time
from dataclasses import dataclass
from itertools import pairwise
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from ocr.training.character_set import CharacterSet
from ocr.training.corpus import sentence, target_text
from ocr.training.line_input import Grey, scaled_line
from ocr.training.render_line import render_line
from ocr.training.typeface_files import Face, characters, faces
from ocr.training.typefaces import Split

LINES_PER_SHARD = 1024
WIDEST = 960  # pixels at a height of 48; wider lines are left out
LONGEST_TEXT = 112  # classes; ำ is two
_AHEAD = 6
_EMPTY = np.zeros((0, 0), np.uint8)
_NEIGHBOURS = 0.3  # share of lines with the rows above or below in sight


@dataclass(frozen=True)
class Line:
    """A rendered line: `original` as it was cut (empty when it comes from disk), `picture` scaled to (48, width)."""

    original: Grey
    picture: Grey
    classes: list[int]
    text: str


def _fits(picture: Grey, classes: list[int]) -> bool:
    """A line needs a time step for each character and one between equal neighbours."""
    repeats = sum(before == now for before, now in pairwise(classes))
    return (
        len(classes) <= LONGEST_TEXT
        and picture.shape[1] <= WIDEST
        and picture.shape[1] // 3 >= len(classes) + repeats + 3
    )


def make_lines(split: Split, count: int, seed: str, fonts: list[Face], character_set: CharacterSet) -> list[Line]:
    """`count` lines; the same for the same arguments. Typeface families are drawn evenly, then a face of the family."""
    cv2.setNumThreads(1)
    chance = random.Random(seed)  # noqa: S311
    families = sorted({face.family for face in fonts})
    by_family = {family: [face for face in fonts if face.family == family] for family in families}
    lines: list[Line] = []
    while len(lines) < count:
        text = sentence(split, chance)
        face = chance.choice(by_family[chance.choice(families)])
        classes = character_set.encode(target_text(text))
        neighbour = sentence(split, chance) if chance.random() < _NEIGHBOURS else ""
        if classes is None or not set(text) - {" "} <= characters(face.path):
            continue
        original = render_line(text, face.path, split, chance, neighbour)
        picture = scaled_line(original)
        if _fits(picture, classes):
            lines.append(Line(original, picture, classes, text))
    return lines


def _save(path: Path, lines: list[Line]) -> None:
    arrays: dict[str, npt.NDArray[np.generic]] = {
        "pixels": np.concatenate([line.picture for line in lines], axis=1),
        "widths": np.array([line.picture.shape[1] for line in lines], np.int32),
        "classes": np.concatenate([np.array(line.classes, np.int32) for line in lines]),
        "lengths": np.array([len(line.classes) for line in lines], np.int32),
        "texts": np.array([line.text for line in lines]),
    }
    aside = path.with_suffix(".new.npz")
    np.savez(aside, **arrays)  # type: ignore[arg-type]
    aside.rename(path)


def load_shard(path: Path) -> list[Line]:
    """The lines of a shard."""
    with np.load(path) as saved:
        widths, lengths = np.cumsum(saved["widths"])[:-1], np.cumsum(saved["lengths"])[:-1]
        pictures = np.split(saved["pixels"], widths, axis=1)
        classes = np.split(saved["classes"], lengths)
        return [
            Line(_EMPTY, picture, values.tolist(), str(text))
            for picture, values, text in zip(pictures, classes, saved["texts"], strict=True)
        ]


@dataclass(frozen=True)
class ShardMaker:
    """Renders the shards of a run: `seed` and a shard's number decide its lines."""

    folder: Path
    seed: int
    typefaces: Path
    character_set: CharacterSet

    def path(self, number: int) -> Path:
        """Where shard `number` is, or will be."""
        return self.folder / f"shard-{number:06}.npz"

    def render_ahead(self, current: "Synchronized[int]", parent: int) -> None:
        """Keep shard `current` and the five after it on disk, until the process `parent` ends."""
        fonts = faces(self.typefaces, "training")
        while os.getppid() == parent:
            ahead = range(current.value, current.value + _AHEAD)
            missing = [number for number in ahead if not self.path(number).exists()]
            if missing:
                lines = make_lines("training", LINES_PER_SHARD, f"{self.seed}:{missing[0]}", fonts, self.character_set)
                _save(self.path(missing[0]), lines)
            else:
                time.sleep(1)


class ShardQueue:
    """The shards of a run in order, rendered by a background process."""

    def __init__(self, maker: ShardMaker, first: int) -> None:
        self._maker = maker
        maker.folder.mkdir(parents=True, exist_ok=True)
        context = multiprocessing.get_context("spawn")
        self._current: Synchronized[int] = context.Value("i", first)
        self._process = context.Process(target=maker.render_ahead, args=(self._current, os.getpid()), daemon=True)
        self._process.start()

    @property
    def pid(self) -> int:
        """Process id of the renderer."""
        return self._process.pid or 0

    def shard(self, number: int) -> list[Line]:
        """Lines of shard `number`; waits until it is rendered, and deletes the ones before.

        Raises RuntimeError when the renderer has ended.
        """
        self._current.value = number
        path = self._maker.path(number)
        while not path.exists():
            if not self._process.is_alive():
                raise RuntimeError("the process that renders lines has ended; its message is above")
            time.sleep(0.5)
        for old in self._maker.folder.glob("shard-*.npz"):
            if old.name < path.name:
                old.unlink()
        return load_shard(path)

    def close(self) -> None:
        """End the renderer."""
        self._process.terminate()
        self._process.join()
