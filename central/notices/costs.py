"""What each centre has sent, by channel and month of Thailand."""

from datetime import datetime

from django.db.models import F

from central.notices.models import Notice, NoticeCost
from thai.dates import day_in_thailand


def count_cost(centre_id: int, notice: Notice, now: datetime) -> None:
    """Add an accepted notice to the counters of the centre whose route it used."""
    add_cost(centre_id, notice.channel, notice.parts, notice.cost_satang, now)


def add_cost(centre_id: int, channel: str, parts: int, satang: int, now: datetime) -> None:
    """Add one message of so many parts."""
    month = day_in_thailand(now).replace(day=1)
    row, _ = NoticeCost.objects.get_or_create(centre_id=centre_id, channel=channel, month=month)
    NoticeCost.objects.filter(pk=row.pk).update(
        notices=F("notices") + 1, parts=F("parts") + parts, satang=F("satang") + satang
    )
