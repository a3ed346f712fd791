"""The forms of the calendar of holidays and of the periods set by law."""

from collections.abc import Mapping
from typing import ClassVar

from django import forms

from central.deadlines.models import MAX_HOLIDAY_NAME_CHARS, MAX_LAW_CHARS, MAX_SUBTOPIC_CHARS
from central.deadlines.periods import MAX_PERIOD_DAYS
from central.desk import labels
from central.desk.forms import DeskForm
from protocol.bilingual_text import BilingualText
from protocol.topics import Topic

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


class LawPeriodKeyForm(DeskForm):
    """Names a period by law: topic and sub-topic."""

    topic = forms.ChoiceField(choices=[(topic.value, topic.value) for topic in Topic])
    subtopic = forms.CharField(required=False, max_length=MAX_SUBTOPIC_CHARS)
    field_labels: ClassVar = {
        "topic": BilingualText("ประเภท", "Topic"),
        "subtopic": BilingualText("ประเภทย่อย", "Sub-topic"),
    }
    field_hints: ClassVar = {"subtopic": BilingualText("(ว่างไว้หากใช้กับทั้งประเภท)", "(empty for the whole topic)")}


class LawPeriodForm(LawPeriodKeyForm):
    """A period by law with the law's name."""

    days = forms.IntegerField(min_value=1, max_value=MAX_PERIOD_DAYS)
    law_th = forms.CharField(max_length=MAX_LAW_CHARS)
    law_en = forms.CharField(max_length=MAX_LAW_CHARS)
    field_labels: ClassVar = {
        **LawPeriodKeyForm.field_labels,
        "days": BilingualText("วันทำการ", "Working days"),
        "law_th": BilingualText("กฎหมายและมาตรา (ไทย)", "Law and section in Thai"),
        "law_en": BilingualText("กฎหมายและมาตรา (อังกฤษ)", "Law and section in English"),
    }

    def __init__(self, language: str, data: Mapping[str, object] | None = None) -> None:
        super().__init__(language, data)
        choices = [(topic.value, labels.label(labels.TOPIC, topic.value, language)) for topic in Topic]
        self.fields["topic"].widget = forms.Select(choices=choices)
