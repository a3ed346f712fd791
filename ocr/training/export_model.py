"""Writes a checkpoint as a `traineddata` file that a stock Tesseract 5 loads."""

from pathlib import Path

from ocr.training.checkpoint import load_checkpoint
from ocr.training.model_files import pack
from ocr.training.network import Parameters, parameters_of, put_parameters
from ocr.training.optimiser import initial_state
from ocr.training.starting_model import Model, starting_model


def export_parameters(model: Model, parameters: Parameters, target: Path, *, int8: bool = True) -> None:
    """Write `parameters` with the character set and the other components of `model`: 1.1 MB as int8, 8 MB as floats."""
    put_parameters(model.network, parameters)
    pack(model.components, model.network, target, int8=int8)


def export_checkpoint(checkpoint: Path, start: Path, seed: int, target: Path) -> int:
    """Write the averaged weights of `checkpoint` as int8; returns the number of lines trained.

    `start` is a folder for the components of Debian's model.
    """
    model = starting_model(start, seed)
    saved = load_checkpoint(checkpoint, initial_state(parameters_of(model.network), seed))
    export_parameters(model, saved.state.average, target)
    return int(saved.state.lines)
