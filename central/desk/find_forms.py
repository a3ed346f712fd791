"""The forms with which an officer finds the case of somebody who asks, and gives that person a new tracking code."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms

from central.cases.identification import IDENTIFICATIONS, Claim, IdentifiedBy
from central.cases.limits import MAX_REASON_CHARS
from central.cases.models import Case
from central.cases.person_search import SEARCH_WAYS, SearchWay
from central.desk.forms import DeskForm
from central.messages.renewed_codes import propose_code
from protocol.bilingual_text import BilingualText

_MAX_TERM_CHARS = 120
_AT_THE_DESK = (IdentifiedBy.CARD, IdentifiedBy.PHONE_AND_NAME)
_REASON = BilingualText("เหตุผล", "Reason")
_RECORDED = BilingualText("(บันทึกไว้ทุกครั้ง)", "(recorded each time)")


def _text() -> Any:
    """A field for something personal: a browser remembers none of it."""
    return forms.CharField(
        required=False, max_length=_MAX_TERM_CHARS, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


class FindForm(DeskForm):
    """By what to search, what to search for, and why."""

    way = forms.ChoiceField(widget=forms.RadioSelect)
    term = _text()
    reason = forms.CharField(required=False, max_length=MAX_REASON_CHARS)
    field_labels: ClassVar = {
        "way": BilingualText("ค้นด้วย", "Search by"),
        "term": BilingualText("คำค้น", "What to find"),
        "reason": _REASON,
    }
    field_hints: ClassVar = {
        "term": BilingualText(
            "(เลขเรื่อง เบอร์โทร 13 หลัก หรือชื่อและนามสกุลเต็ม)",
            "(number, phone, 13 digits, or first and last name in full)",
        ),
        "reason": _RECORDED,
    }

    def __init__(self, language: str, data: Mapping[str, object] | None = None, **options: object) -> None:
        super().__init__(language, data, **options)
        self.set_choices("way", [(way.value, text.in_language(language)) for way, text in SEARCH_WAYS.items()])
        self.fields["way"].initial = SearchWay.NUMBER.value


class NewCodeForm(DeskForm):
    """What the citizen says of themselves, and why a new code is needed. `proposed` is the new code, signed."""

    proposed = forms.CharField(max_length=400, widget=forms.HiddenInput)
    way = forms.ChoiceField(widget=forms.RadioSelect)
    name = _text()
    citizen_id = _text()
    phone = _text()
    reason = forms.CharField(required=False, max_length=MAX_REASON_CHARS)
    field_labels: ClassVar = {
        "way": BilingualText("ตรวจสอบตัวผู้ร้องด้วย", "Identify the citizen by"),
        "name": BilingualText("ชื่อและนามสกุล", "First and last name"),
        "citizen_id": BilingualText("เลขประจำตัวประชาชน", "Citizen ID"),
        "phone": BilingualText("เบอร์โทรศัพท์ที่ให้ไว้", "Phone number given with the case"),
        "reason": _REASON,
    }
    field_hints: ClassVar = {
        "name": BilingualText("(ตามที่ผู้ร้องบอก หรือตามบัตร)", "(as the citizen says, or from the card)"),
        "citizen_id": BilingualText("(จากบัตรที่ผู้ร้องแสดง)", "(from the card that the citizen shows)"),
        "phone": BilingualText("(เมื่อตรวจสอบทางโทรศัพท์)", "(when identified by telephone)"),
        "reason": _RECORDED,
    }

    def __init__(
        self, language: str, data: Mapping[str, object] | None = None, *, case: Case, **options: object
    ) -> None:
        super().__init__(language, data, **options)
        choices = [(way.value, IDENTIFICATIONS[way].in_language(language)) for way in _AT_THE_DESK]
        self.set_choices("way", choices)
        self.fields["way"].initial = IdentifiedBy.CARD.value
        self.fields["proposed"].initial = propose_code(case)

    @property
    def claim(self) -> Claim:
        """What was said, of a valid form."""
        values = self.cleaned_data
        way = IdentifiedBy(values["way"])
        return Claim(way, name=values["name"], citizen_id=values["citizen_id"], phone=values["phone"])
