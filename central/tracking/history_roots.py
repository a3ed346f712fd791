"""The published roots of the history of cases: one line a day, for anybody who wants to keep a copy.

A root names no case and no person. A copy of yesterday's root proves later that nobody has changed the history since.
"""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from central.cases.models import HistoryRoot


@require_safe
def history_roots(request: HttpRequest) -> HttpResponse:
    """Plain text: day, number of events, root (hexadecimal), oldest first."""
    lines = [f"{root.day:%Y-%m-%d} {root.event_count} {root.root}\n" for root in HistoryRoot.objects.all()]
    return HttpResponse("".join(lines), content_type="text/plain; charset=utf-8")
