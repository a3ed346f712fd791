"""The tables of `./run bench ocr` as text, and which budgets are kept."""

import statistics
from collections.abc import Sequence

from ocr.training.typefaces import TYPEFACES
from tests.bench._ocr_handwriting import HandwritingCounts
from tests.bench._ocr_readers import PLAIN_1, PRODUCT
from tests.bench._ocr_results import Figures, PageResult, figures_by, pages_worse, summarise
from tests.bench._ocr_run import LineResult
from tests.ocr_pages.metrics import reliability
from tests.ocr_pages.split import Split

MAX_ERROR, MAX_KIND_ERROR, MAX_PHOTO_ERROR = 0.6, 1.5, 3.0  # percent of the characters
MAX_POINTS_WORSE = 0.5
MAX_DIGIT_ERROR = {Split.TRAINING: 1.0, Split.TUNING: 5.0, Split.HELD_OUT: 5.0}  # percent of the Thai digits
MAX_TIME_RATIO, MAX_TABLE_TIME_RATIO = 1.5, 2.0  # processor time, to plain --psm 1
MAX_PEAK_MB = 350
MAX_FIRST_LINE_S = 1.0  # processor time, which is the time on an idle machine
MIN_WRONG_OF_UNCERTAIN = 50.0  # percent: of the marked lines, so many have a wrong character
MAX_FALSE_UNREADABLE, MAX_FALSE_READABLE = 1.0, 5.0  # percent of what is printed, of what is handwritten
MAX_LOOPED_DIGIT_ERROR = 3.0  # in held-out typefaces like Sarabun
_LOOPED = "looped sans"
_TABLE_KIND = "table"
CERTAINTY_EDGES = (0, 30, 40, 50, 60, 70, 75, 80, 85, 90, 95, 100.1)


def print_tables(rows: Sequence[PageResult], lines: Sequence[LineResult], handwriting: HandwritingCounts) -> None:
    """Figures by kind and by typeface, the reliability of certainties, and handwriting taken for print."""
    readers = list(dict.fromkeys(row.reader for row in rows))
    print(f"character error in percent: all pages of a kind (median, worst); plain is --psm 1; readers: {readers}")
    _print_groups(figures_by(rows, lambda row: row.kind), readers)
    print("\nby typeface")
    _print_groups(figures_by(rows, lambda row: row.typeface), readers)
    print("\nall")
    _print_groups(figures_by(rows, lambda row: "all pages"), readers)
    if lines:
        print("\nmean certainty of lines: lines with a wrong character")
        for certainty, wrong, count in reliability_curve(lines):
            print(f"{certainty:6.1f}: {100 * wrong:5.1f} % of {count}")
        for text, marked in (("marked uncertain", True), ("not marked", False)):
            shares = [line.error_share for line in lines if line.is_uncertain is marked]
            if shares:
                wrong_lines = 100 * sum(share > 0 for share in shares) / len(shares)
                characters = 100 * statistics.fmean(shares)
                print(
                    f"{text}: {wrong_lines:.1f} % of {len(shares)} have errors, {characters:.1f} % of their characters"
                )
    print(f"\nprinted lines taken for handwriting: {handwriting.printed_as_written} of {handwriting.printed}")
    print(f"handwritten lines of forms taken for print: {handwriting.written_as_printed} of {handwriting.written}")
    print(f"handwritten pages taken for readable: {handwriting.pages_as_readable} of {handwriting.pages}")
    for row in rows:
        if row.failure:
            print(f"failed: {row.split}/{row.kind}/{row.index} {row.reader} {row.failure}")


def reliability_curve(lines: Sequence[LineResult]) -> list[tuple[float, float, int]]:
    """(mean certainty, share of lines with a wrong character, lines) by intervals of certainty."""
    return reliability([line.certainty for line in lines], [line.error_share for line in lines], CERTAINTY_EDGES)


def check_budgets(
    rows: Sequence[PageResult], split: Split, handwriting: HandwritingCounts, lines: Sequence[LineResult] = ()
) -> bool:
    """Print each budget with its result. True when all are kept, or when the kiosk's reader was not measured."""
    kiosk = [row for row in rows if row.reader == PRODUCT]
    if not kiosk:
        return True
    whole = summarise(kiosk)
    kinds = {name: by_reader[PRODUCT] for name, by_reader in figures_by(kiosk, lambda row: row.kind).items()}
    photos = {name: figures for name, figures in kinds.items() if name.startswith("camera")}
    others = {name: figures for name, figures in kinds.items() if name not in photos}
    checks = [
        ("character error, all", whole.error, MAX_ERROR, "%"),
        _worst_kind("character error, worst kind besides photographs", others, MAX_KIND_ERROR),
        _worst_kind("character error, worst photographs", photos, MAX_PHOTO_ERROR),
        (f"Thai digits wrong, typefaces of {split}", whole.digit_error or 0.0, MAX_DIGIT_ERROR[split], "%"),
        *_looped_digits(kiosk, split),
        ("largest process", whole.peak_mb, MAX_PEAK_MB, "MB"),
        ("printed pages taken for unreadable", 100 * whole.unreadable / whole.pages, MAX_FALSE_UNREADABLE, "%"),
    ]
    if whole.first_line_s is not None:
        checks.append(("processor time to the first line, mean", whole.first_line_s, MAX_FIRST_LINE_S, "s"))
    if uncertain := [line for line in lines if line.is_uncertain]:
        right = 100 * sum(not line.error_share for line in uncertain) / len(uncertain)
        checks.append(("lines marked uncertain without an error", right, 100 - MIN_WRONG_OF_UNCERTAIN, "%"))
    counts = handwriting
    for text, part, count, limit in (
        ("printed lines taken for handwriting", counts.printed_as_written, counts.printed, MAX_FALSE_UNREADABLE),
        ("handwritten lines of forms taken for print", counts.written_as_printed, counts.written, MAX_FALSE_READABLE),
        ("handwritten pages taken for readable", counts.pages_as_readable, counts.pages, MAX_FALSE_READABLE),
    ):
        if count:
            checks.append((text, 100 * part / count, limit, "%"))
    if any(row.reader == PLAIN_1 for row in rows):
        worse = pages_worse(rows, PRODUCT, PLAIN_1, MAX_POINTS_WORSE)
        checks.append((f"pages worse than plain by {MAX_POINTS_WORSE} points", len(worse), 0, ""))
        checks += _time_checks(rows)
        for row in worse:
            print(f"worse than plain: {row.split}/{row.kind}/{row.index} {row.error_percent:.2f} %")
    print("\nbudgets")
    for text, measured, limit, unit in checks:
        print(
            f"{'kept    ' if measured <= limit else 'EXCEEDED'} {text}: {measured:.2f} {unit} (at most {limit} {unit})"
        )
    return all(measured <= limit for _, measured, limit, _ in checks)


def _print_groups(groups: dict[str, dict[str, Figures]], readers: Sequence[str]) -> None:
    print(
        f"{'':24} pages reader   {'error':>7} {'median':>7} {'worst':>7} {'digits':>7} {'words':>7} {'s':>6} {'MB':>5}"
    )
    for name, by_reader in groups.items():
        for reader in readers:
            if figures := by_reader.get(reader):
                print(f"{name:24} {figures.pages:5} {reader[-8:]:8} {_format(figures)}")


def _format(figures: Figures) -> str:
    digits = "" if figures.digit_error is None else f"{figures.digit_error:.1f}"
    return (
        f"{figures.error:7.2f} {figures.median_error:7.2f} {figures.worst_error:7.2f} {digits:>7} "
        f"{figures.word_error:7.1f} {figures.processor_s:6.2f} {figures.peak_mb:5.0f}"
    )


def _looped_digits(rows: Sequence[PageResult], split: Split) -> list[tuple[str, float, float, str]]:
    """The check of Thai digits in held-out typefaces that look like Sarabun; [] where there are none."""
    families = {typeface.family for typeface in TYPEFACES if typeface.design == _LOOPED}
    looped = [row for row in rows if row.typeface in families and row.thai_digits]
    if split is not Split.HELD_OUT or not looped:
        return []
    error = summarise(looped).digit_error or 0.0
    return [("Thai digits wrong, held-out typefaces like Sarabun", error, MAX_LOOPED_DIGIT_ERROR, "%")]


def _worst_kind(text: str, kinds: dict[str, Figures], limit: float) -> tuple[str, float, float, str]:
    name, figures = max(kinds.items(), key=lambda entry: entry[1].error, default=("none", None))
    return f"{text} ({name})", figures.error if figures else 0.0, limit, "%"


def _time_checks(rows: Sequence[PageResult]) -> list[tuple[str, float, float, str]]:
    ratios = {
        kind: by_reader[PRODUCT].processor_s / by_reader[PLAIN_1].processor_s
        for kind, by_reader in figures_by(rows, lambda row: row.kind).items()
    }
    checks = []
    if (table := ratios.pop(_TABLE_KIND, None)) is not None:
        checks.append(("processor time to plain, tables", table, MAX_TABLE_TIME_RATIO, "×"))
    if ratios:
        slowest = max(ratios, key=lambda kind: ratios[kind])
        checks.append((f"processor time to plain, slowest kind ({slowest})", ratios[slowest], MAX_TIME_RATIO, "×"))
    return checks
