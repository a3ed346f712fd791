"""The form in which a centre states an obstacle or a need."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms

from central.centres.models import Centre
from central.desk.forms import CentreChoiceForm
from central.insight.models import MAX_OBSTACLE_CHARS
from central.insight.obstacles import KINDS
from protocol.bilingual_text import BilingualText


class ObstacleForm(CentreChoiceForm):
    """Centre, kind and text."""

    kind = forms.ChoiceField()
    text = forms.CharField(max_length=MAX_OBSTACLE_CHARS, widget=forms.Textarea(attrs={"rows": 3}))
    field_labels: ClassVar = {
        "centre": BilingualText("ศูนย์", "Centre"),
        "kind": BilingualText("ชนิด", "Kind"),
        "text": BilingualText("ข้อความ", "Text"),
    }
    field_hints: ClassVar = {
        "text": BilingualText("ไม่ต้องระบุชื่อผู้ร้อง หรือข้อมูลส่วนบุคคล", "Name no complainant and no personal data")
    }

    def __init__(self, language: str, centres: Mapping[str, Centre], *data: Any, **options: Any) -> None:
        super().__init__(language, centres, *data, **options)
        self.set_choices("kind", [(kind.value, name.in_language(language)) for kind, name in KINDS.items()])

    @property
    def content(self) -> tuple[str, str]:
        """Kind and text of a valid form."""
        return self.cleaned_data["kind"], self.cleaned_data["text"]
