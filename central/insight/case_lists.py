"""The cases behind a figure of a report."""

from collections.abc import Mapping

from django.db.models import Q, QuerySet

from central.cases.models import Case
from central.centres.models import Centre
from central.insight.facts import CODE_LENGTHS, SETTLED, TERMS, Dimension
from central.insight.figures import FactFilter, facts_of
from central.insight.models import CaseFact
from central.insight.periods import Period
from protocol.bilingual_text import BilingualText

# Sex and age have no lists: they would tell the sex and the age of each complainant.
LISTED = frozenset(
    {
        Dimension.TOPIC,
        *TERMS,
        Dimension.CHANNEL,
        Dimension.OUTCOME,
        Dimension.PROVINCE,
        Dimension.DISTRICT,
        Dimension.TAMBON,
        Dimension.AGENCY,
    }
)
LOW_STARS = 2  # of 5: the citizen is not content
_MAX_KEY_DIGITS = 18  # of the databases' big integers
MEASURES: Mapping[str, BilingualText] = {
    "received": BilingualText("เรื่องที่รับ", "Cases received"),
    "closed": BilingualText("เรื่องที่ยุติ", "Cases closed"),
    "in_time": BilingualText("เรื่องที่ยุติภายในกำหนด", "Cases closed in time"),
    "settled": BilingualText("เรื่องที่รับและได้ข้อยุติแล้ว", "Cases received and settled"),
    "reopened": BilingualText("เรื่องที่เปิดอีกครั้ง", "Cases reopened"),
    "rated": BilingualText("เรื่องที่ผู้ร้องให้คะแนน", "Cases rated"),
    "rated_low": BilingualText(f"เรื่องที่ผู้ร้องให้คะแนนไม่เกิน {LOW_STARS}", f"Cases rated {LOW_STARS} or lower"),
}


def listed_cases(
    centre: Centre, period: Period, facts: FactFilter, measure: str, row: tuple[Dimension, str] | None = None
) -> QuerySet[Case]:
    """The cases that a figure counts, newest first; `row` is the row of a table. The caller has checked that the
    officer sees the cases of this centre. Raises KeyError for an unknown measure, ValueError for a dimension without
    lists."""
    keys = _counted(centre, period, facts, measure, row).filter(case__isnull=False).values("case")
    return Case.objects.filter(pk__in=keys).order_by("-received_at", "-pk")


def count_deleted(
    centre: Centre, period: Period, facts: FactFilter, measure: str, row: tuple[Dimension, str] | None = None
) -> int:
    """How many cases the figure counts that are deleted after their keeping time. With `listed_cases` they are all."""
    return _counted(centre, period, facts, measure, row).filter(case=None).count()


def _counted(
    centre: Centre, period: Period, facts: FactFilter, measure: str, row: tuple[Dimension, str] | None
) -> QuerySet[CaseFact]:
    wanted = _measure(measure, period)
    if row is not None:
        wanted &= _value(*row)
    return facts_of([centre], facts).filter(wanted)


def _measure(measure: str, period: Period) -> Q:
    between = (period.first, period.last)
    return {
        "received": Q(received_on__range=between),
        "closed": Q(closed_on__range=between),
        "in_time": Q(closed_on__range=between, in_time=True),
        "settled": Q(received_on__range=between, outcome__in=SETTLED),
        "reopened": Q(reopened_on__range=between),
        "rated": Q(rated_on__range=between, stars__isnull=False),
        "rated_low": Q(rated_on__range=between, stars__lte=LOW_STARS),
    }[measure]


def _value(dimension: Dimension, value: str) -> Q:
    if dimension not in LISTED:
        raise ValueError(f"No list by {dimension}")
    match dimension:
        case Dimension.PROVINCE | Dimension.DISTRICT | Dimension.TAMBON:
            # A code that is shorter than those of the dimension: the place of the case is not known any closer.
            return Q(area__startswith=value) if len(value) == CODE_LENGTHS[dimension] else Q(area=value)
        case Dimension.AGENCY:
            return Q(agency=_key(value)) if value else Q(agency=None)
        case _:
            return Q(**{dimension.value: value})


def _key(text: str) -> int:
    """The key of a row. Raises ValueError for another text."""
    if not (text.isascii() and text.isdecimal() and len(text) <= _MAX_KEY_DIGITS):
        raise ValueError("No key")
    return int(text)
