"""The paper of the simulated printer: rows of dots, cut into numbered pictures."""

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

DOTS_PER_MM: Final = 8.0


class PaperRoll:
    """A roll that comes out `width_dots` wide. Each cut writes `paper-001.png` and so on into `directory`."""

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
        """One row of dots; what is wider than the paper is lost, what is narrower is white on the right."""
        row = np.zeros(self.width_dots, np.bool_)
        row[: min(len(black), self.width_dots)] = black[: self.width_dots]
        self._rows.append(row)

    def cut(self) -> Path | None:
        """Cut what hangs out and write it. The file appears whole or not at all. None if nothing hangs out."""
        if not self._rows:
            return None
        self._count += 1
        path = self.directory / f"paper-{self._count:03}.png"
        aside = path.with_suffix(".part")
        Image.fromarray(~np.stack(self._rows)).save(aside, format="PNG")
        aside.replace(path)
        self._rows.clear()
        return path

    def discard_uncut(self) -> None:
        """Throw away what hangs out, as a person does who puts in a new roll."""
        self._rows.clear()
