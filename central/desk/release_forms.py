"""The form of a release plan."""

from collections.abc import Mapping
from typing import ClassVar

from django import forms
from django.core.validators import RegexValidator

from central.desk.forms import DeskForm
from central.fleet.release_plans import DEFAULT_FROM_HOUR, DEFAULT_UNTIL_HOUR, PlanValues
from protocol.bilingual_text import BilingualText
from protocol.release_request import VERSION_PATTERN

_NO_VERSION = BilingualText("ไม่ใช่รุ่นของแพ็กเกจ", "This is no version of the package")
_HOURS = [(hour, f"{hour:02}:00") for hour in range(24)]


class ReleasePlanForm(DeskForm):
    """Version, percentage and window for the kiosks of a centre. Without a version the plan ends."""

    centre = forms.ChoiceField()
    version = forms.CharField(
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"list": "versions", "autocapitalize": "off", "spellcheck": "false"}),
    )
    percentage = forms.IntegerField(min_value=0, max_value=100, initial=10)
    from_hour = forms.TypedChoiceField(coerce=int, choices=_HOURS, initial=DEFAULT_FROM_HOUR)
    until_hour = forms.TypedChoiceField(coerce=int, choices=_HOURS, initial=DEFAULT_UNTIL_HOUR)
    field_labels: ClassVar = {
        "centre": BilingualText("ศูนย์", "Centre"),
        "version": BilingualText("รุ่นที่ต้องการ", "Version"),
        "percentage": BilingualText("ร้อยละของตู้", "Percentage of the kiosks"),
        "from_hour": BilingualText("อัปเดตตั้งแต่เวลา", "Update from"),
        "until_hour": BilingualText("ถึงเวลา", "Until"),
    }
    field_hints: ClassVar = {
        "centre": BilingualText("(และศูนย์ใต้สังกัดที่ไม่มีแผนของตนเอง)", "(and the centres below without a plan)"),
        "version": BilingualText("(เว้นว่าง: ยกเลิกแผน)", "(empty: ends the plan)"),
    }

    def __init__(
        self,
        language: str,
        data: Mapping[str, object] | None = None,
        *,
        centres: list[tuple[str, str]],
        **options: object,
    ) -> None:
        super().__init__(language, data, **options)
        centre, version = self.fields["centre"], self.fields["version"]
        if isinstance(centre, forms.ChoiceField):
            centre.choices = centres
        if isinstance(version, forms.CharField):
            sentence = _NO_VERSION.in_language(language)
            version.validators = [*version.validators, RegexValidator(f"^{VERSION_PATTERN}$", sentence)]

    def values(self) -> PlanValues:
        """The values of a valid form."""
        cleaned = self.cleaned_data
        return PlanValues(cleaned["version"], cleaned["percentage"], cleaned["from_hour"], cleaned["until_hour"])
