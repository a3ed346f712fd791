"""`./run train-ocr`: fetch typefaces, train, evaluate, export."""

import argparse
from pathlib import Path

from ocr.training.training_loop import RunFolder, Settings, train
from ocr.training.typeface_files import fetch_typefaces


def main() -> None:
    parser = argparse.ArgumentParser(prog="./run train-ocr", description=__doc__)
    parser.add_argument("action", choices=("fetch", "train"))
    parser.add_argument("--folder", type=Path, required=True, help="where the run and the typefaces are")
    parser.add_argument("--lines", type=int, default=Settings.lines)
    options = parser.parse_args()
    typefaces = options.folder / "typefaces"
    if options.action == "fetch":
        print(f"{fetch_typefaces(typefaces)} packages fetched")
    else:
        train(RunFolder(options.folder), typefaces, Settings(lines=options.lines))


if __name__ == "__main__":
    main()
