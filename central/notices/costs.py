"""What each centre has sent, by channel and month of Thailand."""

from datetime import datetime

from django.db.models import F

from central.notices.models import Notice, NoticeCost
from thai.dates import day_in_thailand


def count_cost(centre_id: int, notice: Notice, now: datetime) -> None:
    """Add an accepted notice to the counters of the centre whose route it used."""
    month = day_in_thailand(now).replace(day=1)
    row, _ = NoticeCost.objects.get_or_create(centre_id=centre_id, channel=notice.channel, month=month)
    NoticeCost.objects.filter(pk=row.pk).update(
        notices=F("notices") + 1, parts=F("parts") + notice.parts, satang=F("satang") + notice.cost_satang
    )
