"""The calendar of holidays: one year on a page. A change is saved after its effect on open deadlines was shown."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from central.cases.deadline_changes import due_date_moves
from central.centres.models import Officer
from central.deadlines.calculation import is_weekend
from central.deadlines.calendar import HolidayCalendar, current_calendar
from central.deadlines.holiday_changes import (
    HolidayChangeError,
    cancel_holiday,
    check_cancellation,
    check_declaration,
    declare_holiday,
)
from central.deadlines.models import HolidayChange
from central.desk.holiday_forms import MAX_YEAR, MIN_YEAR, HolidayDayForm, HolidayForm, YearForm
from central.desk.page_support import desk_page, page_language, render_page, signed_in_officer
from central.people.permission import permitted_centres
from central.people.roles import Action
from protocol.bilingual_text import BilingualText
from thai import dates

_MOVES_SHOWN = 20


@require_safe
@desk_page
def holiday_list(request: HttpRequest) -> HttpResponse:
    """The holidays of a year, `?year=2027`. Every officer may see them."""
    return _show_year(request, _requested_year(request.GET))


@require_POST
@desk_page
def declare(request: HttpRequest) -> HttpResponse:
    """Declare a holiday: POST a HolidayForm. The first time the effect is shown, with `is_confirmed` it is saved."""
    officer = require_calendar_manager(request)
    form = HolidayForm(page_language(request), request.POST)
    if not form.is_valid():
        return _show_year(request, None, form=form, status=409)
    day, name = form.cleaned_data["day"], BilingualText(form.cleaned_data["name_th"], form.cleaned_data["name_en"])
    try:
        if form.cleaned_data["is_confirmed"]:
            declare_holiday(day, name, officer)
            return redirect(_year_url(day))
        name = check_declaration(day, name)
    except HolidayChangeError as error:
        return _show_year(request, day.year, form=form, error=error.sentence, status=409)
    return _show_effect(request, day, name, is_holiday=True)


@require_POST
@desk_page
def cancel(request: HttpRequest) -> HttpResponse:
    """Cancel a holiday: POST a HolidayDayForm, twice like `declare`."""
    officer = require_calendar_manager(request)
    form = HolidayDayForm(page_language(request), request.POST)
    if not form.is_valid():
        return _show_year(request, None, status=409)
    day = form.cleaned_data["day"]
    try:
        if form.cleaned_data["is_confirmed"]:
            cancel_holiday(day, officer)
            return redirect(_year_url(day))
        name = check_cancellation(day)
    except HolidayChangeError as error:
        return _show_year(request, day.year, error=error.sentence, status=409)
    return _show_effect(request, day, name, is_holiday=False)


def manages_calendar(officer: Officer) -> bool:
    """Holidays are national: the topmost centre's administrator declares them, for every centre."""
    return permitted_centres(officer, Action.MANAGE_CALENDAR).filter(parent=None).exists()


def require_calendar_manager(request: HttpRequest) -> Officer:
    """The signed-in officer. Raises PermissionDenied for one who may not change the calendar."""
    officer = signed_in_officer(request)
    if not manages_calendar(officer):
        raise PermissionDenied
    return officer


def _requested_year(query: QueryDict) -> int | None:
    form = YearForm("en", query)
    return form.cleaned_data["year"] if form.is_valid() else None


def _year_url(day: date) -> str:
    return f"{reverse('desk:holidays')}?year={day.year}"


def _show_year(
    request: HttpRequest,
    year: int | None,
    *,
    form: HolidayForm | None = None,
    error: BilingualText | None = None,
    status: int = 200,
) -> HttpResponse:
    language = page_language(request)
    year = year or dates.in_thailand(timezone.now()).year
    manages = manages_calendar(signed_in_officer(request))
    context = {
        "rows": _year_rows(current_calendar(), year, language),
        "shown_year": dates.year(date(year, 1, 1), language),
        "previous_year": year - 1 if year > MIN_YEAR else None,
        "next_year": year + 1 if year < MAX_YEAR else None,
        "form": (form or HolidayForm(language)) if manages else None,
        "error": error.in_language(language) if error else "",
        "is_applying": HolidayChange.objects.filter(applied_at=None).exists(),
    }
    return render_page(request, "desk/holidays.html", context, status=status)


def _year_rows(calendar: HolidayCalendar, year: int, language: str) -> list[dict[str, Any]]:
    """The holidays of the year and the days that were cancelled, by day."""
    holidays = calendar.of_year(year)
    # The newest change of each day replaces the older ones.
    changes = {row.day: row for row in HolidayChange.objects.filter(day__year=year).select_related("declared_by")}
    rows = []
    for day in sorted({*holidays, *changes}):
        change = changes.get(day)
        name = holidays.get(day) or (BilingualText(change.name_th, change.name_en) if change else None)
        rows.append(
            {
                "day": day,
                "date": dates.short_date_with_weekday(day, language),
                "name": name.in_language(language) if name else "",
                "is_holiday": day in holidays,
                "is_weekend": is_weekend(day),
                "change": change,
                "changed": dates.short_datetime(change.declared_at, language) if change else "",
            }
        )
    return rows


def _show_effect(request: HttpRequest, day: date, name: BilingualText, *, is_holiday: bool) -> HttpResponse:
    """The page that shows which due dates would move, with the button that saves."""
    language = page_language(request)
    moves = due_date_moves(day, name if is_holiday else None)
    context = {
        "day": day,
        "date": dates.long_date_with_weekday(day, language),
        "name": name,
        "shown_name": name.in_language(language),
        "is_holiday": is_holiday,
        "back": _year_url(day),
        "moved_cases": sum(moves.values()),
        "moves": [
            {
                "before": dates.long_date_with_weekday(before, language),
                "after": dates.long_date_with_weekday(after, language),
                "cases": cases,
            }
            for (before, after), cases in sorted(moves.items())[:_MOVES_SHOWN]
        ],
        "has_more_moves": len(moves) > _MOVES_SHOWN,
    }
    return render_page(request, "desk/holiday_effect.html", context)
