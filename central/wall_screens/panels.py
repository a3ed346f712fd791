"""What a wall screen shows, one panel after the other: only what a published report has too (`insight.suppression`).

Everybody in the room reads it, and the room may have a window."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from django.core.cache import cache

from central.cases import queues
from central.cases.models import Case
from central.centres.models import Centre
from central.insight.charts import BarChart
from central.insight.facts import Counts, Dimension
from central.insight.figure_texts import percent_text
from central.insight.figures import count_cases
from central.insight.month_chart import chart_by_month
from central.insight.periods import Period, first_day, fiscal_year_of, month_number, month_of, months_until
from central.insight.places_compared import compare_places
from central.insight.report import published_table
from central.insight.summary import KPI_PERCENT
from central.insight.tables import Figure
from protocol.bilingual_text import BilingualText

_CHART_MONTHS = 6  # as many as have numbers of 2.5 cm on a screen of 55 inches
_ROWS = 7  # of a table, at the same size
_NO_FIGURE = "–"
_KEPT_S = 600


@dataclass(frozen=True)
class BigNumber:
    """One number with its name."""

    name: str
    text: str
    is_bad: bool = False


@dataclass(frozen=True)
class Panel:
    """One page of the screen: big numbers, a chart, or rows of a name and a number."""

    title: str
    subtitle: str
    numbers: Sequence[BigNumber] = ()
    chart: BarChart | None = None
    columns: Sequence[str] = ()
    rows: Sequence[tuple[str, ...]] = ()


def panel(centre: Centre, today: date, number: int, language: str) -> tuple[Panel, int]:
    """The panel with this number, counted around, and the number of the next one. A panel without rows is left out."""
    for offset in range(len(_PANELS)):
        shown = _PANELS[(number + offset) % len(_PANELS)](centre, today, language)
        if shown is not None:
            return shown, (number + offset + 1) % len(_PANELS)
    raise RuntimeError("The first panel always exists")


def _now(centre: Centre, today: date, language: str) -> Panel:
    # One reading: a case that is closed between two readings would make the month and the year disagree.
    by_month = count_cases([centre], months_until(today), (Dimension.ALL,)).by_month
    year_begins = month_number(fiscal_year_of(today).first)
    of_month = by_month.get(month_number(today), Counts())
    of_year = sum((counts for month, counts in by_month.items() if month >= year_begins), Counts())
    keys = list(centre.subtree().values_list("pk", flat=True))
    open_cases = Case.objects.filter(centre__in=keys, closed_at=None)
    overdue = queues.overdue(open_cases, today).count()
    rows = (
        (BilingualText("รับเดือนนี้", "Received this month"), f"{of_month.received:,}", False),
        (BilingualText("ยุติเดือนนี้", "Closed this month"), f"{of_month.closed:,}", False),
        (BilingualText("ยังไม่ยุติ", "Open now"), f"{open_cases.count():,}", False),
        (BilingualText("เกินกำหนด", "Overdue now"), f"{overdue:,}", overdue > 0),
        (BilingualText("ยุติภายในกำหนด ปีนี้", "In time, this year"), percent_text(of_year.in_time, of_year.dated), False),
        (
            BilingualText(f"ตัวชี้วัด {KPI_PERCENT} % ปีนี้", f"{KPI_PERCENT} % indicator, this year"),
            percent_text(of_year.settled, of_year.in_indicator),
            False,
        ),
    )
    numbers = [BigNumber(name.in_language(language), text, is_bad) for name, text, is_bad in rows]
    month_name = month_of(today).name.in_language(language)
    return Panel(BilingualText("ตอนนี้", "Now").in_language(language), month_name, numbers)


def _months(centre: Centre, today: date, language: str) -> Panel:
    title = BilingualText("รับและยุติรายเดือน", "Received and closed by month")
    by_month = count_cases([centre], months_until(today), (Dimension.ALL,)).by_month
    chart = chart_by_month(by_month, today, language, months=_CHART_MONTHS)
    return Panel(title.in_language(language), "", chart=chart)


def _topics(centre: Centre, today: date, language: str) -> Panel | None:
    """Of the last month that has ended: from day to day, hidden figures would show by their change."""
    period = month_of(first_day(month_number(today) - 1))
    rows = _published_topics(centre, period)
    if not rows:
        return None
    columns = (BilingualText("รับ", "Received"), BilingualText("ยุติ", "Closed"))
    return Panel(
        BilingualText("ประเภทเรื่อง", "Topics").in_language(language),
        period.name.in_language(language),
        columns=[column.in_language(language) for column in columns],
        rows=[(name.in_language(language), *texts) for name, *texts in rows],
    )


def _places(centre: Centre, today: date, language: str) -> Panel | None:
    """Only centres with a place: they have so many cases that their share tells nothing of a single one."""
    period = fiscal_year_of(today)
    ranked = [each for each in compare_places(centre, period, today) if each.ranked and each.ranked.place]
    if not ranked:
        return None
    columns = (BilingualText("อันดับ", "Place"), BilingualText("ดัชนี (เฉลี่ย 100)", "Index (average 100)"))
    return Panel(
        BilingualText("ศูนย์ที่ยุติเรื่องทันกำหนดดีที่สุด", "Centres that close most in time").in_language(language),
        period.name.in_language(language),
        columns=[column.in_language(language) for column in columns],
        rows=[
            (each.centre.name_in(language), str(each.ranked.place), f"{each.ranked.index:.0f}")
            for each in ranked[:_ROWS]
            if each.ranked
        ],
    )


_PANELS: tuple[Callable[[Centre, date, str], Panel | None], ...] = (_now, _months, _topics, _places)


def _published_topics(centre: Centre, period: Period) -> list[tuple[BilingualText, str, str]]:
    """Kept for some minutes: hiding reads every fact of the month, and those of an ended month change rarely."""
    key = f"wall-topics:{centre.pk}:{period.code}"
    rows: list[tuple[BilingualText, str, str]] | None = cache.get(key)
    if rows is None:
        table = published_table(centre, period, Dimension.TOPIC)
        shown = [row for row in table.rows if not row.figures[0].is_hidden][:_ROWS]
        rows = [(row.name, _text(row.figures[0]), _text(row.figures[1])) for row in shown]
        cache.set(key, rows, _KEPT_S)
    return rows


def _text(figure: Figure) -> str:
    return _NO_FIGURE if figure.is_hidden else f"{figure.number:,}"
