"""The report of one centre and period: tables, and a paragraph that says what they contain.

A report for officers who see the cases has every figure. One that leaves the system is `published`: cells below 5 are
hidden (`suppression`). Tables by sex and age are hidden in both: they are known from the complainant's card, which an
officer reads with a reason only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from central.centres.models import Centre
from central.classification.schemes import SCHEMES
from central.insight.backlog import AGES, Backlog, count_backlog
from central.insight.facts import STAGES, TERMS, Counts, Dimension
from central.insight.figures import EVERY_FACT, FactFilter, Figures, count_cases
from central.insight.periods import Period, first_day
from central.insight.published import PROTECTED, Hidden, hidden_cells
from central.insight.regions import REGIONS, region_of
from central.insight.stages import STAGE_NAMES, stage_days
from central.insight.summary import KPI_PERCENT, percent, rating, summary_table
from central.insight.tables import Column, Figure, Row, Table
from central.insight.value_names import Names, stored_names, value_name
from protocol.bilingual_text import BilingualText
from thai import dates

_PERSONAL = (Dimension.SEX, Dimension.AGE)


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


RECEIVED = Column("received", BilingualText("รับ", "Received"))
CLOSED = Column("closed", BilingualText("ยุติ", "Closed"))
SHARE = Column("share_percent", BilingualText("ร้อยละของที่รับ", "Share of received"))
IN_TIME = Column("in_time_percent", BilingualText("ยุติภายในกำหนด", "Closed in time"))
RATING = Column("rating", BilingualText("คะแนน (เต็ม 5)", "Rating (of 5)"))
RATED = Column("rated", BilingualText("จำนวนที่ให้คะแนน", "Ratings"))
_OFFICERS_COLUMNS = (RECEIVED, SHARE, CLOSED, IN_TIME, RATING, RATED)
_PUBLISHED_COLUMNS = (RECEIVED, CLOSED)

TITLES: Mapping[Dimension, BilingualText] = {
    Dimension.TOPIC: BilingualText("ตามประเภทเรื่อง", "By topic"),
    **{
        Dimension(scheme): BilingualText(f"ตาม{name.th}", f"By {name.en[0].lower()}{name.en[1:]}")
        for scheme, name in SCHEMES.items()
    },
    Dimension.CHANNEL: BilingualText("ตามช่องทาง", "By channel"),
    Dimension.OUTCOME: BilingualText("เรื่องที่ยุติ ตามผลการดำเนินการ", "Closed cases by outcome"),
    Dimension.PROVINCE: BilingualText("ตามจังหวัดที่เกิดเหตุ", "By province of the incident"),
    Dimension.DISTRICT: BilingualText("ตามอำเภอที่เกิดเหตุ", "By district of the incident"),
    Dimension.AGENCY: BilingualText("ตามหน่วยงานหลัก", "By lead agency"),
    Dimension.SEX: BilingualText("ตามเพศของผู้ร้อง", "By sex of the complainant"),
    Dimension.AGE: BilingualText("ตามอายุของผู้ร้อง", "By age of the complainant"),
}
_UNKNOWN_PEOPLE = BilingualText(
    "เพศและอายุทราบเฉพาะเมื่ออ่านบัตรประชาชนหรือผู้ร้องแจ้ง นอกนั้นนับเป็นไม่ทราบ",
    "Sex and age are known only where a card was read or the complainant stated them; all others count as unknown",
)


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
    shown = [each for each in _dimensions(centre) if each not in _PERSONAL or (with_people and can_hide)]
    figures = count_cases([centre], period, (Dimension.ALL, *shown, *STAGES), facts)
    before = count_cases([centre], period.before(), (Dimension.ALL, *shown), facts)
    backlog = count_backlog([centre], period.last, today, facts)
    protected = list(PROTECTED if is_published else _PERSONAL)
    protected = [each for each in protected if each in shown]
    hidden = hidden_cells(centre, period, protected) if protected else {}
    shown = [each for each in shown if each not in TERMS or any(figures.of(each))]  # a scheme that somebody uses
    names = stored_names(figures.of(Dimension.AGENCY))
    tables = [summary_table(figures, before, backlog, is_published=is_published), _stages(figures), _backlog(backlog)]
    for dimension in shown:
        tables.append(_by_value(dimension, figures, hidden, names, is_published=is_published))
        if dimension is Dimension.PROVINCE and not centre.area_code:
            tables.append(_by_region(figures, hidden, is_published=is_published))
    if len(period.months or ()) > 1:
        tables.append(_by_month(figures))
    return Report(centre, period, today, is_published, figures, before, backlog, tuple(tables))


def _dimensions(centre: Centre) -> tuple[Dimension, ...]:
    """By what the report of this centre counts. A country has too many agencies and districts for one table."""
    own = (Dimension.DISTRICT, Dimension.AGENCY) if centre.area_code else (Dimension.PROVINCE,)
    return (Dimension.TOPIC, *TERMS, Dimension.CHANNEL, Dimension.OUTCOME, *own, *_PERSONAL)


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


def _by_value(dimension: Dimension, figures: Figures, hidden: Hidden, names: Names, *, is_published: bool) -> Table:
    is_plain = is_published or dimension in _PERSONAL
    columns: tuple[Column, ...] = _PUBLISHED_COLUMNS if is_plain else _OFFICERS_COLUMNS
    if dimension is Dimension.OUTCOME:
        columns = (CLOSED,)
    values = {value: counts for value, counts in figures.of(dimension).items() if counts.received or counts.closed}
    if dimension is Dimension.OUTCOME:
        values = {value: counts for value, counts in values.items() if counts.closed}
    order = sorted(values, key=lambda value: (-values[value].received, -values[value].closed, value))
    if dimension in (*_PERSONAL, Dimension.DISTRICT, Dimension.PROVINCE):
        order = sorted(values, key=lambda value: (value == "", value))
    has_links = dimension not in _PERSONAL and not is_published
    rows = []
    for value in order:
        shown = {measure: value in hidden.get((dimension, measure), frozenset()) for measure in ("received", "closed")}
        cells = tuple(_cell(column, values[value], figures.total, shown, has_links) for column in columns)
        rows.append(Row(value, value_name(dimension, value, names), cells))
    note = _UNKNOWN_PEOPLE if dimension in _PERSONAL else None
    return Table(dimension.value, TITLES[dimension], columns, tuple(rows), dimension.value, note)


def _cell(column: Column, counts: Counts, total: Counts, hidden: Mapping[str, bool], has_links: bool) -> Figure:
    match column.code:
        case "received" | "closed":
            if hidden[column.code]:
                return Figure(None, is_hidden=True)
            return Figure(getattr(counts, column.code), measure=column.code if has_links else "")
        case "share_percent":
            return Figure(percent(counts.received, total.received), "%")
        case "in_time_percent":
            return Figure(percent(counts.in_time, counts.dated), "%")
        case "rating":
            return Figure(rating(counts))
        case _:
            return Figure(counts.rated)


def _by_region(figures: Figures, hidden: Hidden, *, is_published: bool) -> Table:
    """The sums of provinces. A sum with a hidden province is hidden: it says no more than the table of provinces."""
    sums: dict[str, Counts] = {}
    concealed: dict[str, set[str]] = {"received": set(), "closed": set()}
    for province, counts in figures.of(Dimension.PROVINCE).items():
        region = region_of(province)
        sums[region] = sums.get(region, Counts()) + counts
        for measure, regions in concealed.items():
            if province in hidden.get((Dimension.PROVINCE, measure), frozenset()):
                regions.add(region)
    columns = _PUBLISHED_COLUMNS if is_published else _OFFICERS_COLUMNS
    rows = []
    for region, name in {**REGIONS, "": value_name(Dimension.PROVINCE, "", {})}.items():
        if region in sums:
            shown = {measure: region in regions for measure, regions in concealed.items()}
            cells = tuple(_cell(column, sums[region], figures.total, shown, has_links=False) for column in columns)
            rows.append(Row(region, name, cells))
    return Table("region", BilingualText("ตามภาคที่เกิดเหตุ", "By region of the incident"), columns, tuple(rows))


def _by_month(figures: Figures) -> Table:
    columns = (
        RECEIVED,
        CLOSED,
        Column("indicator_percent", BilingualText(f"ตัวชี้วัด {KPI_PERCENT} %", f"{KPI_PERCENT} % indicator")),
    )
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
