"""The recorded result as a page of the documentation."""

from collections.abc import Sequence

from tests.bench._ocr_handwriting import HandwritingCounts
from tests.bench._ocr_readers import PLAIN_1, PLAIN_3, PRODUCT
from tests.bench._ocr_report import reliability_curve
from tests.bench._ocr_results import Figures, PageResult, figures_by, pages_worse
from tests.bench._ocr_run import LineResult

_POINTS_WORSE = 0.5
_HEADING = """| | pages | plain psm 1 | plain psm 3 | kiosk | digits, plain | digits, kiosk | words, kiosk | time | MB |
|---|---|---|---|---|---|---|---|---|---|"""


def write_result(
    commit: str, rows: Sequence[PageResult], lines: Sequence[LineResult], handwriting: HandwritingCounts
) -> str:
    """The page: figures by kind and by typeface, pages worse than plain, lines by certainty, handwriting."""
    worse = pages_worse(rows, PRODUCT, PLAIN_1, _POINTS_WORSE)
    parts = [
        "# Recognition: the last recorded result",
        f"Written by `./run bench ocr --record` for {commit}, split {rows[0].split}. Errors are percent of the "
        "characters, Thai digits or words of all pages of a row; in brackets the median and the worst page. *Time*: "
        "processor time relative to plain psm 1. What is measured: "
        "[recognition benchmark](../recognition-benchmark.md).",
        _table({"**all**": _only(figures_by(rows, lambda row: "all"))} | figures_by(rows, lambda row: row.kind)),
        "![errors by kind](kinds.svg)",
        "By typeface:",
        _table(figures_by(rows, lambda row: row.typeface)),
        f"Pages worse than plain psm 1 by more than {_POINTS_WORSE} points: {len(worse)}"
        + "".join(f", {row.kind} {row.index} ({row.error_percent:.1f} %)" for row in worse)
        + ".",
    ]
    if lines:
        bins = "\n".join(
            f"| {mean:.0f} | {count} | {100 * wrong:.1f} % |" for mean, wrong, count in reliability_curve(lines)
        )
        parts += [
            "Lines by certainty, the share of such lines that the kiosk expects to be right:",
            f"| mean certainty | lines | with a wrong character |\n|---|---|---|\n{bins}",
            "![reliability](reliability.svg)",
        ]
    if handwriting.pages:
        counts = handwriting
        parts.append(
            f"Handwriting: {counts.printed_as_written} of {counts.printed} printed lines taken for handwriting, "
            f"{counts.written_as_printed} of {counts.written} handwritten lines of forms taken for print, "
            f"{counts.pages_as_readable} of {counts.pages} handwritten pages taken for readable."
        )
    parts.append("![figures over commits](commits.svg)")
    return "\n\n".join(parts) + "\n"


def _table(groups: dict[str, dict[str, Figures]]) -> str:
    return "\n".join([_HEADING, *(_row(name, by_reader) for name, by_reader in groups.items())])


def _row(name: str, by_reader: dict[str, Figures]) -> str:
    plain, kiosk = by_reader.get(PLAIN_1), by_reader.get(PRODUCT)
    ratio = f"{kiosk.processor_s / plain.processor_s:.2f} ×" if plain and kiosk else ""
    cells = [
        name,
        str(next(iter(by_reader.values())).pages),
        *(_error(by_reader.get(reader)) for reader in (PLAIN_1, PLAIN_3, PRODUCT)),
        _digits(plain),
        _digits(kiosk),
        f"{kiosk.word_error:.1f}" if kiosk else "",
        ratio,
        f"{kiosk.peak_mb:.0f}" if kiosk else "",
    ]
    return f"| {' | '.join(cells)} |"


def _error(figures: Figures | None) -> str:
    return f"{figures.error:.2f} ({figures.median_error:.1f}, {figures.worst_error:.1f})" if figures else ""


def _digits(figures: Figures | None) -> str:
    return "" if figures is None or figures.digit_error is None else f"{figures.digit_error:.1f}"


def _only(groups: dict[str, dict[str, Figures]]) -> dict[str, Figures]:
    (figures,) = groups.values()
    return figures
