"""Evaluates a model on every set of lines and adds the figures to the run's CSV."""

import csv
from pathlib import Path

from ocr.training.character_set import CharacterSet
from ocr.training.evaluation import Scores, evaluate
from ocr.training.evaluation_lines import LINE_SETS, evaluation_lines
from ocr.training.training_loop import RunFolder

COLUMNS = ("model", "lines", "set", "characters", "thai_digits", "arabic_digits", "latin")


def _row(model: str, lines: int, name: str, result: Scores) -> tuple[str, ...]:
    rates = (result.characters, result.thai_digits, result.arabic_digits, result.latin)
    return (model, str(lines), name, *(f"{rate.rate:.2f}" for rate in rates))


def log_evaluation(
    folder: RunFolder, typefaces: Path, character_set: CharacterSet, model: str, model_folder: Path, lines: int
) -> list[tuple[str, ...]]:
    """Rows of `COLUMNS` for each set, also appended to `folder.evaluations`. `lines`: trained so far, 0 for others."""
    rows = []
    for line_set in LINE_SETS:
        material = evaluation_lines(line_set, folder.path / "evaluation", typefaces, character_set)
        rows.append(_row(model, lines, line_set.name, evaluate(material, model, model_folder)))
    new = not folder.evaluations.exists()
    with folder.evaluations.open("a", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        if new:
            writer.writerow(COLUMNS)
        writer.writerows(rows)
    return rows
