"""The home of the desk: how many cases wait, by what needs doing, and other work with a count."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from central.cases import clock
from central.cases.case_filter import CaseFilter
from central.cases.listing import MAX_COUNT, ListQuery, count_queues
from central.cases.scopes import Scope, action_scope, deciding_centres
from central.cases.work_queues import WORK_QUEUES, WorkQueue
from central.centres.models import Officer
from central.desk.page_support import desk_page, page_language, render_page, signed_in_officer
from central.people.permission import actions_anywhere
from central.people.roles import Action
from central.people.roles import Scope as RoleScope

_URGENT = frozenset({WorkQueue.DECISION, WorkQueue.OVERDUE, WorkQueue.DUE_TODAY})
_NEVER_OWN = frozenset({WorkQueue.DECISION, WorkQueue.UNOWNED})  # "mine" means nothing there


@dataclass(frozen=True)
class Tile:
    """One queue: its count in the officer's centres, and how many of these are the officer's own."""

    code: str
    label: str
    count: str
    query: str
    own_count: str
    own_query: str
    is_empty: bool
    is_urgent: bool


@require_safe
@desk_page
def home(request: HttpRequest) -> HttpResponse:
    """Counts of every queue that concerns this officer; each is a link into the list."""
    officer, language = signed_in_officer(request), page_language(request)
    scope = action_scope(officer, Action.VIEW_CASES)
    if not actions_anywhere(officer, (RoleScope.CENTRE, RoleScope.TEAM)) and actions_anywhere(officer):
        return redirect("agency_desk:queue")  # it leads a supervisor further
    context = {"tiles": _tiles(officer, scope, language) if scope.centres else []}
    return render_page(request, "desk/home.html", context)


def _tiles(officer: Officer, scope: Scope, language: str) -> list[Tile]:
    may_own = Action.TAKE in actions_anywhere(officer)
    deciding = deciding_centres(officer, scope)
    queues = [queue for queue in WorkQueue if queue is not WorkQueue.DECISION or deciding]
    today = clock.today()
    counts = count_queues(ListQuery(officer, scope, CaseFilter(), today, deciding), queues)
    own_queues = [queue for queue in queues if may_own and queue not in _NEVER_OWN]
    own_filter = CaseFilter(owner=str(officer.pk))
    own = count_queues(ListQuery(officer, scope, own_filter, today, deciding), own_queues)
    return [
        Tile(
            code=queue.value,
            label=WORK_QUEUES[queue].in_language(language),
            count=_shown(counts[queue]),
            query=urlencode({"queue": queue.value} | _order(queue)),
            own_count=_shown(own[queue]) if queue in own else "",
            own_query=urlencode({"queue": queue.value, "owner": "me"} | _order(queue)),
            is_empty=not counts[queue],
            is_urgent=queue in _URGENT and counts[queue] > 0,
        )
        for queue in queues
    ]


def _order(queue: WorkQueue) -> dict[str, str]:
    """The order of a tile's list. *Save and go to the next case* follows it, so new cases begin with the oldest."""
    if queue in (WorkQueue.OVERDUE, WorkQueue.DUE_TODAY):
        return {"sort": "due"}
    return {"sort": "oldest"} if queue in (WorkQueue.NEW, WorkQueue.UNOWNED) else {}


def _shown(count: int) -> str:
    return f"{count:,}" if count <= MAX_COUNT else f"{MAX_COUNT:,}+"
