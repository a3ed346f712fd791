"""The cases that were open at the end of a day, by age."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q

from central.centres.models import Centre
from central.insight.figures import EVERY_FACT, FactFilter, facts_of
from protocol.bilingual_text import BilingualText

# The lowest age of each band in days.
AGES: Mapping[str, tuple[int, BilingualText]] = {
    "to15": (0, BilingualText("ไม่เกิน 15 วัน", "Up to 15 days")),
    "to30": (16, BilingualText("16–30 วัน", "16 to 30 days")),
    "to60": (31, BilingualText("31–60 วัน", "31 to 60 days")),
    "to90": (61, BilingualText("61–90 วัน", "61 to 90 days")),
    "over90": (91, BilingualText("เกิน 90 วัน", "More than 90 days")),
}


@dataclass(frozen=True)
class Backlog:
    """Open cases at the end of `day`. A case that was reopened later counts as open since it was received."""

    day: date
    by_age: Mapping[str, int]

    @property
    def total(self) -> int:
        """All open cases."""
        return sum(self.by_age.values())


def count_backlog(centres: Sequence[Centre], day: date, today: date, facts: FactFilter = EVERY_FACT) -> Backlog:
    """The open cases of these centres and those below at the end of a day, at the latest today. One query."""
    day = min(day, today)
    is_open = Q(closed_on=None) if day == today else Q(closed_on=None) | Q(closed_on__gt=day)
    bands = list(AGES.items())
    counts = {}
    for index, (code, (lowest, _)) in enumerate(bands):
        in_band = Q(received_on__lte=day - timedelta(days=lowest))
        if index + 1 < len(bands):
            in_band &= Q(received_on__gt=day - timedelta(days=bands[index + 1][1][0]))
        counts[code] = Count("pk", filter=in_band)
    row = facts_of(centres, facts).filter(is_open, received_on__lte=day).order_by().aggregate(**counts)
    return Backlog(day, row)
