"""What citizens and offices have saved: a table by channel, and the assumptions below it."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from central.channels import CHANNELS
from central.desk import labels
from central.desk.page_support import desk_page, page_language, render_page, signed_in_officer
from central.desk.report_forms import ReportForm, report_form
from central.desk.saving_forms import SavingForm
from central.insight.models import SavingAssumptions
from central.insight.saving_counts import by_channel, count_for_savings, load_assumptions
from central.insight.savings import Assumptions, ChannelCases, Savings, savings
from central.people.permission import has_permission
from central.people.roles import Action


@require_safe
@desk_page
def saving_page(request: HttpRequest) -> HttpResponse:
    """The savings of a centre in a period, with their assumptions. GET the fields of a ReportForm."""
    return _show(request, report_form(request))


@require_POST
@desk_page
def save_assumptions(request: HttpRequest) -> HttpResponse:
    """Set the assumptions of a centre: POST a SavingForm; `centre` and `period` are in the query."""
    officer, chosen = signed_in_officer(request), report_form(request)
    centre = chosen.shown_centre
    if not has_permission(officer, Action.MANAGE_AGENCIES, centre):
        raise PermissionDenied
    form = SavingForm(page_language(request), centre.area_code[:2], request.POST)
    if not form.is_valid():
        return _show(request, chosen, form, status=422)
    values = dict(form.cleaned_data)
    trips = {channel.value: int(channel.value in values["channels"]) for channel in CHANNELS}
    del values["channels"]
    SavingAssumptions.objects.update_or_create(
        centre=centre, defaults={**values, "trips": trips, "changed_at": timezone.now(), "changed_by": officer}
    )
    return redirect(f"{reverse('desk:savings')}?{chosen.query()}")


def _show(request: HttpRequest, chosen: ReportForm, form: SavingForm | None = None, status: int = 200) -> HttpResponse:
    language, centre, period = page_language(request), chosen.shown_centre, chosen.shown_period()
    assumed, counted = load_assumptions(centre), count_for_savings(centre, period)
    may_change = has_permission(signed_in_officer(request), Action.MANAGE_AGENCIES, centre)
    context: dict[str, Any] = {
        "form": chosen,
        "centre_name": centre.name_in(language),
        "period_name": period.name.in_language(language),
        "rows": _rows(counted, assumed, language),
        "total": _shown(savings(counted, assumed)),
        "assumed": assumed,
        "trips": [labels.label(CHANNELS, channel, language) for channel, number in assumed.trips.items() if number],
        "distance_count": len(assumed.distances),
        "assumption_form": (form or SavingForm(language, centre.area_code[:2], assumed=assumed))
        if may_change
        else None,
        "query": chosen.query(),
    }
    return render_page(request, "desk/savings.html", context, status=status)


def _rows(counted: Iterable[ChannelCases], assumed: Assumptions, language: str) -> list[dict[str, Any]]:
    channels = by_channel(counted)
    order = sorted(channels, key=lambda channel: (-sum(each.cases for each in channels[channel]), channel))
    return [
        {"code": channel, "name": labels.label(CHANNELS, channel, language)}
        | _shown(savings(channels[channel], assumed))
        for channel in order
    ]


def _shown(saved: Savings) -> dict[str, Any]:
    return {
        "cases": f"{saved.cases:,}",
        "km": f"{saved.km:,}",
        "hours": f"{saved.hours:,}",
        "baht": f"{saved.baht:,}",
        "days": "–" if saved.days_faster is None else f"{saved.days_faster:,}",
        "without": saved.without_distance,
    }
