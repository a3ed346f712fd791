"""What is counted of one case, and where it counts. Pure: no Django.

A case counts on up to four days: when it was received, when it was closed, when it was reopened last, and when it was
rated last. Each day adds its own measures. A measure of the day of receipt says how the case stands now."""

from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields
from datetime import date
from enum import StrEnum
from functools import lru_cache

# Outcomes by which the matter of the citizen is settled, and those that leave the case out of the indicator.
SETTLED = frozenset({"resolved", "explained"})
LEFT_OUT = frozenset({"duplicate", "withdrawn"})
MAX_DAYS = 366  # a stage that took longer counts as 366 days


class Dimension(StrEnum):
    """By what cases are counted. `ALL` has the one value ''."""

    ALL = "all"
    TOPIC = "topic"
    SUBTOPIC = "subtopic"  # a term of the topic, '' for none
    # Terms of the schemes of classification, '' for none.
    STRATEGY = "strategy"
    REFORM = "reform"
    RECONCILIATION = "reconciliation"
    SDG = "sdg"
    CHANNEL = "channel"
    OUTCOME = "outcome"  # '' while the case is open
    PROVINCE = "province"  # of the place of the incident, '' when it is not known
    DISTRICT = "district"
    TAMBON = "tambon"  # the code of its district where the tambon is not known. Counted from facts only
    AGENCY = "agency"  # that leads the case or led it last, '' without one
    SEX = "sex"  # of the complainant, '' when it is not known
    AGE = "age"  # an age band, '' when it is not known
    # Days of each stage, of closed cases. The value is the number of days.
    DAYS_TO_CLOSE = "days"
    DAYS_TO_TAKE = "days_take"
    DAYS_TO_ORDER = "days_order"
    DAYS_AT_AGENCY = "days_agency"


TERMS = (Dimension.SUBTOPIC, Dimension.STRATEGY, Dimension.REFORM, Dimension.RECONCILIATION, Dimension.SDG)
CODE_LENGTHS = {Dimension.PROVINCE: 2, Dimension.DISTRICT: 4, Dimension.TAMBON: 6}  # digits
NOT_SUMMED = frozenset({Dimension.TAMBON})  # shown for one district at a time, whose facts are few
STAGES = (Dimension.DAYS_TO_TAKE, Dimension.DAYS_TO_ORDER, Dimension.DAYS_AT_AGENCY, Dimension.DAYS_TO_CLOSE)


@dataclass(frozen=True)
class Counts:
    """How many cases, by measure. All measures can be added up over months, centres and values of a dimension."""

    # Of the day of receipt.
    received: int = 0
    ended: int = 0  # closed by now
    in_indicator: int = 0  # without duplicates and withdrawn cases
    settled: int = 0  # closed by now as resolved or explained
    # Of the day of closing.
    closed: int = 0
    dated: int = 0  # had a due date
    in_time: int = 0  # closed on the due date or before
    # Of the days of the last reopening and of the last rating.
    reopened: int = 0
    rated: int = 0
    stars: int = 0  # the sum

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*(mine + its for mine, its in zip(astuple(self), astuple(other), strict=True)))


MEASURES = tuple(each.name for each in fields(Counts))


@lru_cache(maxsize=1024)  # a case adds one of a few dozen combinations
def measures_of(counts: Counts) -> tuple[tuple[int, int], ...]:
    """The measures that are not 0: index in MEASURES, and count."""
    return tuple((index, getattr(counts, name)) for index, name in enumerate(MEASURES) if getattr(counts, name))


@dataclass(frozen=True, slots=True)
class FactValues:
    """One case as it is counted: codes and days, nothing that names anybody."""

    centre_id: int
    area: str
    topic: str
    channel: str
    outcome: str
    agency_id: int | None
    sex: str
    age_band: str
    received_on: date
    closed_on: date | None = None
    reopened_on: date | None = None
    rated_on: date | None = None
    in_time: bool | None = None  # None: open, or closed without a due date
    stars: int | None = None  # for the centre
    agency_stars: int | None = None  # for the agency above
    days_to_take: int | None = None  # receipt → taken by an officer
    days_to_order: int | None = None  # receipt → first order to a lead agency
    days_at_agency: int | None = None  # last order → the lead agency reports that it is done
    # Terms of classification.
    subtopic: str = ""
    strategy: str = ""
    reform: str = ""
    reconciliation: str = ""
    sdg: str = ""

    @property
    def days_to_close(self) -> int | None:
        """Receipt → closing."""
        return (self.closed_on - self.received_on).days if self.closed_on else None


VALUE_NAMES = tuple(each.name for each in fields(FactValues))


def counted_days(values: FactValues) -> Iterator[tuple[date, Counts]]:
    """The days on which the case counts, with what it adds there."""
    is_closed = values.closed_on is not None
    yield (
        values.received_on,
        Counts(
            received=1,
            ended=int(is_closed),
            in_indicator=int(values.outcome not in LEFT_OUT),
            settled=int(values.outcome in SETTLED),
        ),
    )
    if values.closed_on is not None:
        yield (
            values.closed_on,
            Counts(closed=1, dated=int(values.in_time is not None), in_time=int(values.in_time is True)),
        )
    if values.reopened_on is not None:
        yield values.reopened_on, Counts(reopened=1)
    if values.rated_on is not None and values.stars is not None:
        yield values.rated_on, Counts(rated=1, stars=values.stars)


def dimension_values(values: FactValues) -> tuple[tuple[Dimension, str], ...]:
    """The value of the case in each dimension but those of the stages."""
    return (
        (Dimension.ALL, ""),
        (Dimension.TOPIC, values.topic),
        (Dimension.SUBTOPIC, values.subtopic),
        (Dimension.STRATEGY, values.strategy),
        (Dimension.REFORM, values.reform),
        (Dimension.RECONCILIATION, values.reconciliation),
        (Dimension.SDG, values.sdg),
        (Dimension.CHANNEL, values.channel),
        (Dimension.OUTCOME, values.outcome),
        (Dimension.PROVINCE, values.area[:2]),
        (Dimension.DISTRICT, values.area[:4]),
        (Dimension.TAMBON, values.area),
        (Dimension.AGENCY, str(values.agency_id or "")),
        (Dimension.SEX, values.sex),
        (Dimension.AGE, values.age_band),
    )


def contributions(values: FactValues) -> Iterator[tuple[date, Dimension, str, Counts]]:
    """Everything that the case adds: day, dimension, value, counts. A rating counts for the agency by its own stars."""
    days, places = list(counted_days(values)), dimension_values(values)
    for day, counts in days:
        for dimension, value in places:
            if not counts.rated or dimension is not Dimension.AGENCY:
                yield day, dimension, value, counts
    if values.rated_on is not None and values.agency_id is not None and values.agency_stars is not None:
        rated = Counts(rated=1, stars=values.agency_stars)
        yield values.rated_on, Dimension.AGENCY, str(values.agency_id), rated
    if values.closed_on is not None:
        stages = (values.days_to_take, values.days_to_order, values.days_at_agency, values.days_to_close)
        for stage, stage_days in zip(STAGES, stages, strict=True):
            if stage_days is not None:
                shown = str(min(max(stage_days, 0), MAX_DAYS))
                yield values.closed_on, stage, shown, Counts(closed=1)
