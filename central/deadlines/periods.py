"""Which period a case has, by precedence, and which cases are complex.

Cabinet paper on complaints, 11 October 2565: general 15 working days; agencies may declare their own (20 or 30); a
complex case has no date, but progress is reported at intervals; the period of a law comes first.
"""

from dataclasses import dataclass
from enum import StrEnum

from protocol.choices import Nature, RespondentKind
from protocol.topics import Topic

GENERAL_DAYS = 15
PROGRESS_EVERY_DAYS = 15
# The longest period that is accepted, about four years. A typing error of two more digits must not walk for centuries.
MAX_PERIOD_DAYS = 999


class PeriodBasis(StrEnum):
    """Why a period has its length."""

    LAW = "law"
    AGENCY = "agency"
    GENERAL = "general"
    COMPLEX = "complex"
    MANUAL = "manual"  # an officer set the date itself


@dataclass(frozen=True)
class Period:
    """The working days a case may take. `days` is None for a complex case, which has no date, and for a date that an
    officer has set.

    Progress must be reported every `progress_every_days` working days; None: no such duty."""

    basis: PeriodBasis
    days: int | None
    progress_every_days: int | None = None

    def __post_init__(self) -> None:
        for days in (self.days, self.progress_every_days):
            if days is not None and not 1 <= days <= MAX_PERIOD_DAYS:
                raise ValueError(f"a period of {days} working days; 1 to {MAX_PERIOD_DAYS} are possible")


def choose_period(
    *,
    law_days: int | None = None,
    agency_days: int | None = None,
    is_complex: bool = False,
    progress_every_days: int = PROGRESS_EVERY_DAYS,
) -> Period:
    """The period by precedence: law, complex (no date), agency, general. A complex case with a period by law has that
    date and reports progress as well. Raises ValueError for a period outside 1 to MAX_PERIOD_DAYS."""
    progress = progress_every_days if is_complex else None
    if law_days is not None:
        return Period(PeriodBasis.LAW, law_days, progress)
    if is_complex:
        return Period(PeriodBasis.COMPLEX, None, progress)
    if agency_days is not None:
        return Period(PeriodBasis.AGENCY, agency_days)
    return Period(PeriodBasis.GENERAL, GENERAL_DAYS)


def is_complex_matter(nature: str, topic: str, about: str) -> bool:
    """Whether a new case counts as complex: it concerns land, or it accuses an official or an agency. The arguments are
    codes as stored with the case."""
    is_accusation = nature in (Nature.COMPLAINT.value, Nature.TIP_OFF.value)
    accuses_official = is_accusation and about == RespondentKind.OFFICIAL.value
    return accuses_official or topic in (Topic.LAND.value, Topic.CORRUPTION.value)
