"""What a report is about: the form above it, in the URL."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import ClassVar

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.http import urlencode

from central.agencies.models import Agency
from central.cases import clock
from central.cases.scopes import Scope, action_scope
from central.centres.models import Centre
from central.desk.forms import DeskForm
from central.desk.page_support import page_language, signed_in_officer
from central.insight.figures import FactFilter
from central.insight.periods import Period, days, first_day, fiscal_year_of, month_number, month_of, parse, quarter_of
from central.people.roles import Action
from protocol.bilingual_text import BilingualText
from thai import places

_MONTHS, _QUARTERS, _YEARS = 24, 8, 5
_MAX_DAYS = 366 * 5
_EVERYWHERE = BilingualText("ทุกพื้นที่", "Every place")
_EVERY_AGENCY = BilingualText("ทุกหน่วยงาน", "Every agency")
_OWN_DAYS = BilingualText("เลือกวันเอง", "Own days")


class ReportForm(DeskForm):
    """Centre, period, place and agency of a report. An invalid value falls back to the first choice."""

    centre = forms.ChoiceField(required=False)
    period = forms.ChoiceField(required=False)
    first = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))
    place = forms.ChoiceField(required=False)
    agency = forms.ChoiceField(required=False)
    field_labels: ClassVar = {
        "centre": BilingualText("ศูนย์และศูนย์ในสังกัด", "Centre and those below"),
        "period": BilingualText("ช่วงเวลา", "Period"),
        "first": BilingualText("ตั้งแต่วันที่", "From"),
        "last": BilingualText("ถึงวันที่", "To"),
        "place": BilingualText("พื้นที่เกิดเหตุ", "Place of the incident"),
        "agency": BilingualText("หน่วยงานหลัก", "Lead agency"),
    }

    def __init__(self, language: str, data: Mapping[str, object], scope: Scope, today: date) -> None:
        super().__init__(language, data)
        self._scope, self._today = scope, today
        self.set_choices("centre", [(centre.slug, centre.name_in(language)) for centre in scope.centres])
        periods = [(each.code, each.name.in_language(language)) for each in offered_periods(today)]
        self.set_choices("period", [*periods, ("days", _OWN_DAYS.in_language(language))])
        chosen = str(data.get("centre", ""))
        self.shown_centre = next((each for each in scope.centres if each.slug == chosen), scope.centres[0])
        self.set_choices("place", [("", _EVERYWHERE.in_language(language)), *_places(self.shown_centre, language)])
        self.set_choices("agency", [("", _EVERY_AGENCY.in_language(language)), *_agencies(self.shown_centre, language)])
        self.is_valid()

    def shown_period(self) -> Period:
        """The chosen period, the present month without one."""
        code, value = self.cleaned_data.get("period", ""), self.cleaned_data.get
        if code == "days":
            last = value("last") or self._today
            first = value("first") or last
            if abs((last - first).days) <= _MAX_DAYS and min(first, last).year > 1990 and max(first, last).year < 2200:
                return days(first, last)
        return parse(code) or month_of(self._today)

    def facts(self) -> FactFilter:
        """The filter of the facts."""
        agency = self.cleaned_data.get("agency", "")
        return FactFilter(area=self.cleaned_data.get("place", ""), agency_id=int(agency) if agency else None)

    def query(self, **more: str) -> str:
        """The query of the URL of this report, with these values besides."""
        values = {
            name: value.isoformat() if isinstance(value, date) else value for name, value in self.cleaned_data.items()
        }
        values["centre"] = self.shown_centre.slug
        return urlencode({name: value for name, value in (values | more).items() if value})


def report_form(request: HttpRequest, names: Collection[str] = ("centre", "period")) -> ReportForm:
    """The form of a page that shows these fields only. Raises PermissionDenied for an officer without cases."""
    return _form_with(request, request.GET, names)


def comparison_form(request: HttpRequest) -> ReportForm:
    """The form of a page that compares work: without a chosen period the last month that has ended. The present month
    is empty on its first day. Raises PermissionDenied for an officer without cases."""
    ended = month_of(first_day(month_number(clock.today()) - 1))
    return _form_with(request, {"period": ended.code, **request.GET.dict()}, ("centre", "period"))


def _form_with(request: HttpRequest, data: Mapping[str, object], names: Collection[str]) -> ReportForm:
    scope = action_scope(signed_in_officer(request), Action.VIEW_CASES)
    if not scope.centres:
        raise PermissionDenied
    form = ReportForm(page_language(request), data, scope, clock.today())
    shown = {*names, *(("first", "last") if "period" in names else ())}
    for name in set(form.fields) - shown:
        del form.fields[name]
        form.cleaned_data.pop(name, None)
    return form


def offered_periods(today: date) -> list[Period]:
    """This month and those before, quarters, and fiscal years."""
    months = [month_of(first_day(month_number(today) - back)) for back in range(_MONTHS)]
    quarters, years = [quarter_of(today)], [fiscal_year_of(today)]
    while len(quarters) < _QUARTERS:
        quarters.append(quarter_of(quarters[-1].first - timedelta(days=1)))
    while len(years) < _YEARS:
        years.append(fiscal_year_of(years[-1].first - timedelta(days=1)))
    return [*months, *quarters, *years]


def _places(centre: Centre, language: str) -> Sequence[tuple[str, str]]:
    """The districts of a province, the provinces of the country."""
    if len(centre.area_code) > 2:
        return []
    areas = places.districts(centre.area_code) if centre.area_code else places.provinces()
    return [(each.code, each.en if language == "en" else each.th) for each in areas]


def _agencies(centre: Centre, language: str) -> Sequence[tuple[str, str]]:
    """The agencies in the registers of the centre, of those above and of those below."""
    if not centre.area_code:
        return []
    agencies = Agency.objects.filter(centre__in=_registers(centre))
    return [(str(agency.pk), agency.name_in(language)) for agency in agencies]


def _registers(centre: Centre) -> list[int]:
    """The keys of the centre, of those above and of those below."""
    every = Centre.objects.order_by().values_list("pk", "path")
    return [key for key, path in every if path.startswith(centre.path) or centre.path.startswith(path)]
