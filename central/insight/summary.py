"""The first table of a report: its main measures, with the period before."""

from collections.abc import Callable

from central.insight.backlog import Backlog
from central.insight.facts import Counts
from central.insight.figures import Figures
from central.insight.suppression import SMALLEST
from central.insight.tables import Column, Figure, Row, Table
from protocol.bilingual_text import BilingualText

KPI_PERCENT = 80  # the goal of the Department of Provincial Administration (docs/facts.md §1)
KPI_DEFINITION = BilingualText(
    f"ตัวชี้วัดร้อยละ {KPI_PERCENT}: เรื่องที่รับในช่วงเวลานี้และยุติแล้ว ณ วันที่จัดทำรายงาน ด้วยผล “แก้ไขแล้ว” หรือ "
    "“ชี้แจงทำความเข้าใจแล้ว” คิดเป็นร้อยละของเรื่องที่รับในช่วงเวลาเดียวกัน โดยไม่นับเรื่องซ้ำและเรื่องที่ผู้ร้องขอถอน",
    f"The {KPI_PERCENT} % indicator: cases received in the period and closed by the day of the report as resolved or "
    "explained, as a share of the cases received in the period without duplicates and withdrawn cases",
)
BEFORE = Column("before", BilingualText("ช่วงก่อน", "Period before"))
NOW = Column("now", BilingualText("ช่วงนี้", "This period"))


def percent(part: int, whole: int) -> float | None:
    """A share with one decimal place, None of nothing."""
    return round(100 * part / whole, 1) if whole else None


def rating(counts: Counts) -> float | None:
    """The mean of the stars with two decimal places."""
    return round(counts.stars / counts.rated, 2) if counts.rated else None


def summary_table(figures: Figures, before: Figures, backlog: Backlog, *, is_published: bool) -> Table:
    """The main measures of a period and of the one before."""
    rows = (
        ("received", BilingualText("เรื่องที่รับ", "Received"), lambda each: Figure(each.received, measure="received")),
        ("closed", BilingualText("เรื่องที่ยุติ", "Closed"), lambda each: Figure(each.closed, measure="closed")),
        (
            "in_time_percent",
            BilingualText("ยุติภายในกำหนด (ร้อยละของที่มีกำหนด)", "Closed in time (of those with a due date)"),
            lambda each: Figure(percent(each.in_time, each.dated), "%", measure="in_time"),
        ),
        (
            "indicator_percent",
            BilingualText(f"ตัวชี้วัดร้อยละ {KPI_PERCENT}", f"{KPI_PERCENT} % indicator"),
            lambda each: Figure(percent(each.settled, each.in_indicator), "%", measure="settled"),
        ),
        ("reopened", BilingualText("เปิดเรื่องอีกครั้ง", "Reopened"), lambda each: Figure(each.reopened, measure="reopened")),
        ("rating", BilingualText("คะแนนความพึงพอใจ (เต็ม 5)", "Satisfaction (of 5)"), lambda each: Figure(rating(each))),
        (
            "rated",
            BilingualText("จำนวนผู้ให้คะแนน", "Number of ratings"),
            lambda each: Figure(each.rated, measure="rated"),
        ),
    )
    made: list[tuple[str, BilingualText, Callable[[Counts], Figure]]] = list(rows)
    now, then = figures.total, before.total
    shown = [Row(code, name, (of(now), _without_link(of(then)))) for code, name, of in made]
    if is_published:
        shown = [_published_rating(row, figures, before) if row.code == "rating" else row for row in shown]
    open_name = BilingualText("คงค้างเมื่อสิ้นช่วง", "Open at the end")
    shown.insert(2, Row("open", open_name, (Figure(backlog.total), Figure(None))))
    return Table("summary", BilingualText("ภาพรวม", "Summary"), (NOW, BEFORE), tuple(shown), note=KPI_DEFINITION)


def _without_link(figure: Figure) -> Figure:
    return Figure(figure.number, figure.unit)


def has_few_ratings(figures: Figures) -> bool:
    """Whether a month of the period has some ratings, but so few that their mean could tell single ones."""
    return any(0 < counts.rated < SMALLEST for counts in figures.by_month.values())


def _published_rating(row: Row, *periods: Figures) -> Row:
    """The means with one decimal place, from which no difference gives the stars of single ratings."""
    figures = [
        Figure(None, is_hidden=True)
        if has_few_ratings(period)
        else Figure(None if figure.number is None else round(figure.number, 1))
        for figure, period in zip(row.figures, periods, strict=True)
    ]
    return Row(row.code, row.name, tuple(figures))
