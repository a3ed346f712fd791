"""The recognition figures of every recorded commit, one line each."""

import csv
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.bench._ocr_readers import PLAIN_1, PRODUCT
from tests.bench._ocr_results import PageResult, figures_by, pages_worse, summarise

LEADERBOARD = Path(__file__).with_name("ocr_leaderboard.csv")
COLUMNS = (
    "commit", "date", "split", "pages", "plain_error", "error", "worst_kind", "worst_kind_error", "digit_error",
    "word_error", "pages_worse", "time_ratio", "peak_mb",
)  # fmt: skip
_POINTS_WORSE = 0.5


def checked_out_commit() -> tuple[str, str]:
    """Short hash and date of the checked-out commit; the hash ends in '+' when `ocr/` has other changes."""
    commit, date = _git("log", "-1", "--format=%h %cs").split()
    return commit + ("+" if _git("status", "--porcelain", "--", ":/ocr") else ""), date


def record_commit(path: Path, rows: Sequence[PageResult], commit: str, date: str) -> None:
    """Write the line of a commit, in place of an earlier one of the same commit, split and page count.

    Raises ValueError without rows of the kiosk and of plain Tesseract."""
    kiosk = summarise([row for row in rows if row.reader == PRODUCT])
    plain = summarise([row for row in rows if row.reader == PLAIN_1])
    kinds = {name: readers[PRODUCT].error for name, readers in figures_by(rows, lambda row: row.kind).items()}
    worst = max(kinds, key=lambda name: kinds[name])
    line = {
        "commit": commit,
        "date": date,
        "split": rows[0].split,
        "pages": str(kiosk.pages),
        "plain_error": f"{plain.error:.2f}",
        "error": f"{kiosk.error:.2f}",
        "worst_kind": worst,
        "worst_kind_error": f"{kinds[worst]:.2f}",
        "digit_error": "" if kiosk.digit_error is None else f"{kiosk.digit_error:.1f}",
        "word_error": f"{kiosk.word_error:.1f}",
        "pages_worse": str(len(pages_worse(rows, PRODUCT, PLAIN_1, _POINTS_WORSE))),
        "time_ratio": f"{kiosk.processor_s / plain.processor_s:.2f}",
        "peak_mb": f"{kiosk.peak_mb:.0f}",
    }
    key = ("commit", "split", "pages")
    others = [other for other in read_leaderboard(path) if any(other[name] != line[name] for name in key)]
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        table.writeheader()
        table.writerows([*others, line])


def read_leaderboard(path: Path) -> list[dict[str, str]]:
    """The lines, oldest first; [] when there is no file."""
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _git(*arguments: str) -> str:
    command = ["git", *arguments]
    return subprocess.run(command, cwd=LEADERBOARD.parent, capture_output=True, text=True, check=True).stdout.strip()
