"""`./run train-ocr`: trains the model that reads letters and writes `ocr/model/dk_tha.traineddata` and its card.

Without an action it does everything: fetch the typefaces, train (going on from the last checkpoint), evaluate, export.
"""

import argparse
import sys
from pathlib import Path

from ocr.training.evaluation_log import Candidate, log_evaluation
from ocr.training.export_model import export_checkpoint
from ocr.training.model_card import model_card
from ocr.training.model_files import DEBIAN_MODEL, ModelFileError
from ocr.training.starting_model import starting_model
from ocr.training.training_loop import RunFolder, Settings, read_settings, train
from ocr.training.typeface_files import TypefaceError, fetch_typefaces

_ROOT = Path(__file__).parents[2]
_MODEL_FOLDER = _ROOT / "ocr" / "model"
MODEL_NAME = "dk_tha"
_BASELINES = ("tha", "tha+eng")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./run train-ocr", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    actions = ("all", "fetch", "train", "evaluate", "export")
    parser.add_argument("action", nargs="?", default="all", choices=actions)
    parser.add_argument(
        "--folder", type=Path, default=_ROOT / "training-output", help="checkpoints, logs, typefaces, lines"
    )
    parser.add_argument("--lines", type=int, default=Settings.lines, help="lines to train (%(default)s)")
    parser.add_argument("--seed", type=int, default=Settings.seed, help="decides lines and new weights (%(default)s)")
    parser.add_argument("--model", type=Path, help="evaluate: another traineddata file than that of the checkpoint")
    parser.add_argument("--output", type=Path, default=_MODEL_FOLDER, help="export: folder for model and card")
    return parser


def _run_settings(folder: RunFolder, options: argparse.Namespace) -> Settings:
    """The settings of the run in `folder`; those of the command line for a new one."""
    if options.action in ("evaluate", "export") and folder.settings.exists():
        return read_settings(folder)
    return Settings(seed=options.seed, lines=options.lines)


def _evaluate(folder: RunFolder, typefaces: Path, settings: Settings, model: Path | None) -> None:
    """Print and log the figures of the checkpoint, or of `model`; the first time those of Debian's models as well."""
    characters = starting_model(folder.start, settings.seed).character_set
    measured: list[Candidate] = []
    if model:
        measured.append(Candidate(model.stem, model.parent, 0))
    else:
        target = folder.path / f"{MODEL_NAME}.traineddata"
        lines = export_checkpoint(folder.checkpoint, folder.start, settings.seed, target)
        measured.append(Candidate(MODEL_NAME, folder.path, lines))
        if not folder.evaluations.exists():
            measured += [Candidate(name, DEBIAN_MODEL.parent, 0) for name in _BASELINES]
    for candidate in measured:
        for row in log_evaluation(folder, typefaces, characters, candidate):
            print(*row, sep="\t", flush=True)


def _export(folder: RunFolder, settings: Settings, output: Path) -> None:
    """Write the model of the checkpoint and its card."""
    lines = export_checkpoint(folder.checkpoint, folder.start, settings.seed, output / f"{MODEL_NAME}.traineddata")
    (output / "MODEL_CARD.md").write_text(model_card(folder, settings, lines), "utf-8")


def main(arguments: list[str] | None = None) -> int:
    """Run the action; 2 with a sentence when something is missing."""
    options = _parser().parse_args(arguments)
    folder = RunFolder(options.folder)
    settings = _run_settings(folder, options)
    typefaces = options.folder / "typefaces"
    whole = options.action == "all"
    try:
        if whole or options.action == "fetch":
            fetch_typefaces(typefaces)
        if whole or options.action == "train":
            train(folder, typefaces, settings)
        if whole or options.action == "evaluate":
            _evaluate(folder, typefaces, settings, options.model)
        if whole or options.action == "export":
            _export(folder, settings, options.output)
    except (TypefaceError, ModelFileError, ValueError, FileNotFoundError) as error:
        print(f"train-ocr: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
