"""A `traineddata` file as its components: taken apart and put together by Tesseract's `combine_tessdata`."""

import shutil
import subprocess
import tempfile
from pathlib import Path

from ocr.training.tesseract_network import NetworkFile, float_network_bytes

DEBIAN_MODEL = Path("/usr/share/tesseract-ocr/5/tessdata/tha.traineddata")
_PREFIX = "model."


class ModelFileError(Exception):
    """`combine_tessdata` failed; the message is what it printed."""


def _combine_tessdata(*arguments: str | Path) -> None:
    result = subprocess.run(["combine_tessdata", *arguments], capture_output=True, text=True, check=False)
    if result.returncode:
        raise ModelFileError(result.stderr[-500:])


def unpack(model: Path, folder: Path) -> dict[str, Path]:
    """Write the components of `model` into `folder`; returns them by name: `lstm`, `lstm-unicharset`, `config`, …"""
    folder.mkdir(parents=True, exist_ok=True)
    _combine_tessdata("-u", model, folder / _PREFIX)
    return {path.name.removeprefix(_PREFIX): path for path in sorted(folder.glob(f"{_PREFIX}*"))}


def pack(components: dict[str, Path], network: NetworkFile, target: Path, *, int8: bool) -> None:
    """Write a `traineddata` of `components` with the weights of `network`, rounded to int8 or as floats."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for component, path in components.items():
            if component != "lstm":
                shutil.copy(path, folder / (_PREFIX + component))
        (folder / f"{_PREFIX}lstm").write_bytes(float_network_bytes(network))
        _combine_tessdata(folder / _PREFIX)
        packed = folder / f"{_PREFIX}traineddata"
        if int8:
            _combine_tessdata("-c", packed)
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = target.with_suffix(".new")
        shutil.copy(packed, aside)
        aside.rename(target)
