"""The model card, from the run's own log, its evaluations and the tables of the code."""

import csv
from pathlib import Path

from ocr.training.optimiser import PHASES
from ocr.training.starting_model import NEW_CHARACTERS
from ocr.training.training_loop import RunFolder, Settings
from ocr.training.typefaces import TYPEFACES, Split

_PART_TITLES: dict[Split, str] = {"training": "training", "tuning": "tuning", "held_out": "held out"}


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _typeface_table() -> str:
    rows = [
        f"| {typeface.family} | {_PART_TITLES[typeface.split]} | {typeface.design} | `{typeface.package.name}`"
        f" {typeface.package.version} | {typeface.package.licence} |"
        for typeface in TYPEFACES
    ]
    return "\n".join(["| family | part | design | package | licence |", "|---|---|---|---|---|", *rows])


def _figures(evaluations: list[dict[str, str]], lines: int) -> str:
    header = (
        "| model | lines | set | characters | in lines without Latin | Thai digits | Arabic digits | Latin letters |"
    )
    shown = [row for row in evaluations if row["lines"] in ("0", str(lines))]
    table = [
        f"| {row['model']} | {int(row['lines']):,} | {row['set'].replace('_', ' ')} | {row['characters']} %"
        f" | {row['thai_lines']} % | {row['thai_digits']} % | {row['arabic_digits']} % | {row['latin']} % |"
        for row in shown
    ]
    return "\n".join([header, "|---|---|---|---|---|---|---|---|", *table])


def model_card(folder: RunFolder, settings: Settings, lines: int) -> str:
    """The text of MODEL_CARD.md for the model exported after `lines` lines."""
    log = [row for row in _rows(folder.log) if int(row["lines"]) <= lines]
    hours = float(log[-1]["processor_seconds"]) / 3600 if log else 0.0
    loss = log[-1]["loss"] if log else "unknown"
    state = (
        "complete" if lines >= settings.lines else f"intermediate: {lines / settings.lines:.0%} of the planned lines"
    )
    phases = "; ".join(f"from line {phase.first_line:,}: {', '.join(phase.factors)}" for phase in PHASES)
    return f"""# Model card: dk_tha

Reads printed Thai with Thai and Arabic digits and Latin letters, one line at a time (`--psm 7`), in Tesseract 5.

| | |
|---|---|
| grown from | Debian's `tha` (tessdata_fast), Apache-2.0 |
| licence | Apache-2.0 |
| new characters | {NEW_CHARACTERS[:5]}, the Latin alphabet, & and ; |
| lines trained | {lines:,} of {settings.lines:,} ({state}) |
| processor time | {hours:.1f} hours |
| seed, peak learning rate | {settings.seed}, {settings.rate} |
| layers that learn | {phases} |
| loss per character at the end | {loss} |
| made with | `./run train-ocr`, packages of `requirements-training.lock` |

## Figures

Per cent wrong. Tesseract itself reads each line. *Characters* is the edit distance by characters of the text; spaces do
not count. A digit or letter is wrong when it is missing or replaced. *trained typefaces*: families of the training part
with texts and degradations that were not trained; *unseen typefaces*: families of the held-out part as well. `tha` is
Debian's model; `tha+eng` is it together with Debian's English model.

{_figures(_rows(folder.evaluations), lines)}

## Data

Rendered lines only: sentences of complaints, memoranda and forms with invented names and numbers, common Thai words,
degraded as by printers, copiers, scanners and fax machines. No picture of a real letter, no real person's data. Parts
for training, tuning and held-out figures share no typeface, no template, no rare word; tuning and held-out lines have
degradations that training does not show.

{_typeface_table()}

## Limits

- Handwriting is not read. Confidence tells it from print only in part.
- The dictionary of the model is Debian's; it has none of the new digits.
- Lines are level within one degree and cut out one by one; whole pages need the product's line finder.
- Rendered lines are kinder than paper: figures on scanned letters are in the measurements of the product.
"""
