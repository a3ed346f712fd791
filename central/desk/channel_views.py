"""The page with the number of cases by channel and month."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from central.cases import clock
from central.cases.scopes import action_scope
from central.channels import CHANNELS
from central.desk import labels
from central.desk.page_support import desk_page, page_language, render_page, signed_in_officer
from central.insight.channel_counts import count_by_channel
from central.people.roles import Action
from thai import dates


@require_safe
@desk_page
def channel_counts(request: HttpRequest) -> HttpResponse:
    """The last twelve months; each channel leads to the list of its cases."""
    scope, language = action_scope(signed_in_officer(request), Action.VIEW_CASES), page_language(request)
    if not scope.centres:
        raise PermissionDenied
    counts = count_by_channel(scope, clock.today())
    total = sum(counts.totals)
    rows = [
        {
            "channel": channel,
            "name": labels.label(CHANNELS, channel, language),
            "counts": values,
            "sum": sum(values),
            "share": f"{100 * sum(values) / total:.1f} %" if total else "–",
            "query": urlencode({"channel": channel}),
        }
        for channel, values in counts.by_channel.items()
    ]
    context = {
        "months": [" ".join(dates.short_date(month, language).split()[1:]) for month in counts.months],
        "rows": rows,
        "totals": counts.totals,
        "total": total,
    }
    return render_page(request, "desk/channels.html", context)
