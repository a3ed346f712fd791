"""The forms of the data protection officer about the data of one complainant."""

from typing import ClassVar

from django import forms

from central.cases.commands.person_correction import CORRECTABLE
from central.cases.limits import MAX_REASON_CHARS
from central.desk.forms import DeskForm
from protocol.bilingual_text import BilingualText

_MAX_CHARS = 300


class DataReasonForm(DeskForm):
    """Why the data is opened, copied or erased: recorded each time."""

    reason = forms.CharField(max_length=MAX_REASON_CHARS)
    field_labels: ClassVar = {"reason": BilingualText("เหตุผล", "Reason")}
    field_hints: ClassVar = {"reason": BilingualText("(บันทึกไว้ทุกครั้ง)", "(recorded each time)")}


class CorrectionForm(DeskForm):
    """The corrected name and contact, and the evidence for it."""

    title = forms.CharField(required=False, max_length=_MAX_CHARS)
    first_name = forms.CharField(max_length=_MAX_CHARS)
    middle_name = forms.CharField(required=False, max_length=_MAX_CHARS)
    last_name = forms.CharField(required=False, max_length=_MAX_CHARS)
    address = forms.CharField(required=False, max_length=_MAX_CHARS)
    phone = forms.CharField(required=False, max_length=30)
    reason = forms.CharField(max_length=MAX_REASON_CHARS)
    field_labels: ClassVar = {
        "title": BilingualText("คำนำหน้า", "Title"),
        "first_name": BilingualText("ชื่อ", "First name, or the whole name as typed"),
        "middle_name": BilingualText("ชื่อกลาง", "Middle name"),
        "last_name": BilingualText("นามสกุล", "Last name"),
        "address": BilingualText("ที่อยู่", "Address"),
        "phone": BilingualText("โทรศัพท์", "Phone"),
        "reason": BilingualText("แก้ไขตามหลักฐานใด", "Evidence for the correction"),
    }

    def corrected(self) -> dict[str, str]:
        """The fields of the complainant, as typed."""
        return {name: self.cleaned_data[name] for name in CORRECTABLE}
