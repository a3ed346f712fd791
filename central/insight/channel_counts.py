"""How many cases were received by each channel, by month: from the facts, so that reports say the same."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db.models import Count
from django.db.models.functions import TruncMonth

from central.cases.scopes import Scope
from central.channels import CHANNELS, Channel
from central.insight.models import CaseFact
from central.insight.periods import first_day, month_number


@dataclass(frozen=True)
class ChannelCounts:
    """The counts of some months, the newest first. A channel that this version does not know counts too."""

    months: list[date]  # the first day of each
    by_channel: dict[str, list[int]]  # a count for each month

    @property
    def totals(self) -> list[int]:
        """All channels, for each month."""
        return [sum(counts) for counts in zip(*self.by_channel.values(), strict=True)]


def count_by_channel(scope: Scope, today: date, months: int = 12) -> ChannelCounts:
    """The cases that the centres of the scope received in the last months. One query."""
    shown = [first_day(month_number(today) - back) for back in range(months)]
    rows = CaseFact.objects.filter(received_on__gte=shown[-1])
    if not scope.is_everywhere:
        rows = rows.filter(centre__in=scope.centre_ids)
    grouped = rows.order_by().annotate(month=TruncMonth("received_on")).values_list("channel", "month")
    counts = Counter({(channel, month): count for channel, month, count in grouped.annotate(count=Count("pk"))})
    channels = [*(channel.value for channel in CHANNELS), *sorted({key for key, _ in counts} - set(Channel))]
    return ChannelCounts(shown, {channel: [counts[channel, month] for month in shown] for channel in channels})
