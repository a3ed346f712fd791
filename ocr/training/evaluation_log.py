"""Evaluates a model on every set of lines and adds the figures to the run's CSV."""

import csv
from dataclasses import dataclass
from pathlib import Path

from ocr.training.character_set import CharacterSet
from ocr.training.evaluation import Scores, read_lines, scores
from ocr.training.evaluation_lines import LINE_SETS, evaluation_lines
from ocr.training.training_loop import RunFolder

COLUMNS = ("model", "lines", "set", "characters", "thai_lines", "thai_digits", "arabic_digits", "latin")


@dataclass(frozen=True)
class Candidate:
    """A model to measure. `name` may be several, as `tha+eng`; `lines`: trained so far, 0 for others' models."""

    name: str
    folder: Path
    lines: int


def _row(candidate: Candidate, name: str, result: Scores) -> tuple[str, ...]:
    rates = (result.characters, result.thai_lines, result.thai_digits, result.arabic_digits, result.latin)
    return (candidate.name, str(candidate.lines), name, *(f"{rate.rate:.2f}" for rate in rates))


def log_evaluation(
    folder: RunFolder, typefaces: Path, character_set: CharacterSet, candidate: Candidate
) -> list[tuple[str, ...]]:
    """Rows of `COLUMNS` for each set of lines, added to `folder.evaluations`; the texts are saved beside the lines."""
    rows = []
    for line_set in LINE_SETS:
        material = evaluation_lines(line_set, folder.path / "evaluation", typefaces, character_set)
        texts = read_lines([line.picture for line in material], candidate.name, candidate.folder)
        result = scores([line.text for line in material], texts)
        rows.append(_row(candidate, line_set.name, result))
        read_text = folder.path / "evaluation" / line_set.name / f"{candidate.name}-{candidate.lines}.txt"
        read_text.write_text("".join(f"{text}\n" for text in texts), "utf-8")
    new = not folder.evaluations.exists()
    with folder.evaluations.open("a", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        if new:
            writer.writerow(COLUMNS)
        writer.writerows(rows)
    return rows
