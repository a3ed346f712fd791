"""The forms of the calendar of holidays."""

from typing import ClassVar

from django import forms

from central.deadlines.models import MAX_HOLIDAY_NAME_CHARS
from central.desk.forms import DeskForm
from protocol.bilingual_text import BilingualText

MIN_YEAR, MAX_YEAR = 2020, 2100


class YearForm(DeskForm):
    """The year to list, in the common era. An invalid one is replaced by this year."""

    year = forms.IntegerField(min_value=MIN_YEAR, max_value=MAX_YEAR)


class HolidayDayForm(DeskForm):
    """A day of the calendar. `is_confirmed`: the effect was shown and is to be saved."""

    day = forms.DateField(input_formats=["%Y-%m-%d"], widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    is_confirmed = forms.BooleanField(required=False, widget=forms.HiddenInput)
    field_labels: ClassVar = {"day": BilingualText("วันที่", "Day")}


class HolidayForm(HolidayDayForm):
    """A new holiday with its names."""

    name_th = forms.CharField(max_length=MAX_HOLIDAY_NAME_CHARS)
    name_en = forms.CharField(max_length=MAX_HOLIDAY_NAME_CHARS)
    field_labels: ClassVar = {
        **HolidayDayForm.field_labels,
        "name_th": BilingualText("ชื่อภาษาไทย", "Name in Thai"),
        "name_en": BilingualText("ชื่อภาษาอังกฤษ", "Name in English"),
    }
