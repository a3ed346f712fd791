"""The lines that a model is measured with: fixed sets, rendered once from a seed of their own."""

from dataclasses import dataclass
from pathlib import Path

import cv2

from ocr.training.character_set import CharacterSet
from ocr.training.line_shards import make_lines
from ocr.training.typeface_files import faces
from ocr.training.typefaces import Split

_SEED = "evaluation"


@dataclass(frozen=True)
class LineSet:
    """A named set: whose typefaces it has, and whose texts and degradations."""

    name: str
    typefaces: Split
    content: Split
    count: int


LINE_SETS = (
    LineSet("tuning", "tuning", "tuning", 200),
    LineSet("trained_typefaces", "training", "held_out", 300),
    LineSet("unseen_typefaces", "held_out", "held_out", 400),
)


@dataclass(frozen=True)
class ReadableLine:
    """A picture file of a line and its text."""

    picture: Path
    text: str


def evaluation_lines(
    line_set: LineSet, folder: Path, typefaces: Path, character_set: CharacterSet
) -> list[ReadableLine]:
    """The lines of the set, rendered into `folder` when they are not there yet."""
    place = folder / line_set.name
    texts = place / "texts.txt"
    if not texts.exists():
        place.mkdir(parents=True, exist_ok=True)
        fonts = faces(typefaces, line_set.typefaces)
        lines = make_lines(line_set.content, line_set.count, f"{_SEED}:{line_set.name}", fonts, character_set)
        for number, line in enumerate(lines):
            cv2.imwrite(str(place / f"{number:04}.png"), line.original)
        texts.write_text("".join(f"{line.text}\n" for line in lines), "utf-8")
    return [
        ReadableLine(place / f"{number:04}.png", text)
        for number, text in enumerate(texts.read_text("utf-8").splitlines())
    ]
