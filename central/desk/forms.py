"""The forms of the desk. A field has the name under which the page posts it."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.core.validators import RegexValidator

from central.bilingual_forms import BilingualForm
from central.cases.limits import MAX_REASON_CHARS
from central.centres.models import Centre
from central.desk import labels
from central.plain_text import without_controls
from protocol.bilingual_text import BilingualText
from protocol.remote_command import CommandKind
from protocol.staff_call import StaffCallResponse

# Control characters, and those that turn the direction of writing: one in a name reorders the line of a list.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_HAS_UNSEEN = BilingualText("มีอักขระที่มองไม่เห็น โปรดพิมพ์ใหม่", "It has invisible characters. Type it again")
_FIRST_YEAR, _FIRST_BUDDHIST_YEAR, _ERAS_APART = 2000, 2400, 543
_NO_DATE = BilingualText("วันที่ไม่ถูกต้อง", "This date is not possible")
_MAX_NUMBER_CHARS = 40  # a case number with spaces, or a part of one


class DeskForm(BilingualForm):
    """A form of the desk. A text of one line with invisible characters is refused. Control characters are removed from
    a text of several lines: they come with text that is pasted from a word processor."""

    def __init__(self, language: str, data: Mapping[str, object] | None = None, **options: object) -> None:
        super().__init__(language, data, **options)
        for field in self.fields.values():
            if isinstance(field, forms.CharField) and type(field.widget) is forms.TextInput:
                sentence = _HAS_UNSEEN.in_language(language)
                field.validators = [*field.validators, RegexValidator(_UNSEEN, sentence, inverse_match=True)]

    def clean(self) -> dict[str, Any]:
        """What was typed, without control characters in texts of several lines."""
        for name, value in self.cleaned_data.items():
            if isinstance(value, str) and isinstance(self.fields[name].widget, forms.Textarea):
                self.cleaned_data[name] = without_controls(value)
        return self.cleaned_data


class CentreChoiceForm(DeskForm):
    """A form about something that belongs to one of the officer's centres; `centres` are these by slug."""

    centre = forms.ChoiceField()

    def __init__(
        self,
        language: str,
        centres: Mapping[str, Centre],
        data: Mapping[str, object] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(language, data, **options)
        self.language = language
        self.set_choices("centre", [(slug, centre.name_in(language)) for slug, centre in centres.items()])

    def common_era(self, day: date, last_year: int) -> date:
        """The day; a year that was typed in the Buddhist era counts as such. Raises ValidationError for a day that no
        calendar has, and for a year before 2000 or after the last one."""
        try:
            day = day.replace(year=day.year - _ERAS_APART) if day.year >= _FIRST_BUDDHIST_YEAR else day
        except ValueError:  # 29 February of a year that has none in the common era
            raise forms.ValidationError(_NO_DATE.in_language(self.language)) from None
        if not _FIRST_YEAR <= day.year <= last_year:
            raise forms.ValidationError(_NO_DATE.in_language(self.language))
        return day


class ReasonForm(DeskForm):
    """The reason for viewing personal data."""

    # Not `required` on the server: whether a reason is needed is decided by `cases.reading`.
    reason = forms.CharField(
        required=False, max_length=MAX_REASON_CHARS, widget=forms.TextInput(attrs={"required": True})
    )
    field_labels: ClassVar = {"reason": BilingualText("เหตุผลที่ต้องดูข้อมูลส่วนบุคคล", "Reason for viewing personal data")}
    field_hints: ClassVar = {"reason": BilingualText("(บันทึกไว้ทุกครั้ง)", "(recorded each time)")}


class NameRequestForm(ReasonForm):
    """The reason for viewing a withheld name."""

    field_labels: ClassVar = {"reason": BilingualText("เหตุผลที่ต้องดูชื่อที่ปกปิด", "Reason for viewing the withheld name")}
    field_hints: ClassVar = {
        "reason": BilingualText(
            "(เจ้าหน้าที่อีกคนหนึ่งต้องอนุญาต และบันทึกไว้ทุกครั้ง)", "(a second officer must allow it; recorded each time)"
        )
    }


class ApprovalForm(DeskForm):
    """Approves a kiosk: the code its screen shows, and the slug of the centre."""

    code = forms.CharField(required=False)
    centre = forms.CharField(required=False)


class CallResponseForm(DeskForm):
    """Responds to a citizen's call for staff."""

    call = forms.CharField(required=False, max_length=64)
    answer = forms.TypedChoiceField(
        coerce=StaffCallResponse, choices=[(response.value, response.value) for response in labels.STAFF_CALL_RESPONSES]
    )


class RemoteCommandForm(DeskForm):
    """Gives a command to a kiosk."""

    kind = forms.TypedChoiceField(coerce=CommandKind, choices=[(kind.value, kind.value) for kind in CommandKind])


class SignInForm(DeskForm):
    """Name and password. Nothing is required: an empty name is a wrong one."""

    username = forms.CharField(
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "required": True}),
    )
    password = forms.CharField(
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "required": True}),
    )
    field_labels: ClassVar = {
        "username": BilingualText("ชื่อผู้ใช้", "User name"),
        "password": BilingualText("รหัสผ่าน", "Password"),
    }
