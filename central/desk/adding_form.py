"""The form that adds what has come, pages of a scan or a mail, to a case that exists."""

from collections.abc import Mapping
from typing import ClassVar

from django import forms

from central.cases import reading
from central.cases.limits import MAX_NOTE_CHARS
from central.cases.models import Case
from central.centres.models import Officer
from central.desk.forms import DeskForm
from protocol.bilingual_text import BilingualText

_UNKNOWN_CASE = BilingualText(
    "ไม่พบเรื่องเลขที่นี้ในศูนย์ที่ท่านดูแล โปรดตรวจเลขอีกครั้ง",
    "No case with this number at your centres. Check the number again",
)
_COMPLAINANT, _OTHER = "complainant", "other"
_SENDERS = {
    _OTHER: BilingualText("หน่วยงานหรือผู้อื่น", "An agency or somebody else"),
    _COMPLAINANT: BilingualText("ผู้ร้อง", "The complainant"),
}


class AddingForm(DeskForm):
    """To which case it is added, and what it is."""

    number = forms.CharField(max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    sender = forms.ChoiceField(widget=forms.RadioSelect, initial=_OTHER)
    note = forms.CharField(
        required=False, max_length=MAX_NOTE_CHARS, widget=forms.Textarea(attrs={"rows": 2, "maxlength": MAX_NOTE_CHARS})
    )

    field_labels: ClassVar[Mapping[str, BilingualText]] = {
        "number": BilingualText("เลขเรื่อง", "Case number"),
        "sender": BilingualText("มาจาก", "It came from"),
        "note": BilingualText("คืออะไร", "What it is"),
    }
    field_hints: ClassVar[Mapping[str, BilingualText]] = {
        "note": BilingualText("(เช่น หนังสือตอบของเทศบาล ไม่บังคับ)", "(for example: answer of the municipality; optional)"),
    }

    def __init__(self, officer: Officer, language: str, data: Mapping[str, object] | None = None) -> None:
        super().__init__(language, data)
        self._officer, self._language = officer, language
        self.set_choices("sender", [(code, name.in_language(language)) for code, name in _SENDERS.items()])

    def clean_number(self) -> Case:
        """The case, if the officer may work on it."""
        case = reading.find_by_typed_number(self._officer, self.cleaned_data["number"])
        if case is None:
            raise forms.ValidationError(_UNKNOWN_CASE.in_language(self._language))
        return case

    @property
    def is_from_complainant(self) -> bool:
        """Of a valid form."""
        return bool(self.cleaned_data["sender"] == _COMPLAINANT)
