"""Plots as SVG: errors by kind, reliability of certainties, figures over commits. Colours distinguish readers also for
people who do not see red and green apart."""

import math
from collections.abc import Sequence
from html import escape

from tests.bench._ocr_results import Figures

COLOURS = ("#9aa5b1", "#c9a227", "#1f5fa8", "#7a3e9d")
_WIDTH, _ROW, _LABEL = 860, 34, 190
_TICKS = (1.0, 3.0, 10.0, 30.0, 100.0)  # percent


def plot_kinds(groups: dict[str, dict[str, Figures]]) -> str:
    """A bar for each kind and reader: character error in percent, on a scale of square roots; a dot marks the worst
    page."""
    readers = list(dict.fromkeys(reader for by_reader in groups.values() for reader in by_reader))
    height = 60 + _ROW * len(groups)
    parts = [_text(_LABEL + 150 * index, 18, reader, COLOURS[index % 4]) for index, reader in enumerate(readers)]
    for tick in _TICKS:
        parts.append(_line(_x(tick), 28, _x(tick), height - 24, "#ddd") + _text(_x(tick), height - 8, f"{tick:g} %"))
    for row, (kind, by_reader) in enumerate(groups.items()):
        top = 34 + row * _ROW
        parts.append(_text(4, top + 18, kind))
        for index, reader in enumerate(readers):
            if figures := by_reader.get(reader):
                y, colour = top + index * 8, COLOURS[index % 4]
                parts.append(
                    f'<rect x="{_LABEL}" y="{y}" width="{_x(figures.error) - _LABEL:.1f}" height="7" fill="{colour}"/>'
                )
                parts.append(f'<circle cx="{_x(figures.worst_error):.1f}" cy="{y + 3.5}" r="2.5" fill="{colour}"/>')
    return _document(height, parts)


def plot_reliability(curve: Sequence[tuple[float, float, int]]) -> str:
    """Certainty against the share of lines with a wrong character."""
    height, left, bottom, size = 420, 60, 370, 340
    parts = [
        _text(
            left,
            18,
            "share of lines with a wrong character, by certainty; grey: as promised; a dot's area: lines",
        )
    ]
    for tick in range(0, 101, 20):
        x, y = left + size * tick / 100, bottom - size * tick / 100
        parts += [_line(x, bottom, x, bottom - size, "#ddd"), _line(left, y, left + size, y, "#ddd")]
        parts += [_text(x - 8, bottom + 18, str(tick)), _text(left - 45, y + 4, f"{tick} %")]
    places = [(left + size * certainty / 100, bottom - size * wrong) for certainty, wrong, _ in curve]
    parts.append(_line(left, bottom - size, left + size, bottom, COLOURS[0]))
    parts.append(_polyline(places, COLOURS[2]))
    for (x, y), (_, _, lines) in zip(places, curve, strict=True):
        parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{2 + lines**0.5 / 4:.1f}" fill="{COLOURS[2]}" fill-opacity="0.5"/>'
        )
    return _document(height, parts)


def plot_leaderboard(lines: Sequence[dict[str, str]]) -> str:
    """Character error and Thai digit error of every recorded commit, and the error of plain Tesseract."""
    height, bottom, left = 360, 290, 60
    step = (_WIDTH - left - 40) / max(1, len(lines))
    parts = []
    for index, (column, label) in enumerate(
        (("plain_error", "plain Tesseract"), ("digit_error", "Thai digits"), ("error", "characters"))
    ):
        values = [float(line[column] or 0) for line in lines]
        places = [(left + step * (n + 0.5), bottom - _scaled(value) * 2.4) for n, value in enumerate(values)]
        parts += [_text(left + 160 * index, 18, label, COLOURS[index]), _polyline(places, COLOURS[index])]
        for (x, y), value in zip(places, values, strict=True):
            parts.append(_text(x - 10, y - 6, f"{value:g}", COLOURS[index]))
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{COLOURS[index]}"/>')
    parts += [_text(left + step * (n + 0.5) - 24, bottom + 24, line["commit"]) for n, line in enumerate(lines)]
    return _document(height, parts)


def _scaled(percent: float) -> float:
    """0 to 100; the square root shows one percent and fifty in one plot."""
    return math.sqrt(min(percent, 100.0)) * 10


def _x(percent: float) -> float:
    return _LABEL + _scaled(percent) * (_WIDTH - _LABEL - 40) / 100


def _text(x: float, y: float, text: str, colour: str = "#333") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}">{escape(text)}</text>'


def _line(x1: float, y1: float, x2: float, y2: float, colour: str) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"/>'


def _polyline(places: Sequence[tuple[float, float]], colour: str) -> str:
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'


def _document(height: float, parts: Sequence[str]) -> str:
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" font-family="sans-serif" '
        f'font-size="12">\n<rect width="100%" height="100%" fill="#fff"/>\n{body}\n</svg>\n'
    )
