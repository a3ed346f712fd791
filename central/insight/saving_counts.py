"""The cases from which savings are calculated, and the stored assumptions of a centre."""

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import Count, Sum
from django.db.models.functions import Substr

from central.centres.models import Centre
from central.insight.figures import facts_of
from central.insight.models import SavingAssumptions
from central.insight.periods import Period
from central.insight.savings import Assumptions, ChannelCases


def count_for_savings(centre: Centre, period: Period) -> list[ChannelCases]:
    """The cases that were received in the period, by channel and district of the incident. One query. The citizen's
    home is not counted: it is known of few, and is personal data."""
    received = facts_of([centre]).filter(received_on__range=(period.first, period.last))
    grouped = received.order_by().annotate(district=Substr("area", 1, 4)).values_list("channel", "district")
    rows = grouped.annotate(cases=Count("pk"), ordered=Count("days_to_order"), days=Sum("days_to_order"))
    return [
        ChannelCases(channel, district, cases, ordered, days or 0) for channel, district, cases, ordered, days in rows
    ]


def load_assumptions(centre: Centre) -> Assumptions:
    """What the centre has set; of the nearest centre above without own ones, else the first values."""
    above = centre.path.strip("/").split("/")
    rows = SavingAssumptions.objects.filter(centre__slug__in=above).select_related("centre")
    stored = {row.centre.slug: row for row in rows}
    row = next((stored[slug] for slug in reversed(above) if slug in stored), None)
    if row is None:
        return Assumptions()
    return Assumptions(
        baht_per_km=row.baht_per_km,
        km_per_hour=row.km_per_hour,
        hours_at_hall=row.hours_at_hall,
        trips={channel: int(trips) for channel, trips in row.trips.items()},
        distances={district: Decimal(km) for district, km in row.distances.items()},
        days_before=row.days_before,
    )


def by_channel(counted: Iterable[ChannelCases]) -> dict[str, list[ChannelCases]]:
    """The counted cases of each channel."""
    channels: dict[str, list[ChannelCases]] = {}
    for each in counted:
        channels.setdefault(each.channel, []).append(each)
    return channels
