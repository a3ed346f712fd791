"""The page of alarms and of name requests that the officer may decide."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from central.alarms import commands
from central.alarms.models import Alarm
from central.cases import withheld_names
from central.desk import labels
from central.desk.page_support import desk_page, page_language, render_page, signed_in_officer
from thai import dates

_ALARMS_SHOWN = 200


@require_safe
@desk_page
def alarm_list(request: HttpRequest) -> HttpResponse:
    """The newest alarms of the officer's centres."""
    officer, language = signed_in_officer(request), page_language(request)
    alarms = commands.visible_alarms(officer).select_related("settled_by")[:_ALARMS_SHOWN]
    context = {
        "rows": [_alarm_row(alarm, language) for alarm in alarms],
        "requests": withheld_names.open_requests(officer),
    }
    return render_page(request, "desk/alarms.html", context)


@require_POST
@desk_page
def settle_alarm(request: HttpRequest, alarm_id: int) -> HttpResponse:
    """Mark an alarm as settled."""
    commands.settle_alarm(signed_in_officer(request), alarm_id)
    return redirect("desk:alarms")


def _alarm_row(alarm: Alarm, language: str) -> dict[str, Any]:
    return {
        "alarm": alarm,
        "when": dates.short_datetime(alarm.at, language),
        "kind": labels.label(labels.ALARM_KIND, alarm.kind, language),
    }
