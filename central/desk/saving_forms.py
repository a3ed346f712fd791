"""The form of the assumptions of savings."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import ClassVar

from django import forms

from central.channels import CHANNELS, Channel
from central.desk.forms import DeskForm
from central.insight.savings import Assumptions
from protocol.bilingual_text import BilingualText
from thai import places

MAX_KM = 1_000
_MAX_CHARS = 4_000
_LINE = re.compile(r"(.+?)\s+([0-9]{1,4}(?:\.[0-9])?)")
_BAD_LINE = BilingualText(
    "บรรทัด “{}”: เขียนชื่ออำเภอหรือรหัส 4 หลักของจังหวัดนี้ แล้วตามด้วยกิโลเมตร เช่น น้ำพอง 35",
    "Line “{}”: write the name or the code of a district of this province, then kilometres, such as Nam Phong 35",
)


class SavingForm(DeskForm):
    """Prices and times, the channels that save a journey, and a line with km for each district."""

    baht_per_km = forms.DecimalField(min_value=0, max_value=100, max_digits=6, decimal_places=2)
    km_per_hour = forms.IntegerField(min_value=5, max_value=120)
    hours_at_hall = forms.DecimalField(min_value=0, max_value=24, max_digits=4, decimal_places=1)
    days_before = forms.DecimalField(required=False, min_value=0, max_value=365, max_digits=5, decimal_places=1)
    channels = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    distances = forms.CharField(required=False, max_length=_MAX_CHARS, widget=forms.Textarea(attrs={"rows": 8}))
    field_labels: ClassVar = {
        "baht_per_km": BilingualText("บาทต่อกิโลเมตร", "Baht per km"),
        "km_per_hour": BilingualText("ความเร็วเฉลี่ย (กม./ชม.)", "Average speed (km/h)"),
        "hours_at_hall": BilingualText("เวลาที่ศูนย์ต่อเที่ยว (ชั่วโมง)", "Hours at the hall for each journey"),
        "days_before": BilingualText("จำนวนวันก่อนสั่งการ เมื่อยังไม่ใช้ระบบ", "Days to the first order before this system"),
        "channels": BilingualText("ช่องทางที่ผู้ร้องไม่ต้องเดินทาง", "Channels that save the citizen a journey"),
        "distances": BilingualText("ระยะทางจากอำเภอถึงศูนย์ เที่ยวเดียว (กม.)", "Distance from each district, one way (km)"),
    }
    field_hints: ClassVar = {
        "days_before": BilingualText("(เว้นว่างหากไม่ทราบ)", "(empty if it is not known)"),
        "distances": BilingualText("(บรรทัดละหนึ่งอำเภอ เช่น น้ำพอง 35)", "(one district in a line, such as Nam Phong 35)"),
    }

    def __init__(
        self, language: str, province: str, data: Mapping[str, object] | None = None, assumed: Assumptions | None = None
    ) -> None:
        self._districts = {each.code: each for each in places.districts(province)} if province else {}
        initial = _initial(assumed, self._districts, language) if assumed else None
        super().__init__(language, data, initial=initial)
        self._language = language
        self.set_choices("channels", [(each.value, name.in_language(language)) for each, name in CHANNELS.items()])

    def clean_distances(self) -> dict[str, str]:
        """The km of each district by its code. A line that is not understood is refused with its text."""
        distances: dict[str, str] = {}
        for line in filter(None, (each.strip() for each in self.cleaned_data["distances"].splitlines())):
            match = _LINE.fullmatch(line)
            code = self._code(match[1]) if match else ""
            if not match or not code or Decimal(match[2]) > MAX_KM:
                raise forms.ValidationError(_BAD_LINE.in_language(self._language).format(line[:40]))
            distances[code] = match[2]
        return distances

    def _code(self, text: str) -> str:
        names = {text.casefold(), text.removeprefix("อำเภอ").removeprefix("อ.").strip().casefold()}
        return next((code for code, each in self._districts.items() if names & {code, each.th, each.en.casefold()}), "")


def _initial(assumed: Assumptions, districts: Mapping[str, places.Place], language: str) -> dict[str, object]:
    lines = [
        f"{districts[code].en if language == 'en' else districts[code].th} {km.normalize():f}"
        for code, km in sorted(assumed.distances.items())
        if code in districts
    ]
    return {
        "baht_per_km": assumed.baht_per_km,
        "km_per_hour": assumed.km_per_hour,
        "hours_at_hall": assumed.hours_at_hall,
        "days_before": assumed.days_before,
        "channels": [channel for channel, trips in assumed.trips.items() if trips and channel in set(Channel)],
        "distances": "\n".join(lines),
    }
