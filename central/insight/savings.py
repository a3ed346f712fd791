"""What citizens and offices save because a case needs no journey: kilometres, hours, baht, and days of hand-over. Pure.

Every figure is a product of counted cases and of assumptions that the centre sets, and is shown with them. A case whose
district has no distance adds nothing, and is counted as such."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

BAHT_PER_KM = Decimal(8)  # of the published savings of Khon Kaen (docs/facts.md §1)
KM_PER_HOUR = 40
HOURS_AT_HALL = Decimal(1)
# Journeys to the hall that a case of this channel makes unnecessary. At counter and kiosk the citizen has come.
TRIPS = {"web": 1, "app": 1, "line": 1, "phone_1567": 1}
_BOTH_WAYS = 2


@dataclass(frozen=True)
class Assumptions:
    """`distances`: km by road from a district (code of four digits) to the hall, one way. `days_before`: days that a
    case took to the first order before this system; None: not known."""

    baht_per_km: Decimal = BAHT_PER_KM
    km_per_hour: int = KM_PER_HOUR
    hours_at_hall: Decimal = HOURS_AT_HALL
    trips: Mapping[str, int] = field(default_factory=lambda: dict(TRIPS))
    distances: Mapping[str, Decimal] = field(default_factory=dict)
    days_before: Decimal | None = None


@dataclass(frozen=True)
class ChannelCases:
    """The cases of one channel and district. `days_to_order` is the sum of the days of those that were ordered."""

    channel: str
    district: str
    cases: int
    ordered: int = 0
    days_to_order: int = 0


@dataclass(frozen=True)
class Savings:
    """What the cases of one channel, or all, have saved. `days_faster` is a mean per ordered case, None without one or
    without the days before."""

    cases: int
    without_distance: int  # of channels that save journeys
    km: Decimal
    hours: Decimal
    baht: Decimal
    days_faster: Decimal | None


def savings(counted: Iterable[ChannelCases], assumed: Assumptions) -> Savings:
    """The sum of what these cases save. Nothing is rounded before the sum, so that totals are the sums of their rows
    but for rounding."""
    cases = without = ordered = days = 0
    km = hours = Decimal(0)
    for each in counted:
        cases, ordered, days = cases + each.cases, ordered + each.ordered, days + each.days_to_order
        trips = each.cases * assumed.trips.get(each.channel, 0)
        distance = assumed.distances.get(each.district)
        if distance is None:
            without += each.cases if trips else 0
            continue
        km += trips * _BOTH_WAYS * distance
        hours += trips * (_BOTH_WAYS * distance / assumed.km_per_hour + assumed.hours_at_hall)
    faster = None
    if ordered and assumed.days_before is not None:
        faster = _rounded(assumed.days_before - Decimal(days) / ordered, "0.1")
    return Savings(cases, without, _rounded(km), _rounded(hours), _rounded(km * assumed.baht_per_km), faster)


def _rounded(number: Decimal, step: str = "1") -> Decimal:
    return number.quantize(Decimal(step), ROUND_HALF_UP)
