"""The forms of the page about retention: a period, a hold, and a list that is decided."""

from typing import ClassVar

from django import forms

from central.cases.limits import MAX_REASON_CHARS
from central.desk.forms import DeskForm
from central.privacy.case_classes import MAX_YEARS, MIN_YEARS, CaseClass
from central.privacy.models import MAX_BASIS_CHARS
from protocol.bilingual_text import BilingualText


class PeriodForm(DeskForm):
    """How long a class of cases is kept, and by which rule."""

    case_class = forms.ChoiceField(choices=[(each.value, each.value) for each in CaseClass])
    years = forms.IntegerField(min_value=MIN_YEARS, max_value=MAX_YEARS)
    basis = forms.CharField(max_length=MAX_BASIS_CHARS)
    field_labels: ClassVar = {
        "years": BilingualText("เก็บ (ปี นับจากวันที่ยุติ)", "Kept (years from the closing)"),
        "basis": BilingualText("ตามกฎหมายหรือระเบียบ", "By law or rule"),
    }


class HoldForm(DeskForm):
    """A case that must not be erased, and why."""

    number = forms.CharField(max_length=40)
    reason = forms.CharField(max_length=MAX_REASON_CHARS)
    field_labels: ClassVar = {
        "number": BilingualText("เลขเรื่อง", "Case number"),
        "reason": BilingualText("เหตุผล", "Reason"),
    }
    field_hints: ClassVar = {
        "reason": BilingualText("(เช่น ศาลหรือ ป.ป.ช. ขอสำนวน)", "(for example: a court needs the file)")
    }


class CentreForm(DeskForm):
    """The centre whose due cases are listed."""

    centre = forms.SlugField()
