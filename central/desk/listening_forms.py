"""The forms with which the desk writes sources of the listening."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms

from central.centres.models import Centre
from central.desk.forms import CentreChoiceForm
from central.listening.commands import SourceDetails
from central.listening.models import MAX_NAME_CHARS, MAX_URL_CHARS, ListeningSource
from protocol.bilingual_text import BilingualText

SOURCE_KINDS = {
    ListeningSource.Kind.FEED: BilingualText("ฟีด (RSS, Atom, JSON)", "Feed (RSS, Atom, JSON)"),
    ListeningSource.Kind.WEBHOOK: BilingualText("เว็บฮุกของเพจ", "Webhook of a page"),
    ListeningSource.Kind.FILE: BilingualText("ไฟล์ CSV", "CSV files"),
}


class SourceForm(CentreChoiceForm):
    """One source. Its kind and its centre stay."""

    kind = forms.ChoiceField()
    name = forms.CharField(max_length=MAX_NAME_CHARS)
    url = forms.CharField(required=False, max_length=MAX_URL_CHARS, widget=forms.TextInput(attrs={"inputmode": "url"}))
    field_labels: ClassVar = {
        "centre": BilingualText("ศูนย์", "Centre"),
        "kind": BilingualText("ชนิด", "Kind"),
        "name": BilingualText("ชื่อแหล่งข้อมูล", "Name"),
        "url": BilingualText("ที่อยู่ของฟีด", "Address of the feed"),
    }
    field_hints: ClassVar = {"url": BilingualText("(เฉพาะฟีด)", "(of a feed only)")}

    def __init__(self, language: str, centres: Mapping[str, Centre], *data: Any, **options: Any) -> None:
        super().__init__(language, centres, *data, **options)
        self.set_choices("kind", [(kind.value, name.in_language(language)) for kind, name in SOURCE_KINDS.items()])

    @property
    def details(self) -> SourceDetails:
        """What was typed, of a valid form."""
        values = self.cleaned_data
        return SourceDetails(values["kind"], values["name"], values["url"])
