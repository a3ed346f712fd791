"""A number of a report as text. Pure."""

from central.insight.summary import percent
from central.insight.tables import Figure


def figure_text(figure: Figure) -> str:
    """The number with its unit, '–' for none, an asterisk for a hidden one."""
    if figure.is_hidden:
        return "*"
    if figure.number is None:
        return "–"
    if figure.unit == "%":
        return f"{figure.number:.1f} %"
    return f"{figure.number:,}" if isinstance(figure.number, int) else f"{figure.number:.2f}"


def percent_text(part: int, whole: int) -> str:
    """A share with its unit, '–' of nothing."""
    return figure_text(Figure(percent(part, whole), "%"))
