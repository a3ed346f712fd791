"""The paper of the simulated printer: rows of dots, cut into numbered PNG files."""

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

DOTS_PER_MM: Final = 8.0


class PaperRoll:
    """A roll of `width_dots` width. Each cut writes `paper-001.png` and so on into `directory`."""

    def __init__(self, width_dots: int, directory: Path) -> None:
        self.width_dots = width_dots
        self.directory = directory
        self._rows: list[NDArray[np.bool_]] = []
        self._count = len(list(directory.glob("paper-*.png")))

    @property
    def uncut_rows(self) -> int:
        """Rows printed since the last cut."""
        return len(self._rows)

    def print_row(self, black: NDArray[np.bool_]) -> None:
        """Print one row of dots; a wider row is cut off, a narrower one is white on the right."""
        row = np.zeros(self.width_dots, np.bool_)
        row[: min(len(black), self.width_dots)] = black[: self.width_dots]
        self._rows.append(row)

    def cut(self) -> Path | None:
        """Cut the printed rows and write them; the file appears whole or not at all. None if there are no rows."""
        if not self._rows:
            return None
        self._count += 1
        path = self.directory / f"paper-{self._count:03}.png"
        temporary = path.with_suffix(".part")
        Image.fromarray(~np.stack(self._rows)).save(temporary, format="PNG")
        temporary.replace(path)
        self._rows.clear()
        return path

    def discard_uncut(self) -> None:
        """Discard the uncut rows: the paper is torn off when a new roll is inserted."""
        self._rows.clear()
