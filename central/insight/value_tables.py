"""Tables by the values of a dimension: those of reports, and those beside maps. One row for each value, and the columns
that are wanted; the same column has the same figure in both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from central.classification.schemes import SCHEMES
from central.insight.facts import Counts, Dimension
from central.insight.figures import Figures
from central.insight.published import Hidden
from central.insight.regions import REGIONS, region_of
from central.insight.summary import KPI_PERCENT, percent, rating
from central.insight.tables import Column, Figure, Row, Table
from central.insight.value_names import Names, value_name
from protocol.bilingual_text import BilingualText

PERSONAL = (Dimension.SEX, Dimension.AGE)
_PLACES = (Dimension.DISTRICT, Dimension.PROVINCE, Dimension.TAMBON)

RECEIVED = Column("received", BilingualText("รับ", "Received"))
CLOSED = Column("closed", BilingualText("ยุติ", "Closed"))
SHARE = Column("share_percent", BilingualText("ร้อยละของที่รับ", "Share of received"))
ENDED = Column("ended_percent", BilingualText("รับแล้วยุติ", "Received and closed"))
IN_TIME = Column("in_time_percent", BilingualText("ยุติภายในกำหนด", "Closed in time"))
INDICATOR = Column("indicator_percent", BilingualText(f"ตัวชี้วัด {KPI_PERCENT} %", f"{KPI_PERCENT} % indicator"))
OPEN = Column("open", BilingualText("คงค้างเมื่อสิ้นช่วง", "Open at the end"))
MEDIAN_DAYS = Column("median_days", BilingualText("มัธยฐานวันจนยุติ", "Median days to close"))
RATING = Column("rating", BilingualText("คะแนน (เต็ม 5)", "Rating (of 5)"))
RATED = Column("rated", BilingualText("จำนวนที่ให้คะแนน", "Ratings"))
OFFICERS_COLUMNS = (RECEIVED, SHARE, CLOSED, IN_TIME, RATING, RATED)
PUBLISHED_COLUMNS = (RECEIVED, CLOSED)

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
    Dimension.TAMBON: BilingualText("ตามตำบลที่เกิดเหตุ", "By tambon of the incident"),
    Dimension.AGENCY: BilingualText("ตามหน่วยงานหลัก", "By lead agency"),
    Dimension.SEX: BilingualText("ตามเพศของผู้ร้อง", "By sex of the complainant"),
    Dimension.AGE: BilingualText("ตามอายุของผู้ร้อง", "By age of the complainant"),
}
_BY_REGION = BilingualText("ตามภาคที่เกิดเหตุ", "By region of the incident")
_UNKNOWN_PEOPLE = BilingualText(
    "เพศและอายุทราบเฉพาะเมื่ออ่านบัตรประชาชนหรือผู้ร้องแจ้ง นอกนั้นนับเป็นไม่ทราบ",
    "Sex and age are known only where a card was read or the complainant stated them; all others count as unknown",
)
_NOTHING_HIDDEN: Mapping[str, bool] = {"received": False, "closed": False}


@dataclass(frozen=True)
class MoreCounts:
    """What the counts of a dimension do not have, by value: open cases, and the median of the days to close."""

    open_cases: Mapping[str, int] = field(default_factory=dict)
    median_days: Mapping[str, int] = field(default_factory=dict)


NO_MORE = MoreCounts()


def table_by_value(
    dimension: Dimension,
    figures: Figures,
    hidden: Hidden,
    names: Names,
    *,
    is_published: bool,
    columns: Sequence[Column] = OFFICERS_COLUMNS,
    more: MoreCounts = NO_MORE,
) -> Table:
    """The table of a dimension, with a row for each value that has received, closed or open cases. A published table,
    and one by sex or age, has the columns of published tables only."""
    is_plain = is_published or dimension in PERSONAL
    columns = PUBLISHED_COLUMNS if is_plain else tuple(columns)
    if dimension is Dimension.OUTCOME:
        columns = (CLOSED,)
    every = {**dict.fromkeys(more.open_cases, Counts()), **figures.of(dimension)}
    values = {
        value: counts
        for value, counts in every.items()
        if counts.received or counts.closed or more.open_cases.get(value)
    }
    if dimension is Dimension.OUTCOME:
        values = {value: counts for value, counts in values.items() if counts.closed}
    order = sorted(values, key=lambda value: (-values[value].received, -values[value].closed, value))
    if dimension in (*PERSONAL, *_PLACES):
        order = sorted(values, key=lambda value: (value == "", value))
    has_links = dimension not in PERSONAL and not is_published
    rows = []
    for value in order:
        shown = {measure: value in hidden.get((dimension, measure), frozenset()) for measure in _NOTHING_HIDDEN}
        cells = _Cells(value, values[value], figures.total, shown, more, has_links)
        rows.append(Row(value, value_name(dimension, value, names), tuple(map(cells.figure, columns))))
    note = _UNKNOWN_PEOPLE if dimension in PERSONAL else None
    return Table(dimension.value, TITLES[dimension], tuple(columns), tuple(rows), dimension.value, note)


def table_by_region(
    figures: Figures,
    hidden: Hidden,
    *,
    is_published: bool,
    columns: Sequence[Column] = OFFICERS_COLUMNS,
    more: MoreCounts = NO_MORE,
) -> Table:
    """The sums of provinces. A sum with a hidden province is hidden: it says no more than the table of provinces.
    `more` is by region."""
    sums: dict[str, Counts] = {}
    concealed: dict[str, set[str]] = {"received": set(), "closed": set()}
    for province, counts in figures.of(Dimension.PROVINCE).items():
        region = region_of(province)
        sums[region] = sums.get(region, Counts()) + counts
        for measure, regions in concealed.items():
            if province in hidden.get((Dimension.PROVINCE, measure), frozenset()):
                regions.add(region)
    for region in more.open_cases:
        sums.setdefault(region, Counts())
    columns = PUBLISHED_COLUMNS if is_published else tuple(columns)
    rows = []
    for region, name in {**REGIONS, "": value_name(Dimension.PROVINCE, "", {})}.items():
        if region in sums:
            shown = {measure: region in regions for measure, regions in concealed.items()}
            cells = _Cells(region, sums[region], figures.total, shown, more, has_links=False)
            rows.append(Row(region, name, tuple(map(cells.figure, columns))))
    return Table("region", _BY_REGION, tuple(columns), tuple(rows))


@dataclass(frozen=True)
class _Cells:
    """The cells of one row. `hidden` is by measure."""

    value: str
    counts: Counts
    total: Counts
    hidden: Mapping[str, bool]
    more: MoreCounts
    has_links: bool

    def figure(self, column: Column) -> Figure:
        counts = self.counts
        match column.code:
            case "received" | "closed":
                if self.hidden[column.code]:
                    return Figure(None, is_hidden=True)
                return Figure(getattr(counts, column.code), measure=column.code if self.has_links else "")
            case "share_percent":
                return Figure(percent(counts.received, self.total.received), "%")
            case "ended_percent":
                return Figure(percent(counts.ended, counts.received), "%")
            case "in_time_percent":
                return Figure(percent(counts.in_time, counts.dated), "%")
            case "indicator_percent":
                return Figure(percent(counts.settled, counts.in_indicator), "%")
            case "rating":
                return Figure(rating(counts))
            case "open":
                return Figure(self.more.open_cases.get(self.value, 0))
            case "median_days":
                return Figure(self.more.median_days.get(self.value))
            case _:
                return Figure(counts.rated)
