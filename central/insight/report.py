"""The report of one centre and period: tables, and a paragraph that says what they contain.

A report for officers who see the cases has every figure. One that leaves the system is `published`: cells below 5 are
hidden (`suppression`). Tables by sex and age are hidden in both: they are known from the complainant's card, which an
officer reads with a reason only."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from central.centres.models import Centre
from central.insight.backlog import AGES, Backlog, count_backlog
from central.insight.facts import STAGES, TERMS, Dimension
from central.insight.figures import EVERY_FACT, FactFilter, Figures, count_cases
from central.insight.periods import Period, first_day
from central.insight.published import PROTECTED, hidden_cells
from central.insight.stages import STAGE_NAMES, stage_days
from central.insight.summary import percent, summary_table
from central.insight.tables import Column, Figure, Row, Table
from central.insight.value_names import stored_names
from central.insight.value_tables import CLOSED, INDICATOR, PERSONAL, RECEIVED, table_by_region, table_by_value
from protocol.bilingual_text import BilingualText
from thai import dates


@dataclass(frozen=True)
class Report:
    """A finished report."""

    centre: Centre
    period: Period
    made_on: date
    is_published: bool
    figures: Figures
    before: Figures
    backlog: Backlog
    tables: tuple[Table, ...] = field(default=())

    def table(self, code: str) -> Table:
        """The table with this code. Raises StopIteration for another one."""
        return next(table for table in self.tables if table.code == code)


def build_report(
    centre: Centre,
    period: Period,
    today: date,
    *,
    is_published: bool,
    facts: FactFilter = EVERY_FACT,
    with_people: bool = True,
) -> Report:
    """The report of this centre and those below. A published one needs whole months and no filter: raises
    ValueError otherwise. `with_people`: also by sex and age, for whole months without a filter."""
    if is_published and (period.months is None or facts != EVERY_FACT):
        raise ValueError("Published tables have whole months and no filter")
    can_hide = period.months is not None and facts == EVERY_FACT
    shown = [each for each in _dimensions(centre) if each not in PERSONAL or (with_people and can_hide)]
    figures = count_cases([centre], period, (Dimension.ALL, *shown, *STAGES), facts)
    before = count_cases([centre], period.before(), (Dimension.ALL, *shown), facts)
    backlog = count_backlog([centre], period.last, today, facts)
    shown = [each for each in shown if each not in TERMS or any(figures.of(each))]  # a scheme that somebody uses
    protected = [each for each in (PROTECTED if is_published else PERSONAL) if each in shown]
    hidden = hidden_cells(centre, period, protected) if protected else {}
    names = stored_names(figures.of(Dimension.AGENCY))
    tables = [summary_table(figures, before, backlog, is_published=is_published), _stages(figures), _backlog(backlog)]
    for dimension in shown:
        tables.append(table_by_value(dimension, figures, hidden, names, is_published=is_published))
        if dimension is Dimension.PROVINCE and not centre.area_code:
            tables.append(table_by_region(figures, hidden, is_published=is_published))
    if len(period.months or ()) > 1:
        tables.append(_by_month(figures))
    return Report(centre, period, today, is_published, figures, before, backlog, tuple(tables))


def published_table(centre: Centre, period: Period, dimension: Dimension) -> Table:
    """The table of one dimension as a published report has it, without counting the others. Not for agencies, which
    have names of their own. Raises ValueError for a period that is not of whole months."""
    figures = count_cases([centre], period, (Dimension.ALL, dimension))
    hidden = hidden_cells(centre, period, (dimension,))
    return table_by_value(dimension, figures, hidden, {}, is_published=True)


def _dimensions(centre: Centre) -> tuple[Dimension, ...]:
    """By what the report of this centre counts. A country has too many agencies and districts for one table."""
    own = (Dimension.DISTRICT, Dimension.AGENCY) if centre.area_code else (Dimension.PROVINCE,)
    return (Dimension.TOPIC, *TERMS, Dimension.CHANNEL, Dimension.OUTCOME, *own, *PERSONAL)


def _stages(figures: Figures) -> Table:
    columns = (
        Column("cases", BilingualText("จำนวนเรื่อง", "Cases")),
        Column("median_days", BilingualText("มัธยฐาน (วัน)", "Median (days)")),
        Column("percentile_90_days", BilingualText("ร้อยละ 90 ไม่เกิน (วัน)", "90 % within (days)")),
    )
    rows = []
    for stage in STAGES:
        days = stage_days(figures.of(stage))
        rows.append(
            Row(stage.value, STAGE_NAMES[stage], tuple(map(Figure, (days.cases, days.median, days.percentile_90))))
        )
    note = BilingualText("วันปฏิทิน ของเรื่องที่ยุติในช่วงเวลานี้", "Calendar days, of the cases closed in the period")
    return Table("stages", BilingualText("ระยะเวลาแต่ละขั้น", "Time per stage"), columns, tuple(rows), note=note)


def _backlog(backlog: Backlog) -> Table:
    rows = tuple(Row(code, name, (Figure(backlog.by_age[code]),)) for code, (_, name) in AGES.items())
    columns = (Column("cases", BilingualText("จำนวนเรื่อง", "Cases")),)
    day = BilingualText(dates.long_date(backlog.day, "th"), dates.long_date(backlog.day, "en"))
    note = BilingualText(f"ณ สิ้นวันที่ {day.th}", f"At the end of {day.en}")
    return Table("backlog", BilingualText("เรื่องคงค้างตามอายุ", "Open cases by age"), columns, rows, note=note)


def _by_month(figures: Figures) -> Table:
    columns = (RECEIVED, CLOSED, INDICATOR)
    rows: list[Row] = []
    for month, counts in figures.by_month.items():
        day = first_day(month)
        name = BilingualText(dates.month_and_year(day, "th"), dates.month_and_year(day, "en"))
        numbers: Sequence[Figure] = (
            Figure(counts.received),
            Figure(counts.closed),
            Figure(percent(counts.settled, counts.in_indicator), "%"),
        )
        rows.append(Row(f"{day.year:04d}-{day.month:02d}", name, tuple(numbers)))
    return Table("month", BilingualText("ตามเดือน", "By month"), columns, tuple(rows))
