"""The periods that laws set for topics: a list, and a form that sets one."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from central.deadlines.law_periods import LawPeriodDetails, remove_law_period, set_law_period
from central.deadlines.models import LawPeriod
from central.desk import labels
from central.desk.holiday_forms import LawPeriodForm, LawPeriodKeyForm
from central.desk.holiday_views import manages_calendar, require_calendar_manager
from central.desk.page_support import desk_page, page_language, render_page, signed_in_officer


@require_safe
@desk_page
def law_period_list(request: HttpRequest) -> HttpResponse:
    """All periods by law. Every officer may see them."""
    return _show_periods(request)


@require_POST
@desk_page
def set_period(request: HttpRequest) -> HttpResponse:
    """Set or replace a period: POST a LawPeriodForm."""
    require_calendar_manager(request)
    form = LawPeriodForm(page_language(request), request.POST)
    if not form.is_valid():
        return _show_periods(request, form=form, status=409)
    set_law_period(LawPeriodDetails(**form.cleaned_data))
    return redirect("desk:law_periods")


@require_POST
@desk_page
def remove_period(request: HttpRequest) -> HttpResponse:
    """Remove a period: POST a LawPeriodKeyForm. Does nothing when another administrator has removed it."""
    require_calendar_manager(request)
    form = LawPeriodKeyForm(page_language(request), request.POST)
    if form.is_valid():
        remove_law_period(form.cleaned_data["topic"], form.cleaned_data["subtopic"])
    return redirect("desk:law_periods")


def _show_periods(request: HttpRequest, form: LawPeriodForm | None = None, status: int = 200) -> HttpResponse:
    language = page_language(request)
    context: dict[str, Any] = {
        "rows": [
            {
                "period": period,
                "topic": labels.label(labels.TOPIC, period.topic, language),
                "law": period.law_en if language == "en" else period.law_th,
            }
            for period in LawPeriod.objects.all()
        ],
        "form": (form or LawPeriodForm(language)) if manages_calendar(signed_in_officer(request)) else None,
    }
    return render_page(request, "desk/law_periods.html", context, status=status)
