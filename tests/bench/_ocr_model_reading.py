"""Reads a picture on standard input as the kiosk does, but with another Thai model and without confinement.

    python -m tests.bench._ocr_model_reading MODEL.traineddata <PICTURE

A process of its own, so that its cost can be measured. Prints the lines as JSON.
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path

from ocr import models
from ocr.prepare_page import prepare
from ocr.recognise import recognise


def main(model: str) -> None:
    """Recognise the picture with the model file of that path."""
    models.OWN_MODEL = Path(model).absolute()
    result = recognise(prepare(sys.stdin.buffer.read()).jpeg)
    json.dump({"lines": [asdict(line) for line in result.lines], "is_readable": result.is_readable}, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
