"""The small forms around the register: the filter of the list, and the decisions on the page of one agency."""

from collections.abc import Mapping
from typing import ClassVar

from django import forms

from central.agencies.kinds import KINDS
from central.agencies.limits import MAX_CODE_CHARS, MAX_NAME_CHARS
from central.database_values import MAX_INT32
from central.desk.agency_forms import RegistrationForm, area_choices, named_choices
from central.desk.forms import DeskForm
from protocol.bilingual_text import BilingualText

_ALL = BilingualText("ทั้งหมด", "All")


class AgencyFilterForm(DeskForm):
    """The filter above the list of agencies. An invalid value filters nothing."""

    words = forms.CharField(required=False, max_length=MAX_NAME_CHARS)
    area = forms.ChoiceField(required=False)
    kind = forms.ChoiceField(required=False)
    state = forms.ChoiceField(required=False)
    field_labels: ClassVar = {
        "words": BilingualText("ชื่อหรือรหัส", "Name or code"),
        "area": BilingualText("พื้นที่", "Area"),
        "kind": BilingualText("ประเภท", "Kind"),
        "state": BilingualText("สถานะ", "State"),
    }
    states: ClassVar[Mapping[str, BilingualText]] = {
        "in_use": BilingualText("ใช้งาน", "In use"),
        "out_of_use": BilingualText("ปิดใช้งาน", "Out of use"),
        "pending": BilingualText("รอการยืนยัน", "Waiting for confirmation"),
    }

    def __init__(self, language: str, data: Mapping[str, object] | None, area: str) -> None:
        super().__init__(language, data)
        every = ("", _ALL.in_language(language))
        for name, choices in (
            ("area", area_choices(area, language)),
            ("kind", named_choices(KINDS, language)),
            ("state", named_choices(self.states, language)),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 (for the type checker)
            field.choices = [every, *choices]


class ConfirmationForm(DeskForm):
    """Confirms a registration under a code."""

    seen = forms.IntegerField(min_value=0, max_value=MAX_INT32, widget=forms.HiddenInput)
    code = forms.CharField(max_length=MAX_CODE_CHARS, widget=forms.TextInput(attrs={"autocapitalize": "none"}))
    field_labels: ClassVar = {"code": RegistrationForm.field_labels["code"]}
    field_hints: ClassVar = {"code": RegistrationForm.field_hints["code"]}


class StateForm(DeskForm):
    """Takes an agency out of use, or back. `seen` is the version that the page showed."""

    seen = forms.IntegerField(min_value=0, max_value=MAX_INT32)
    in_use = forms.TypedChoiceField(coerce=lambda value: value == "yes", choices=[("yes", "yes"), ("no", "no")])
