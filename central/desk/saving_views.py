"""What citizens and offices have saved: a table by channel, and the assumptions below it."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from central.cases import clock
from central.channels import CHANNELS
from central.desk import labels
from central.desk.page_support import desk_page, page_language, render_page, signed_in_officer
from central.desk.report_forms import ReportForm, comparison_form
from central.desk.saving_forms import SavingForm
from central.insight.models import SavingAssumptions
from central.insight.saving_report import (
    build_saving_report,
    method_sentences,
    saving_pdf,
    saving_texts,
)
from central.people.permission import has_permission
from central.people.roles import Action


@require_safe
@desk_page
def saving_page(request: HttpRequest) -> HttpResponse:
    """The savings of a centre in a period, with their assumptions. GET the fields of a ReportForm."""
    return _show(request, comparison_form(request))


@require_safe
@desk_page
def saving_file(request: HttpRequest) -> HttpResponse:
    """The same as PDF."""
    chosen = comparison_form(request)
    report = build_saving_report(chosen.shown_centre, chosen.shown_period())
    content = saving_pdf(report, clock.today(), page_language(request))
    response = HttpResponse(content, content_type="application/pdf")
    name = f"savings-{report.centre.slug}-{report.period.code}.pdf"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_POST
@desk_page
def save_assumptions(request: HttpRequest) -> HttpResponse:
    """Set the assumptions of a centre: POST a SavingForm; `centre` and `period` are in the query."""
    officer, chosen = signed_in_officer(request), comparison_form(request)
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
    language, centre = page_language(request), chosen.shown_centre
    report = build_saving_report(centre, chosen.shown_period())
    may_change = has_permission(signed_in_officer(request), Action.MANAGE_AGENCIES, centre)
    shown_form = form or SavingForm(language, centre.area_code[:2], assumed=report.assumed)
    context: dict[str, Any] = {
        "form": chosen,
        "centre_name": centre.name_in(language),
        "period_name": report.period.name.in_language(language),
        "rows": [
            {"code": code, "name": labels.label(CHANNELS, code, language), "figures": saving_texts(saved)}
            for code, saved in report.channels
        ],
        "total": saving_texts(report.total),
        "method": [sentence.in_language(language) for sentence in method_sentences(report)],
        "assumption_form": shown_form if may_change else None,
        "query": chosen.query(),
    }
    return render_page(request, "desk/savings.html", context, status=status)
