"""The list of cases as an officer sees it. Its cost does not grow with the number of cases (decision 0058).

A page is the first rows of an index. For an officer of several centres, the first rows of each centre's index are
merged: a condition on many centres at once would sort every case of them. Counting stops at `MAX_COUNT`."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Substr

from central.cases.case_filter import CaseFilter, narrow
from central.cases.case_pages import ORDERS, Cursor, key_of, merge, ordered
from central.cases.excerpts import SOURCE_CHARS
from central.cases.models import Case, CaseView
from central.cases.scopes import Scope
from central.cases.work_queues import Deciding, WorkQueue
from central.centres.models import Officer
from central.counting import count_all

MAX_COUNT = 1_000
_MERGED_CENTRES = 64  # a province has at most 33 centres; more centres are an officer of the whole country


@dataclass(frozen=True)
class CaseRows:
    """One page of the list, with the cursors of its neighbours."""

    cases: list[Case]
    previous: Cursor | None
    next: Cursor | None


@dataclass(frozen=True)
class ListQuery:
    """A filter as one officer uses it, today."""

    officer: Officer
    scope: Scope
    filter: CaseFilter
    today: date
    deciding: Deciding

    def count(self) -> int:
        """The number of cases, at most MAX_COUNT + 1: then there are more than MAX_COUNT."""
        return self.matching().order_by()[: MAX_COUNT + 1].count()

    def page(self, cursor: Cursor | None, size: int) -> CaseRows:
        """The page that begins at the cursor, or the first one. Two queries, however many cases there are."""
        order = ORDERS[self.filter.sort]
        backward = cursor is not None and cursor.is_backward
        parts = [ordered(part, order, cursor)[: size + 1] for part in self._parts()]
        case_ids = merge(parts, order, backward=backward, limit=size + 1)
        has_more, case_ids = len(case_ids) > size, case_ids[:size]
        if backward:
            case_ids.reverse()
        cases = load_rows(self.officer, case_ids)
        if not cases:
            return CaseRows([], None, None)
        first, last = (Cursor(key_of(case, self.filter.sort), case.pk) for case in (cases[0], cases[-1]))
        return CaseRows(
            cases,
            previous=replace(first, is_backward=True) if (has_more if backward else cursor is not None) else None,
            next=last if (backward or has_more) else None,
        )

    def neighbours(self, case: Case) -> tuple[str, str]:
        """The numbers of the cases before and after this one, '' at the ends of the list."""
        order, key = ORDERS[self.filter.sort], key_of(case, self.filter.sort)
        beside: list[int] = []
        for backward in (True, False):
            parts = [ordered(part, order, Cursor(key, case.pk, backward))[:1] for part in self._parts()]
            beside += merge(parts, order, backward=backward, limit=1) or [0]
        numbers = dict(Case.objects.filter(pk__in=beside).values_list("pk", "case_number"))
        before, after = (numbers.get(case_id, "") for case_id in beside)
        return before, after

    def _parts(self) -> list[QuerySet[Case]]:
        """Queries that together are the matching cases: one for each centre, where merging pays."""
        centres = self._centre_ids()
        # The cases of one officer or of one number are so few that sorting is faster than merging.
        is_small = self.filter.owner not in ("", "none") or bool(self.filter.number)
        if is_small or centres is None or not 1 < len(centres) <= _MERGED_CENTRES:
            return [self.matching()]
        return [self._narrowed(Case.objects.filter(centre_id=centre)) for centre in centres]

    def matching(self) -> QuerySet[Case]:
        """The cases, in no order."""
        centres = self._centre_ids()
        if centres is None:
            return self._narrowed(Case.objects.all())
        if len(centres) == 1:
            return self._narrowed(Case.objects.filter(centre_id=centres[0]))
        return self._narrowed(Case.objects.filter(centre_id__in=centres))

    def _centre_ids(self) -> list[int] | None:
        """The centres to look at, None for all of the installation."""
        if self.filter.centre:
            return [centre.pk for centre in self.scope.below(self.filter.centre)]
        return None if self.scope.is_everywhere else self.scope.centre_ids

    def _narrowed(self, cases: QuerySet[Case]) -> QuerySet[Case]:
        return narrow(cases, self.filter, self.today, self.deciding)


def load_rows(officer: Officer, case_ids: Sequence[int]) -> list[Case]:
    """The cases as rows of a list show them, in this order, with what the officer has seen of them. One query. The
    caller has found the keys among `reading.visible_cases` or by a scope."""
    seen = CaseView.objects.filter(case=OuterRef("pk"), officer=officer).values("revision")[:1]
    cases = (
        Case.objects.filter(pk__in=case_ids)
        .select_related("centre", "owner")
        .defer("text", "newer_content", "topic_note", "about_note", "location_note", "for_whom_note", "outcome")
        .annotate(text_start=Substr("text", 1, SOURCE_CHARS), seen_revision=Subquery(seen))
    )
    by_id = {case.pk: case for case in cases}
    return [by_id[case_id] for case_id in case_ids if case_id in by_id]


def count_queues(query: ListQuery, queues: Sequence[WorkQueue]) -> dict[WorkQueue, int]:
    """How many cases each queue has, each at most MAX_COUNT + 1, in one query."""
    rows = {
        queue.value: replace(query, filter=replace(query.filter, queue=queue)).matching().order_by()[: MAX_COUNT + 1]
        for queue in queues
    }
    return {WorkQueue(code): count for code, count in count_all(rows).items()}
