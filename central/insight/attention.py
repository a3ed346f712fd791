"""What needs the attention of those who lead a centre this week, computed from its cases: the most urgent first."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import Enum

from django.db.models import Count, QuerySet
from django.db.models.functions import Substr

from central.agencies.models import Agency
from central.cases import queues
from central.cases.case_filter import CaseFilter, narrow
from central.cases.models import Case
from central.cases.work_queues import WorkQueue, in_queue
from central.centres.models import Centre
from central.insight.case_lists import LOW_STARS
from central.insight.facts import Dimension
from central.insight.figures import facts_of
from central.insight.periods import days
from central.insight.places_compared import Use
from central.insight.rising import WEEKS, is_rising
from central.insight.value_names import value_name
from protocol.bilingual_text import BilingualText
from thai import places
from thai.dates import day_in_thailand

UNUSED_DAYS = 14  # without a sign-in: two weekly meetings
_WEEK = timedelta(days=7)
_MOST_AGENCIES = 3
_MOST_RISING = 5

_SENTENCES: Mapping[WorkQueue, BilingualText] = {
    WorkQueue.REOPENING_REQUESTED: BilingualText(
        "เรื่องที่ผู้ร้องขอให้เปิดอีกครั้ง", "cases whose citizen asks to open them again"
    ),
    WorkQueue.SILENT: BilingualText("เรื่องที่หน่วยงานเงียบเกินกำหนด", "cases in which the agency is silent"),
    WorkQueue.UNOWNED: BilingualText("เรื่องที่ยังไม่มีเจ้าของเรื่อง", "cases without an owner"),
}


class Target(Enum):
    """The page that shows the cases of an item."""

    CASES = "cases"  # the list of cases
    FIGURE = "report_cases"  # the cases behind a figure of the report
    PLACES = "places"  # the comparison of places


@dataclass(frozen=True)
class AttentionItem:
    """A number, the words that follow it, and where its cases are. `query` is that page's, without the centre."""

    code: str
    count: int
    words: BilingualText
    target: Target
    query: Mapping[str, str] = field(default_factory=dict)
    details: BilingualText | None = None


def list_attention(centre: Centre, today: date, uses: Mapping[Centre, Use]) -> list[AttentionItem]:
    """The items of this centre and those below it, empty when nothing needs anybody. `uses`: of the centres directly
    below, by centre."""
    keys = list(centre.subtree().values_list("pk", flat=True))
    cases = Case.objects.filter(centre__in=keys)
    items = [
        _overdue(cases, today),
        _queue(cases, WorkQueue.REOPENING_REQUESTED, today),
        _queue(cases, WorkQueue.SILENT, today),
        _due_soon(cases, today),
        _queue(cases, WorkQueue.UNOWNED, today),
        _low_ratings(centre, today),
        *_rising(centre, today),
        _unused(uses, today),
    ]
    return [item for item in items if item.count]


def _overdue(cases: QuerySet[Case], today: date) -> AttentionItem:
    late = queues.overdue(cases, today).order_by()
    by_agency = late.exclude(agency_name="").values_list("agency_name")
    most = list(by_agency.annotate(late_cases=Count("*")).order_by("-late_cases", "agency_name")[:_MOST_AGENCIES])
    english = {
        each.name_th: each.name_in("en") for each in Agency.objects.filter(name_th__in=[name for name, _ in most])
    }
    details = BilingualText(
        " · ".join(f"{name} {count:,}" for name, count in most),
        " · ".join(f"{english.get(name, name)} {count:,}" for name, count in most),
    )
    words, query = BilingualText("เรื่องเกินกำหนด", "cases are overdue"), _queue_query(WorkQueue.OVERDUE, "due")
    return AttentionItem("overdue", late.count(), words, Target.CASES, query, details if most else None)


def _queue(cases: QuerySet[Case], queue: WorkQueue, today: date) -> AttentionItem:
    count = in_queue(cases, queue, today, {}).count()
    return AttentionItem(queue.value, count, _SENTENCES[queue], Target.CASES, _queue_query(queue, "oldest"))


def _queue_query(queue: WorkQueue, sort: str) -> dict[str, str]:
    return {"queue": queue.value, "sort": sort}


def _due_soon(cases: QuerySet[Case], today: date) -> AttentionItem:
    count = narrow(cases, CaseFilter(due="week"), today, {}).count()
    words = BilingualText("เรื่องครบกำหนดภายใน 7 วัน", "cases are due within 7 days")
    return AttentionItem("due_soon", count, words, Target.CASES, {"due": "week", "sort": "due"})


def _low_ratings(centre: Centre, today: date) -> AttentionItem:
    week = days(today - _WEEK + timedelta(days=1), today)
    rated = facts_of([centre]).filter(rated_on__range=(week.first, week.last), stars__lte=LOW_STARS)
    words = BilingualText(
        f"เรื่องที่ผู้ร้องให้ไม่เกิน {LOW_STARS} คะแนนใน 7 วัน", f"cases were rated {LOW_STARS} or lower in 7 days"
    )
    return AttentionItem("rated_low", rated.count(), words, Target.FIGURE, _figure("rated_low", week.first, week.last))


def _figure(measure: str, first: date, last: date, **more: str) -> dict[str, str]:
    return {"period": "days", "first": first.isoformat(), "last": last.isoformat(), "measure": measure} | more


def _rising(centre: Centre, today: date) -> Iterator[AttentionItem]:
    """Topics that rise in a district, the most frequent first; of the country, in a province."""
    digits = 4 if centre.area_code else 2
    first = today - _WEEK + timedelta(days=1)
    weeks = _weekly_counts(centre, today, digits)
    rising = [
        (counts[0], key)
        for key, counts in weeks.items()
        if is_rising(counts[0], sum(counts[1:]), weeks=WEEKS, compared=len(weeks))
    ]
    for count, (area, topic) in sorted(rising, reverse=True)[:_MOST_RISING]:
        name, usual = value_name(Dimension.TOPIC, topic, {}), sum(weeks[area, topic][1:]) / WEEKS
        words = BilingualText(
            f"เรื่อง{name.th}ใน{places.full_name(area, 'th')} ใน 7 วัน ปกติสัปดาห์ละ {usual:.1f}",
            f"cases of “{name.en}” in {places.full_name(area, 'en')} in 7 days; {usual:.1f} a week are usual",
        )
        place = {} if len(centre.area_code) == digits else {"place": area}
        query = _figure("received", first, today, by=Dimension.TOPIC.value, value=topic) | place
        yield AttentionItem("rising", count, words, Target.FIGURE, query)


def _weekly_counts(centre: Centre, today: date, digits: int) -> dict[tuple[str, str], list[int]]:
    """By place and topic, the cases received in the last seven days and in each of the eight weeks before."""
    first = today - _WEEK * (WEEKS + 1) + timedelta(days=1)
    facts = facts_of([centre]).filter(received_on__range=(first, today)).exclude(area="").order_by()
    rows = facts.annotate(place=Substr("area", 1, digits)).values_list("place", "topic", "received_on")
    weeks: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0] * (WEEKS + 1))
    for place, topic, day, count in rows.annotate(cases=Count("*")):
        weeks[place, topic][(today - day).days // 7] += count
    return weeks


def _unused(uses: Mapping[Centre, Use], today: date) -> AttentionItem:
    unused = [
        centre
        for centre, use in uses.items()
        if use.last_sign_in is None or (today - day_in_thailand(use.last_sign_in)).days > UNUSED_DAYS
    ]
    words = BilingualText(
        f"ศูนย์ที่ไม่มีเจ้าหน้าที่เข้าใช้ระบบเกิน {UNUSED_DAYS} วัน", f"centres where nobody signed in for over {UNUSED_DAYS} days"
    )
    details = BilingualText(
        " · ".join(centre.name_th for centre in unused), " · ".join(centre.name_en for centre in unused)
    )
    return AttentionItem("unused", len(unused), words, Target.PLACES, {}, details if unused else None)
