"""The cases that were open at the end of a day, by age."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q, QuerySet

from central.centres.models import Centre
from central.insight.figures import EVERY_FACT, FactFilter, facts_of
from central.insight.models import CaseFact
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
    """The open cases of these centres and those below at the end of a day, at the latest today. Two queries."""
    day = min(day, today)
    bands = list(AGES.items())
    counts = {}
    for index, (code, (lowest, _)) in enumerate(bands):
        in_band = Q(received_on__lte=day - timedelta(days=lowest))
        if index + 1 < len(bands):
            in_band &= Q(received_on__gt=day - timedelta(days=bands[index + 1][1][0]))
        counts[code] = Count("centre", filter=in_band)
    by_age: Counter[str] = Counter()
    for rows in open_facts(facts_of(centres, facts), day, today):
        by_age.update(rows.order_by().aggregate(**counts))
    return Backlog(day, {code: by_age[code] for code in AGES})


def open_facts(facts: QuerySet[CaseFact], day: date, today: date) -> Iterator[QuerySet[CaseFact]]:
    """The facts of the cases that were open at the end of a day: those that are open now, and those closed later. They
    are apart, because each has its index and both together have none."""
    received = facts.filter(received_on__lte=day)
    yield received.filter(closed_on=None)
    if day < today:
        yield received.filter(closed_on__gt=day)
