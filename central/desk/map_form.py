"""What a map is of: the form above it and its links, in the URL."""

from typing import Any, ClassVar

from django import forms

from central.desk.report_forms import ReportForm
from central.insight.map_areas import MapPlace, map_place
from central.insight.map_table import MEASURES, MapSubject
from protocol.bilingual_text import BilingualText

_ALL_FIGURES = BilingualText("ทุกตัวเลข (เฉพาะเจ้าหน้าที่)", "Every figure (officers only)")
_PUBLISHED = BilingualText("แบบเผยแพร่ได้ ปกปิดจำนวนน้อย", "As it may be published, small counts hidden")


class MapForm(ReportForm):
    """A ReportForm with the measure that colours the map, and the map's own place instead of the field."""

    measure = forms.ChoiceField(required=False)
    figures = forms.ChoiceField(required=False)
    at = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)
    group = forms.ChoiceField(required=False, choices=[("province", "")], widget=forms.HiddenInput)
    field_labels: ClassVar = ReportForm.field_labels | {
        "measure": BilingualText("สีของแผนที่แสดง", "Colours show"),
        "figures": BilingualText("ตัวเลข", "Figures"),
    }

    def __init__(self, language: str, *arguments: Any) -> None:
        super().__init__(language, *arguments)
        del self.fields["place"]
        self.cleaned_data.pop("place", None)
        self.set_choices("measure", [(code, column.name.in_language(language)) for code, column in MEASURES.items()])
        figures = {"": _ALL_FIGURES, "published": _PUBLISHED}
        self.set_choices("figures", [(code, name.in_language(language)) for code, name in figures.items()])
        self.full_clean()

    @property
    def is_published(self) -> bool:
        """Whether the map may leave the system."""
        return bool(self.cleaned_data.get("figures") == "published")

    def subject(self) -> MapSubject:
        """What the map is about."""
        centre, value = self.shown_centre, self.cleaned_data.get
        place = map_place(value("at") or "", centre.area_code, by_province=value("group") == "province")
        return MapSubject(centre, place, self.shown_period(), value("measure") or next(iter(MEASURES)), self.facts())

    def query_at(self, place: MapPlace) -> str:
        """The query of the URL of the same map of another place."""
        return self.query(at=place.code, group="province" if place.by_province and place.is_country else "")
