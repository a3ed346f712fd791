"""The form with which an officer enters whom or what a case is about."""

from collections.abc import Mapping
from typing import ClassVar

from django import forms

from central.cases.codes import RESPONDENT_TYPES
from central.cases.limits import MAX_RESPONDENT_CHARS
from central.desk.forms import DeskForm
from protocol.bilingual_text import BilingualText


class RespondentForm(DeskForm):
    """One respondent: what it is, and its name, plate or address."""

    kind = forms.ChoiceField()
    respondent = forms.CharField(max_length=MAX_RESPONDENT_CHARS, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    field_labels: ClassVar = {
        "kind": BilingualText("ผู้ถูกร้องเป็น", "The respondent is"),
        "respondent": BilingualText("ชื่อ ทะเบียนรถ หรือที่อยู่", "Name, plate or address"),
    }

    def __init__(self, language: str, data: Mapping[str, object] | None = None) -> None:
        super().__init__(language, data)
        named = [(code.value, text.in_language(language)) for code, text in RESPONDENT_TYPES.items()]
        self.set_choices("kind", named)
