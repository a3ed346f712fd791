"""The chart of cases received and closed by month, as report, overview and wall screens show it."""

from collections.abc import Mapping
from datetime import date

from central.insight.charts import BarChart, bar_chart
from central.insight.facts import Counts
from central.insight.periods import MONTHS, first_day, month_number
from protocol.bilingual_text import BilingualText
from thai import dates

CHART_WORDS = BilingualText(
    "จำนวนเรื่องที่รับและยุติในสิบสองเดือน ตัวเลขอยู่บนแท่ง", "Cases received and closed in twelve months, numbers above the bars"
)


def chart_by_month(by_month: Mapping[int, Counts], last_day: date, language: str, *, months: int = MONTHS) -> BarChart:
    """Received and closed in the months that end with the one of this day. `by_month`: `Figures.by_month`."""
    last = month_number(last_day)
    rows = []
    for month in range(last - months + 1, last + 1):
        counts = by_month.get(month, Counts())
        _, name, year = dates.short_date(first_day(month), language).split()
        rows.append((f"{name} {year[2:]}", counts.received, counts.closed))
    return bar_chart(rows)
