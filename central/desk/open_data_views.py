"""Open data for the administrator of the topmost centre: what is published, what a month would have, the files."""

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from central.cases import clock
from central.centres.models import Officer
from central.desk.open_data_forms import LicenceForm
from central.desk.page_support import desk_page, page_language, render_page, signed_in_officer
from central.insight.models import OpenDataFile
from central.insight.open_data import make_file, month_code, open_data_state, preview
from central.insight.open_data_response import FORMATS, file_response
from central.insight.periods import Period, first_day, month_number, month_of, parse
from central.people.permission import permitted_centres
from central.people.roles import Action
from central.public_address import absolute_url
from protocol.bilingual_text import BilingualText
from thai import dates

_MONTHS = 24  # offered to be made
_LEVELS = {
    6: BilingualText("ระบุตำบล", "With the tambon"),
    4: BilingualText("ระบุถึงอำเภอ", "With the district only"),
    2: BilingualText("ระบุถึงจังหวัด", "With the province only"),
    0: BilingualText("ไม่ระบุพื้นที่", "Without a place"),
}


@require_safe
@desk_page
def open_data(request: HttpRequest) -> HttpResponse:
    """What is published, for every administrator. GET `month`: for those of the topmost centre, the preview of a month
    that has ended."""
    if not permitted_centres(signed_in_officer(request), Action.PUBLISH_OPEN_DATA).exists():
        raise PermissionDenied
    return _show(request)


@require_POST
@desk_page
def save_open_data(request: HttpRequest) -> HttpResponse:
    """Switch open data on or off: POST `step`, and a LicenceForm to switch it on."""
    officer, state = _manager(request), open_data_state()
    form = LicenceForm(page_language(request), request.POST)
    if request.POST.get("step") == "on":
        if not form.is_valid():
            return _show(request, form, status=422)
        state.licence, state.licence_url = form.cleaned_data["licence"], form.cleaned_data["licence_url"]
    elif request.POST.get("step") != "off":
        raise Http404
    state.is_on = request.POST["step"] == "on"
    state.changed_at, state.changed_by = clock.now(), officer
    state.save()
    return redirect("desk:open_data")


@require_http_methods(["POST"])
@desk_page
def make_open_data_file(request: HttpRequest) -> HttpResponse:
    """Make the file of a month: POST `month`."""
    officer, month = _manager(request), _offered_month(request.POST.get("month", ""))
    if month is None or not open_data_state().is_on:
        raise Http404
    make_file(month, clock.today(), officer)
    return redirect("desk:open_data")


@require_safe
@desk_page
def open_data_copy(request: HttpRequest, month: str, format_name: str) -> HttpResponse:
    """The file of a month as it is published, also while open data is switched off."""
    _manager(request)
    period = parse(month)
    if period is None or format_name not in FORMATS:
        raise Http404
    file = OpenDataFile.objects.filter(month=month_number(period.first)).first()
    if file is None or month_code(file) != month:
        raise Http404
    return file_response(request, file, format_name)


def _manager(request: HttpRequest) -> Officer:
    """The signed-in officer. Raises PermissionDenied: the files are of every centre, so the topmost one has them."""
    officer = signed_in_officer(request)
    if not _may_manage(officer):
        raise PermissionDenied
    return officer


def _may_manage(officer: Officer) -> bool:
    return permitted_centres(officer, Action.PUBLISH_OPEN_DATA).filter(parent=None).exists()


def _show(request: HttpRequest, form: LicenceForm | None = None, status: int = 200) -> HttpResponse:
    language, state, today = page_language(request), open_data_state(), clock.today()
    files = list(OpenDataFile.objects.order_by("-month").defer("csv", "json").select_related("made_by"))
    may_manage = _may_manage(signed_in_officer(request))
    month = _offered_month(request.GET.get("month", "")) if may_manage else None
    context: dict[str, Any] = {
        "state": state,
        "may_manage": may_manage,
        "public_url": absolute_url(request, reverse("open_data")),
        "changed_at": dates.short_datetime(state.changed_at, language) if state.changed_at else "",
        "files": [_file_row(file, language) for file in files],
        "next_month": dates.month_and_year(today, language),
        "next_day": dates.long_date(_next_month(today), language),
        "months": [(each.code, each.name.in_language(language)) for each in _offered(today)],
        "form": form or LicenceForm(language, initial={"licence": state.licence, "licence_url": state.licence_url}),
        "preview": _preview(month, language) if month else None,
    }
    return render_page(request, "desk/open_data.html", context, status=status)


def _file_row(file: OpenDataFile, language: str) -> dict[str, Any]:
    return {
        "code": month_code(file),
        "name": dates.month_and_year(first_day(file.month), language),
        "rows": f"{file.row_count:,}",
        "made_on": dates.long_date(file.made_on, language),
        "made_by": file.made_by.display_name if file.made_by else "",
        "licence": file.licence,
    }


def _preview(month: Period, language: str) -> dict[str, Any]:
    shown = preview(month)
    levels = [(name.in_language(language), f"{shown.by_digits.get(digits, 0):,}") for digits, name in _LEVELS.items()]
    return {
        "code": month.code,
        "name": month.name.in_language(language),
        "received": f"{shown.received:,}",
        "confidential": f"{shown.confidential:,}",
        "left_out": f"{shown.left_out:,}",
        "rows": f"{shown.rows:,}",
        "levels": levels,
        "without_state": f"{shown.without_state:,}",
    }


def _offered(today: date) -> list[Period]:
    """The months that have ended and have no file yet, the newest first."""
    this, made = month_number(today), set(OpenDataFile.objects.values_list("month", flat=True))
    return [month_of(first_day(number)) for number in range(this - 1, this - 1 - _MONTHS, -1) if number not in made]


def _offered_month(code: str) -> Period | None:
    return next((each for each in _offered(clock.today()) if each.code == code), None)


def _next_month(today: date) -> date:
    return (today.replace(day=1) + timedelta(days=32)).replace(day=1)
