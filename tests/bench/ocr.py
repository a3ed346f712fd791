"""Accuracy, time and memory of letter recognition on generated pages, against plain Tesseract in the same run.

    ./run bench ocr [--quick] [--split held_out] [--unseen] [--reader product]... [--jobs 1] [--record]

The budgets are about the held-out split: typefaces, texts and degradations on which nothing was trained or tuned. Every
page goes to every reader as a file: a PNM as from a scanner, a JPEG as from a camera. Time is processor time and memory
is that of the largest process, for all processes that a reader starts. Rows of all pages go to ocr-output/pages.csv;
`--record` also writes the figures of this commit into tests/bench/ocr_leaderboard.csv, and tables and plots into
docs/ocr/.
"""

import argparse
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from tests.bench._ocr_handwriting import HandwritingCounts
from tests.bench._ocr_leaderboard import LEADERBOARD, checked_out_commit, read_leaderboard, record_commit
from tests.bench._ocr_markdown import write_result
from tests.bench._ocr_plots import plot_kinds, plot_leaderboard, plot_reliability
from tests.bench._ocr_readers import PLAIN_1, PLAIN_3, PRODUCT, find_reader
from tests.bench._ocr_report import check_budgets, print_tables, reliability_curve
from tests.bench._ocr_results import PageResult, RowFile, figures_by
from tests.bench._ocr_run import LineResult, read_handwriting, read_pages, select_pages
from tests.ocr_pages import typefaces
from tests.ocr_pages.split import Split
from tests.ocr_pages.unseen import list_unseen

ROOT = Path(__file__).parents[2]
OUTPUT_DIR = ROOT / "ocr-output"
PLOTS_DIR = ROOT / "docs" / "ocr"
HANDWRITTEN_PAGES, QUICK_HANDWRITTEN_PAGES = 40, 6


def main(argv: Sequence[str] = ()) -> int:
    """Print the tables. 0 when every budget is kept."""
    options = _parse(argv)
    if problem := typefaces.fetch():
        print(problem)
    pages = list_unseen() if options.unseen else select_pages(options.split, is_quick=options.quick)
    rows, lines, handwriting = list[PageResult](), list[LineResult](), HandwritingCounts()
    with closing(RowFile(OUTPUT_DIR / "pages.csv")) as row_file:
        for outcome in read_pages(pages, options.reader, options.jobs):
            rows += outcome.rows
            lines += outcome.lines
            handwriting += outcome.handwriting
            row_file.write(outcome.rows)
    count = QUICK_HANDWRITTEN_PAGES if options.quick else HANDWRITTEN_PAGES
    if PRODUCT in options.reader:
        handwriting = sum(read_handwriting(count, options.jobs), handwriting)
    print_tables(rows, lines, handwriting)
    is_kept = check_budgets(rows, options.split, handwriting, lines)
    plots_dir = PLOTS_DIR if options.record else OUTPUT_DIR
    plots_dir.mkdir(parents=True, exist_ok=True)
    (plots_dir / "kinds.svg").write_text(plot_kinds(figures_by(rows, lambda row: row.kind)), encoding="utf-8")
    if lines:
        (plots_dir / "reliability.svg").write_text(plot_reliability(reliability_curve(lines)), encoding="utf-8")
    if options.record:
        commit, date = checked_out_commit()
        record_commit(LEADERBOARD, rows, commit, date)
        result = write_result(f"{commit} of {date}", rows, lines, handwriting)
        (plots_dir / "result.md").write_text(result, encoding="utf-8")
        held_out = [line for line in read_leaderboard(LEADERBOARD) if line["split"] == Split.HELD_OUT]
        (plots_dir / "commits.svg").write_text(plot_leaderboard(held_out), encoding="utf-8")
    return 0 if is_kept else 1


def _parse(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run bench ocr", description="Measure recognition on generated pages.")
    parser.add_argument("--quick", action="store_true", help="30 pages")
    parser.add_argument("--split", type=Split, choices=list(Split), default=Split.HELD_OUT, help="held_out by default")
    parser.add_argument("--unseen", action="store_true", help="the eight pages made with other tools instead")
    parser.add_argument(
        "--reader",
        action="append",
        metavar="NAME",
        help="product, plain1, plain3 or a .traineddata for plain Tesseract; repeatable; the first three by default",
    )
    parser.add_argument("--jobs", type=int, default=1, help="pages at a time; with more than one, times are longer")
    parser.add_argument("--record", action="store_true", help="write leaderboard and plots of this commit")
    options = parser.parse_args(argv)
    options.reader = options.reader or [PLAIN_1, PLAIN_3, PRODUCT]
    for name in options.reader:
        try:
            find_reader(name)
        except ValueError as error:
            parser.error(str(error))
    return options


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
